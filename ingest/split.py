"""Passages: whole sentences of one section, long enough to be understood alone, short enough to be one subject."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ingest.structure import Place, PlacedBlock, place_blocks
from kb.language.sentences import split_sentences
from kb.records import BlockKind, Document, Page, Passage, Span

TARGET_WORDS = 120
"""What a passage aims at; the sizes were set on the plan's chapter, whose paragraphs run from 30 to 150 words."""
MOST_WORDS = 160
"""A passage is longer only where one sentence, comma or list item is."""
MOST_ARTICLE_WORDS = 250
"""An article up to this length is one passage."""
LONGEST_SENTENCE = 200
"""Words; what has no full stop for so long is cut at a comma or a blank."""
SPLITTER = f"bussola-sentences-1/{TARGET_WORDS}/{MOST_WORDS}/{MOST_ARTICLE_WORDS}/{LONGEST_SENTENCE}"
"""Fingerprint: another value makes other passages of the same pages."""

_CUT_IN_SENTENCE, _CUT_IN_COMMA, _CUT_AFTER_INTRO, _CUT_IN_BLOCK, _CUT_IN_LIST = 9.0, 6.0, 1.5, 0.3, 0.15
_TOO_LONG = 4.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """Words that passages aim at and may have; other than the usual ones only where sizes are compared."""

    target: int = TARGET_WORDS
    most: int = MOST_WORDS
    most_article: int = MOST_ARTICLE_WORDS


USUAL = Sizes()


@dataclass(frozen=True, slots=True)
class Atom:
    """What is never cut: a sentence, a list item's sentence, a table row; over a page's end it has two spans."""

    spans: tuple[Span, ...]
    words: int
    place: Place
    kind: BlockKind
    block: int  # which block its last span lies in
    opens: bool  # begins its block
    intro: bool  # ends with a colon
    inside: bool = False  # goes on with a sentence that was too long


def split(document: Document, pages: Sequence[Page], sizes: Sizes = USUAL) -> list[Passage]:
    """
    The passages of a document, in its order; none overlaps another and no content is left out.

    Content is every block that is no heading (headings are in `section`). Passages end at sentence ends and never
    cross a Driver, an article or a heading; an article is cut only between commas.
    """
    atoms = _find_atoms(place_blocks(pages))
    text_of = {page.index: page.text for page in pages}
    drafts = [draft for run in _runs(atoms) for draft in _pack(run, sizes)]
    seen: Counter[tuple[tuple[str, ...], str]] = Counter()
    passages: list[Passage] = []
    before: Atom | None = None
    for ordinal, draft in enumerate(drafts):
        spans, joins = _stitch(draft)
        text = "".join(
            join + text_of[span.page_index][span.start : span.end] for join, span in zip(joins, spans, strict=True)
        )
        section = draft[0].place.section
        seen[section, text] += 1
        passages.append(
            Passage(
                id=_passage_id(document.id, section, text, seen[section, text]),
                document=document.id,
                text=text,
                spans=spans,
                joins=joins,
                section=section,
                driver=draft[0].place.driver,
                article=draft[0].place.article,
                comma=_only_comma(draft),
                ordinal=ordinal,
                continues=_goes_on(before, draft[0]),
            )
        )
        before = draft[-1]
    return passages


def _passage_id(document: str, section: Sequence[str], text: str, occurrence: int) -> str:
    whole = "\x1f".join([document, "\x1e".join(section), text, str(occurrence)])
    return "p_" + hashlib.sha256(whole.encode()).hexdigest()[:12]


def _only_comma(draft: Sequence[Atom]) -> str | None:
    commas = {atom.place.comma for atom in draft}
    return commas.pop() if len(commas) == 1 else None


def _goes_on(before: Atom | None, after: Atom) -> bool:
    if before is None or _run_key(before) != _run_key(after):
        return False
    return after.inside or (after.kind is BlockKind.LIST_ITEM and (before.kind is after.kind or before.intro))


def _find_atoms(blocks: Sequence[PlacedBlock]) -> list[Atom]:
    atoms: list[Atom] = []
    for number, placed in enumerate(blocks):
        new = list(_block_atoms(placed, number))
        if new and placed.block.continues and atoms and _run_key(atoms[-1]) == _run_key(new[0]):
            atoms[-1] = _merge(atoms[-1], new.pop(0))
        atoms += new
    return atoms


