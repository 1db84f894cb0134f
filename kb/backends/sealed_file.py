"""A file of our cache with its own checksum: whole and as written, or not there."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path

from kb.releases.folders import put_file

_CHECKSUM_BYTES = 4


def read_sealed(path: Path) -> bytes | None:
    """What was written; None where nothing was, or a failing disk changed it."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    written, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    return written if _checksum(written) == checksum else None


def write_sealed(path: Path, data: bytes) -> None:
    """Write it, whole or not at all; on a disk that is full or read-only nothing: a cache only saves time."""
    with suppress(OSError):
        put_file(path, data + _checksum(data), mode=0o644)


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "little")
