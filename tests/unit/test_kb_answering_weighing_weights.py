"""Word weights: kept with a release, and the same as counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.answering.weighing import weights
from kb.answering.weighing.weights import COUNTS, count_words, keep_weights, load_weights
from kb.records import Passage, Span

TEXTS = ["La Città metropolitana cura 71 Comuni e l'info-mobilità.", "I comuni della città: il PUMS, poi il PULS."]
PASSAGES = [
    Passage(f"p_{place}", "piano", text, (Span(1, 0, len(text)),), ("",), section=("Driver 8 | Servizi",))
    for place, text in enumerate(TEXTS)
]


@dataclass
class Shelf:
    folder: Path | None
    passages: list[Passage]


def test_what_is_kept_is_what_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = count_words(PASSAGES)
    keep_weights(tmp_path, PASSAGES)
    monkeypatch.setattr(weights, "stems_of", _only_names)

    assert load_weights(Shelf(tmp_path, [])) == counted
    assert counted.weight("pums") > counted.weight("citt")


def _only_names(text: str) -> frozenset[str]:
    return frozenset(text.split()) if text == "pums puls" or text == "puls pums" else pytest.fail("counted again")


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "{",
        "[]",
        '{"rule": "stems and capitals 2"}',
        '{"rule": "stems and capitals 2", "passages": []}',
        '{"rule": "older", "passages": 9}',
    ],
)
def test_counts_that_cannot_be_used_are_made_anew(tmp_path: Path, kept: str) -> None:
    (tmp_path / COUNTS).write_text(kept, encoding="utf-8")

    assert load_weights(Shelf(tmp_path, PASSAGES)) == count_words(PASSAGES)
    assert load_weights(Shelf(tmp_path / "altrove", PASSAGES)) == load_weights(Shelf(None, PASSAGES))


def test_the_rule_is_named_anew_when_the_counting_changes(tmp_path: Path) -> None:
    """Where this fails, raise RULE: releases built before would go on with the old counts."""
    keep_weights(tmp_path, PASSAGES)

    kept = json.loads((tmp_path / COUNTS).read_text(encoding="utf-8"))

    assert kept == {
        "rule": "stems and capitals 2",
        "passages": 2,
        "frequency": {
            **{"71": 1, "8": 2, "citt": 2, "comun": 2, "cur": 1, "driver": 2, "info": 1, "infomobil": 1},
            **{"metropolitan": 1, "mobil": 1, "puls": 1, "pums": 1, "serviz": 2},
        },
        "lowercase": {
            **{"città": 1, "comuni": 1, "cura": 1, "della": 1, "e": 1, "il": 1, "info": 1, "l": 1},
            **{"metropolitana": 1, "mobilità": 1, "poi": 1},
        },
        "capital": {"città": 1, "puls": 1, "pums": 1},
    }


def passage(id_: str, text: str, section: str = "Driver 8 | Servizi") -> Passage:
    return Passage(id_, "piano", text, (Span(1, 0, len(text)),), ("",), section=(section,))


@pytest.mark.parametrize(
    "now",
    [
        PASSAGES,
        PASSAGES[:1],
        [*PASSAGES, passage("p_2", "Un terzo: il PUMS della Regione.")],
        [PASSAGES[0], passage("p_1", "Sotto lo stesso nome un altro testo, con il PTM.")],
        [PASSAGES[0], passage("p_1", TEXTS[1], section="Driver 9")],
        [*PASSAGES, passage("p_2", TEXTS[1])],  # the same text twice
    ],
)
def test_counts_that_go_on_from_an_earlier_release_are_those_of_counting_anew(
    tmp_path: Path, now: list[Passage]
) -> None:
    earlier, anew, gone_on = tmp_path / "prima", tmp_path / "da capo", tmp_path / "dopo"
    for folder in (earlier, anew, gone_on):
        folder.mkdir()
    keep_weights(earlier, PASSAGES)
    keep_weights(anew, now)

    keep_weights(gone_on, now, Shelf(earlier, PASSAGES))

    assert (gone_on / COUNTS).read_text("utf-8") == (anew / COUNTS).read_text("utf-8")


def test_only_what_changed_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_weights(tmp_path, PASSAGES)
    counted: list[str] = []

    def noted(text: str) -> frozenset[str]:
        counted.append(text)
        return frozenset()

    monkeypatch.setattr(weights, "stems_of", noted)

    keep_weights(tmp_path, [*PASSAGES, passage("p_2", "Un terzo.", section="")], Shelf(tmp_path, PASSAGES))

    assert counted == ["Un terzo.", ""]
