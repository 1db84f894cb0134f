"""What every process of a service knows and nobody else: bytes in a file of the home folder."""

from __future__ import annotations

import secrets
from pathlib import Path

from kb.errors import StoreError
from kb.releases.folders import keep_first

SECRET_FILE = ".session-secret"
SECRET_BYTES = 32


def read_secret(file: Path) -> bytes:
    """
    The secret of this home, made at the first use; of two processes that make one, the first to name it wins.

    Raises:
        StoreError: it can't be read or made, or is not whole: with less of it anybody could sign a session.
    """
    try:
        if not file.exists():
            keep_first(file, secrets.token_bytes(SECRET_BYTES))
        secret = file.read_bytes()
    except OSError as error:
        raise StoreError(f"non riesco a leggere {file} ({error.strerror}): controlla i permessi.") from error
    if len(secret) != SECRET_BYTES:
        raise StoreError(f"il segreto {file} non ha {SECRET_BYTES} byte: cancellalo, se ne fa un altro.")
    return secret
