"""The lexical index: BM25 over our own tokens, memory-mapped once saved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import ReleaseError
from kb.language.words import STOP_WORDS, stem, tokenize
from kb.retrieval.vocabulary import harvest_acronyms

K1 = 1.2
B = 0.75
LEXICAL = f"bm25s lucene k1={K1} b={B} snowball-it 1"
"""The settings of the index; it is part of a release's identity, so a change of any of them rebuilds."""

_NAMES = "names.json"
_SURFACE = "words.json"


def terms(text: str) -> list[str]:
    """The stems that are indexed and looked up for a text, in order, stop words left out."""
    return stem([token for token in tokenize(text) if token not in STOP_WORDS])


class Bm25Index:
    """Passages found by their words; a LexicalIndex."""

    def __init__(self, ids: Sequence[str], engine: Any, *, words: Mapping[str, int], acronyms: Mapping[str, str]):
        self._ids = list(ids)
        self._places = {id_: place for place, id_ in enumerate(self._ids)}
        self._engine = engine
        self._words = words
        self._acronyms = acronyms

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
        tokens = [terms(text) for text in texts]
        surface = Counter(word for text in texts for word in set(tokenize(text)))
        return cls(ids, _engine(tokens), words=dict(sorted(surface.items())), acronyms=harvest_acronyms(texts))

    @property
    def words(self) -> Mapping[str, int]:
        """Every word as folded, and in how many passages it stands."""
        return self._words

    @property
    def acronyms(self) -> Mapping[str, str]:
        """Acronyms as folded, and the full names that the documents give them."""
        return self._acronyms

    def idf(self, term: str) -> float:
        """How rare a term is, as BM25 weighs it; a term that stands nowhere is the rarest."""
        count = len(self._ids)
        found = 0
        if self._engine is not None and term in self._engine.vocab_dict:
            start, end = self._engine.scores["indptr"][self._engine.vocab_dict[term] :][:2]
            found = int(end - start)
        return float(np.log(1 + (count - found + 0.5) / (found + 0.5)))

    def search(self, text: str, *, count: int, allowed: set[str] | None = None) -> list[tuple[str, float]]:
        """At most count (id, BM25 score > 0) pairs, best first, ties by id; allowed narrows to those ids."""
        scores = self._scores(text)
        if allowed is not None:
            scores = scores * self._mask(allowed)
        found = np.flatnonzero(scores > 0)
        if len(found) > count > 0:
            threshold = np.partition(scores[found], -count)[-count]
            found = found[scores[found] >= threshold]
        pairs = [(self._ids[place], float(scores[place])) for place in found]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:count]

    def save(self, folder: Path) -> None:
        """Write the index to a folder; loading it gives identical scores."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._engine is not None:
            self._engine.save(str(folder), show_progress=False)
        names = {"lexical": LEXICAL, "ids": self._ids, "acronyms": dict(self._acronyms)}
        _write_json(folder / _NAMES, names)
        _write_json(folder / _SURFACE, dict(self._words))

    @classmethod
    def load(cls, folder: Path) -> Bm25Index:
        """
        The index that save wrote, its scores memory-mapped.

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
        engine = _load_engine(folder)
        return cls(names["ids"], engine, words=_read_json(folder / _SURFACE), acronyms=names["acronyms"])

    def _scores(self, text: str) -> NDArray[np.float32]:
        # Sorted, so that the same words in another order give the same sum to the last bit.
        known = sorted(term for term in set(terms(text)) if self._engine and term in self._engine.vocab_dict)
        if not known:
            return np.zeros(len(self._ids), dtype=np.float32)
        scores: NDArray[np.float32] = self._engine.get_scores(known)
        return scores

    def _mask(self, allowed: set[str]) -> NDArray[np.float32]:
        mask = np.zeros(len(self._ids), dtype=np.float32)
        mask[[self._places[id_] for id_ in allowed if id_ in self._places]] = 1
        return mask


def _engine(tokens: Sequence[Sequence[str]]) -> Any:
    """The bm25s engine over token lists, or None where there is not one token (bm25s can't index nothing)."""
    import bm25s

    vocabulary = {term: place for place, term in enumerate(sorted({term for row in tokens for term in row}))}
    if not vocabulary:
        return None
    engine = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
    # Ids of our own: bm25s numbers the terms in the order of a set, which changes from run to run.
    rows = [[vocabulary[term] for term in row] for row in tokens]
    engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    return engine


def _load_engine(folder: Path) -> Any:
    import bm25s

    if not (folder / "params.index.json").is_file():
        return None
    return bm25s.BM25.load(str(folder), mmap=True, show_progress=False)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
