"""Measure: time of a search at several sizes, memory, searches a second; beside LlamaIndex's two retrievers."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from evals.bench.bench import Bench
from evals.bench.figures import Row, median, percentile
from evals.bench.machine import folder_mib
from evals.bench.made import MadeCorpus
from evals.bench.side import Side

_OURS, _PLAIN = "evals.bench.ours:OurSearch", "evals.bench.plain:PlainSearch"
BOUND_FIRST_STAGE = 1.0
BOUND_WHOLE = 3.0
MEMORY_MOST = {100_000: 1_500.0}
MOST_SENTENCES = 10_000
FUSION_MOST = 100_000
"""Passages up to which the fusion retriever is measured: it holds every text in memory several times."""


@dataclass(slots=True)
class Taken:
    """What was measured of one way of searching."""

    median_ms: list[float] = field(default_factory=list)  # of each round
    p95_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    first_s: float = 0.0  # from the start of the process to the end of its first search
    memory: tuple[float, ...] = ()  # MiB, now and without what is mapped from files

    def add(self, times: Sequence[float]) -> None:
        """A round's times, in milliseconds."""
        self.median_ms.append(median(times))
        self.p95_ms.append(percentile(times, 95))


def measure(bench: Bench, size: int) -> list[Row]:
    """A search among so many passages; both sides hold the same texts and vectors, made by rule."""
    corpus = bench.folder / "made"
    if not corpus.is_dir():
        _compute(bench, corpus)
    return _size(bench, corpus, size)


def _compute(bench: Bench, corpus: Path) -> None:
    bench.say("ricerca: vettori delle frasi di base")
    MadeCorpus.compute(bench.home("search-model"), most=bench.pick(MOST_SENTENCES, 80)).save(corpus)


def _size(bench: Bench, corpus: Path, size: int) -> list[Row]:
    home, plain = bench.home(f"search-{size}"), bench.folder / f"search-plain-{size}"
    texts, vectors = _given(corpus, size, bench.folder)
    bench.say(f"ricerca, {size} passaggi: costruisco")
    with Side("evals.bench.ours:OurBuilder") as side:
        built = side.call("fill", home=str(home), folder=str(corpus), count=size)
    with Side("evals.bench.plain:PlainBuilder") as side:
        filled = side.call("fill", folder=str(plain), texts=str(texts), vectors=str(vectors))
    disk = (folder_mib(home / "releases"), folder_mib(plain))
    taken = _searched(bench, home, plain, str(texts) if size <= FUSION_MOST and not bench.quick else "")
    vectors.unlink()
    return [
        *_rows(size, taken),
        _row(size, "build", "built, vectors given", "costruzione, vettori dati", "s", ([built], [filled])),
        _row(size, "disk", "on disk", "su disco", "MB", ([disk[0]], [disk[1]])),
    ]


def _given(corpus: Path, size: int, folder: Path) -> tuple[Path, Path]:
    """The texts and vectors that the plain pipeline is filled with."""
    made = _loaded(corpus)
    texts, vectors = folder / f"texts-{size}.json", folder / f"vectors-{size}.npy"
    texts.write_text(json.dumps(made.texts(size)), encoding="utf-8")
    np.save(vectors, made.vectors(size))
    return texts, vectors


@cache
def _loaded(folder: Path) -> MadeCorpus:
    return MadeCorpus.load(folder)


Ways = dict[str, tuple[Side, dict[str, bool]]]
"""Each way of searching by its name: who searches, and with what options."""


def _searched(bench: Bench, home: Path, plain: Path, texts: str) -> dict[str, Taken]:
    """The rounds, the sides in turn; a round not counted goes first."""
    openings = {"ours": {"home": str(home)}, "vector": {"folder": str(plain), "model": str(bench.model)}}
    if texts:
        openings["fusion"] = openings["vector"] | {"texts": texts}
    with ExitStack() as stack:
        sides, first_s = _opened(stack, openings, bench.questions[:1])
        ways: Ways = {name: (side, {}) for name, side in sides.items() if name != "ours"}
        ways |= {"first": (sides["ours"], {"second_stage": False}), "whole": (sides["ours"], {"second_stage": True})}
        taken = {name: Taken(first_s=first_s.get(name, first_s["ours"])) for name in ways}
        for at in range(bench.rounds + 1):
            bench.say(f"ricerca: giro {at} di {bench.rounds}" if at else "ricerca: giro di riscaldamento")
            for name, (side, options) in ways.items():
                times = side.call("search", questions=bench.questions, **options)
                if at:
                    taken[name].add(times)
        for name, (side, _options) in ways.items():
            memory = side.memory()
            taken[name].memory = (memory.get("now", 0.0), memory.get("own", 0.0))
        _together(bench, ways, taken)
    return taken


