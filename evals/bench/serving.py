"""Measure: the API under load, 16 clients that ask and search without a pause."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from evals.bench.asking import prepare
from evals.bench.bench import Bench
from evals.bench.figures import Row
from evals.bench.machine import memory_of
from evals.bench.side import SideFailed

CLIENTS = 16
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_NO_LIMIT = "100000000/minute"
_GOODBYE_S = 30
_READY_S = 120


def measure(bench: Bench) -> list[Row]:
    """Requests a second, times and failures of /v1/ask and /v1/search, memory of the serving process."""
    home = bench.folder / "ask"
    if not home.is_dir():
        home, _ = prepare(bench)
    asked = bench.folder / "domande.txt"
    asked.write_text("\n".join(bench.questions), encoding="utf-8")
    seconds, runs = bench.pick(12, 2), []
    with _serving(home) as (address, process):
        _wait_until_ready(address)
        bench.say(f"API con {CLIENTS} clienti: giro di riscaldamento")
        _press(address, asked, seconds=seconds)
        for at in range(bench.rounds):
            bench.say(f"API con {CLIENTS} clienti: giro {at + 1} di {bench.rounds}")
            runs.append(_press(address, asked, seconds=seconds))
        memory = memory_of(process.pid).get("now", 0.0)
    return _rows(runs, memory)


@contextmanager
def _serving(home: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`bussola serve` on a free port of this machine, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bussola", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "BUSSOLA_HOME": str(home), "BUSSOLA_API_LIMIT_CITIZEN": _NO_LIMIT, "PYTHONUTF8": "1"},
    )
    assert process.stderr
    try:
        yield _address(process.stderr), process
    finally:
        process.terminate()
        try:
            process.wait(_GOODBYE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


def _address(told: IO[str]) -> str:
    for line in told:
        if found := _ADDRESS.search(line):
            threading.Thread(target=told.read, daemon=True).start()  # a full pipe would stop the server
            return found.group()
    raise SideFailed("bench: bussola serve: si è fermata prima di ascoltare")


def _wait_until_ready(address: str) -> None:
    import httpx

    until = time.monotonic() + _READY_S
    while httpx.get(f"{address}/readyz").status_code != httpx.codes.OK:
        if time.monotonic() > until:
            raise SideFailed(f"bench: bussola serve: non è pronta dopo {_READY_S} s")
        time.sleep(0.2)


def _press(address: str, questions: Path, *, seconds: float) -> dict[str, Any]:
    """What the load generator told; it is a program of the API's own, run as one."""
    command = [sys.executable, "-m", "api.load", address, str(questions)]
    ran = subprocess.run(
        [*command, "--clients", str(CLIENTS), "--seconds", str(seconds)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    if not ran.stdout.strip():
        raise SideFailed(f"bench: api.load: {' '.join(ran.stderr.split())[-300:]}")
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def _rows(runs: list[dict[str, Any]], memory: float) -> list[Row]:
    rows = [
        Row(
            key="api.requests",
            english=f"API, {CLIENTS} clients that ask and search: requests",
            italian=f"API, {CLIENTS} clienti che chiedono e cercano: richieste",
            unit="1/s",
            ours=tuple(run["requests_per_s"] for run in runs),
            larger_is_better=True,
        )
    ]
    for kind, path in (("ask", "/v1/ask"), ("search", "/v1/search")):
        for name, english, italian in (("median", "median", "mediana"), ("p95", "95 % within", "il 95% entro")):
            values = tuple(run["times_ms"][kind][name] for run in runs)
            rows.append(Row(f"api.{kind}.{name}", f"{path}, {english}", f"{path}, {italian}", "ms", values))
    failures = tuple(float(len(run["failed"])) for run in runs)
    rows.append(Row("api.failed", "failed requests", "richieste fallite", "", failures, ceiling=0.0))
    rows.append(Row("api.memory", "memory of the API under load", "memoria dell'API sotto carico", "MB", (memory,)))
    return rows
