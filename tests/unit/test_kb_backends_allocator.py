"""Memory that threads freed is shared by a few arenas, unless whoever starts the process chose for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kb.backends.allocator import share_arenas

# Forty threads hold a little memory at once, each in an arena of its own if it may; malloc_info tells how many.
MANY_THREADS = """
import ctypes, threading
from kb.backends.allocator import share_arenas
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
if {shared}:
    assert share_arenas(2)
together = threading.Barrier(41)
def hold():
    library.malloc(1000)
    together.wait()
    together.wait()
threads = [threading.Thread(target=hold) for _ in range(40)]
[one.start() for one in threads]
together.wait()
library.open_memstream.restype = ctypes.c_void_p
text, size = ctypes.c_char_p(), ctypes.c_size_t()
stream = ctypes.c_void_p(library.open_memstream(ctypes.byref(text), ctypes.byref(size)))
library.malloc_info(0, stream)
library.fclose(stream)
together.wait()
print(text.value.count(b"<heap nr="))
"""


def arenas(*, shared: bool) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", MANY_THREADS.format(shared=shared)],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"},
    )
    return int(ran.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's arenas are Linux's")
def test_threads_share_few_arenas() -> None:
    assert arenas(shared=True) == 2 < arenas(shared=False)


def test_the_choice_of_whoever_starts_the_process_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")

    assert not share_arenas()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())

    assert not share_arenas()
