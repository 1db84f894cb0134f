"""Second stage: the best candidates looked at token by token and word by word, and put in order again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.ports import Embedder, TokenEmbedder, TokenVectors, Vector
from kb.records import ScoredPassage
from kb.retrieval.candidates import Searchable
from kb.retrieval.features import Features, WordSequences, as_columns, token_features, word_features
from kb.retrieval.query import QueryReading
from kb.retrieval.ranker import model_of
from kb.retrieval.tokens import LAYER, TokenStore

DEPTH = 40
"""
Candidates looked at again. Fifty, which the model was fitted on, give the same answers (435 questions on the plan) and
cost half a millisecond more; with 32 one of them was refused.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as both stages need it."""

    reading: QueryReading
    vector: Vector
    tokens: TokenVectors | None = None


def understand(reading: QueryReading, embedder: Embedder, store: TokenStore | None) -> Question:
    """The question with its vector, and its tokens' where there are others to compare with: one pass."""
    if store is not None and isinstance(embedder, TokenEmbedder):
        tokens = embedder.embed_tokens([reading.plain], is_query=True, layer=LAYER)[0]
        if len(tokens.vectors):
            return Question(reading, tokens.pooled, tokens)
    return Question(reading, embedder.embed_query(reading.plain))


class SecondStage:
    """Ranks one release's candidates by the shipped model; leaves them as they are where a part is missing."""

    def __init__(self, release: Searchable, places: Mapping[str, int]) -> None:
        self._release = release
        self._places = places

    @cached_property
    def store(self) -> TokenStore | None:
        """The release's token vectors, where it keeps them."""
        return TokenStore.open(self._release.folder, len(self._places))

    def rank(self, found: Sequence[ScoredPassage], question: Question) -> list[ScoredPassage]:
        """The same passages, the best DEPTH in the model's order, the rest after them as they were."""
        head = list(found[:DEPTH])
        features = self.features(head, question)
        model = model_of(self._release.folder, "ranker")
        if not head or not model.fits(features):
            return list(found)
        totals = model.score(features)
        again = [
            _with_features(one, float(total), {name: float(column[row]) for name, column in features.items()})
            for row, (one, total) in enumerate(zip(head, totals, strict=True))
        ]
        again.sort(key=lambda one: (-one.score, one.passage.id))
        return again + _below(again[-1].score, found[DEPTH:])

    def features(self, found: Sequence[ScoredPassage], question: Question) -> Features:
        """Every feature that can be had for these candidates, by name."""
        ids = [one.passage.id for one in found]
        if not ids:
            return {}
        names = ("cosine", "bm25_share", "fused")
        columns = as_columns(
            {name: {o.passage.id: o.scores[name] for o in found if name in o.scores} for name in names}, ids
        )
        if isinstance(self._release.lexical, WordSequences):
            columns |= word_features(self._release.lexical, question.reading.lexical_text, ids)
        if self.store is not None and question.tokens is not None:
            columns |= token_features(self.store, question.tokens, [self._places[id_] for id_ in ids])
        return columns


def _with_features(one: ScoredPassage, total: float, features: Mapping[str, float]) -> ScoredPassage:
    scores = {**features, **one.scores, "ranker": total}
    return ScoredPassage(one.passage, total + one.scores.get("boost", 0.0), scores)


def _below(ceiling: float, rest: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """The rest with scores that keep their order and stay under those ranked again."""
    if not rest:
        return []
    shift = min(ceiling - rest[0].score - 1e-6, 0.0)
    # Not by replace: it takes five times as long, and there are some hundred of them.
    return [ScoredPassage(one.passage, one.score + shift, one.scores) for one in rest]
