"""The machine that the figures are of, and the memory of a process on it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile")
_LIBRARIES = (
    "bussola chromadb llama-index-core llama-index-vector-stores-chroma llama-index-embeddings-huggingface "
    "sentence-transformers torch onnxruntime numpy bm25s pypdf"
).split()


def describe_machine() -> dict[str, Any]:
    """Processor, cores, flags that matter here, versions, load at this moment (mean of the last minute)."""
    about = _processor()
    flags = set(about.get("flags", "").split())
    return {
        "cpu": about.get("model name", platform.processor() or platform.machine()),
        "cores": os.cpu_count(),
        "flags": [flag for flag in _FLAGS if flag in flags],
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "load": load_now(),
        "versions": {name: found for name in _LIBRARIES if (found := _version(name))},
    }


def load_now() -> float | None:
    """Processes that want a core, mean of the last minute; None where the system does not tell."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None


def memory_of(process: int | str = "self") -> dict[str, float]:
    """
    Memory of a process in MiB: now, at its peak, and the part of now that is not a file on disk.

    Empty where the system does not tell (it takes Linux).
    """
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    names = {"now": "VmRSS", "peak": "VmHWM", "own": "RssAnon"}
    return {name: int(lines[key].split()[0]) / 1024 for name, key in names.items() if key in lines}


def folder_mib(folder: Path) -> float:
    """What a folder's files hold, in MiB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / MIB


def _processor() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    first = text.split("\n\n", 1)[0]
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in first.splitlines())}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
