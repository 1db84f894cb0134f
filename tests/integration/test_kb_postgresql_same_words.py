"""Words on a real PostgreSQL beside those of a folder: the same passages and scores, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from evals.golden import load_golden
from ingest.intake import Order, gather
from kb import wiring
from kb.backends.postgresql_postings import ServerPostings
from kb.language.words import content_stems
from kb.releases.build import build_release
from kb.releases.opened import OpenRelease
from kb.retrieval.lexical import Bm25Index
from kb.retrieval.search import Searcher
from kb.settings import Settings
from kb.testing import FakeEmbedder
from kb.testing_servers import postgresql_server

GOLDEN = Path(__file__).resolve().parents[2] / "evals" / "golden"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql_server() as address:
        yield address


@pytest.fixture(scope="module")
def both(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenRelease, OpenRelease]]:
    """The shipped corpus as one release, its words in the folder and on the server."""
    opened = []
    for home, address in (("folder", ""), ("server", url)):
        settings = Settings(home=tmp_path_factory.mktemp(home), lexical_url=address)
        store = wiring.release_store(settings)
        intake = gather(Order(), store).intake()
        opened.append(store.open(build_release(intake, store=store, embedder=FakeEmbedder()).id))
    with opened[0] as folder, opened[1] as server:
        yield folder, server


def test_every_golden_question_finds_the_same_passages_with_the_same_scores(
    both: tuple[OpenRelease, OpenRelease],
) -> None:
    """To the last bit, narrowed or not, among all the passages of the shipped corpus."""
    folder, server = (release.lexical for release in both)
    some = {passage.id for passage in both[0].passages[::3]}
    questions = [golden.question for golden in load_golden(GOLDEN).questions]
    assert isinstance(server, Bm25Index)
    assert isinstance(server.postings, ServerPostings)

    assert len(questions) > 100
    for question in questions:
        assert server.search(question, count=100) == folder.search(question, count=100)
        assert server.search(question, count=10, allowed=some) == folder.search(question, count=10, allowed=some)


def test_a_whole_search_gives_the_same_passages_scores_and_confidence(both: tuple[OpenRelease, OpenRelease]) -> None:
    assert both[0].id == both[1].id
    first, second = (Searcher(release, FakeEmbedder()) for release in both)
    for golden in load_golden(GOLDEN).questions[::7]:
        here, there = first.search(golden.question), second.search(golden.question)
        assert there.passages == here.passages
        assert (there.confidence, there.features) == (here.confidence, here.features)
        assert there.reading == here.reading


def test_what_is_known_of_each_word_is_the_same(both: tuple[OpenRelease, OpenRelease]) -> None:
    folder, server = (release.lexical for release in both)
    assert isinstance(folder, Bm25Index)
    assert isinstance(server, Bm25Index)
    ids = [passage.id for passage in both[0].passages]

    assert (server.words, server.acronyms) == (folder.words, folder.acronyms)
    for term in content_stems(" ".join(list(folder.words)[::5])):
        assert (server.idf(term), server.number(term), server.kin(term)) == (
            folder.idf(term),
            folder.number(term),
            folder.kin(term),
        )
    here, there = folder.sequences(ids), server.sequences(ids)
    assert np.array_equal(here[0], there[0])
    assert np.array_equal(here[1], there[1])


def test_what_is_on_the_server_comes_back_to_a_folder_whole(
    both: tuple[OpenRelease, OpenRelease], tmp_path: Path
) -> None:
    folder, server = (release.lexical for release in both)
    folder.save(tmp_path / "folder")
    server.save(tmp_path / "server")

    written = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("folder", "server")]
    assert written[0] == written[1]
