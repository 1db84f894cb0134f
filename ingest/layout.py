"""
Reading order: blocks whose text came out in the order of drawing are put in the order of reading.

A block that begins in the middle of a sentence must follow one that ends in the middle of a sentence. Each order of a
page's few columns has a cost, the number of joins that do not read; the given order wins unless another one is
clearly better. Nothing is added or lost: only whole blocks move.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, permutations

from ingest.clean import Vocabulary, keep_hyphen

MOST_COLUMNS = 6
"""Blocks in one run that are tried in every order (720 at most)."""
CLEARLY_BETTER = 3
"""Cost that an order must save to replace the given one: more than one uncertain join."""

_LONGEST_WORD = 80  # characters looked at before a text's end

_CLOSERS = "»”’\"')]"
_OPENERS = " «“‘\"'([–—"
_SENTENCE_END = ".!?…:;"
_GOES_ON = frozenset(
    "il lo la i gli le un uno una di a da in con su per tra fra e o che del dello della dei degli delle al allo alla "
    "ai agli alle dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla sui sugli sulle come "
    "non si ma se cui ed ad".split()
)


def is_open(text: str) -> bool:
    """True when a text stops before its sentence does."""
    bare = text.rstrip().rstrip(_CLOSERS + " ")
    return bool(bare) and bare[-1] not in _SENTENCE_END


def begins_inside(text: str) -> bool:
    """True when a text begins in the middle of a sentence: with a small letter."""
    bare = text.lstrip(_OPENERS)
    return bool(bare) and bare[0].islower()


def _waits(text: str) -> bool:
    """True when a text stops at a comma, an article, a preposition or a conjunction."""
    bare = text.rstrip()[-_LONGEST_WORD:]
    last = re.search(r"[^\W\d_]+$", bare)
    return bare.endswith((",", "’", "'")) or (last is not None and last.group().casefold() in _GOES_ON)


def is_joined(before: str, after: str) -> bool:
    """True when the second text goes on with the sentence that the first left open."""
    return is_open(before) and (begins_inside(after) or _waits(before))


def join_cost(before: str | None, after: str | None, vocabulary: Vocabulary) -> int:
    """
    How badly the second text reads after the first: 0 reads well, 4 can't be right.

    None stands for a fresh start (a heading before) or a full stop (a heading or the end after).
    """
    if before is None:
        return 4 if after is not None and begins_inside(after) else 0
    if after is None:
        return 2 if is_open(before) else 0
    if keep_hyphen(before, after, vocabulary) is not None or before.rstrip().endswith("-"):
        return _hyphen_cost(before, after, vocabulary)
    if not is_open(before):
        return 4 if begins_inside(after) else 0
    if begins_inside(after):
        return 0
    return 1 if _waits(before) else 2


def _hyphen_cost(before: str, after: str, vocabulary: Vocabulary) -> int:
    if not begins_inside(after):
        return 4
    start = re.search(r"[^\W\d_]+-$", before.rstrip()[-_LONGEST_WORD:])
    rest = re.match(r"[^\W\d_]+", after.lstrip())
    if start is None or rest is None:
        return 4
    word = (start.group()[:-1] + rest.group()).casefold()
    return 0 if vocabulary.words[word] else 1


def find_order(
    texts: Sequence[str], vocabulary: Vocabulary, *, before: str | None = None, after: str | None = None
) -> list[int]:
    """
    The places of the texts in reading order.

    Texts are columns of one page in the order given by the file; before and after are the texts that stand next to
    them (None: a heading or nothing). Ties keep the given order; so does a run of more than MOST_COLUMNS texts.
    """
    given = list(range(len(texts)))
    if not 2 <= len(texts) <= MOST_COLUMNS:
        return given
    costs = {order: _order_cost(order, texts, vocabulary, (before, after)) for order in permutations(given)}
    best = min(costs, key=lambda order: (costs[order], order))
    return list(best) if costs[tuple(given)] - costs[best] >= CLEARLY_BETTER else given


def _order_cost(
    order: Sequence[int], texts: Sequence[str], vocabulary: Vocabulary, around: tuple[str | None, str | None]
) -> int:
    chain = [around[0], *(texts[place] for place in order), around[1]]
    return sum(join_cost(one, other, vocabulary) for one, other in pairwise(chain))
