"""Measure: answers and searches of a warm process, a cold `bussola ask`, memory; beside the plain retrieval alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.bench.bench import Bench
from evals.bench.figures import Row, median, percentile
from evals.bench.made import corpus_texts
from evals.bench.side import Side, SideFailed

BOUND_ASK = 1.0
BOUND_SEARCH = 0.5
BOUND_COLD = 0.5
BOUND_MEMORY = 1.0
MOST_FILES = 10_000
BESIDE = "plain retrieval alone"


def measure(bench: Bench) -> list[Row]:
    """Both hold the shipped corpus; the plain pipeline only retrieves five passages, it writes no answer."""
    home, plain = prepare(bench)
    times: dict[str, list[list[float]]] = {"ask": [], "search": [], "plain": []}
    fresh: tuple[list[float], list[float]] = ([], [])
    with Side("evals.bench.ours:OurAssistant") as ours, Side("evals.bench.plain:PlainSearch") as theirs:
        ours.call("open", home=str(home))
        theirs.call("open", folder=str(plain), model=str(bench.model), count=5)
        for at in range(bench.rounds + 1):
            bench.say(f"risposte: giro {at} di {bench.rounds}" if at else "risposte: giro di riscaldamento")
            taken = {
                "plain": theirs.call("search", questions=bench.questions),
                "ask": ours.call("ask", questions=bench.questions),
                "search": ours.call("search", questions=bench.questions),
            }
            if not at:
                fresh = taken["ask"], taken["plain"]
                continue
            for name, found in taken.items():
                times[name].append(found)
        memory = {"ours": ours.memory().get("now", 0.0), "plain": theirs.memory().get("now", 0.0)}
    return [*_warm_rows(times), _fresh_row(fresh), _memory_row(memory), _cold(bench, home, plain)]


def prepare(bench: Bench) -> tuple[Path, Path]:
    """A home with the shipped corpus published, and the plain pipeline's index of the same texts."""
    from ingest.intake import Order, gather, shipped_files
    from kb.settings import Settings
    from kb.wiring import build, release_store

    bench.say("risposte: costruisco il corpus")
    settings = Settings(home=bench.home("ask"))
    store = release_store(settings)
    paths = tuple(found.path for found in shipped_files()[: bench.pick(MOST_FILES, 3)])
    store.publish(build(settings, gather(Order(paths, fresh=True), store).intake()).id)
    plain = bench.folder / "ask-plain"
    with Side("evals.bench.plain:PlainBuilder") as side:
        side.call("load", model=str(bench.model))
        side.call("ingest", folder=str(plain), documents=corpus_texts()[: len(paths)])
    return settings.home, plain


def _warm_rows(times: Mapping[str, Sequence[Sequence[float]]]) -> list[Row]:
    plain = [median(one) for one in times["plain"]]
    late = [percentile(one, 95) for one in times["plain"]]
    named = {
        "ask": ("an answer, extractive, warm", "una risposta, dai documenti, a caldo", BOUND_ASK),
        "search": ("a search, warm", "una ricerca, a caldo", BOUND_SEARCH),
    }
    rows = []
    for key, (english, italian, bound) in named.items():
        ours = [median(one) for one in times[key]]
        rows.append(_row(f"{key}.median", (english, italian), (ours, plain), "ms", bound))
        ours = [percentile(one, 95) for one in times[key]]
        rows.append(_row(f"{key}.p95", (f"{english}: 95 % within", f"{italian}: il 95% entro"), (ours, late), "ms"))
    return rows


def _fresh_row(fresh: tuple[Sequence[float], Sequence[float]]) -> Row:
    """The round that warms up: a process just opened, and passages whose tokens nobody has asked for yet."""
    named = ("the same in a process just opened, no passage seen before", "la stessa appena aperto, passaggi mai visti")
    return _row("fresh", named, ([median(fresh[0])], [median(fresh[1])]), "ms")


def _memory_row(memory: Mapping[str, float]) -> Row:
    named = ("memory of the serving process, warm", "memoria del processo che risponde, a caldo")
    return _row("memory", named, ([memory["ours"]], [memory["plain"]]), "MB", BOUND_MEMORY)


def _cold(bench: Bench, home: Path, plain: Path) -> Row:
    question = bench.questions[0]
    ours = [sys.executable, "-m", "bussola", "ask", question, "--json"]
    theirs = [sys.executable, "-m", "evals.bench.plain", str(plain), str(bench.model), question]
    seconds: tuple[list[float], list[float]] = ([], [])
    for at in range(bench.rounds):
        bench.say(f"avvio a freddo: giro {at + 1} di {bench.rounds}")
        seconds[0].append(_run(ours, BUSSOLA_HOME=str(home)))
        seconds[1].append(_run(theirs, HF_HUB_OFFLINE="1"))
    return _row("cold", ("`bussola ask` from a cold start", "«bussola ask» a freddo"), seconds, "s", BOUND_COLD)


def _run(command: Sequence[str], **environment: str) -> float:
    """Seconds of a whole process."""
    start = time.perf_counter()
    ran = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1", **environment}
    )
    seconds = time.perf_counter() - start
    if ran.returncode:
        raise SideFailed(f"bench: {' '.join(command[1:4])}: {' '.join(ran.stderr.split())[-300:]}")
    return seconds


def _row(
    key: str,
    named: tuple[str, str],
    taken: tuple[Sequence[float], Sequence[float]],
    unit: str,
    bound: float | None = None,
) -> Row:
    return Row(
        key=f"ask.{key}",
        english=named[0],
        italian=named[1],
        unit=unit,
        ours=tuple(taken[0]),
        plain=tuple(taken[1]),
        beside=BESIDE,
        bound=bound,
    )
