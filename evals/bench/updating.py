"""Measure: what it costs to change one page of a large corpus, as a share of building it all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from evals.bench.bench import Bench
from evals.bench.figures import Row
from evals.bench.made import make_texts
from evals.bench.side import SideFailed

BOUND = 0.05
_PER_PAGE = 3
_PER_DOCUMENT = 100


def measure(bench: Bench) -> list[Row]:
    """`bussola ingest` as staff runs it, whole processes: everything once, then one page changed at a time."""
    from kb.releases.store import ReleaseStore
    from kb.wiring import index_parts

    pages = bench.pick(1000, 4)
    home, folder = bench.home("update"), bench.folder / "corpus"
    _write(folder, pages)
    bench.say(f"aggiornamento: costruisco {pages} pagine")
    release, full_s = _ingest(home, folder, "--fresh")
    updates = []
    for at in range(bench.rounds):
        bench.say(f"aggiornamento di una pagina: giro {at + 1} di {bench.rounds}")
        ReleaseStore(home, parts=index_parts).publish(release)
        changed = _change(folder, at)
        release, seconds = _ingest(home, changed)
        updates.append(seconds)
    row = Row(
        key="update.one_page",
        english=f"one page of {pages:,} changed; beside it a full build",
        italian=f"una pagina su {pages} cambiata; accanto la costruzione intera",
        unit="s",
        ours=tuple(updates),
        plain=(full_s,) * len(updates),
        beside="our full build",
        bound=BOUND,
    )
    return [row]


def _write(folder: Path, pages: int) -> None:
    folder.mkdir()
    texts = make_texts(pages * _PER_PAGE)
    made = ["\n\n".join(texts[at * _PER_PAGE : (at + 1) * _PER_PAGE]) for at in range(pages)]
    for first in range(0, pages, _PER_DOCUMENT):
        file = folder / f"documento-{first // _PER_DOCUMENT + 1:02d}.txt"
        file.write_text("\f".join(made[first : first + _PER_DOCUMENT]), encoding="utf-8")


def _change(folder: Path, at: int) -> Path:
    """One file, with another text on its middle page."""
    files = sorted(folder.iterdir())
    file = files[at % len(files)]
    pages = file.read_text(encoding="utf-8").split("\f")
    pages[len(pages) // 2] = "\n\n".join(make_texts(_PER_PAGE, seed=1000 + at))
    file.write_text("\f".join(pages), encoding="utf-8")
    return file


def _ingest(home: Path, *arguments: object) -> tuple[str, float]:
    """The release that was built, and the seconds that the whole command took."""
    start = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "bussola", "ingest", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "BUSSOLA_HOME": str(home), "PYTHONUTF8": "1"},
    )
    seconds = time.perf_counter() - start
    if ran.returncode:
        raise SideFailed(f"bench: bussola ingest: {' '.join(ran.stderr.split())[-300:]}")
    release: str = json.loads(ran.stdout)["release"]
    return release, seconds
