"""Compose, extractive: the sentences that answer, not the passages that contain them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kb.answering.composing.captions import captions_of
from kb.answering.composing.drivers import driver_of, drivers_named, on_each_driver
from kb.answering.composing.lists import whole_list
from kb.answering.composing.overview import overview
from kb.answering.judging.definitions import tells_what_it_is, undefined_term
from kb.answering.judging.expected import FIGURES, TYPED
from kb.answering.judging.reasons import reason_after
from kb.answering.judging.rows import has_bare_number
from kb.answering.judging.severals import asks_for_several
from kb.answering.judging.shapes import head_of, place_after, place_before
from kb.answering.judging.totals import asks_how_many_in_all
from kb.answering.judging.untold import beside_the_point
from kb.answering.quoting import draft_sentence, quoted_text
from kb.answering.state import DraftSentence, Evidence, Quote, State, Tools
from kb.answering.weighing.weights import WordWeights, stems_of
from kb.language import kinship
from kb.language.figures import find_figures, is_among, measured_figures
from kb.language.marks import BULLETS
from kb.language.questions import Asked, Expectation, offers_choice
from kb.language.stems import same_stem
from kb.records import AnswerMode
from prompts.replies import load_replies

MAX_SENTENCES = 3
MAX_CHARS = 450
"""A further sentence is added only while the answer stays under this; a complete list may go beyond."""
CLOSE_SHARE = 0.8
"""A further sentence must score at least this share of the best one."""
COVER_SHARE, LIST_COVER_SHARE = 0.85, 0.6
"""The same for what it holds of the question: a neighbour on another subject is left out, an item of a list is not."""
RIVAL_SHARE = 0.93
"""Another figure is said too where its sentence reaches this share of the best one's score and coverage."""
NEARLY_AS_TELLING = 0.8
"""Words of a question that weigh this share of the heaviest one are its point too."""
LIST_DEPTH = 25
"""Sentences looked at for a list."""
OWN_ITEM = 0.5
"""An item of a list that holds this much of the question answers it alone; of another the whole list is given."""
SAME_SHARE = 0.6
"""Two sentences that share this much of the shorter one's stems say the same."""

_MARKER = re.compile(rf"(?:\d{{1,2}}[.)]|[a-z]\)|[{BULLETS}])\s+(?=[A-ZÀ-Ý«“\"])")
_SEVERAL = re.compile(r"\bquali\b", re.IGNORECASE)
_ADDS = re.compile(r"Anche (?:il|lo|la|i|gli|le|un|una|l['’]|[A-ZÀ-Ý])")
_OF_WHOM = frozenset({Expectation.ACTOR, Expectation.YES_NO, Expectation.LIST})
"""Kinds whose answer may go on in a sentence on others."""
_NEEDS_BEFORE = re.compile(
    r"^(?:(?:Con |In |Per |A )?(?:tal[ei]|quest[oaie]|ess[oaie])|Grazie a (?:ciò|quest\w+)|Rete che)\b", re.IGNORECASE
)


def compose(state: State, tools: Tools) -> State:
    """The draft: one to three sentences, or a whole list; empty where there is no evidence."""
    best = state.evidence[0] if state.evidence else None
    if best is None or state.asked is None:
        return replace(state, draft=(), detail={"sentences": 0})
    whole = overview(state, tools)
    drivers = [] if whole else _on_drivers(state, tools)
    chosen = whole or [without_marker(one) for one in drivers or _choose(best, state, tools)]
    state = _noting(state, drivers, [] if whole else chosen)
    draft = tuple(_with_captions(chosen, tools))
    opened = {quote.passage.id: quote.passage for one in draft for quote in one.quotes}
    return replace(
        state,
        draft=draft,
        mode=AnswerMode.EXTRACTIVE,
        opened=tuple(opened.values()),
        detail={
            "sentences": len(draft),
            "characters": sum(len(one.text) for one in draft),
            "passages": [{"passage": id_} for id_ in opened],
        },
    )


def _noting(state: State, drivers: Sequence[Evidence], chosen: Sequence[Evidence]) -> State:
    """What is said before the sentences: the Drivers that they do not name, or that a term is not defined."""
    assert state.asked is not None and state.found is not None
    say = load_replies(state.language).say
    if drivers_named(drivers) < len(drivers):
        numbers = ", ".join(str(driver_of(one)) for one in drivers)
        return state.noting("named_drivers", say("named_drivers", drivers=numbers))
    term = undefined_term(state.asked, state.found.reading.plain, chosen)
    return state.noting("not_defined", say("not_defined", term=term)) if term else state


