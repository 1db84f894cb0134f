"""The search with the real default model: what words alone or vectors alone would miss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.retrieval import BeirFolder, measure_folder, read_beir
from kb.records import Document, DocumentKind, Passage, Span
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher

PLAN = Document("plan", "Piano strategico", DocumentKind.PLAN, "1", edition="2022-2024")
TEXTS = {
    "fibra": "Settanta amministrazioni comunali su 133 hanno sottoscritto accordi per la posa della fibra ottica.",
    "suolo": "Il PTM riduce il consumo di suolo: 25% per il residenziale, 20% per le altre funzioni.",
    "afol": "AFOL Metropolitana, agenzia per la formazione e il lavoro, conta 71 Comuni partecipanti.",
    "scuole": "La Città metropolitana ha competenza su 156 scuole secondarie di secondo grado.",
    "acqua": "La rete duale distribuisce acque meno pregiate per usi diversi da quello potabile.",
    "merci": "I Metro Hub e gli Urban Hub accorciano l'ultimo miglio della consegna delle merci.",
    "salute": "La salute non è una funzione diretta dell'Ente, che svolge un ruolo di raccordo.",
    "case": "Le residenze universitarie saranno finanziate con un fondo di investimento immobiliare.",
}
PASSAGES = [Passage(id_, "plan", text, (Span(1, 0, len(text)),), ("",)) for id_, text in TEXTS.items()]


@pytest.fixture(scope="module")
def searcher(e5: Any, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    release = build_memory_release([PLAN], PASSAGES, e5, folder=tmp_path_factory.mktemp("release"))
    return Searcher(release, e5)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How many municipalities have signed fibre-optic agreements?", "fibra"),
        ("Quanti enti aderiscono all'agenzia per il lavoro?", "afol"),
        ("Quanti istituti superiori gestisce la Città metropolitana?", "scuole"),
        ("Chi paga gli alloggi per gli studenti?", "case"),
        ("Come arrivano i pacchi nelle case?", "merci"),
        ("Di quanto cala il cemento?", "suolo"),
    ],
)
def test_what_is_meant_is_found(searcher: Searcher, question: str, first: str) -> None:
    assert searcher.search(question).passages[0].passage.id == first


def test_token_scores_are_cosines(searcher: Searcher) -> None:
    found = searcher.search("Che cos'è la rete duale?").passages

    assert found[0].passage.id == "acqua"
    assert all(-1 <= one.scores["late"] <= 1.001 for one in found)
    assert found[0].scores["late_near"] <= found[0].scores["late"] + 1e-4


def test_an_answer_that_is_there_is_likelier_than_one_that_is_not(searcher: Searcher) -> None:
    there = searcher.search("Quanti Comuni partecipano ad AFOL Metropolitana?").confidence
    elsewhere = searcher.search("Come si fa il risotto alla milanese?").confidence

    assert there > 0.9
    assert elsewhere < 0.5


@pytest.mark.shared
@pytest.mark.slow
def test_the_second_stage_leads_on_real_questions(shared: Path, e5: Any, tmp_path: Path) -> None:
    """The last forty paragraphs of SQuAD-it dev, which no weight has seen, and the questions on them."""
    whole = read_beir(shared / "evals" / "squad-it-dev")
    corpus = dict(list(whole.corpus.items())[-40:])
    relevant = {id_: grades for id_, grades in whole.relevant.items() if grades.keys() <= corpus.keys()}
    beir = BeirFolder(corpus, {id_: whole.queries[id_] for id_ in relevant}, relevant)
    report = measure_folder(beir, e5)

    ndcg, recall = report.figures["ndcg@10"], report.figures["recall@10"]
    assert ndcg is not None
    assert recall is not None
    assert ndcg >= 0.92
    assert recall >= 0.98
