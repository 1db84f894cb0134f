"""A file of our cache with its own checksum: whole and as written, or not there."""

from __future__ import annotations

import os
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

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
        handle, temporary = tempfile.mkstemp(prefix=".making-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.write(_checksum(data))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "little")
