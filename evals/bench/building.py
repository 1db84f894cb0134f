"""Measure: passages built a second beside the plain pipeline, in this processor's fastest precision and in float32."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from evals.bench.bench import Bench
from evals.bench.figures import Row
from evals.bench.made import corpus_texts, make_texts
from evals.bench.side import Side

_OURS, _PLAIN = "evals.bench.ours:OurBuilder", "evals.bench.plain:PlainBuilder"
BOUND_BFLOAT16 = 4.0
BOUND_FLOAT32 = 1.3


def measure(bench: Bench) -> list[Row]:
    """The same passages built by both, each round other texts; and whole documents, each cut in its own way."""
    from kb.backends.light import light_precision
    from kb.backends.processor import processor_flags

    count = bench.pick(400, 12)
    native = light_precision()
    with Side(_OURS) as ours, Side(_PLAIN) as plain, nullcontext(ours) if bench.quick else Side(_OURS) as forced:
        bench.say("costruzione: carico i modelli")
        home = bench.home("build-model")
        ours.call("load", home=str(home))
        forced.call("load", home=str(home), precision="float32")
        plain.call("load", model=str(bench.model))
        speeds = _same_passages(bench, {"ours": ours, "forced": forced, "plain": plain}, count)
        documents = _documents(bench, ours, plain)
    bound = BOUND_BFLOAT16 if {"avx512_bf16", "amx_bf16"} & processor_flags() else BOUND_FLOAT32
    named = (f"passages built a second ({native})", f"passaggi costruiti al secondo ({native})")
    off = ("the same, float32 forced", "gli stessi, in float32")
    return [
        _row("native", named, (speeds["ours"], speeds["plain"]), bound),
        _row("float32", off, (speeds["forced"], speeds["plain"]), BOUND_FLOAT32),
        _row("documents", ("whole documents, each cut in its own way", "documenti interi"), documents, None, "words/s"),
    ]


def _same_passages(bench: Bench, sides: dict[str, Side], count: int) -> dict[str, list[float]]:
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for at in range(bench.rounds):
        bench.say(f"costruzione di {count} passaggi: giro {at + 1} di {bench.rounds}")
        texts = make_texts(count, seed=at)  # other texts each round: no cache can know them
        for name, side in sides.items():
            folder = bench.folder / f"build-{name}-{at}"
            where = {"folder": str(folder)} if name == "plain" else {"home": str(folder)}
            speeds[name].append(count / side.call("build", texts=texts, **where))
    return speeds


def _documents(bench: Bench, ours: Side, plain: Side) -> tuple[list[float], list[float]]:
    """Words a second from text files to an index."""
    texts = corpus_texts()[: bench.pick(8, 2)]
    words = sum(len(text.split()) for text in texts)
    files = _written(texts, bench.folder / "documenti")
    speeds: tuple[list[float], list[float]] = ([], [])
    for at in range(bench.rounds):
        bench.say(f"costruzione da documenti interi: giro {at + 1} di {bench.rounds}")
        speeds[0].append(words / ours.call("ingest", home=str(bench.folder / f"ingest-{at}"), files=files))
        speeds[1].append(words / plain.call("ingest", folder=str(bench.folder / f"plain-{at}"), documents=texts))
    return speeds


def _written(texts: list[str], folder: Path) -> list[str]:
    folder.mkdir()
    files = [folder / f"documento-{place:02d}.txt" for place in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return [str(file) for file in files]


def _row(
    key: str,
    named: tuple[str, str],
    speeds: tuple[list[float], list[float]],
    bound: float | None,
    unit: str = "passages/s",
) -> Row:
    return Row(
        key=f"build.{key}",
        english=named[0],
        italian=named[1],
        unit=unit,
        ours=tuple(speeds[0]),
        plain=tuple(speeds[1]),
        larger_is_better=True,
        bound=bound,
    )
