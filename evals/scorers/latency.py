"""How long does a person wait?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def latency_quantiles(durations_ms: Sequence[float]) -> dict[str, float]:
    """
    The median, the 95th percentile and the longest of the times, in milliseconds; empty without times.

    The 95th percentile lies between two times, as NumPy's default ("linear", type 7 of Hyndman and Fan 1996).

    Source: Dean and Barroso, "The tail at scale", CACM 2013: means hide what the slowest wait.
    """
    if not durations_ms:
        return {}
    p50, p95, longest = np.quantile(np.asarray(durations_ms, dtype=np.float64), [0.5, 0.95, 1.0])
    return {"p50": float(p50), "p95": float(p95), "max": float(longest)}