def _goes_on(best: Evidence, asked: Asked) -> Evidence | None:
    """The sentence after the best one where it adds others of whom the same is so ("Anche le Associazioni …")."""
    text = best.passage.text
    after = place_after(text, best.end)
    if asked.expects not in _OF_WHOM or after is None or not _ADDS.match(text[slice(*after)]):
        return None
    other = replace(best, start=after[0], end=after[1])
    return other if any(_holds(word, other) for word in asked.focus) and after[1] - after[0] <= MAX_CHARS else None


def _on_drivers(state: State, tools: Tools) -> list[Evidence]:
    """A sentence on each Driver where it is asked which of them; empty elsewhere, or where a list names more."""
    assert state.asked is not None
    each = on_each_driver(state.asked, state.evidence)
    return each if len(each) >= drivers_named(_best_list(state, tools)) else []


def _choose(best: Evidence, state: State, tools: Tools) -> list[Evidence]:
    assert state.asked is not None
    typed = state.asked.expects in TYPED
    if typed and state.asked.expects is not Expectation.MISSION:
        if state.asked.expects is Expectation.LAW and _SEVERAL.search(state.asked.text):
            chosen = [best]
            _add_close(chosen, state, tools, cover=LIST_COVER_SHARE)
            return chosen
        rival = _rival(best, state.evidence[1:]) if _has_rivals(state.asked) else None
        return [best, rival] if rival else _with_opening([best], typed=True)
    chosen = _best_list(state, tools)
    if len(chosen) == 1 and (after := reason_after(best, state.asked) or _goes_on(best, state.asked)):
        chosen.append(after)
    if len(chosen) == 1:
        _add_close(chosen, state, tools, cover=_cover_share(state.asked))
    return _with_opening(_without_beginnings(chosen), typed=typed)


def _has_rivals(asked: Asked) -> bool:
    """True where a figure is asked that others may rival; how many there are in all is one figure alone."""
    return asked.expects in FIGURES and not asks_how_many_in_all(asked)


def _rival(best: Evidence, others: Iterable[Evidence]) -> Evidence | None:
    """Another figure that answers as well: whoever asks sees both, and what each is of."""
    said = measured_figures(best.text)
    for other in others:
        if other.score < RIVAL_SHARE * best.score:
            return None
        as_much = other.features.get("coverage", 0.0) >= RIVAL_SHARE * best.features.get("coverage", 0.0)
        others_own = [one for one in measured_figures(other.text) if not is_among(one, said)]
        fits = other.features.get("range", 0.0) >= best.features.get("range", 0.0)
        if as_much and fits and others_own and len(best.text) + len(other.text) <= MAX_CHARS:
            return other
    return None


def _best_list(state: State, tools: Tools) -> list[Evidence]:
    """The best sentence with its list; where a list is asked for, the first of the best sentences that has one."""
    assert state.asked is not None
    best = _head_instead(state.evidence[0], state.asked)
    whole = whole_list(best, state.asked, tools.library)
    if len(whole) > 1 or state.asked.expects is not Expectation.LIST:
        return whole
    for other in state.evidence[1:LIST_DEPTH]:
        found = whole_list(other, state.asked, tools.library)
        if other.score >= CLOSE_SHARE * best.score and len(found) > 2 and _covers(other, best):
            return found
    return whole


def _head_instead(best: Evidence, asked: Asked) -> Evidence:
    """The sentence that opens the list whose item is the best one, where conditions or steps are asked for."""
    if not asks_for_several(asked.text) or best.features.get("coverage", 0.0) >= OWN_ITEM:
        return best
    head = head_of(best.passage.text, best.start)
    return replace(best, start=head[0], end=head[1]) if head else best


def _covers(one: Evidence, other: Evidence) -> bool:
    return one.features.get("coverage", 0.0) >= other.features.get("coverage", 0.0)


def _with_captions(chosen: Iterable[Evidence], tools: Tools) -> Iterator[DraftSentence]:
    """The sentences in order; a row whose numbers have no unit comes after the lines that say what its table counts."""
    said: set[Quote] = set()
    for one in chosen:
        spans = one.passage.locate(one.start, one.end) if has_bare_number(one.text) else ()
        for quote in captions_of(one.passage, spans, tools.library):
            if quote not in said:
                said.add(quote)
                yield DraftSentence(quoted_text(quote, tools), (quote,), one.support)
        yield draft_sentence(one.passage, one.start, one.end, support=one.support)