def _opened(
    stack: ExitStack, openings: dict[str, dict[str, str]], questions: list[str]
) -> tuple[dict[str, Side], dict[str, float]]:
    """Every side with its release or index open, and the seconds from its start to the end of a first search."""
    sides, first_s = {}, {}
    for name, given in openings.items():
        start = time.perf_counter()
        sides[name] = stack.enter_context(Side(_OURS if name == "ours" else _PLAIN))
        sides[name].call("open", **given)
        sides[name].call("search", questions=questions)
        first_s[name] = time.perf_counter() - start
    return sides, first_s


def _together(bench: Bench, ways: Ways, taken: dict[str, Taken]) -> None:
    threads = min(os.cpu_count() or 1, 2)
    for at in range(bench.rounds):
        bench.say(f"ricerche insieme: giro {at + 1} di {bench.rounds}")
        for name, (side, options) in ways.items():
            speed = side.call("together", questions=bench.questions, threads=threads, **options)
            taken[name].per_second.append(speed)


def _rows(size: int, taken: dict[str, Taken]) -> list[Row]:
    return [*_time_rows(size, taken), *_process_rows(size, taken), *_fusion_rows(size, taken)]


def _time_rows(size: int, taken: dict[str, Taken]) -> list[Row]:
    first, whole, vector = taken["first"], taken["whole"], taken["vector"]
    return [
        _row(
            size,
            "first.median",
            "a search, first stage alone",
            "una ricerca, solo primo stadio",
            "ms",
            (first.median_ms, vector.median_ms),
            beside="vector retriever",
            bound=BOUND_FIRST_STAGE,
        ),
        _row(
            size,
            "whole.median",
            "a search",
            "una ricerca",
            "ms",
            (whole.median_ms, vector.median_ms),
            beside="vector retriever",
            bound=BOUND_WHOLE,
        ),
        _row(
            size,
            "whole.p95",
            "95 % of searches within",
            "il 95% delle ricerche entro",
            "ms",
            (whole.p95_ms, vector.p95_ms),
            beside="vector retriever",
        ),
        _row(
            size,
            "whole.per_second",
            "searches a second, two threads",
            "ricerche al secondo, due fili",
            "1/s",
            (whole.per_second, vector.per_second),
            beside="vector retriever",
            larger_is_better=True,
        ),
    ]


def _process_rows(size: int, taken: dict[str, Taken]) -> list[Row]:
    whole, vector = taken["whole"], taken["vector"]
    return [
        _row(
            size,
            "first",
            "from the start of a process to its first result",
            "dall'avvio di un processo al primo risultato",
            "s",
            ([whole.first_s], [vector.first_s]),
            beside="vector retriever",
        ),
        _row(
            size,
            "memory",
            "memory of a searching process",
            "memoria di un processo che cerca",
            "MB",
            ([whole.memory[0]], [vector.memory[0]]),
            beside="vector retriever",
            ceiling=MEMORY_MOST.get(size),
        ),
    ]


def _fusion_rows(size: int, taken: dict[str, Taken]) -> list[Row]:
    whole, fusion = taken["whole"], taken.get("fusion")
    if fusion is None:
        return []
    return [
        _row(
            size,
            "fusion.median",
            "a search",
            "una ricerca",
            "ms",
            (whole.median_ms, fusion.median_ms),
            beside="fusion retriever",
        ),
        _row(
            size,
            "fusion.memory",
            "memory of a searching process",
            "memoria di un processo che cerca",
            "MB",
            ([whole.memory[0]], [fusion.memory[0]]),
            beside="fusion retriever",
        ),
    ]


def _row(  # noqa: PLR0913 - a row has so many parts
    size: int,
    key: str,
    english: str,
    italian: str,
    unit: str,
    taken: tuple[Sequence[float], Sequence[float]],
    *,
    beside: str = "",
    larger_is_better: bool = False,
    bound: float | None = None,
    ceiling: float | None = None,
) -> Row:
    return Row(
        key=f"search.{size}.{key}",
        english=f"{size:,} passages: {english}",
        italian=f"{f'{size:,}'.replace(',', '.')} passaggi: {italian}",
        unit=unit,
        ours=tuple(taken[0]),
        plain=tuple(taken[1]),
        beside=beside,
        larger_is_better=larger_is_better,
        bound=bound,
        ceiling=ceiling,
    )
