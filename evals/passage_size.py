"""
Passage sizes and overlaps compared on the same documents and questions: what each finds and what it costs.

    python -m evals.passage_size PIANO.txt --golden GOLDEN.yaml
    python -m evals.passage_size --editions FOLDER --beir FOLDER --sizes 60/90,120/160 --overlaps 0,30

Documents are read as `bussola ingest` reads them, cut at each size, indexed in memory and searched by the product's own
search. Facts are those of golden questions, or dated actions to be found in their edition; of a BEIR folder each text
is a document, ranked where its first passage is. Figures of 2026-11 are in kb/retrieval/NOTES.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise, product
from pathlib import Path

from evals.editions import questions_of, read_actions
from evals.facts import FactReport, measure_facts
from evals.golden import GoldenQuestion, QuestionKind, load_golden
from evals.retrieval import ndcg_at, prepare_queries, read_beir
from evals.scorers.answer_contains import normalise
from ingest.documents import Facts
from ingest.intake import Order, gather
from ingest.split import Sizes, split
from kb.ports import Embedder
from kb.records import Block, Document, DocumentKind, Page, Passage
from kb.releases.store import ReleaseStore
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher
from kb.settings import load_settings
from kb.wiring import index_parts, make_embedder

Source = tuple[Document, Sequence[Page]]

SIZES = (Sizes(60, 90, 150), Sizes(90, 120, 200), Sizes(), Sizes(180, 240, 350), Sizes(260, 340, 450))
OVERLAPS = (0, 30)
_SAME_CHARS = 40
_BEIR_DEPTH = 30


@dataclass(frozen=True, slots=True)
class SizeRow:
    """What one size gave and cost."""

    sizes: Sizes
    overlap: int  # words of the passage before that each begins with
    passages: int
    mean_words: float
    build_s: float
    megabytes: float  # of token vectors
    questions: int
    fact_at_1: float | None
    fact_at_5: float | None
    mean_reciprocal: float  # of the number of passages that hold the fact
    words_read: float  # mean, in the passages up to the fact, where it is found


def measure_size(
    sources: Sequence[Source],
    questions: Sequence[GoldenQuestion],
    embedder: Embedder,
    *,
    sizes: Sizes,
    overlap: int = 0,
) -> SizeRow:
    """
    The row of one size and overlap.

    Raises:
        EmbedderError: the embedder failed.
    """
    passages = [one for document, pages in sources for one in cut(document, pages, sizes=sizes, overlap=overlap)]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bussola-") as folder:
        release = build_memory_release([d for d, _ in sources], passages, embedder, folder=Path(folder))
        built_s = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
        report = measure_facts(questions, Searcher(release, embedder))
    words = sum(len(passage.text.split()) for passage in passages) / len(passages)
    return SizeRow(
        sizes=sizes,
        overlap=overlap,
        passages=len(passages),
        mean_words=round(words, 1),
        build_s=round(built_s, 1),
        megabytes=round(size, 3),
        questions=len(report.runs),
        fact_at_1=report.share(1),
        fact_at_5=report.share(5),
        mean_reciprocal=_mean_reciprocal(report),
        words_read=_words_read(report),
    )


def cut(document: Document, pages: Sequence[Page], *, sizes: Sizes, overlap: int) -> list[Passage]:
    """The document's passages at a size; with an overlap each begins with the last words of the one before it."""
    passages = split(document, pages, sizes)
    if not overlap or not passages:
        return passages
    return [passages[0], *(_overlapped(before, after, overlap) for before, after in pairwise(passages))]


def _overlapped(before: Passage, after: Passage, words: int) -> Passage:
    if before.section != after.section or before.article != after.article:
        return after
    return replace(after, text=" ".join([*before.text.split()[-words:], after.text]))


