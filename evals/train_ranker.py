"""
Training of the search's second stage and of its confidence, on part of a BEIR folder.

    python -m evals.train_ranker ../shared/evals/squad-it-dev

The first 60 % of the corpus, the questions about it and the first 60 % of the questions without an answer are learnt
from; the figures printed at the end are of the rest. Weights go to kb/retrieval/*.json.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import kb.retrieval
from evals.retrieval import BeirFolder, auroc, ndcg_at, prepare_queries, read_beir, recall_at, release_of
from kb.ports import Embedder, TokenEmbedder
from kb.releases.parts import model_name
from kb.retrieval.confidence import confidence_features
from kb.retrieval.encoder import DIRECTIONS, sample_texts
from kb.retrieval.ranker import LinearModel
from kb.retrieval.search import Searcher, SearchResult
from kb.retrieval.second_stage import DEPTH
from kb.retrieval.tokens import LAYER, WIDTH, principal_directions
from kb.settings import load_settings
from kb.wiring import make_embedder

Array = NDArray[np.float64]

TUNE_SHARE = 0.6
RANKER = ("cosine", "bm25_share", "late", "late_near", "late_wide", "late_even", "words_near")
CONFIDENCE = ("best_cosine", "first_late", "first_late_wide", "first_words")
CONFIDENCE_PLAIN = ("best_cosine", "best_bm25_share")
RANKER_DECAY = 1e-3
CONFIDENCE_DECAY = 1e-3


@dataclass(frozen=True, slots=True)
class Split:
    """Question ids to learn from and to report on; no paragraph has questions in both."""

    tune: frozenset[str]
    report: frozenset[str]


def split_questions(beir: BeirFolder) -> Split:
    """What is learnt from, and what is reported on: the questions on the corpus's first 60 % and on the rest."""
    texts = list(beir.corpus)
    end = _tune_end(beir)
    without = [id_ for id_ in beir.queries if id_ not in beir.relevant]
    last = round(TUNE_SHARE * len(without))
    tune = _questions_on(beir, set(texts[:end])) | set(without[:last])
    return Split(frozenset(tune), frozenset(_questions_on(beir, set(texts[end:])) | set(without[last:])))


def _tune_end(beir: BeirFolder) -> int:
    return round(TUNE_SHARE * len(beir.corpus))


def _questions_on(beir: BeirFolder, texts: set[str]) -> set[str]:
    return {id_ for id_, grades in beir.relevant.items() if set(grades) <= texts and id_ in beir.queries}


def fit_ranker(lists: Sequence[Array], right: Sequence[int], *, decay: float = RANKER_DECAY) -> Array:
    """
    Weights of standardised features under which the right candidate of each list is likeliest.

    lists hold candidates × features each; right is the place of the right candidate.

    Source: conditional logit (McFadden 1974), the top-one case of ListNet (Cao et al. 2007), with weight decay;
    minimised by L-BFGS.
    """
    from scipy.optimize import minimize

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = decay * float(weights @ weights), 2 * decay * weights
        for rows, place in zip(lists, right, strict=True):
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            total -= float(np.log(max(shares[place], 1e-12))) / len(lists)
            slope = slope + (shares @ rows - rows[place]) / len(lists)
        return total, slope

    found = minimize(loss, np.zeros(lists[0].shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, dtype=np.float64)


def fit_confidence(
    rows: Array, answerable: NDArray[np.bool_], *, decay: float = CONFIDENCE_DECAY
) -> tuple[Array, float]:
    """
    Weights of standardised features and the bias, by logistic regression in which both kinds weigh the same.

    Source: Cox 1958; the two classes balanced, so that 0.5 is the point between them whatever their number here.
    """
    from scipy.optimize import minimize

    signs = np.where(answerable, 1.0, -1.0)
    shares = np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())

    def loss(weights: Array) -> tuple[float, Array]:
        margins = signs * (rows @ weights[:-1] + weights[-1])
        pull = -shares * signs / (1 + np.exp(np.clip(margins, -30, 30)))
        slope = np.append(rows.T @ pull + 2 * decay * weights[:-1], pull.sum())
        return float(shares @ np.logaddexp(0, -margins) + decay * weights[:-1] @ weights[:-1]), slope

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B")
    return np.asarray(found.x[:-1], dtype=np.float64), float(found.x[-1])


def train_ranker(results: Mapping[str, SearchResult], beir: BeirFolder, names: Sequence[str]) -> dict[str, float]:
    """Weights by feature, scaled so that scores spread as fused scores do and boosts keep their weight."""
    lists, right, fused = [], [], []
    for id_, result in results.items():
        grades = beir.relevant.get(id_, {})
        places = [place for place, one in enumerate(result.passages) if one.passage.id in grades]
        if places:
            lists.append(np.array([[one.scores.get(name, 0.0) for name in names] for one in result.passages]))
            fused.append(float(np.std([one.scores["fused"] for one in result.passages])))
            right.append(places[0])
    spread = np.concatenate(lists).std(axis=0)
    weights = fit_ranker([rows / spread for rows in lists], right) / spread
    scale = float(np.mean(fused) / np.mean([np.std(rows @ weights) for rows in lists]))
    return {name: round(float(weight * scale), 6) for name, weight in zip(names, weights, strict=True)}


