"""The search with the real model on norms that nothing was tuned on, asked by article and by subject."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.facts import fact_run
from evals.passage_size import read_sources
from ingest.split import split
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher

pytestmark = [pytest.mark.shared, pytest.mark.slow]

QUESTIONS = [
    ("Quanto possono essere alti i marciapiedi?", "0,15"),
    ("larghezza minima marciapiede lungo le strade", "1,50"),
    ("Che pendenza massima possono avere le rampe dei passi carrabili?", "8%"),
    ("Cosa dice l'art. 10 delle norme tecniche?", "antisdrucciolità"),
    ("art 7 sagome", "massimo ingombro"),
    ("qual e' l'altezza massima in zona F7/f?", "7,50"),
    ("recinzioni: altezza totale", "2,00"),
    ("Come devono essere fatti i cancelli d'ingresso per le macchine?", "arretrati"),
    ("articolo 11", "passi carrabili"),
    ("legge 118 del 1971 barriere architettoniche", "118"),
    ("Quanti alberi bisogna piantare per metri cubi costruiti?", "50 metri cubi"),
    ("indice fondiario 1,60 mc/mq", "1,60"),
    ("sottozona F3", "parco"),
]


@pytest.fixture(scope="module")
def searcher(e5: Any, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    sources = read_sources([shared / "evals" / "pdf" / "tarquinia-lido-norme-tecniche.pdf"])
    passages = [passage for document, pages in sources for passage in split(document, pages)]
    folder = tmp_path_factory.mktemp("release")
    return Searcher(build_memory_release([document for document, _ in sources], passages, e5, folder=folder), e5)


@pytest.mark.parametrize(("question", "fact"), QUESTIONS)
def test_the_fact_is_in_the_first_three_passages(searcher: Searcher, question: str, fact: str) -> None:
    found = [one.passage for one in searcher.search(question, count=10).passages]

    assert (fact_run("q", [[fact]], found).passages or 99) <= 3


@pytest.mark.parametrize("question", ["Quanto costa un biglietto del treno?", "Chi ha vinto il campionato?"])
def test_what_the_norms_do_not_say_is_unlikely(searcher: Searcher, question: str) -> None:
    assert searcher.search(question).confidence < 0.5
