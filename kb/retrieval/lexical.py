"""The lexical index: BM25 over our own tokens, memory-mapped once saved, or kept on a server."""

from __future__ import annotations

import bisect
import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import ReleaseError
from kb.language.words import STOP_WORDS, content_stems, stem, tokenize
from kb.retrieval.postings import Postings
from kb.retrieval.sequences import NO_TERM, Read, Sequences
from kb.retrieval.vocabulary import harvest_acronyms

K1 = 1.2
B = 0.75
LEXICAL = f"bm25s lucene k1={K1} b={B} snowball-it sequences 2"
"""The settings of the index; it is part of a release's identity, so a change of any of them rebuilds."""

_NAMES = "names.json"
_SURFACE = "words.json"
_KIN_LETTERS = 5
_KIN_MOST = 40


class TermScores(Protocol):
    """What each term scores in each passage, wherever it is kept."""

    @property
    def numbers(self) -> Mapping[str, int]:
        """Every term's number, in the order of the alphabet."""

    def count(self, term: str) -> int:
        """In how many passages a term stands."""

    def add_up(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """By passage, the sum of the terms' scores; terms that stand nowhere add nothing."""

    def whole(self) -> Postings:
        """All of them, in memory or mapped."""


class TermOrder(Protocol):
    """Each passage's terms in order, wherever they are kept."""

    def read(self, places: Sequence[int]) -> Read:
        """These passages' terms, in the order of places."""

    def whole(self) -> Sequences:
        """All of them, in memory or mapped."""


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """What of an index every process holds, wherever the rest is kept."""

    ids: Sequence[str]  # of the passages, by place
    words: Mapping[str, int]
    acronyms: Mapping[str, str]

    @classmethod
    def open(cls, folder: Path) -> Names:
        """
        Those that save wrote.

        Raises:
            ReleaseError: there is no index in the folder, or it was written with other settings.
        """
        if not (folder / _NAMES).is_file():
            raise ReleaseError(
                f"Manca l'indice lessicale in «{folder}»: ricostruisci la versione con «bussola ingest»."
            )
        names = _read_json(folder / _NAMES)
        if names["lexical"] != LEXICAL:
            raise ReleaseError(
                f"L'indice lessicale in «{folder}» è di un'altra versione ({names['lexical']}): "
                "ricostruisci con «bussola ingest»."
            )
        return cls(names["ids"], _read_json(folder / _SURFACE), names["acronyms"])

    def save(self, folder: Path) -> None:
        """Write them to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        names = {"lexical": LEXICAL, "ids": list(self.ids), "acronyms": dict(self.acronyms)}
        _write_json(folder / _NAMES, names)
        _write_json(folder / _SURFACE, dict(self.words))


class Bm25Index:
    """Passages found by their words; a LexicalIndex. Places number the passages in the order of names.ids."""

    def __init__(self, names: Names, postings: TermScores, order: TermOrder) -> None:
        self.names, self.postings, self.order = names, postings, order
        self._places = {id_: place for place, id_ in enumerate(names.ids)}

    @classmethod
    def build(cls, ids: Sequence[str], texts: Sequence[str]) -> Bm25Index:
        """
        An index of the texts, in memory.

        Source: Robertson and Zaragoza 2009, in Lucene's form: idf = ln(1 + (N - n + 0.5) / (n + 0.5)), tf = f / (f +
        k1 (1 - b + b length / mean length)); checked against an exact scan in the contract suite.

        Raises:
            ValueError: ids and texts differ in number, or an id occurs twice.
        """
        if len(ids) != len(texts) or len(set(ids)) != len(ids):
            raise ValueError("each text needs one id of its own")
        words = [tokenize(text) for text in texts]
        surface = Counter(word for row in words for word in set(row))
        names = list(surface)
        stems = dict(zip(names, stem(names), strict=True))
        tokens = [[stems[word] for word in row if word not in STOP_WORDS] for row in words]
        postings = _postings(tokens)
        told = Names(list(ids), dict(sorted(surface.items())), harvest_acronyms(texts))
        return cls(told, postings, Sequences.build(tokens, postings.numbers))

    @property
    def words(self) -> Mapping[str, int]:
        """Every word as folded, and in how many passages it stands."""
        return self.names.words

    @property
    def acronyms(self) -> Mapping[str, str]:
        """Acronyms as folded, and the full names that the documents give them."""
        return self.names.acronyms

    def idf(self, term: str) -> float:
        """How rare a term is, as BM25 weighs it; a term that stands nowhere is the rarest."""
        count, found = len(self.names.ids), self.postings.count(term)
        return float(np.log(1 + (count - found + 0.5) / (found + 0.5)))

    def sequences(self, ids: Sequence[str]) -> Read:
        """The passages' terms as numbers in order, one passage after the other, and how many each has (never 0)."""
        return self.order.read([self._places[id_] for id_ in ids])

    def number(self, term: str) -> int:
        """The number of a term in sequences; one that stands nowhere has a number of no term."""
        return self.postings.numbers.get(term, NO_TERM - 1)

    def kin(self, term: str) -> list[int]:
        """Numbers of the terms that begin as a long term does: forms that the stemmer keeps apart."""
        if len(term) < _KIN_LETTERS or not term.isalpha():
            return []
        root = term[: max(_KIN_LETTERS, len(term) - 2)]
        first = bisect.bisect_left(self._sorted_terms, root)
        near = itertools.takewhile(lambda other: other.startswith(root), self._sorted_terms[first : first + _KIN_MOST])
        return [self.postings.numbers[other] for other in near if other != term]

    @cached_property
    def _sorted_terms(self) -> list[str]:
        return sorted(self.postings.numbers)

    def search(self, text: str, *, count: int, allowed: set[str] | None = None) -> list[tuple[str, float]]:
        """At most count (id, BM25 score > 0) pairs, best first, ties by id; allowed narrows to those ids."""
        scores = self._scores(text)
        if allowed is not None:
            scores = scores * self._mask(allowed)
        found = np.flatnonzero(scores > 0)
        if len(found) > count > 0:
            threshold = np.partition(scores[found], -count)[-count]
            found = found[scores[found] >= threshold]
        pairs = [(self.names.ids[place], float(scores[place])) for place in found.tolist()]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:count]

    def save(self, folder: Path) -> None:
        """Write the index to a folder; loading it gives identical scores."""
        self.names.save(folder)
        self.postings.whole().save(folder)
        self.order.whole().save(folder)

    @classmethod
    def load(cls, folder: Path) -> Bm25Index:
        """
        The index that save wrote, its scores memory-mapped.

        Raises:
            ReleaseError: there is no index in the folder, or it was written with other settings.
        """
        names = Names.open(folder)
        return cls(names, Postings.open(folder, len(names.ids)), Sequences.open(folder))

    def _scores(self, text: str) -> NDArray[np.float32]:
        # Sorted, so that the same words in another order give the same sum to the last bit.
        return self.postings.add_up(sorted(set(content_stems(text))))

    def _mask(self, allowed: set[str]) -> NDArray[np.float32]:
        mask = np.zeros(len(self.names.ids), dtype=np.float32)
        mask[[self._places[id_] for id_ in allowed if id_ in self._places]] = 1
        return mask


def _postings(tokens: Sequence[Sequence[str]]) -> Postings:
    """The scores of bm25s over token lists; none where there is not one token (bm25s can't index nothing)."""
    import bm25s

    vocabulary = {term: place for place, term in enumerate(sorted({term for row in tokens for term in row}))}
    if not vocabulary:
        return Postings.nothing(len(tokens))
    engine = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
    # Ids of our own: bm25s numbers the terms in the order of a set, which changes from run to run.
    rows = [[vocabulary[term] for term in row] for row in tokens]
    engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    scores = engine.scores
    return Postings(vocabulary, scores["indptr"], scores["indices"], scores["data"], len(tokens))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
