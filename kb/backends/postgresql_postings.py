"""Rows of a lexical index that lie on a PostgreSQL server: fetched when asked for, the latest terms kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.backends.postgresql import PostgresqlServer
from kb.errors import StoreError
from kb.retrieval.postings import Postings, Stretch, Terms, total
from kb.retrieval.sequences import Read, Sequences, joined

KEPT_BYTES = 32 << 20
"""Scores of the terms asked for lately that a process keeps: the words of most questions are the same few."""

INTEGERS, SCORES = np.dtype("<i4"), np.dtype("<f4")
"""How numbers lie in the tables, whatever the machine."""


class ServerPostings:
    """TermScores whose scores are on the server; those of the terms asked for lately are kept."""

    def __init__(self, terms: Terms, table: str, server: PostgresqlServer, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._terms, self._table, self._server = terms, table, server
        self._recent = Recent(kept_bytes)

    @property
    def numbers(self) -> Mapping[str, int]:
        """Every term's number."""
        return self._terms.numbers

    def count(self, term: str) -> int:
        """In how many passages a term stands."""
        return self._terms.count(term)

    def add_up(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """
        By passage, the sum of the terms' scores; terms that stand nowhere add nothing.

        Raises:
            StoreError: the server can't be reached.
        """
        asked = [self.numbers[term] for term in terms if term in self.numbers]
        found = self._recent.those_of(asked)
        if missing := [number for number in asked if number not in found]:
            fetched = self._fetch(missing)
            self._recent.keep(fetched)
            found |= fetched
        return total((found[number] for number in asked), self._terms.passages)

    def whole(self) -> Postings:
        """All of them, fetched."""
        rows = self._fetch(list(self.numbers.values()))
        stretches = [rows[number] for number in range(len(self.numbers))]
        if not stretches:
            return Postings.nothing(self._terms.passages)
        places, scores = (np.concatenate([stretch[part] for stretch in stretches]) for part in (0, 1))
        return Postings(self.numbers, self._terms.starts, places, scores, self._terms.passages)

    def _fetch(self, numbers: Sequence[int]) -> dict[int, Stretch]:
        rows = _rows(self._server, f"SELECT number, places, scores FROM {self._table}", numbers)
        return {
            number: (np.frombuffer(places, dtype=INTEGERS), np.frombuffer(scores, dtype=SCORES))
            for number, places, scores in rows
        }


class ServerOrder:
    """TermOrder on the server."""

    def __init__(self, table: str, server: PostgresqlServer) -> None:
        self._table, self._server = table, server

    def read(self, places: Sequence[int]) -> Read:
        """
        These passages' terms, in the order of places.

        Raises:
            StoreError: the server can't be reached.
        """
        found = dict(_rows(self._server, f"SELECT number, terms FROM {self._table}", places))
        return joined([np.frombuffer(found[place], dtype=INTEGERS) for place in places])

    def whole(self) -> Sequences:
        """All of them, fetched."""
        rows = self._server.rows(f"SELECT terms FROM {self._table} ORDER BY number")
        found = [np.frombuffer(terms, dtype=INTEGERS) for (terms,) in rows]
        starts = np.cumsum([0, *(len(terms) for terms in found)]).astype(np.int64)
        return Sequences(np.concatenate([np.zeros(0, dtype=INTEGERS), *found]), starts)


class Recent:
    """The scores of the terms asked for lately, up to so many bytes; threads may share it."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._bytes = most_bytes, 0
        self._kept: OrderedDict[int, Stretch] = OrderedDict()
        self._lock = threading.Lock()

    def those_of(self, numbers: Iterable[int]) -> dict[int, Stretch]:
        """What is kept of these terms, which are now the latest asked for."""
        with self._lock:
            found = {number: self._kept[number] for number in numbers if number in self._kept}
            for number in found:
                self._kept.move_to_end(number)
            return found

    def keep(self, stretches: Mapping[int, Stretch]) -> None:
        """Keep these too, and forget those that were asked for longest ago."""
        with self._lock:
            for number, stretch in stretches.items():
                if number not in self._kept:
                    self._kept[number] = stretch
                    self._bytes += _size(stretch)
            while self._bytes > self._most:
                self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(stretch: Stretch) -> int:
    return stretch[0].nbytes + stretch[1].nbytes


def _rows(server: PostgresqlServer, select: str, numbers: Sequence[int]) -> list[Any]:
    """
    The rows of these numbers, in any order.

    Raises:
        StoreError: the server can't be reached, or lacks one.
    """
    wanted = sorted(set(numbers))
    rows = server.rows(f"{select} WHERE number = ANY(%s::integer[])", (wanted,))
    if len(rows) != len(wanted):
        raise StoreError(
            f"al server PostgreSQL {server.shown} mancano righe di questa versione: ricostruisci con «bussola ingest»."
        )
    return rows
