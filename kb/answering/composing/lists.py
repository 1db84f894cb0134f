"""Lists: all the items that a sentence announces, or all the lines that say the same of different things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kb.answering.judging.announced import MAX_LIST_ITEMS, announced
from kb.answering.judging.qualifiers import meets_qualifier
from kb.answering.judging.shapes import mark_kind
from kb.answering.state import Evidence, Library
from kb.answering.weighing.weights import stems_of
from kb.language.marks import BULLETS
from kb.language.questions import Asked, Expectation
from kb.language.sentences import split_sentences
from kb.language.words import fold
from kb.records import Passage

MAX_LIST_CHARS = 2400
MIN_SIBLINGS = 3
SHARED_BY = 0.6
"""Share of a list's lines that hold each word of the question which the best one holds."""

_ORDINAL = re.compile(
    r"^(?:In (?:prim|second|terz|quart|quint)[oa] (?:luogo|istanza)|L[ao] (?:prim|second|terz|quart)[ao]\b"
    r"|A (?:breve|medio|lungo) termine|Infine\b|Da una parte|Dall['’]altra)",
)
_BULLET = re.compile(rf"^(?:[{BULLETS}]|\d{{1,2}}[.)|]|[a-z][.)])\s*")
_PLACE_IN_ROW = re.compile(r"\d+|\b(?:prim|second|terz|quart|quint)[oa]\b")
_WANTS_ALL = frozenset({Expectation.LIST, Expectation.OTHER, Expectation.DEFINITION, Expectation.MISSION})

Place = tuple[Passage, int, int]


def whole_list(best: Evidence, asked: Asked, library: Library) -> list[Evidence]:
    """The best sentence with all the items of its list, or the list that it is a line of; alone where there is none."""
    for found in (_announced_items(best, asked, library), _siblings(best, asked, library)):
        if found and sum(end - start for _, start, end in found) <= MAX_LIST_CHARS:
            return [
                replace(best, passage=passage, start=start, end=end) for passage, start, end in _asked_of(found, asked)
            ]
    return [best]


def _asked_of(found: Sequence[Place], asked: Asked) -> list[Place]:
    """The items without those on another of their kind: where the second line of work is asked, not the first."""
    first, *items = found
    return [first, *(one for one in items if meets_qualifier(asked, one[0].text[one[1] : one[2]]))]


def _announced_items(best: Evidence, asked: Asked, library: Library) -> list[Place]:
    """ "Tre linee …" or "…:" with what follows."""
    opens = best.text.rstrip().endswith(":") or _goes_on_in_order(best, asked, library)
    count = announced(best.text, thing=asked.thing if asked.expects is Expectation.LIST else None)
    if not opens and (count is None or asked.expects not in _WANTS_ALL):
        return []
    places = [place for place in _section(best, library) if _after(place, best)]
    items = list(_items(places, opens=opens, count=count))
    return [(best.passage, best.start, best.end), *items] if len(items) > 1 else []


def _goes_on_in_order(best: Evidence, asked: Asked, library: Library) -> bool:
    """True where a list is asked for and what follows the sentence opens one ("In primo luogo …")."""
    if asked.expects is not Expectation.LIST:
        return False
    following = next((place for place in _section(best, library) if _after(place, best)), None)
    return following is not None and bool(_ORDINAL.match(following[0].text[following[1] : following[2]]))


def _siblings(best: Evidence, asked: Asked, library: Library) -> list[Place]:
    """The run of sentences around the best one that begin as it does, numbers aside ("Il Driver 1 …")."""
    if asked.expects is not Expectation.LIST:
        return []
    places = list(_section(best, library))
    here = next((i for i, p in enumerate(places) if p[0].id == best.passage.id and p[1] == best.start), None)
    if here is None:
        return []
    start = end = here
    while start > 0 and _begin_alike([places[start - 1], places[here]]):
        start -= 1
    while end + 1 < len(places) and _begin_alike([places[here], places[end + 1]]):
        end += 1
    run = places[start : end + 1]
    if not _is_about_all(run, asked, stems_of(best.text)):
        return []
    wanted = {int(figure.value) for figure in asked.figures if figure.value.isdigit()} or {len(run)}
    return run if MIN_SIBLINGS <= len(run) <= MAX_LIST_ITEMS and len(run) in wanted else []


def _is_about_all(run: Sequence[Place], asked: Asked, best: frozenset[str]) -> bool:
    """True when the lines share the question's words; a word of one line alone ("Driver 4") asks for that line."""
    texts = [stems_of(passage.text[start:end]) for passage, start, end in run]
    return all(sum(word in text for text in texts) >= SHARED_BY * len(texts) for word in asked.focus if word in best)


def _section(best: Evidence, library: Library) -> Iterator[Place]:
    """Every sentence of the best one's section, in order, a few passages around it at most."""
    passage = best.passage
    near = (
        other
        for other in library.passages
        if other.document == passage.document
        and other.section == passage.section
        and abs(other.ordinal - passage.ordinal) <= MAX_LIST_ITEMS
    )
    for other in near:
        yield from ((other, start, end) for start, end in split_sentences(other.text))


def _after(place: Place, best: Evidence) -> bool:
    passage, start, _ = place
    return (passage.ordinal, start) >= (best.passage.ordinal, best.end)


def _items(places: Sequence[Place], *, opens: bool, count: int | None) -> Iterator[Place]:
    """The items of a list: bullets after a colon, ordinals, or as many sentences that begin alike as announced."""
    wanted = count or MAX_LIST_ITEMS
    alike = count is not None and len(places) >= count and _begin_alike(places[:count])
    found, kind = 0, None
    for passage, start, end in places:
        raw = passage.text[start:end]
        if kind is not None and mark_kind(raw) not in (kind, None):
            return
        kind = kind or mark_kind(raw)
        ordinal = bool(_ORDINAL.match(raw))
        if not (alike or ordinal or _BULLET.match(raw) or (opens and raw.endswith((";", ",")))):
            if found or opens:
                return
            continue
        yield passage, start, end
        found += 1
        # "La prima linea …" may take two sentences, so ordinals end where they end.
        if found == wanted and not ordinal:
            return


def _begin_alike(places: Sequence[Place]) -> bool:
    openings = {_opening(passage.text[start:end]) for passage, start, end in places}
    return len(places) > 1 and len(openings) == 1 and "" not in openings


def _opening(text: str) -> str:
    """The first three words, with numbers and ordinals blotted out; empty for a short line."""
    words = _PLACE_IN_ROW.sub("#", fold(text)).split()
    return " ".join(words[:3]) if len(words) > 3 else ""