def train_confidence(
    results: Mapping[str, SearchResult], beir: BeirFolder, names: Sequence[str]
) -> tuple[dict[str, float], float]:
    """Weights by feature and the bias, for features as they are."""
    found = {id_: confidence_features(result.passages) for id_, result in results.items()}
    rows = np.array([[features[name] for name in names] for features in found.values()])
    answerable = np.array([id_ in beir.relevant for id_ in found])
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    weights, bias = fit_confidence((rows - middle) / spread, answerable)
    weights = weights / spread
    named = {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)}
    return named, round(bias - float(weights @ middle), 6)


def ranked_again(result: SearchResult, model: LinearModel) -> SearchResult:
    """The same passages in a model's order."""
    from dataclasses import replace

    def total(scores: Mapping[str, float]) -> float:
        return sum(weight * scores.get(name, 0.0) for name, weight in model.weights.items())

    passages = sorted(result.passages, key=lambda one: (-total(one.scores), one.passage.id))
    return replace(result, passages=tuple(passages))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the folder's first part, write the weights, print the figures of the rest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(kb.retrieval.__file__).parent)
    options = parser.parse_args(arguments)
    beir = read_beir(options.folder)
    split = split_questions(beir)
    embedder = make_embedder(load_settings())
    if isinstance(embedder, TokenEmbedder):
        write_directions(options.out / DIRECTIONS.name, train_directions(beir, embedder), embedder.fingerprint)
    results = _search_all(beir, embedder)
    tune = {id_: results[id_] for id_ in split.tune}
    model = LinearModel("", train_ranker(tune, beir, RANKER))
    results = {id_: ranked_again(result, model) for id_, result in results.items()}
    tune = {id_: results[id_] for id_ in split.tune}
    _write(options.out / "ranker.json", model.weights, 0.0, options.folder)
    for name, features in (("confidence", CONFIDENCE), ("confidence_plain", CONFIDENCE_PLAIN)):
        weights, bias = train_confidence(tune, beir, features)
        _write(options.out / f"{name}.json", weights, bias, options.folder)
        _print_area(name, LinearModel("", weights, bias), {id_: results[id_] for id_ in split.report}, beir)
    _print_ranking({id_: results[id_] for id_ in split.report}, beir)


def train_directions(beir: BeirFolder, embedder: TokenEmbedder) -> NDArray[np.float32]:
    """Principal directions of token vectors, dimension × width: half of the texts learnt from, half of our sample."""
    texts = [f"{title}\n{text}".strip() for title, text in list(beir.corpus.values())[: _tune_end(beir)]]
    return principal_directions(_products(texts, embedder) + _products(sample_texts(), embedder), WIDTH)


def _products(texts: Sequence[str], embedder: TokenEmbedder) -> Array:
    """Mean product of each pair of entries over all tokens of the texts."""
    found = embedder.embed_tokens(texts, is_query=False, layer=LAYER)
    rows = np.concatenate([one.vectors for one in found]).astype(np.float64)
    return np.asarray(rows.T @ rows / len(rows), dtype=np.float64)


def write_directions(path: Path, directions: NDArray[np.float32], fingerprint: str) -> None:
    """Keep a model's directions in half precision: rows are rounded to eight bits anyway."""
    np.savez(path, model=model_name(fingerprint), directions=directions.astype(np.float16))


def _search_all(beir: BeirFolder, embedder: Embedder) -> dict[str, SearchResult]:
    with tempfile.TemporaryDirectory() as folder:
        release = release_of(beir, embedder, folder=Path(folder))
        searcher = Searcher(release, prepare_queries(list(beir.queries.values()), embedder))
        return {id_: searcher.search(text, count=DEPTH) for id_, text in beir.queries.items()}


def _write(path: Path, weights: Mapping[str, float], bias: float, folder: Path) -> None:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    data = {
        "version": f"{today} {folder.name} first {TUNE_SHARE:.0%}",
        "command": "python -m evals.train_ranker FOLDER",
        "weights": dict(weights),
        "bias": bias,
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _print_ranking(results: Mapping[str, SearchResult], beir: BeirFolder) -> None:
    for name in ("fused", "ranker"):
        pairs = []
        for id_ in sorted(results.keys() & beir.relevant.keys()):
            passages = list(results[id_].passages)
            if name == "fused":
                passages.sort(key=lambda one: (-one.scores["fused"], one.passage.id))
            pairs.append(([one.passage.id for one in passages], beir.relevant[id_]))
        ndcg = np.mean([ndcg_at(found, grades) for found, grades in pairs])
        recalls = [np.mean([recall_at(found, grades, depth=depth) for found, grades in pairs]) for depth in (1, 10, 50)]
        shown = " ".join(f"{recall:.4f}" for recall in recalls)
        _say(f"{name}: {len(pairs)} questions, nDCG@10 {ndcg:.4f}, recall@1/10/50 {shown}")


def _print_area(name: str, model: LinearModel, results: Mapping[str, SearchResult], beir: BeirFolder) -> None:
    scores: dict[bool, list[float]] = {True: [], False: []}
    for id_, result in results.items():
        features = confidence_features(result.passages)
        columns = {key: np.array([value], dtype=np.float32) for key, value in features.items()}
        scores[id_ in beir.relevant].append(float(model.score(columns)[0]))
    accepted = [np.mean([score > 0 for score in scores[kind]]) for kind in (True, False)]
    area = auroc(scores[True], scores[False]) or 0.0
    _say(f"{name}: AUROC {area:.4f}, above 0.5: answerable {accepted[0]:.3f}, unanswerable {accepted[1]:.3f}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
