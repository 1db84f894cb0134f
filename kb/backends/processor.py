"""What this processor computes fast."""

from __future__ import annotations

import os
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")

_SUMS_BYTES = {"avx512_vnni", "avx_vnni", "amx_int8"}


def processor_flags(cpu_info: Path = CPU_INFO) -> set[str]:
    """The instruction sets that Linux names; none where it names none."""
    try:
        text = cpu_info.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return set(next((line for line in text.splitlines() if line.startswith("flags")), "").split())


def multiplies_bytes(cpu_info: Path = CPU_INFO) -> bool:
    """
    Whether this processor sums products of bytes in 32 bits.

    Older ones sum them in 16, where they overflow unseen.
    """
    return bool(_SUMS_BYTES & processor_flags(cpu_info))


def free_cores() -> int:
    """The cores that this process may use; a container may have fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
