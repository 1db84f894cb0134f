"""Retrieval measured on a BEIR folder, through the product's own search."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evals.statistics import paired_randomisation_p
from kb.errors import InputError
from kb.ports import Embedder, Matrix, Progress, TokenEmbedder, TokenVectors, Vector, no_progress
from kb.records import Document, DocumentKind, Passage, Span
from kb.retrieval.memory import MemoryRelease, build_memory_release
from kb.retrieval.search import Searcher, SearchResult
from kb.retrieval.tokens import LAYER
from kb.settings import Settings

DEPTH = 10
"""Ranks that are looked at."""


@dataclass(frozen=True, slots=True)
class BeirFolder:
    """A retrieval set: texts by id, questions by id, and the ids that are right for each answerable question."""

    corpus: Mapping[str, tuple[str, str]]  # id → title, text
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]  # question → text → grade above 0


@dataclass(frozen=True, slots=True)
class QueryRun:
    """What one question found: ids best first, and how sure the search was that the answer is there."""

    query: str
    found: tuple[str, ...]
    confidence: float
    answerable: bool
    ndcg: float  # 0 for unanswerable questions, which are left out of the means
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """Every question's run and the figures over them."""

    runs: tuple[QueryRun, ...]
    figures: Mapping[str, float | int | None]

    def to_json(self) -> dict[str, float | int | None]:
        """The figures, as `bussola evals retrieval --json` prints them."""
        return dict(self.figures)


def ndcg_at(found: Sequence[str], grades: Mapping[str, int], *, depth: int = DEPTH) -> float:
    """
    Normalised discounted cumulative gain of a ranking, in [0, 1]; 0 where nothing is relevant.

    Source: Järvelin and Kekäläinen 2002 with linear gain, as trec_eval's ndcg_cut: Σ grade / log2(rank + 1), divided by
    that of the best possible ranking.
    """
    gains = [grades.get(id_, 0) / math.log2(rank + 1) for rank, id_ in enumerate(found[:depth], start=1)]
    ideal = sorted(grades.values(), reverse=True)[:depth]
    best = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(ideal, start=1))
    return sum(gains) / best if best > 0 else 0.0


def reciprocal_rank_at(found: Sequence[str], grades: Mapping[str, int], *, depth: int = DEPTH) -> float:
    """
    1 / rank of the first relevant text, 0 past depth; the mean over questions is MRR@depth.

    Source: Voorhees, TREC-8 Question Answering Track Report (1999).
    """
    return next((1 / rank for rank, id_ in enumerate(found[:depth], start=1) if grades.get(id_, 0) > 0), 0.0)


def recall_at(found: Sequence[str], grades: Mapping[str, int], *, depth: int) -> float:
    """Share of the relevant texts within the first depth; 0 where nothing is relevant."""
    relevant = {id_ for id_, grade in grades.items() if grade > 0}
    return len(relevant & set(found[:depth])) / len(relevant) if relevant else 0.0


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """
    Chance that a positive scores above a negative, ties counted half; None where either is missing.

    Source: Mann and Whitney's U over the number of pairs (Hanley and McNeil 1982).
    """
    if not positives or not negatives:
        return None
    scores = np.concatenate([np.asarray(positives, dtype=np.float64), np.asarray(negatives, dtype=np.float64)])
    order, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    assert len(order) == len(counts)
    ends = np.cumsum(counts)
    mean_ranks = (ends - counts + 1 + ends) / 2
    rank_sum = float(mean_ranks[inverse[: len(positives)]].sum())
    return (rank_sum - len(positives) * (len(positives) + 1) / 2) / (len(positives) * len(negatives))


def evaluate_folder(
    folder: Path,
    settings: Settings,
    *,
    against: Path | None = None,
    out: Path | None = None,
    second_stage: bool = True,
    progress: Progress = no_progress,
) -> dict[str, float | int | None]:
    """
    The figures of a BEIR folder with the embedder of the settings; out keeps every question's run.

    against is a run kept earlier: its nDCG@10 and the p-value of the paired difference are added. Without the second
    stage the fusion alone is measured: kept, it is what the whole search is compared with.

    Raises:
        InputError: the folder is no BEIR folder, or the run is on other questions.
        EmbedderError: the model can't be loaded.
    """
    from kb.wiring import make_embedder

    earlier = _read_run(against) if against else None
    embedder = make_embedder(settings)
    report = measure_folder(read_beir(folder), embedder, second_stage=second_stage, progress=progress)
    if out:
        write_run(report, out)
    return report.to_json() | (compare(report, earlier) if earlier is not None else {})


