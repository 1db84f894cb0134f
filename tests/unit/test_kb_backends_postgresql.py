"""What a process keeps of the words on a server, and how the server's address is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.backends.postgresql import server_address, shown
from kb.backends.postgresql_postings import Recent
from kb.retrieval.lexical import Bm25Index
from kb.retrieval.postings import Stretch


def stretch(size: int) -> Stretch:
    """One of eight bytes a passage."""
    return np.arange(size, dtype=np.int32), np.ones(size, dtype=np.float32)


def test_the_terms_asked_for_longest_ago_are_forgotten_first() -> None:
    recent = Recent(most_bytes=3 * 8 * 10)
    recent.keep({1: stretch(10), 2: stretch(10), 3: stretch(10)})
    assert set(recent.those_of([1])) == {1}

    recent.keep({4: stretch(10)})

    assert set(recent.those_of([1, 2, 3, 4])) == {1, 3, 4}


def test_a_term_of_more_passages_than_may_be_kept_is_not_kept() -> None:
    recent = Recent(most_bytes=80)
    recent.keep({1: stretch(5)})
    recent.keep({2: stretch(100)})
    assert recent.those_of([1, 2]) == {}

    recent.keep({3: stretch(10)})
    assert set(recent.those_of([1, 2, 3])) == {3}


def test_a_term_that_two_threads_fetched_counts_once() -> None:
    recent = Recent(most_bytes=2 * 8 * 10)
    for _ in range(5):
        recent.keep({1: stretch(10)})
    recent.keep({2: stretch(10)})

    assert set(recent.those_of([1, 2])) == {1, 2}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://anna:segreta@db.comune.it:5433/bussola", "db.comune.it:5433/bussola"),
        ("postgresql+psycopg://anna@db.comune.it/bussola?password=segreta", "db.comune.it/bussola"),
        ("postgresql:///bussola", "locale/bussola"),
    ],
)
def test_an_address_is_told_without_name_and_password(url: str, told: str) -> None:
    assert shown(server_address(url)) == told


def test_words_in_the_folder_cost_nothing_of_the_server_s_library(tmp_path: Path) -> None:
    Bm25Index.build(["a"], ["fibra"]).save(tmp_path)
    search = (
        "import sys; from pathlib import Path; from kb.wiring import index_parts; "
        "print(index_parts().load_lexical(Path(sys.argv[1])).search('fibra', count=1)); "
        "sys.exit(any(name.startswith(('psycopg', 'sqlalchemy', 'kb.backends.postgresql')) for name in sys.modules))"
    )

    ran = subprocess.run([sys.executable, "-c", search, str(tmp_path)], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "'a'" in ran.stdout
