"""How much of a known text our extraction gives back, in order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InputError
from kb.records import Block, Page
from kb.releases.compare_pages import RUN_WORDS, runs_of

_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class ExtractionResult:
    """Runs of the source, those found in order, and found / runs."""

    runs: int
    found: int
    share: float


def measure_extraction(extracted: str, source: str) -> ExtractionResult:
    """
    The share of the source's 8-word runs that stand in the extraction, in order.

    Both texts become words: NFKC, lower case, accents kept; letters and digits only, so that an apostrophe, a hyphen
    or any other punctuation parts two words; soft hyphens vanish. A source of n words has n - 7 runs, overlapping
    and with repeats. `found` is the length of the longest common subsequence of the two lists of runs: the most runs
    of the source that can be matched one to one with equal runs of the extraction without crossing.
    share = found / runs, in [0, 1].

    Raises:
        InputError: the source has fewer than eight words.

    Source: the run length is the one by which releases are compared; the matching is the usual longest common
    subsequence, computed with Hyyrö's bit vectors (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004).
    """
    wanted = runs_of(fold_words(source))
    if not wanted:
        raise InputError(
            f"Il testo di riferimento ha meno di {RUN_WORDS} parole: servono almeno {RUN_WORDS} parole per misurare."
        )
    found = _common_length(wanted, runs_of(fold_words(extracted)))
    return ExtractionResult(runs=len(wanted), found=found, share=found / len(wanted))


@dataclass(frozen=True, slots=True)
class Declared:
    """Pages that can't be read: bad ones, those of them declared, and good ones declared all the same."""

    bad: int
    declared: int
    wrongly: int


def measure_declared(pages: Sequence[Page], bad: Collection[int]) -> Declared:
    """
    How the pages known to be unreadable were treated; bad holds their indices, from 1.

    declared / bad should be 1 and wrongly 0: a page read in silence that can't be read spoils answers, a good one
    left out loses them.

    Raises:
        InputError: a page of bad is none of the document's.

    Source: metric A2 of the project's list, unreadable pages declared.
    """
    indices = {page.index for page in pages}
    if missing := sorted(set(bad) - indices):
        raise InputError(f"la pagina {missing[0]} non c'è: il documento ne ha {len(indices)}; correggi --bad-pages.")
    flagged = {page.index for page in pages if not page.readable}
    return Declared(bad=len(set(bad)), declared=len(flagged & set(bad)), wrongly=len(flagged - set(bad)))


def fold_words(text: str) -> list[str]:
    """The words of a text as the measure compares them."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).translate(_INVISIBLE).lower())


def _common_length(first: Sequence[tuple[str, ...]], second: Sequence[tuple[str, ...]]) -> int:
    """Length of the longest common subsequence; time n × m / 64 whatever the repeats."""
    places: dict[tuple[str, ...], int] = {}
    for at, run in enumerate(first):
        places[run] = places.get(run, 0) | (1 << at)
    full = (1 << len(first)) - 1
    unmatched = full
    for run in second:
        here = unmatched & places.get(run, 0)
        if here:
            unmatched = ((unmatched + here) | (unmatched - here)) & full
    return len(first) - unmatched.bit_count()


def extract_pages(path: Path, *, password: str | None = None) -> Sequence[Page]:
    """
    The pages of a PDF as they are read for the knowledge base, those that can't be read among them.

    Raises:
        InputError: the file asks for a password.
        UnreadableFile: the file can't be read.
    """
    from ingest.readers.pdf.reader import read_pdf

    return read_pdf(path, password=password).pages


def extract_text(path: Path, *, password: str | None = None) -> str:
    """The whole text of a PDF as it is read for the knowledge base, pages one after the other; see extract_pages."""
    return join_pages(extract_pages(path, password=password))


def join_pages(pages: Sequence[Page]) -> str:
    """The pages' blocks one a line, a block that continues joined to the one before as its sentence runs."""
    text = ""
    for page in pages:
        for block in page.blocks or (Block(0, len(page.text)),):
            part = page.text[block.start : block.end]
            text = _joined(text, part) if block.continues and text else f"{text}\n{part}"
    return text.lstrip("\n")


def _joined(text: str, part: str) -> str:
    if text.endswith("-") and part[:1].islower():
        return text[:-1] + part
    return f"{text} {part}"
