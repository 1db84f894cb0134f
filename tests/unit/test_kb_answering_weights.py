"""Word weights: kept with a release, and the same as counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.answering import weights
from kb.answering.weights import COUNTS, count_words, keep_weights, load_weights
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
    monkeypatch.setattr(weights, "count_words", lambda _passages: pytest.fail("counted again"))

    assert load_weights(Shelf(tmp_path, [])) == counted
    assert counted.weight("pums") > counted.weight("citt")


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"rule": "stems and capitals 1"}', '{"rule": "older", "passages": 9}']
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
        "rule": "stems and capitals 1",
        "passages": 2,
        "frequency": {
            **{"71": 1, "8": 2, "citt": 2, "comun": 2, "cur": 1, "driver": 2, "info": 1, "infomobil": 1},
            **{"metropolitan": 1, "mobil": 1, "puls": 1, "pums": 1, "serviz": 2},
        },
        "lowercase": ["città", "comuni", "cura", "della", "e", "il", "info", "l", "metropolitana", "mobilità", "poi"],
        "proper": ["puls", "pums"],
    }
