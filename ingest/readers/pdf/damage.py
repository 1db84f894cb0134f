"""Whether a page can be read: no text, glyph codes, broken letters, turned or overprinted text; said in Italian."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.readers.pdf.draft import PageDraft
from ingest.readers.pdf.fonts import UNKNOWN

_UNKNOWN_SHARE = 0.1  # of the letters, above which a page is not readable
_ODD_SHARE = 0.25
_ODD = re.compile(r"[^\w\s.,;:!?'’‘“”\"«»()\[\]{}/%€$£§°ªº&@#*+=<>–—…·•▪◦■□●○✓✔➢\\|~^_-]")
_CODES = re.compile(r"\(cid:\d+\)|/g\d+|/G[0-9A-F]{2}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a page is readable, and what is wrong with it."""

    readable: bool
    problems: tuple[str, ...]


def judge_page(draft: PageDraft, text: str) -> Verdict:
    """The verdict on a page, from its draft and the text made of it."""
    problems = list(draft.problems)
    if not draft.readable:
        return Verdict(False, tuple(problems))
    if not text.strip() and not draft.has_picture and not draft.hidden:
        return Verdict(True, (*problems, "pagina vuota"))
    fatal = _fatal(draft, text)
    if fatal:
        return Verdict(False, (*problems, fatal))
    unknown = text.count(UNKNOWN)
    if unknown:
        problems.append(f"{unknown} caratteri non riconosciuti")
    if draft.rotated:
        problems.append("testo ruotato, riportato in fondo alla pagina")
    if draft.hidden:
        problems.append("testo nascosto lasciato fuori")
    return Verdict(True, tuple(problems))


def _fatal(draft: PageDraft, text: str) -> str | None:
    letters = [char for char in text if not char.isspace()]
    if not letters:
        return _no_text(draft)
    if text.count(UNKNOWN) > _UNKNOWN_SHARE * len(letters):
        return (
            "il carattere tipografico non dice quali lettere mostra (codici di glifo): serve il riconoscimento ottico"
        )
    if len(letters) >= 40 and len(_ODD.findall(text)) > _ODD_SHARE * len(letters):
        return "codifica dei caratteri danneggiata: serve il riconoscimento ottico"
    if len(_CODES.findall(text)) > 0.02 * len(letters):
        return "il testo contiene codici di glifo al posto delle lettere: serve il riconoscimento ottico"
    if draft.overprinted:
        return "testo sovrastampato, illeggibile"
    return None


def _no_text(draft: PageDraft) -> str:
    if draft.has_picture:
        return "nessun testo, solo immagini (scansione?): serve il riconoscimento ottico"
    return "nessun testo visibile"