def ndcg_of_texts(folder: Path, embedder: Embedder, *, sizes: Sizes, every: int = 4) -> float:
    """Mean nDCG@10 of a BEIR folder's texts, each cut at the size and ranked by its best passage; one question in n."""
    beir = read_beir(folder)
    sources = [_as_source(id_, title, text) for id_, (title, text) in beir.corpus.items()]
    passages = [one for document, pages in sources for one in cut(document, pages, sizes=sizes, overlap=0)]
    asked = [id_ for id_ in beir.queries if id_ in beir.relevant][::every]
    with tempfile.TemporaryDirectory(prefix="bussola-") as place:
        release = build_memory_release([d for d, _ in sources], passages, embedder, folder=Path(place))
        searcher = Searcher(release, prepare_queries([beir.queries[id_] for id_ in asked], embedder))
        scores = []
        for id_ in asked:
            found = searcher.search(beir.queries[id_], count=_BEIR_DEPTH).passages
            scores.append(ndcg_at(list(dict.fromkeys(one.passage.document for one in found)), beir.relevant[id_]))
    return round(sum(scores) / len(scores), 4)


def _as_source(id_: str, title: str, text: str) -> Source:
    page = Page(id_, 1, text, (Block(0, len(text)),))
    return Document(id_, title, DocumentKind.OTHER, sha256=""), [page]


def _mean_reciprocal(report: FactReport) -> float:
    return round(sum(1 / run.passages for run in report.runs if run.passages) / max(len(report.runs), 1), 4)


def _words_read(report: FactReport) -> float:
    words = [run.words for run in report.runs if run.words is not None]
    return round(sum(words) / max(len(words), 1), 1)


def read_sources(paths: Sequence[Path], edition: str | None = None) -> list[Source]:
    """
    Documents and pages as ingestion reads them.

    Raises:
        InputError, UnreadableFile: nothing can be read.
    """
    with tempfile.TemporaryDirectory(prefix="bussola-") as home:
        store = ReleaseStore(Path(home), parts=index_parts)
        gathered = gather(Order(tuple(paths), Facts(edition=edition), fresh=True), store)
    return [(taken.document, taken.pages) for taken in gathered.taken.values()]


def action_questions(folder: Path) -> list[GoldenQuestion]:
    """The dated actions of a folder of editions, as questions that name their edition; the action is the fact."""
    return [
        GoldenQuestion(
            f"{action.code} {action.edition}",
            QuestionKind.ANSWERABLE,
            questions_of(action)[0],
            must_include=((normalise(action.what)[:_SAME_CHARS],),),
        )
        for action in read_actions(folder)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line of JSON a size."""
    options = _options(arguments)
    embedder = make_embedder(load_settings())
    sources = read_sources(options.paths) if options.paths else []
    questions = [one for path in options.golden for one in load_golden(path).questions]
    if options.editions:
        folders = sorted({action.edition for action in read_actions(options.editions)})
        sources += [one for name in folders for one in read_sources([options.editions / name], name)]
        questions += action_questions(options.editions)
    sizes = [_sizes(text) for text in options.sizes.split(",")] if options.sizes else SIZES
    overlaps = [int(text) for text in options.overlaps.split(",")]
    for row in _rows(sources, questions, embedder, list(product(sizes, overlaps))):
        _say(asdict(row))
    for folder, size in product(options.beir, sizes):
        _say({"sizes": asdict(size), "beir": folder.name, "ndcg@10": ndcg_of_texts(folder, embedder, sizes=size)})


def _rows(
    sources: Sequence[Source], questions: Sequence[GoldenQuestion], embedder: Embedder, of: Sequence[tuple[Sizes, int]]
) -> Iterator[SizeRow]:
    if not sources:
        return
    ready = prepare_queries([one.question for one in questions], embedder)
    for sizes, overlap in of:
        yield measure_size(sources, questions, ready, sizes=sizes, overlap=overlap)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="documents to cut")
    parser.add_argument("--golden", action="append", default=[], type=Path, help="golden questions on them")
    parser.add_argument("--editions", type=Path, help="a folder of editions with dated actions")
    parser.add_argument("--beir", action="append", default=[], type=Path, help="a BEIR folder")
    parser.add_argument("--sizes", help="target/most[/most of an article] words, several with commas")
    parser.add_argument("--overlaps", default=",".join(map(str, OVERLAPS)), help="words, several with commas")
    return parser.parse_args(arguments)


def _sizes(text: str) -> Sizes:
    target, most, *article = (int(part) for part in text.split("/"))
    return Sizes(target, most, article[0] if article else most)


def _say(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