def measure_folder(
    beir: BeirFolder, embedder: Embedder, *, second_stage: bool = True, progress: Progress = no_progress
) -> RetrievalReport:
    """The runs and figures of a retrieval set; the index lives in a temporary folder and goes with it."""
    with tempfile.TemporaryDirectory(prefix="bussola-") as folder:
        release = release_of(beir, embedder, folder=Path(folder), progress=progress)
        ready = prepare_queries(list(beir.queries.values()), embedder, progress=progress)
        searcher = Searcher(release, ready, second_stage=second_stage)
        runs = []
        for place, (id_, text) in enumerate(beir.queries.items(), start=1):
            runs.append(_run(id_, searcher.search(text, count=DEPTH), beir.relevant.get(id_, {})))
            if place % 50 == 0 or place == len(beir.queries):
                progress("domande", place, len(beir.queries))
    return RetrievalReport(tuple(runs), figures_of(runs, beir.relevant))


def figures_of(runs: Sequence[QueryRun], relevant: Mapping[str, Mapping[str, int]]) -> dict[str, float | int | None]:
    """Means over the answerable questions, and the AUROC of the confidence, to four places; None for no question."""
    asked = [run for run in runs if run.answerable]
    grades = [relevant[run.query] for run in asked]

    def mean(values: Sequence[float]) -> float | None:
        return round(sum(values) / len(values), 4) if values else None

    recalls = {
        f"recall@{depth}": mean([recall_at(r.found, g, depth=depth) for r, g in zip(asked, grades, strict=True)])
        for depth in (1, 5, 10)
    }
    area = auroc([run.confidence for run in asked], [run.confidence for run in runs if not run.answerable])
    return {
        "queries": len(runs),
        "ndcg@10": mean([run.ndcg for run in asked]),
        "mrr@10": mean([reciprocal_rank_at(r.found, g) for r, g in zip(asked, grades, strict=True)]),
        **recalls,
        "auroc": None if area is None else round(area, 4),
    }


def compare(report: RetrievalReport, earlier: Mapping[str, float]) -> dict[str, float]:
    """
    The earlier run's nDCG@10 and the p-value of the difference, paired by question.

    Raises:
        InputError: the two runs are not on the same answerable questions.
    """
    now = {run.query: run.ndcg for run in report.runs if run.answerable}
    if now.keys() != earlier.keys():
        raise InputError(
            f"La prova salvata ha {len(earlier)} domande con risposta, questa {len(now)}, e non sono le stesse: "
            "confronta prove fatte sulla stessa cartella."
        )
    names = sorted(now)
    p_value = paired_randomisation_p([now[name] for name in names], [earlier[name] for name in names])
    return {"against_ndcg@10": round(sum(earlier.values()) / max(len(earlier), 1), 4), "p_value": round(p_value, 4)}


def write_run(report: RetrievalReport, path: Path) -> None:
    """Keep a run as JSON: the figures and each question's ids, confidence, nDCG and times."""
    runs = [
        {
            "query": run.query,
            "found": list(run.found),
            "confidence": round(run.confidence, 6),
            "answerable": run.answerable,
            "ndcg": run.ndcg,
            "timings_ms": {name: round(ms, 2) for name, ms in run.timings_ms.items()},
        }
        for run in report.runs
    ]
    path.write_text(json.dumps({"figures": report.to_json(), "runs": runs}, ensure_ascii=False), encoding="utf-8")


