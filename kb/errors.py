"""
The errors of Bussola, one tree.

    BussolaError                a fault that a person can mend: one clear line, exit status 2
    ├── InputError              what was given can't be used (file, option, question)
    │   └── UnreadableFile      a file that holds no text we can read
    ├── NotFound                a named thing does not exist (release, document, passage)
    ├── ReleaseError            a release can't be built, opened or published
    │   └── ReleaseCheckFailed  a built release failed its self-check
    ├── EmbedderError           the embedding model can't be loaded or run
    ├── StoreError              a vector store or database failed
    └── ModelError              the chat model can't be reached, or refuses
        ├── ModelSlow           it took longer than it may
        ├── ModelPaused         it failed too often just now and is not asked
        └── ModelReplyError     it answered, but nothing that can be used

Messages are in Italian, since officers and staff read them; each names the thing, its value and the remedy.
"Not found in the documents" is an AnswerStatus, not an error.
"""

from __future__ import annotations

import errno

REFUSED_BY_DISK = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
)
"""What a disk that is full, read-only, forbidden or broken answers."""


class BussolaError(Exception):
    """A fault that the person at the keyboard can mend; its text is the whole message."""


class InputError(BussolaError):
    """What was given can't be used."""


class UnreadableFile(InputError):
    """A file that holds no text we can read."""


class NotFound(BussolaError):
    """A release, document or passage of that name does not exist."""


class ReleaseError(BussolaError):
    """A release can't be built, opened or published."""


class ReleaseCheckFailed(ReleaseError):
    """A release was built, but its self-check found a passage that can't be found."""


class EmbedderError(BussolaError):
    """The embedding model can't be loaded or run."""


class StoreError(BussolaError):
    """A vector store or a database failed."""


class ModelError(BussolaError):
    """The chat model can't be reached, or refuses."""


class ModelSlow(ModelError):
    """The chat model took longer than it may."""


class ModelPaused(ModelError):
    """The chat model failed too often just now and is left alone for a while."""


class ModelReplyError(ModelError):
    """The chat model answered too much, nothing, or out of format."""


def disk_fault(error: OSError) -> StoreError | None:
    """The error of ours for a file that the disk refuses; None for a fault of another kind, such as a closed pipe."""
    if error.errno not in REFUSED_BY_DISK:
        return None
    where = f"«{error.filename}»" if error.filename else "un file"
    return StoreError(f"il disco rifiuta {where} ({error.strerror}): controlla spazio e permessi.")


def is_disk_full(error: BaseException | None) -> bool:
    """True for an error that an exhausted disk caused, as the system or SQLite tell it, however it was told on."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if "disk is full" in str(error):
            return True
        error = error.__cause__
    return False
