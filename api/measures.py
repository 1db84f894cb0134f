"""What is measured of a running service, for Prometheus: requests, answers, switches; nothing of what people write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from kb.records import Answer

if TYPE_CHECKING:
    from starlette.types import Scope

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where several processes leave their figures, so that any of them can tell those of all; the library's own name."""

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ELSEWHERE = "other"


class Measures:
    """The figures of one process; each has a registry of its own, so that two apps in a process don't meet."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "bussola_requests",
            "Richieste, per percorso, metodo e stato.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "bussola_request_seconds", "Durata delle richieste.", ("route",), registry=self._registry, buckets=BUCKETS_S
        )
        self._answers = Counter(
            "bussola_answers", "Risposte, per esito e modo.", ("status", "mode"), registry=self._registry
        )
        self._switches = Counter(
            "bussola_release_switches", "Passaggi a un'altra versione pubblicata.", registry=self._registry
        )
        self._under_way = Gauge(
            "bussola_work_under_way",
            "Lavori in corso o in attesa.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._lost = Gauge(
            "bussola_receipts_lost",
            "Risposte che non hanno lasciato ricevuta.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def count_request(self, scope: Scope, status: int, seconds: float) -> None:
        """One request ended; its route is the pattern, never the path that was typed."""
        route = getattr(scope.get("route"), "path", ELSEWHERE)
        self._requests.labels(route, scope["method"] if route != ELSEWHERE else ELSEWHERE, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, answer: Answer) -> None:
        """One answer was given."""
        self._answers.labels(answer.status.value, answer.mode.value).inc()

    def count_switch(self) -> None:
        """Another release serves."""
        self._switches.inc()

    def change_under_way(self, by: int) -> None:
        """Work came (1) or went (-1)."""
        self._under_way.inc(by)

    def tell(self, *, receipts_lost: int = 0) -> bytes:
        """Every figure in Prometheus' text format; of all processes where they share a folder."""
        self._lost.set(receipts_lost)
        registry: Any = self._registry
        if os.environ.get(SHARED_FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
