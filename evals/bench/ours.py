"""Our sides of the comparison; the classes here run in processes of their own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench.timing import time_each, time_together
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.backends.embedder import Precision
    from kb.releases.build import Intake

COUNT = 10


class OurReader:
    """Reads PDFs as `bussola ingest` does."""

    def read(self, files: list[str]) -> dict[str, float]:
        """Pages and seconds."""
        from ingest.readers.document import read_document

        start, pages, characters = time.perf_counter(), 0, 0
        for file in files:
            for page in read_document(Path(file)).pages:
                characters += len(page.text)
                pages += 1
        return {"pages": pages, "seconds": time.perf_counter() - start, "characters": characters}


class OurBuilder:
    """Builds releases, the model loaded once."""

    def load(self, home: str, precision: Precision | None = None) -> None:
        """Load the model, and compute once."""
        from kb.backends.light import open_light_embedder

        self._embedder = open_light_embedder("", Path(home), precision=precision)
        self._embedder.embed_tokens(["Prova."], is_query=False)

    def build(self, home: str, texts: list[str]) -> float:
        """Seconds to build a release of these texts, each a passage as it is, checks and all."""
        from evals.bench.made import intake_of
        from kb.releases.build import build_release
        from kb.wiring import release_store

        start = time.perf_counter()
        build_release(intake_of(texts), store=release_store(Settings(home=Path(home))), embedder=self._embedder)
        return time.perf_counter() - start

    def ingest(self, home: str, files: list[str]) -> float:
        """Seconds to read, cut and build text files into a release."""
        from ingest.intake import Order, gather
        from kb.releases.build import build_release
        from kb.wiring import release_store

        store = release_store(Settings(home=Path(home)))
        start = time.perf_counter()
        intake: Intake = gather(Order(tuple(Path(file) for file in files), fresh=True), store).intake()
        build_release(intake, store=store, embedder=self._embedder)
        return time.perf_counter() - start

    def fill(self, home: str, folder: str, count: int) -> float:
        """Seconds to build and publish a release of count made passages, whose vectors are made with them."""
        from evals.bench.made import MadeCorpus
        from kb.releases.build import build_release
        from kb.wiring import release_store

        store = release_store(Settings(home=Path(home)))
        corpus = MadeCorpus.load(Path(folder))
        intake, embedder = corpus.intake(count), corpus.embedder(count)
        start = time.perf_counter()
        manifest = build_release(intake, store=store, embedder=embedder)
        seconds = time.perf_counter() - start
        store.publish(manifest.id)
        return seconds


class OurSearch:
    """Searches the published release of a home."""

    def open(self, home: str, count: int = COUNT) -> None:
        """Open it with the second stage and without."""
        from kb.retrieval.search import Searcher
        from kb.wiring import make_embedder, open_release

        settings = Settings(home=Path(home))
        release, embedder = open_release(settings), make_embedder(settings, asking=True)
        release.check_embedder(embedder)
        self._count = count
        self._searchers = {stage: Searcher(release, embedder, second_stage=stage) for stage in (False, True)}

    def search(self, questions: list[str], second_stage: bool = True) -> list[float]:
        """Milliseconds of each question, one after the other."""
        searcher = self._searchers[second_stage]
        return time_each(lambda text: searcher.search(text, count=self._count), questions)

    def together(self, questions: list[str], threads: int, second_stage: bool = True) -> float:
        """Questions a second with so many threads."""
        searcher = self._searchers[second_stage]
        return time_together(lambda text: searcher.search(text, count=self._count), questions, threads)


class OurAssistant:
    """Answers and searches as a serving process does."""

    def open(self, home: str) -> None:
        """Open the assistant on the published release."""
        from kb.wiring import open_assistant

        self._assistant = open_assistant(Settings(home=Path(home)))

    def ask(self, questions: list[str]) -> list[float]:
        """Milliseconds of each answer, one after the other."""
        return time_each(self._assistant.ask, questions)

    def search(self, questions: list[str]) -> list[float]:
        """Milliseconds of each search, one after the other."""
        return time_each(self._assistant.search, questions)
