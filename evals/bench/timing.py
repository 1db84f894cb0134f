"""Clocks: each call alone, and calls of several threads together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor


def time_each(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Milliseconds of each call, one after the other."""
    times = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        times.append((time.perf_counter() - start) * 1000)
    return times


def time_together(work: Callable[[str], object], texts: Sequence[str], threads: int) -> float:
    """Calls a second, made by so many threads at once."""
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, texts):
            pass
    return len(texts) / (time.perf_counter() - start)
