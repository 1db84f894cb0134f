"""Headings: told by their form, and never inside a sentence."""

from __future__ import annotations

import pytest

from ingest.headings import Heading, find_article, find_comma, find_driver, find_heading


@pytest.mark.parametrize(
    ("line", "label", "level"),
    [
        ("DRIVER 8 | IL LAVORO AL LAVORO", "DRIVER 8", 2),
        ("Driver 10 | Sistema salute territorio", "DRIVER 10", 2),
        ("5. Agenda strategica", "5", 1),
        ("5.2 Le linee di lavoro", "5.2", 2),
        ("TITOLO II - Disposizioni particolari", "TITOLO II", 3),
        ("CAPO I", "CAPO I", 4),
        ("Art. 18 – Rete verde", "art. 18", 6),
        ("Art. 5-bis (Definizioni)", "art. 5-bis", 6),
        ("ARTICOLO 3. Finalità", "art. 3", 6),
        ("Art. 12", "art. 12", 6),
        ("Allegato A", "Allegato A", 2),
        ("ALLEGATO 2 – Elenco dei Comuni", "ALLEGATO 2", 2),
        ("CAPITOLO 1. Servizi", "CAPITOLO 1", 1),
    ],
)
def test_headings(line: str, label: str, level: int) -> None:
    assert find_heading(line) == Heading(level, label)


@pytest.mark.parametrize(
    "line",
    [
        "Art. 5 della legge regionale 12/2005 stabilisce che",
        "art. 12, comma 3, del decreto",
        "Titolo di studio richiesto per l'accesso",
        "1. Il presente regolamento disciplina le modalità di accesso.",
        "71 Comuni, compreso il capoluogo, che si propone",
        "DRIVER 8",
        "allegato alla presente relazione",
        "",
    ],
)
def test_running_text(line: str) -> None:
    assert find_heading(line) is None


def test_labels_tell_driver_and_article() -> None:
    assert find_driver("DRIVER 8") == 8
    assert find_article("art. 5-bis") == "5-bis"
    assert find_driver("art. 5") is find_article("5") is find_article(None) is None


def test_commas() -> None:
    assert find_comma("3. Il Comune approva") == "3"
    assert find_comma("2-bis. La Giunta") == "2-bis"
    assert find_comma("Il comma 3 si applica") is None
