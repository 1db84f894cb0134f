"""Cuts text into the default model's tokens, just as the library `tokenizers` does, at a tenth of its weight."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb.backends.e5_image import E5Words, PieceTable

SPACE = "▁"
WORDS_KEPT = 20_000
"""Words whose pieces are remembered; a language's usual ones."""

_NAMED_IN_TEXT = ("<s>", "</s>", "<pad>", "<unk>", "<mask>")
_KEY_BYTES = 8  # at least those of a space and one more character
_LONG_CLUSTER = 6  # bytes; the library replaces a cluster as long as that character by character
_JOINERS = "\u200c\u200d"
_EXTENDING = _JOINERS + "\u0e33\u0eb3"  # beside the marks: vowels of Thai and Lao
_FIRST_MARK = "\u0300"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A text's tokens, without those that frame it."""

    ids: NDArray[np.int32]
    offsets: NDArray[np.int32]  # tokens × 2: start and end (exclusive) of each token in the text


class Pieces:
    """
    The default model's vocabulary, and the cutting of text by it; threads may share it.

    A character is replaced as the model's map says, runs of spaces become one, a space begins the text; each word is
    the most likely run of pieces (Kudo 2018, section 3.2), a character that is no piece stands alone as unknown.
    """

    def __init__(self, words: E5Words) -> None:
        self._shelves = _Shelves(words.table)
        self._known = self._shelves.known
        self._replaced = {chr(code): text for code, text in words.replacements.items()}
        self._unknown = words.specials["unk"]
        self._named = re.compile(f"({'|'.join(map(re.escape, _NAMED_IN_TEXT))})")
        self._word = lru_cache(WORDS_KEPT)(self._cut_word)

    def cut(self, text: str) -> Cut:
        """The text's tokens, in order."""
        ids: list[int] = []
        spans: list[Span] = []
        at = 0
        for turn, part in enumerate(self._named.split(text)):
            if turn % 2:  # what the pattern's group holds: a token that the text names
                ids.append(self._shelves.take(part)[0])
                spans.append((at, at + len(part)))
            elif part:
                self._cut_part(part, at, ids, spans)
            at += len(part)
        return Cut(np.array(ids, dtype=np.int32), np.array(spans, dtype=np.int32).reshape(-1, 2))

    def _cut_part(self, part: str, shift: int, ids: list[int], spans: list[Span]) -> None:
        chars, places = self._normalize(part)
        if not chars:
            return
        if chars[0] != SPACE:
            chars.insert(0, SPACE)
            places.insert(0, places[0])
        starts = [place for place, char in enumerate(chars) if char == SPACE]
        for start, end in zip(starts, [*starts[1:], len(chars)], strict=True):
            for id_, length in self._word("".join(chars[start:end])):
                ids.append(id_)
                spans.append((places[start][0] + shift, places[start + length - 1][1] + shift))
                start += length

    def _normalize(self, text: str) -> tuple[list[str], list[Span]]:
        """The characters that are cut, and which stretch of the text each stands for."""
        chars: list[str] = []
        places: list[Span] = []
        for start, end, new in self._replace(text):
            for turn, char in enumerate(new):
                place = min(start + turn, end - 1)
                if char == " " and chars and chars[-1] == SPACE:
                    places[-1] = (place, place + 1)  # of a run the library keeps the last
                else:
                    chars.append(SPACE if char == " " else char)
                    places.append((place, place + 1))
        return chars, places

    def _replace(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Each stretch of the text, and what stands for it."""
        at = 0
        while at < len(text):
            end = _cluster_end(text, at)
            replaced = self._replaced.get(text[at])
            # As the library does: the marks after a replaced character go with it, in a short cluster.
            if replaced is not None and end > at + 1 and len(text[at:end].encode("utf-8")) < _LONG_CLUSTER:
                yield at, end, replaced
            else:
                yield from (
                    (place, place + 1, self._replaced.get(text[place], text[place])) for place in range(at, end)
                )
            at = end

    def _cut_word(self, word: str) -> Sequence[tuple[int, int]]:
        """(id, length in characters) of each piece."""
        self._shelves.fetch(word)
        found: list[tuple[int, int]] = []
        start = 0
        for at, char in enumerate(word):
            if char not in self._known:
                found += self._best_path(word[start:at])
                found.append((self._unknown, 1))
                start = at + 1
        return found + self._best_path(word[start:])

    def _best_path(self, word: str) -> list[tuple[int, int]]:
        """The pieces whose scores add up to the most, of equal sums the one that was met first; Viterbi."""
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)]  # score, id and length of the piece that ends here
        best += [(-np.inf, -1, 0)] * len(word)
        for start in range(len(word)):
            base = best[start][0]
            for end in range(start + 1, min(len(word), start + self._shelves.longest) + 1):
                piece = self._known.get(word[start:end])
                if piece is not None and (score := base + piece[1]) > best[end][0]:
                    best[end] = (score, piece[0], end - start)
        path: list[tuple[int, int]] = []
        end = len(word)
        while end:
            _score, id_, length = best[end]
            path.append((id_, length))
            end -= length
        return path[::-1]


class _Shelves:
    """Pieces by how they begin: a shelf is read when a word needs it, the rest stay bytes."""

    def __init__(self, table: PieceTable) -> None:
        self._table = table
        keys = _first_bytes(table)
        self._order = np.argsort(keys).astype(np.int32)
        self._keys = keys[self._order]
        starts = (np.frombuffer(table.blob, dtype=np.uint8) & 0xC0) != 0x80
        self.longest = int(np.add.reduceat(starts, table.offsets[:-1], dtype=np.int32).max())  # in characters
        self._read: set[str] = set()
        self.known: dict[str, tuple[int, float]] = {}  # (id, score) of the pieces read so far
        self.known[SPACE] = self.take(SPACE)

    def fetch(self, word: str) -> None:
        """Read every piece that may stand in a word; a space can only begin it, and is known."""
        starts = {*word.lstrip(SPACE), *([word[:2]] if len(word) > 1 and word[0] == SPACE else [])}
        for start in starts - self._read:
            low, high = (_key(start, fill) for fill in (b"\x00", b"\xff"))
            self.known.update(self._between(low, high))
            self._read.add(start)  # only now: another thread must not find it half read

    def take(self, piece: str) -> tuple[int, float]:
        """(id, score) of a short piece that is there."""
        key = _key(piece, b"\x00")
        return self._between(key, key)[piece]

    def _between(self, low: np.uint64, high: np.uint64) -> dict[str, tuple[int, float]]:
        """The pieces whose first bytes lie between two keys, both included."""
        first, end = np.searchsorted(self._keys, low), np.searchsorted(self._keys, high, side="right")
        ids = self._order[first:end]
        offsets, values = self._table.offsets, self._table.values
        rows = zip(ids.tolist(), offsets[ids].tolist(), offsets[ids + 1].tolist(), values[ids].tolist(), strict=True)
        return {self._table.blob[start:stop].decode(): (id_, score) for id_, start, stop, score in rows}


def _key(start: str, fill: bytes) -> np.uint64:
    """The first bytes of a text as a number, what is missing filled up."""
    return np.uint64(int.from_bytes(start.encode("utf-8", "replace")[:_KEY_BYTES].ljust(_KEY_BYTES, fill), "big"))


def _first_bytes(table: PieceTable) -> NDArray[np.uint64]:
    """Each piece's first bytes as a number: pieces that begin alike lie side by side when it is sorted."""
    blob = np.frombuffer(table.blob + bytes(_KEY_BYTES), dtype=np.uint8)
    at, ends = table.offsets[:-1].astype(np.int64), table.offsets[1:]
    keys = np.zeros(len(at), dtype=np.uint64)
    for step in range(_KEY_BYTES):
        keys = (keys << np.uint64(8)) | np.where(at + step < ends, blob[at + step], 0).astype(np.uint64)
    return keys


def _cluster_end(text: str, at: int) -> int:
    """
    Where the cluster ends that begins at a place: the character with the marks on it.

    Source: Unicode Standard Annex 29, extended grapheme clusters, but for those of Hangul, flags and prepended signs,
    which no replaced character begins.
    """
    end = at + 1
    if end >= len(text) or text[end] < _FIRST_MARK:
        return end + (text[at : end + 1] == "\r\n")
    if text[at] not in _JOINERS and unicodedata.category(text[at]) in ("Cc", "Cf", "Zl", "Zp"):
        return end
    while end < len(text) and (text[end] in _EXTENDING or unicodedata.category(text[end]).startswith("M")):
        end += 1
    return end
