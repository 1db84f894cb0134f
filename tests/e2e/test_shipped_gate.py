"""The shipped corpus passes the whole gate: what a first publication only samples is measured here in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import bussola
import evals

pytestmark = pytest.mark.slow

GOLDEN = Path(evals.__file__).parent / "golden"


def test_every_golden_question_is_asked_and_the_gate_is_passed(
    cached_e5: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Naming the folder of questions asks them all; the second run finds the first one's answers and agrees."""
    monkeypatch.setattr("kb.wiring.make_embedder", lambda settings: cached_e5)
    environment = {"BUSSOLA_HOME": str(tmp_path / "home"), "BUSSOLA_GOLDEN": str(GOLDEN)}

    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(bussola.bussola, list(arguments), env=environment)
        assert result.exit_code == 0, result.stderr or result.exception
        return json.loads(result.stdout)

    built = run("ingest", "--json")
    found = run("evaluate", built["release"], "--json")

    assert found["gate"] == "passed"
    assert found["questions"] >= 350
    report = json.loads(Path(found["report"]).with_name("report.json").read_text(encoding="utf-8"))
    assert not report["header"]["sampled"]
    assert {name: report["metrics"][name]["value"] for name in ("quote_fidelity", "figure_fidelity")} == {
        "quote_fidelity": 1.0,
        "figure_fidelity": 1.0,
    }
    assert run("evaluate", built["release"], "--json")["failed"] == found["failed"]
