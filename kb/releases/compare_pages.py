"""Two editions of one document held side by side: which pages match, how far, and which figures differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from kb.language.figures import Figure, find_figures
from kb.language.sentences import split_sentences
from kb.language.words import fold
from kb.records import Page

RUN_WORDS = 8
"""Words of a run; the measure of reading order is the share of runs kept (metric A1 of the evaluation notes)."""
SAME_PAGE = 0.3
"""Share of words in common from which two changed pages are taken for the same page (set by hand on editions)."""
SAME_SENTENCE = 0.6
"""How alike two sentences without their figures must be to be one sentence reworded (difflib's ratio; set by hand)."""
BAND_PAGES = 40
"""How far a page may have moved among changed pages; bounds the work on documents of thousands of pages."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PagePair:
    """A page and its counterpart; one of the two is None where a page has none."""

    before: Page | None
    after: Page | None


@dataclass(frozen=True, slots=True)
class SentenceFigures:
    """Figures that differ between a sentence and its counterpart, each with where it stands in its page."""

    before: Figure | None
    after: Figure | None
    sentence_before: str
    sentence_after: str
    place_after: int  # offset into the page after
    place_before: int


def align_pages(before: Sequence[Page], after: Sequence[Page]) -> list[PagePair]:
    """
    Every page of both lists once, each with its counterpart, in order.

    Equal pages match first; between them pages match by the words they share, never crossing.
    """
    ours, theirs = [_plain(page.text) for page in before], [_plain(page.text) for page in after]
    pairs: list[PagePair] = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += [PagePair(a, b) for a, b in zip(before[i:i_end], after[j:j_end], strict=True)]
        else:
            pairs += _align_changed(before[i:i_end], after[j:j_end])
    return pairs


def same_words(before: Page, after: Page) -> float:
    """The share of the first page's words that stand in the second, each as often as it does there; 1 without words."""
    ours, theirs = Counter(words_of(before)), Counter(words_of(after))
    return (ours & theirs).total() / ours.total() if ours else 1.0


def same_order(before: Page, after: Page) -> float:
    """The share of the first page's runs of eight words that stand in the second; 1 on a page of fewer words."""
    ours, theirs = set(runs_of(words_of(before))), set(runs_of(words_of(after)))
    return len(ours & theirs) / len(ours) if ours else 1.0


def words_of(page: Page) -> list[str]:
    """The page's words, folded, figures among them."""
    return _WORD.findall(fold(page.text))


def changed_figures(before: Page, after: Page) -> list[SentenceFigures]:
    """
    The figures of reworded or equal-but-for-figures sentences that differ, in the order of the page before.

    Sentences that came or went whole are not among them; a figure that a new line break moved from one sentence to
    the next is no change.
    """
    ours, theirs = _sentences(before), _sentences(after)
    known = {text for text, _ in theirs}
    gone = [one for one in ours if one[0] not in known]
    kept = {text for text, _ in ours}
    come = [one for one in theirs if one[0] not in kept]
    found = [change for a, b in _pair_sentences(gone, come) for change in _figure_changes(a, b)]
    return _without_moved(found)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _align_changed(before: Sequence[Page], after: Sequence[Page]) -> list[PagePair]:
    """The best alignment without crossings, by the sum of shared words (Needleman and Wunsch 1970, gaps cost 0)."""
    ours, theirs = [frozenset(words_of(page)) for page in before], [frozenset(words_of(page)) for page in after]
    band = BAND_PAGES + abs(len(before) - len(after))
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            if abs(i - j) <= band and (shared := _shared(ours[i], theirs[j])) >= SAME_PAGE:
                best[i][j] = max(best[i][j], shared + best[i + 1][j + 1])
    return _read_back(best, before, after)


def _read_back(best: Sequence[Sequence[float]], before: Sequence[Page], after: Sequence[Page]) -> list[PagePair]:
    pairs: list[PagePair] = []
    i = j = 0
    while i < len(before) and j < len(after):
        if best[i][j] == best[i + 1][j]:
            pairs.append(PagePair(before[i], None))
            i += 1
        elif best[i][j] == best[i][j + 1]:
            pairs.append(PagePair(None, after[j]))
            j += 1
        else:
            pairs.append(PagePair(before[i], after[j]))
            i, j = i + 1, j + 1
    pairs += [PagePair(page, None) for page in before[i:]]
    return pairs + [PagePair(None, page) for page in after[j:]]


def _shared(ours: frozenset[str], theirs: frozenset[str]) -> float:
    both = len(ours | theirs)
    return len(ours & theirs) / both if both else 1.0


def runs_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every run of RUN_WORDS words, overlapping and with repeats, in order; none of fewer words."""
    return [tuple(words[at : at + RUN_WORDS]) for at in range(len(words) - RUN_WORDS + 1)]


def _sentences(page: Page) -> list[tuple[str, int]]:
    """Each sentence with single spaces, and where it begins."""
    return [(_plain(page.text[start:end]), start) for start, end in split_sentences(page.text)]


def _pair_sentences(
    gone: Sequence[tuple[str, int]], come: Sequence[tuple[str, int]]
) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    """Each sentence that went with the most similar one that came; a sentence is taken once, the most alike first."""
    ours, theirs = [_bare(text) for text, _ in gone], [_bare(text) for text, _ in come]
    alike = [
        (-ratio, i, j)
        for i, a in enumerate(ours)
        for j, b in enumerate(theirs)
        if (ratio := _alike(a, b)) >= SAME_SENTENCE
    ]
    pairs: dict[int, int] = {}
    for _, i, j in sorted(alike):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return [(gone[i], come[pairs[i]]) for i in sorted(pairs)]


def _bare(text: str) -> list[str]:
    """The words of a sentence with one mark for every figure."""
    for figure in reversed(find_figures(text)):
        text = f"{text[: figure.start]} 0 {text[figure.end :]}"
    return _WORD.findall(fold(text))


def _alike(ours: list[str], theirs: list[str]) -> float:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= SAME_SENTENCE <= matcher.quick_ratio() else 0.0


def _figure_changes(before: tuple[str, int], after: tuple[str, int]) -> list[SentenceFigures]:
    ours, theirs = find_figures(before[0]), find_figures(after[0])
    lost, won = _without(ours, theirs), _without(theirs, ours)
    return [
        SentenceFigures(a, b, before[0], after[0], place_before=before[1], place_after=after[1])
        for a, b in zip_longest(lost, won)
    ]


def _without(figures: Sequence[Figure], others: Sequence[Figure]) -> list[Figure]:
    """The figures less those of equal value among the others, each as often as it stands there."""
    left = Counter((figure.kind, figure.value) for figure in others)
    found = []
    for figure in figures:
        key = (figure.kind, figure.value)
        if left[key]:
            left[key] -= 1
        else:
            found.append(figure)
    return found


def _without_moved(changes: Sequence[SentenceFigures]) -> list[SentenceFigures]:
    lost = Counter(_value(change.before) for change in changes if change.before and change.after is None)
    won = Counter(_value(change.after) for change in changes if change.after and change.before is None)
    moved = {"before": lost & won, "after": lost & won}
    kept = []
    for change in changes:
        side = "before" if change.after is None else "after" if change.before is None else ""
        value = _value(change.before or change.after)
        if side and moved[side][value]:
            moved[side][value] -= 1
        else:
            kept.append(change)
    return kept


def _value(figure: Figure | None) -> tuple[str, str]:
    return (figure.kind.value, figure.value) if figure else ("", "")
