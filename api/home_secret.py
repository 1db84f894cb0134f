"""What every process of a service knows and nobody else: bytes in a file of the home folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kb.errors import StoreError

SECRET_FILE = ".session-secret"
SECRET_BYTES = 32


def read_secret(file: Path) -> bytes:
    """
    The secret of this home, made at the first use; of two processes that make one, the first to name it wins.

    Raises:
        StoreError: it can't be read or made.
    """
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            half = file.with_name(f"{file.name}-{secrets.token_hex(8)}")
            half.touch(mode=0o600)
            half.write_bytes(secrets.token_bytes(SECRET_BYTES))
            try:
                os.link(half, file)
            except FileExistsError:
                pass
            finally:
                half.unlink()
        return file.read_bytes()
    except OSError as error:
        raise StoreError(f"non riesco a leggere {file} ({error.strerror}): controlla i permessi.") from error