def _read_run(path: Path) -> dict[str, float]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {run["query"]: float(run["ndcg"]) for run in data["runs"] if run["answerable"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"«{path}» non è una prova salvata con --out: indicane una, o togli --against.") from None


def read_beir(folder: Path) -> BeirFolder:
    """
    The retrieval set of a folder with corpus.jsonl, queries.jsonl and qrels.tsv.

    Raises:
        InputError: a file is missing or a line of it can't be read; the line is named.
    """
    corpus = {str(row["_id"]): (str(row.get("title") or ""), str(row["text"])) for row in _rows(folder, "corpus.jsonl")}
    queries = {str(row["_id"]): str(row["text"]) for row in _rows(folder, "queries.jsonl")}
    relevant: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(folder / "qrels.tsv"), start=1):
        parts = line.split("\t")
        if number == 1 and not parts[-1].strip().lstrip("-").isdigit():
            continue
        if len(parts) != 3 or not parts[2].strip().lstrip("-").isdigit():
            raise InputError(
                f"«{folder / 'qrels.tsv'}», riga {number}: servono domanda, testo e grado separati da tab."
            )
        if int(parts[2]) > 0:
            relevant.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    if not corpus or not queries:
        raise InputError(f"«{folder}» non ha testi o domande: servono corpus.jsonl, queries.jsonl e qrels.tsv pieni.")
    return BeirFolder(corpus, queries, relevant)


def release_of(
    beir: BeirFolder, embedder: Embedder, *, folder: Path, progress: Progress = no_progress
) -> MemoryRelease:
    """A searchable release whose documents are the texts of the set, one passage each."""
    documents = [Document(id_, title, DocumentKind.OTHER, sha256="") for id_, (title, _text) in beir.corpus.items()]
    passages = [Passage(id_, id_, text, (Span(1, 0, len(text)),), ("",)) for id_, (_title, text) in beir.corpus.items()]
    return build_memory_release(documents, passages, embedder, folder=folder, progress=progress)


class PreparedQueries:
    """An embedder that has a set's questions embedded beforehand, in batches; anything else goes through."""

    def __init__(self, embedder: TokenEmbedder, known: Mapping[str, TokenVectors]) -> None:
        self._embedder: Any = embedder
        self._known = known

    @property
    def fingerprint(self) -> str:
        """The embedder's own."""
        return str(self._embedder.fingerprint)

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._embedder.dimension)

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """As the embedder does."""
        rows: Matrix = self._embedder.embed_passages(texts, progress=progress)
        return rows

    def embed_query(self, text: str) -> Vector:
        """From those prepared, else as the embedder does."""
        if text in self._known:
            return self._known[text].pooled
        vector: Vector = self._embedder.embed_query(text)
        return vector

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        """From those prepared, else as the embedder does."""
        if is_query and layer == LAYER and all(text in self._known for text in texts):
            return [self._known[text] for text in texts]
        found: list[TokenVectors] = self._embedder.embed_tokens(texts, is_query=is_query, layer=layer)
        return found


def prepare_queries(texts: Sequence[str], embedder: Embedder, *, progress: Progress = no_progress) -> Embedder:
    """The embedder with these questions' vectors ready; the embedder itself where it shows no tokens."""
    if not isinstance(embedder, TokenEmbedder):
        return embedder
    known: dict[str, TokenVectors] = {}
    unique = list(dict.fromkeys(texts))
    for start in range(0, len(unique), 256):
        some = unique[start : start + 256]
        known |= dict(zip(some, embedder.embed_tokens(some, is_query=True, layer=LAYER), strict=True))
        progress("vettori delle domande", start + len(some), len(unique))
    return PreparedQueries(embedder, known)


def _run(id_: str, result: SearchResult, grades: Mapping[str, int]) -> QueryRun:
    found = tuple(one.passage.id for one in result.passages)
    score = ndcg_at(found, grades)
    return QueryRun(id_, found, result.confidence, bool(grades), score, result.timings_ms)


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(folder / name), start=1):
        try:
            row = json.loads(line)
            row["_id"], row["text"]
        except (ValueError, KeyError, TypeError):
            raise InputError(f"«{folder / name}», riga {number}: serve un oggetto JSON con _id e text.") from None
        yield row


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from (line.rstrip("\n") for line in file if line.strip())
    except (OSError, UnicodeDecodeError):
        raise InputError(f"«{path}» manca o non si legge: serve una cartella in formato BEIR.") from None
