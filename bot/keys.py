"""Codes in place of chats: only who holds the key of this home folder can tell which chat a code is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from kb.errors import StoreError
from kb.releases.folders import keep_first

KEY_BYTES = 32
CODE_CHARS = 10


class Keys:
    """The key of a home folder, made at its first use and kept in bot.key, which only its owner may read."""

    def __init__(self, home: Path) -> None:
        self._path = home / "bot.key"
        self._key: bytes | None = None

    def hide(self, id_: int) -> str:
        """
        The code of a chat or person: 32 hexadecimal digits, always the same with the same key.

        Raises:
            StoreError: the key can't be read or made.
        """
        return self._digest(f"chat:{id_}").hex()[:32]

    def code_of(self, update_id: int) -> str:
        """A short code for the answer to an update, that nobody can guess and a repetition finds again."""
        return base64.b32encode(self._digest(f"update:{update_id}")).decode().lower()[:CODE_CHARS]

    def _digest(self, text: str) -> bytes:
        return hmac.new(self._read(), text.encode(), hashlib.sha256).digest()

    def _read(self) -> bytes:
        if self._key is None:
            try:
                if not self._path.exists():
                    keep_first(self._path, secrets.token_bytes(KEY_BYTES))
                key = self._path.read_bytes()
            except OSError as error:
                raise StoreError(
                    f"la chiave {self._path} non si legge ({error.strerror}): controlla i permessi."
                ) from None
            if len(key) != KEY_BYTES:
                raise StoreError(f"la chiave {self._path} non ha {KEY_BYTES} byte: rimettila com'era, o cancellala.")
            self._key = key
        return self._key
