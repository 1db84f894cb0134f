"""Shapes: whether a stretch of text is a sentence that can answer, and how well it reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kb.answering.judging.places import gives_contact
from kb.language.figures import measured_figures
from kb.language.marks import BULLETS
from kb.language.questions import Asked, Expectation, asks_how_to
from kb.language.sentences import Offsets, split_sentences
from kb.language.words import fold
from kb.records import Passage

TITLE_CHARS = 110
"""A shorter line without a full stop is a title, which answers nothing."""
COMFORTABLE_CHARS = 250
"""Sentences up to this length read well on a phone; longer ones lose a little."""

_ENDED = re.compile(r"[.;:!?…][»”’\"')\]]*$")
_ITEM = re.compile(rf"\s*(?:[a-z]{{1,2}}\)|[{BULLETS}])\s")
_LABEL = re.compile(r"(?=.{2,40}\.)[A-ZÀ-Ý][^\W\d]*(?:[ '’][^\W\d][\w'’]*){0,3}\.")
"""A few words with a full stop, which open a line."""
_PARTED = re.compile(r":|\. \S")
_HOW = re.compile(r"(?:come|modalita|procedura)\b")
_LABELS = {
    Expectation.AMOUNT: re.compile(r"(?:quanto (?:costa|si paga|viene)|cost[oi]\b|tariff[ae]|prezz[oi]|canon[ei])\b"),
    Expectation.ACTOR: re.compile(r"(?:(?:a |per )?chi|destinatari|beneficiari|requisiti)\b"),
    Expectation.TIME: re.compile(r"(?:(?:entro |da )?quando|temp[oi]|scadenz[ae]|termin[ei]|date)\b"),
    Expectation.WHERE: re.compile(r"(?:dove|sed[ei]|indirizz[oi])\b"),
    Expectation.CLOCK: re.compile(r"(?:(?:che |a che )?orari?[oi]?|a che ora)\b"),
    Expectation.QUANTITY: re.compile(r"(?:quanto dura|durata)\b"),
}
"""How a label or a heading names a kind of thing, on folded text."""
_MARK = re.compile(rf"\s*(?P<mark>[a-z]{{1,2}}\)|\d{{1,2}}[.)]|[{BULLETS}])\s")
_ROW = re.compile(r"[^:;]{1,60}: [^;]+; [^:;]{1,60}: ")
"""The beginning of a table's row."""
_NO_ROW = frozenset({Expectation.YES_NO, Expectation.DEFINITION, Expectation.OTHER, Expectation.ACTOR})
"""Kinds that a table's row seldom answers."""


def is_sentence(text: str) -> bool:
    """False for titles and scraps, which answer nothing, and for what asks itself ("8. Quando si rinnova?")."""
    if text.rstrip("»”\"') ").endswith("?"):
        return False
    if len(text.split()) < 4 and not _PARTED.search(text) and not gives_contact(text):
        return False
    return len(text) >= TITLE_CHARS or bool(_ENDED.search(text) or re.search(r"[:|\d]", text))


def told_sentences(text: str) -> list[Offsets]:
    """The sentences of a text; a label that opens a line goes with what it is of ("Costo. Gratuito.", "Sì. Chi …")."""
    told: list[Offsets] = []
    for low, high in split_sentences(text):
        before = told[-1] if told else None
        if before and _ends_label(text, *before, low):
            told[-1] = (before[0], high)
        else:
            told.append((low, high))
    return told


def _ends_label(text: str, start: int, end: int, after: int) -> bool:
    """True where a few words with a full stop open a line that goes on after them."""
    opens = start == 0 or text[start - 1] == "\n"
    return opens and "\n" not in text[end:after] and _LABEL.fullmatch(text, start, end) is not None


def with_openings(passage: Passage, start: int) -> Passage:
    """A passage with what its sentence at an offset stands under as headings more: a question, its line's label."""
    return _with_label(with_question(passage, start), start)


def _with_label(passage: Passage, start: int) -> Passage:
    line = passage.text.rfind("\n", 0, start) + 1
    match = _LABEL.match(passage.text, line, start) if line < start else None
    if match is None or (line, match.end()) not in split_sentences(passage.text):
        return passage
    return replace(passage, section=(*passage.section, match.group()))


def shape(text: str) -> float:
    """1 for a sentence that reads well on a phone, down to 0 for one that is far too long."""
    return max(0.0, min(1.0, 1 - (len(text) - COMFORTABLE_CHARS) / 400))


def is_row_beside(expects: Expectation, text: str) -> bool:
    """True for a row of a table where something else than its values is asked."""
    return expects in _NO_ROW and bool(_ROW.match(text))


def list_end(text: str, end: int) -> int:
    """Where the list ends that the sentence ending at an offset opens ("Possono partecipare:"); end where none is."""
    if not text[:end].rstrip().endswith(":"):
        return end
    kind: str | None = None
    last = end
    for low, high in split_sentences(text):
        if low < end:
            continue
        found = mark_kind(text[low:high])
        if found is None or found != (kind or found):
            break
        kind, last = found, high
    return last


def mark_kind(item: str) -> str | None:
    """The kind of mark that an item of a list begins with: "-", "1" or "a"; None where it has none."""
    match = _MARK.match(item)
    if match is None:
        return None
    mark = match["mark"]
    return "1" if mark[0].isdigit() else "a" if mark[0].isalpha() else "-"


def head_of(text: str, start: int) -> tuple[int, int] | None:
    """Where the sentence stands that opens the list whose item begins at an offset ("È vietato:"); None elsewhere."""
    if not _ITEM.match(text, start):
        return None
    before = [(low, high) for low, high in split_sentences(text) if high <= start]
    for low, high in reversed(before):
        if text[low:high].rstrip().endswith(":"):
            return (low, high) if high - low <= TITLE_CHARS else None
        if not _ITEM.match(text[low:high]):
            return None
    return None


def with_question(passage: Passage, start: int) -> Passage:
    """A passage with the question that its sentence at an offset answers as a heading more, as in a list of them."""
    if "?" not in passage.text[:start]:
        return passage
    before = [passage.text[low:high] for low, high in split_sentences(passage.text) if high <= start]
    over = next((one for one in reversed(before) if one.rstrip().endswith("?")), "")
    return replace(passage, section=(*passage.section, over)) if over else passage


def place_before(text: str, start: int) -> Offsets | None:
    """Where the sentence stands before the one that begins at an offset; None for the first."""
    return next((place for place in reversed(split_sentences(text)) if place[1] <= start), None)


def place_after(text: str, end: int) -> Offsets | None:
    """Where the sentence stands after the one that ends at an offset; None for the last."""
    return next((place for place in split_sentences(text) if place[0] >= end), None)


def fits_label(asked: Asked, text: str, headings: Sequence[str]) -> float:
    """1 where the label that a sentence opens with, or else its own heading, names the kind of thing asked for."""
    asks = _LABELS.get(asked.expects)
    if asks is None and asks_how_to(asked.text):
        asks = _HOW
    match = _LABEL.match(text) if asks else None
    label = match.group() if match and match.end() < len(text) else next(iter(headings), "")
    return float(asks is not None and asks.match(fold(label)) is not None)


def sentence_before(text: str, start: int) -> str:
    """The sentence of a passage before the one that begins at an offset; empty for the first."""
    place = place_before(text, start)
    return text[slice(*place)] if place else ""


def plain_before(text: str, start: int) -> str:
    """The sentences of a passage before an offset that hold no figure of their own."""
    before = (text[low:high] for low, high in split_sentences(text) if high <= start)
    return " ".join(one for one in before if not measured_figures(one))
