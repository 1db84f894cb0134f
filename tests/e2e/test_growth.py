"""Two APIs behind nginx, a Chroma server, PostgreSQL, all real; one API is killed under load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "api" / "deploy"


@pytest.mark.slow
def test_no_answer_is_lost_when_one_of_two_apis_is_killed_under_load(computed: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(DEPLOY / "prova_di_crescita.py"), "--seconds", "8", "--cache", str(computed), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
    found = json.loads(ran.stdout)
    assert (found["lost"], found["different"]) == ([], [])
    assert found["answered"] > 0
    assert found["receipts_in_postgresql"] >= found["answered"]
    assert found["words_in_postgresql"] is True


@pytest.mark.slow
def test_words_on_postgresql_score_as_words_in_the_folder_among_made_passages() -> None:
    ran = subprocess.run(
        [sys.executable, str(DEPLOY / "prova_delle_parole.py"), "--sizes", "200", "700", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
    assert [(row["passages"], row["same"]) for row in json.loads(ran.stdout)] == [(200, True), (700, True)]
