"""`bussola bench --quick`: every measure runs, both sides of each; what the figures are is not looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.bench.bench import MEASURES
from evals.bench.record import rows_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_measure_runs(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bussola", "bench", "--quick", "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONUTF8": "1"},
        timeout=900,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    parts = json.loads(ran.stdout)
    assert {name.partition(".")[0] for name in parts} == set(MEASURES)
    assert all(part["machine"]["cores"] and part["machine"]["versions"]["chromadb"] for part in parts.values())
    rows = rows_of(parts)
    assert len({row.key for row in rows}) == len(rows)
    assert all(value >= 0 for row in rows for value in (*row.ours, *row.plain))
    assert [row.ours for row in rows if row.key == "api.failed"] == [(0.0,)]
    assert not list(tmp_path.glob("bussola-bench-*")), "what the bench made is gone"
    assert "bench: " in ran.stderr


def test_what_makes_no_sense_is_one_line() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bussola", "bench", "--quick", "--readme"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "--readme" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
