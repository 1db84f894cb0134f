"""
Load on a running service: clients that ask without a pause while releases are published; `python -m api.load`.

Every answer is held to the release that it names: each quote must stand, at its offsets, in that release's page.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import click
import httpx

from kb.errors import BussolaError
from kb.releases.store import ReleaseStore
from kb.wiring import index_parts

Request = tuple[str, str]
"""What is asked, "ask" or "search", and the words."""

PERCENTILE = 95
PATIENCE_S = 60.0


@dataclass
class Figures:
    """What a load run measured."""

    seconds: float
    requests: int = 0
    failed: list[str] = field(default_factory=list)  # a line each, without the question
    mixed: list[str] = field(default_factory=list)  # answers whose quotes are not of the release they name
    releases: dict[str, int] = field(default_factory=dict)  # answers of each
    publications: int = 0
    times_ms: dict[str, list[float]] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """The figures as one object: requests a second, median and 95th percentile of each kind in milliseconds."""
        told = asdict(self) | {"requests_per_s": round(self.requests / self.seconds, 2)}
        told["times_ms"] = {kind: _spread(times) for kind, times in self.times_ms.items()}
        return told


class QuoteCheck:
    """Looks quotes up in the releases of a store, each opened once."""

    def __init__(self, store: ReleaseStore) -> None:
        self._store = store
        self._texts: dict[tuple[str, str, int], str] = {}

    def __call__(self, answer: Mapping[str, Any]) -> bool:
        """Whether each quote stands in the release that the answer names."""
        return all(
            self._text(answer["release"], cited["document"], cited["page_index"])[cited["start"] : cited["end"]]
            == cited["quote"]
            for cited in answer["citations"]
        )

    def _text(self, release: str, document: str, index: int) -> str:
        key = (release, document, index)
        if key not in self._texts:
            with self._store.open(release) as opened:
                try:
                    self._texts |= {(release, document, page.index): page.text for page in opened.pages(document)}
                except BussolaError:
                    self._texts[key] = ""  # a document of another release: no quote can stand there
        return self._texts.get(key, "")


@dataclass(frozen=True)
class Plan:
    """How hard and how long a service is pressed."""

    clients: int
    seconds: float
    publications: int = 0  # evenly spread over the seconds


async def press(
    address: str,
    requests: Sequence[Request],
    plan: Plan,
    *,
    publish: Callable[[], object] | None = None,
    check: Callable[[Mapping[str, Any]], bool] | None = None,
) -> Figures:
    """
    The figures of clients that ask one request after the other, each without a pause.

    publish, if given, is called in a thread; answers are kept and checked afterwards, so that checking costs the
    service nothing.
    """
    figures, answers = Figures(plan.seconds), list[Mapping[str, Any]]()
    until, waiting = time.monotonic() + plan.seconds, cycle(requests)
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_S) as http:
        asking = [_ask_on(http, waiting, until, figures, answers) for _ in range(plan.clients)]
        await asyncio.gather(*asking, _publish_on(publish, plan, figures))
    for answer in answers:
        figures.releases[answer["release"]] = figures.releases.get(answer["release"], 0) + 1
        if check is not None and not check(answer):
            figures.mixed.append(f"{answer['id']} {answer['release']}")
    return figures


async def _ask_on(
    http: httpx.AsyncClient,
    waiting: Iterator[Request],
    until: float,
    figures: Figures,
    answers: list[Mapping[str, Any]],
) -> None:
    while time.monotonic() < until:
        kind, words = next(waiting)
        began = time.perf_counter()
        try:
            reply = await _send(http, kind, words)
        except httpx.HTTPError as error:
            figures.failed.append(f"{kind}: {type(error).__name__}")
            continue
        figures.requests += 1
        figures.times_ms.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
        if reply.status_code != httpx.codes.OK:
            figures.failed.append(f"{kind}: {reply.status_code} {reply.json().get('detail', '')}")
        elif kind == "ask":
            answers.append(reply.json())


async def _send(http: httpx.AsyncClient, kind: str, words: str) -> httpx.Response:
    if kind == "ask":
        return await http.post("/v1/ask", json={"question": words})
    return await http.get("/v1/search", params={"q": words})


async def _publish_on(publish: Callable[[], object] | None, plan: Plan, figures: Figures) -> None:
    if publish is None:
        return
    for _ in range(plan.publications):
        await asyncio.sleep(plan.seconds / (plan.publications + 1))
        await asyncio.to_thread(publish)
        figures.publications += 1


def _spread(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    at = min(len(ordered) - 1, len(ordered) * PERCENTILE // 100)
    return {"n": len(ordered), "median": round(statistics.median(ordered), 1), "p95": round(ordered[at], 1)}


def alternate(store: ReleaseStore, ids: Sequence[str]) -> Callable[[], object]:
    """What publishes the next of the releases at each call, and goes back at every fourth."""
    turns = cycle(ids)
    calls = 0

    def publish() -> object:
        nonlocal calls
        calls += 1
        if calls % 4 == 0:
            return store.rollback()
        serving = store.published()
        return store.publish(next(id_ for id_ in turns if id_ != serving or len(ids) == 1))

    return publish


@click.command()
@click.argument("address", metavar="INDIRIZZO")
@click.argument("questions", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--home", type=click.Path(exists=True, file_okay=False, path_type=Path), help="La cartella che serve.")
@click.option("--clients", type=click.IntRange(1, 256), default=16, show_default=True, help="Quanti chiedono insieme.")
@click.option("--seconds", type=click.FloatRange(1), default=60.0, show_default=True, help="Per quanto.")
@click.option("--publications", type=click.IntRange(0), default=0, show_default=True, help="Quante pubblicazioni.")
def main(address: str, questions: Path, home: Path | None, clients: int, seconds: float, publications: int) -> None:
    """Mette sotto carico il servizio a INDIRIZZO: ogni riga di FILE è chiesta e poi cercata."""
    words = [line.strip() for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    store = ReleaseStore(home, parts=index_parts) if home else None
    figures = asyncio.run(
        press(
            address,
            [(kind, asked) for asked in words for kind in ("ask", "search")],
            Plan(clients, seconds, publications),
            publish=alternate(store, store.ids()) if store and publications else None,
            check=QuoteCheck(store) if store else None,
        )
    )
    click.echo(json.dumps(figures.summary(), ensure_ascii=False))
    sys.exit(1 if figures.failed or figures.mixed else 0)


if __name__ == "__main__":
    main()