def without_marker(one: Evidence) -> Evidence:
    """The evidence without the number or dash that its sentence has as an item of a list; itself where it has none."""
    marker = _MARKER.match(one.text)
    return replace(one, start=one.start + marker.end()) if marker else one


def _cover_share(asked: Asked) -> float:
    several = asked.expects is Expectation.LIST or offers_choice(asked.text)
    return LIST_COVER_SHARE if several else COVER_SHARE


def _add_close(chosen: list[Evidence], state: State, tools: Tools, *, cover: float) -> None:
    """Add, in place, sentences nearly as good that say something else, near the best one or from another source."""
    assert state.asked is not None
    best, others = chosen[0], state.evidence[1:]
    points = _points(state.asked, best, tools.weights)
    for other in others:
        if len(chosen) >= MAX_SENTENCES or other.score < CLOSE_SHARE * best.score:
            return
        if other.features.get("coverage", 0.0) < cover * best.features.get("coverage", 0.0) or beside_the_point(other):
            continue
        if other.features.get("row") and not best.features.get("row"):
            continue
        if not all(_holds(point, other) for point in points) or _leaves_choice(state.asked, other):
            continue
        if best.features.get("definition") == 1.0 and not tells_what_it_is(" ".join(state.asked.focus), other.text):
            continue
        room = MAX_CHARS - sum(len(one.text) for one in chosen)
        if len(other.text) <= room and not any(_same(one, other) for one in chosen):
            chosen.append(other)


def _points(asked: Asked, best: Evidence, weights: WordWeights) -> list[str]:
    """
    The most telling words of a question that its best sentence has; none where a list or any choice is asked for.

    Between two answers of one word they are all the words beside those: another sentence may be on another thing.
    """
    if asked.expects is Expectation.LIST or (offers_choice(asked.text) and not asked.choice):
        return []
    held = [word for word in asked.focus if word not in (asked.choice or ()) and _holds(word, best)]
    # A word that the best sentence has itself tells more than one that it says by another.
    held = [word for word in held if any(same_stem(word, other) for other in stems_of(best.text))] or held
    least = 0.0 if asked.choice else NEARLY_AS_TELLING * max(map(weights.weight, held), default=0.0)
    return [word for word in held if weights.weight(word) >= least]


def _leaves_choice(asked: Asked, one: Evidence) -> bool:
    """True where two answers of one word are offered and a sentence has neither."""
    return asked.choice is not None and not any(_holds(word, one) for word in asked.choice)


def _holds(word: str, one: Evidence) -> bool:
    return any(same_stem(word, other) or kinship.nearness(word, other) > 0 for other in stems_of(one.text))


def _same(one: Evidence, other: Evidence) -> bool:
    """True when two sentences say the same; one with a figure of its own does not."""
    known = find_figures(one.text)
    if not all(is_among(figure, known) for figure in measured_figures(other.text)):
        return False
    first, second = stems_of(one.text), stems_of(other.text)
    return len(first & second) >= SAME_SHARE * max(1, min(len(first), len(second)))


def _without_beginnings(chosen: list[Evidence]) -> list[Evidence]:
    """The same sentences without one that another begins with: "X è un ente." beside "X è un ente che …"."""
    said = [" ".join(one.text.split()).rstrip(".") for one in chosen]
    return [
        one
        for one, text in zip(chosen, said, strict=True)
        if not any(len(other) > len(text) and other.startswith(text) for other in said)
    ]


def _with_opening(chosen: list[Evidence], *, typed: bool) -> list[Evidence]:
    """The sentence before, where the first one can't be understood without it and room is left."""
    first = chosen[0]
    if not typed and (head := head_of(first.passage.text, first.start)) and len(chosen) < MAX_SENTENCES:
        return [replace(first, start=head[0], end=head[1]), *chosen]
    if not _NEEDS_BEFORE.match(first.text) or len(chosen) >= MAX_SENTENCES:
        return chosen
    before = place_before(first.passage.text, first.start)
    if before is None or before[1] - before[0] + len(first.text) > MAX_CHARS:
        return chosen
    opening = replace(first, start=before[0], end=before[1])
    # A figure that was asked for stays in the first sentence.
    return [*chosen, opening] if typed else [opening, *chosen]
