"""The process that reads files for another: `python -m ingest.worker`, requests in, readings out, one at a time."""

from __future__ import annotations

import os
import pickle
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from kb.errors import BussolaError, UnreadableFile

Message = tuple[str, Any]
"""("page", (number, total)), ("read", Reading), ("refused", error) or ("broken", why)."""


def send(stream: IO[bytes], message: object) -> None:
    """Write one message: its length, then itself."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(struct.pack(">Q", len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """
    The next message.

    Raises:
        EOFError: the other side is gone.
    """
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    (length,) = struct.unpack(">Q", head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # both sides are this program; what a file holds travels as plain text


def main() -> None:
    """Serve requests until the other side closes its end."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    memory_bytes = receive(requests)
    _limit_memory(memory_bytes)
    while True:
        try:
            path, wish = receive(requests)
        except EOFError:
            return
        send(answers, _answer(path, wish, lambda page, total: send(answers, ("page", (page, total)))))


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ImportError, ValueError, OSError):
        return  # not every system can; there the time limit alone holds


def _answer(path: Path, wish: Any, on_page: Callable[[int, int], None]) -> Message:
    from ingest.readers.document import read_document

    try:
        return "read", read_document(path, wish, on_page)
    except BussolaError as error:
        return "refused", error
    except MemoryError:
        return "broken", "richiede troppa memoria"
    except OSError as error:
        return "refused", UnreadableFile(f"«{path.name}» non si apre ({error.strerror}): controlla i permessi.")
    except Exception as error:  # a reader's defect on a damaged file must not stop the others
        return "broken", f"il lettore si è fermato ({type(error).__name__})"


if __name__ == "__main__":
    main()
