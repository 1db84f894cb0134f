"""Screening: what a document hides, or tells a model to do, is reported and kept out of the passages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.instructions import find_instructions, holds_instruction
from ingest.readers.reading import Hidden, Reading
from kb.records import Block, BlockKind, Page

INSTRUCTION = "istruzione rivolta a un modello"
INVISIBLE = "caratteri invisibili"
HIDDEN = "testo nascosto"
TOO_LONG = "etichetta di pagina troppo lunga"
_LONGEST_LABEL = 24
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]")
_TAG_BASE = 0xE0000  # a tag character shows nothing and stands for the letter of that number above this one


@dataclass(frozen=True, slots=True)
class Screened:
    """Something suspicious in a document."""

    page_index: int  # 0: the document's own title or facts
    reason: str  # in Italian
    text: str
    allowed: bool = False  # a person let it in
    place: str = ""  # where it stands in a file that has no pages: "paragrafo 12"


def screen(reading: Reading, *, allow: bool = False) -> tuple[Reading, tuple[Screened, ...]]:
    """
    The reading without what is suspicious, and what that was.

    Hidden text is in no page already; whole paragraphs that hold an instruction to a model go too, and characters
    that nobody sees. With allow, hidden text is added at its page's end and instructions stay; scripts and invisible
    characters never do.
    """
    found = [_from_hidden(hidden, allow) for hidden in reading.hidden]
    pages = [_without_unseen(page, found) for page in reading.pages]
    pages = _add_hidden(pages, reading.hidden) if allow else pages
    pages = [_check_label(page, found) for page in pages]
    pages = _check_blocks(pages, found, allow=allow)
    title, metadata = reading.title, dict(reading.metadata)
    if not allow:
        title = _check_fact(title, found)
        metadata = {name: value for name, value in metadata.items() if _check_fact(value, found)}
    return replace(reading, pages=tuple(pages), title=title, metadata=metadata), tuple(found)


def _from_hidden(hidden: Hidden, allow: bool) -> Screened:
    reason = f"{HIDDEN} ({hidden.why})" if hidden.is_text else hidden.why
    return Screened(hidden.page_index, reason, hidden.text, allowed=allow and hidden.is_text, place=hidden.place)


def _check_fact(value: str | None, found: list[Screened]) -> str | None:
    if value is None or not holds_instruction(value):
        return value
    found.append(Screened(0, INSTRUCTION, value))
    return None


def _check_label(page: Page, found: list[Screened]) -> Page:
    if page.label is None:
        return page
    if len(page.label) <= _LONGEST_LABEL and not holds_instruction(page.label):
        return page
    found.append(Screened(page.index, TOO_LONG if len(page.label) > _LONGEST_LABEL else INSTRUCTION, page.label))
    return replace(page, label=None, label_source="none")


def _without_unseen(page: Page, found: list[Screened]) -> Page:
    places = [match.span() for match in _UNSEEN.finditer(page.text)]
    if not places:
        return page
    hidden = "".join(chr(ord(tag) - _TAG_BASE) for tag in _TAGS.findall(page.text))
    # Soft hyphens and joiners alone are typography; a message in tag characters is not.
    if hidden or len(places) > 20:
        found.append(Screened(page.index, INVISIBLE, hidden or f"{len(places)} caratteri senza forma"))
    return cut(page, places)


def _add_hidden(pages: Sequence[Page], hidden: Sequence[Hidden]) -> list[Page]:
    added: list[Page] = []
    for page in pages:
        for each in hidden:
            if each.page_index == page.index and each.is_text and each.text.strip():
                page = _append(page, each.text.strip())
        added.append(page)
    return added


def _append(page: Page, text: str) -> Page:
    joint = "\n" if page.text else ""
    start = len(page.text) + len(joint)
    block = Block(start, start + len(text), BlockKind.BOX)
    blocks = page.blocks or tuple(_line_blocks(page))
    return replace(page, text=f"{page.text}{joint}{text}", blocks=(*blocks, block), readable=True)


def _line_blocks(page: Page) -> Iterable[Block]:
    for line in re.finditer(r"[^\n]*\S[^\n]*", page.text):
        yield Block(line.start(), line.end())


def _check_blocks(pages: Sequence[Page], found: list[Screened], *, allow: bool) -> list[Page]:
    """The pages without the blocks that hold an instruction, nor those that share its sentence."""
    blocks = [(place, block) for place, page in enumerate(pages) for block in page.blocks or _line_blocks(page)]
    texts = [pages[place].text[block.start : block.end] for place, block in blocks]
    hits = _with_open([block for _place, block in blocks], find_instructions(texts))
    kept = list(pages)
    for place, page in enumerate(pages):
        own = [at for at in sorted(hits) if blocks[at][0] == place]
        found += [Screened(page.index, INSTRUCTION, texts[at], allowed=allow) for at in own]
        if own and not allow:
            less = cut(page, [(blocks[at][1].start, blocks[at][1].end) for at in own])
            kept[place] = replace(less, problems=(*page.problems, f"{INSTRUCTION}, esclusa"))
    return kept


def _with_open(blocks: Sequence[Block], hits: set[int]) -> set[int]:
    """The hits with the blocks of the same sentence."""
    every = set(hits)
    for at in range(len(blocks) - 1):
        if blocks[at + 1].continues and at in every:
            every.add(at + 1)
    for at in range(len(blocks) - 1, 0, -1):
        if blocks[at].continues and at in every:
            every.add(at - 1)
    return every


def cut(page: Page, spans: Sequence[tuple[int, int]]) -> Page:
    """The page without these stretches of its text (in order, none over another), its blocks moved along."""
    gone = [_with_line_end(page.text, start, end) for start, end in spans]
    text, at = "", 0
    for start, end in gone:
        text += page.text[at : max(at, start)]
        at = max(at, end)
    text = (text + page.text[at:]).rstrip("\n")
    blocks = (
        replace(block, start=_moved(block.start, gone), end=min(len(text), _moved(block.end, gone)))
        for block in page.blocks
    )
    return replace(page, text=text, blocks=tuple(block for block in blocks if block.start < block.end))


def _with_line_end(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch, with the line end after it when it is a whole line."""
    whole = (start == 0 or text[start - 1] == "\n") and text[end : end + 1] == "\n"
    return start, end + 1 if whole else end


def _moved(offset: int, gone: Sequence[tuple[int, int]]) -> int:
    return offset - sum(min(end, offset) - start for start, end in gone if start < offset)