def _block_atoms(placed: PlacedBlock, number: int) -> Iterator[Atom]:
    text, offset = placed.text, placed.block.start
    whole = [(0, len(text))] if placed.block.kind is BlockKind.TABLE_ROW else split_sentences(text)
    first = True
    for low, high in whole:
        for piece, (start, end) in enumerate(_cut_long(text, low, high)):
            part = text[start:end]
            yield Atom(
                spans=(Span(placed.page.index, offset + start, offset + end),),
                words=len(part.split()),
                place=placed.place,
                kind=placed.block.kind,
                block=number,
                opens=first,
                intro=part.endswith(":"),
                inside=piece > 0,
            )
            first = False


def _cut_long(text: str, low: int, high: int) -> list[tuple[int, int]]:
    """The sentence, in pieces of at most LONGEST_SENTENCE words, cut after a comma or semicolon where there is one."""
    words = list(re.finditer(r"\S+", text[low:high]))
    pieces: list[tuple[int, int]] = []
    first = 0
    while len(words) - first > LONGEST_SENTENCE:
        full = first + LONGEST_SENTENCE - 1
        last = next(
            (at for at in range(full, full - LONGEST_SENTENCE // 2, -1) if words[at].group()[-1] in ",;:"), full
        )
        pieces.append((low + words[first].start(), low + words[last].end()))
        first = last + 1
    return [*pieces, (low + words[first].start(), low + words[-1].end())] if words else pieces


def _merge(before: Atom, after: Atom) -> Atom:
    return Atom(
        before.spans + after.spans,
        before.words + after.words,
        before.place,
        before.kind,
        after.block,
        before.opens,
        after.intro,
        before.inside,
    )


def _run_key(atom: Atom) -> tuple[tuple[str, ...], int | None, str | None]:
    return atom.place.section, atom.place.driver, atom.place.article


def _runs(atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    for _key, run in groupby(atoms, key=_run_key):
        yield list(run)


def _pack(run: list[Atom], sizes: Sizes) -> list[list[Atom]]:
    """The run cut at the least cost: near the target length, at paragraph ends, lists with their intro."""
    total = sum(atom.words for atom in run)
    if total <= (sizes.most_article if run[0].place.article else sizes.most):
        return [run]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        best.append(min(_options(run, end, best, sizes)))
    cuts = [len(run)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return [run[low:high] for low, high in pairwise(cuts)]


def _options(
    run: Sequence[Atom], end: int, best: Sequence[tuple[float, int]], sizes: Sizes
) -> Iterator[tuple[float, int]]:
    words = 0
    limit = 2 * (sizes.most_article if run[0].place.article else sizes.most)
    for start in range(end - 1, -1, -1):
        words += run[start].words
        if words > limit and start < end - 1:
            return
        cut = _cut_cost(run[start - 1], run[start]) if start else 0.0
        yield best[start][0] + _length_cost(words, sizes) + cut, start


def _length_cost(words: int, sizes: Sizes) -> float:
    cost = ((words - sizes.target) / sizes.target) ** 2
    return cost + _TOO_LONG * (words - sizes.most) / sizes.most if words > sizes.most else cost


def _cut_cost(before: Atom, after: Atom) -> float:
    """How much it costs to end a passage between two atoms; 0 at a paragraph's end."""
    if after.inside:
        return _CUT_IN_SENTENCE
    if before.place.article and before.place.comma == after.place.comma and (after.place.comma or not after.opens):
        return _CUT_IN_COMMA
    if before.intro:
        return _CUT_AFTER_INTRO
    if not after.opens:
        return _CUT_IN_BLOCK
    return _CUT_IN_LIST if after.kind is BlockKind.LIST_ITEM and before.kind is BlockKind.LIST_ITEM else 0.0


def _stitch(draft: Sequence[Atom]) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """The spans of a passage and what joins them: sentences of one block are one span, other blocks a new line."""
    spans: list[Span] = list(draft[0].spans)
    joins = ["", *(" " for _ in spans[1:])]
    for before, atom in pairwise(draft):
        first, *rest = atom.spans
        if not atom.opens and before.block == _first_block(atom):
            spans[-1] = Span(first.page_index, spans[-1].start, first.end)
        else:
            spans.append(first)
            joins.append("\n")
        spans += rest
        joins += [" "] * len(rest)
    return tuple(spans), tuple(joins)


def _first_block(atom: Atom) -> int:
    return atom.block - (len(atom.spans) - 1)
