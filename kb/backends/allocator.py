"""How the C library hands out memory: few arenas, since each keeps for good what its threads freed."""

from __future__ import annotations

import ctypes
import os
import sys

ARENAS = 2
"""
A fresh process of 16 clients' answers held 495 MB with glibc's own choice, eight a core, and grew on with every
thread; with two 369 MB, from its second round on the same, at the same speed.
"""

_M_ARENA_MAX = -8  # of glibc's malloc.h


def share_arenas(arenas: int = ARENAS) -> bool:
    """
    Whether all threads of this process now share so many arenas; those that are open stay.

    False where the C library is not glibc, or whoever started the process chose for it (MALLOC_ARENA_MAX).
    """
    if sys.platform != "linux" or "MALLOC_ARENA_MAX" in os.environ:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_ARENA_MAX, arenas))
