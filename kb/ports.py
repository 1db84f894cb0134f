"""The sockets of the knowledge base: what a part must do to be used; fakes for each are in kb.testing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kb.records import PassageFilter

Matrix = NDArray[np.float32]
Vector = NDArray[np.float32]

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, done so far, in all)."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


@runtime_checkable
class Embedder(Protocol):
    """Turns text into vectors."""

    @property
    def fingerprint(self) -> str:
        """Model, weights' checksum, precision and prefixes; vectors of equal fingerprints may be mixed."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """n × dimension, rows of length 1, in the order given; 0 × dimension for no texts."""

    def embed_query(self, text: str) -> Vector:
        """One vector of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """A text token by token: one row a token of the text itself, none for prefixes and special tokens."""

    vectors: Matrix  # tokens × width, rows of length 1, from an inner layer
    ids: NDArray[np.int32]  # the tokens' numbers in the model's vocabulary: equal words have equal numbers
    offsets: NDArray[np.int32]  # tokens × 2: start and end (exclusive) of each token in the text
    pooled: Vector  # the whole text's vector, as embed_passages or embed_query gives it


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that also shows its tokens, for late interaction."""

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        """
        Each text's tokens, in the order given; a text past the model's length loses its end.

        layer counts as in a list of every layer's output: -1 is the last, -3 the third from the end.

        Raises:
            EmbedderError: the model has no token vectors, or no such layer.
        """


class VectorIndex(Protocol):
    """Keeps passages' vectors and finds the nearest."""

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[Mapping[str, str | int]]) -> None:
        """Add vectors; an id that is there already is replaced whole, metadata included."""

    def nearest(self, vector: Vector, *, count: int, narrow: PassageFilter | None = None) -> list[tuple[str, float]]:
        """At most count (id, cosine similarity) pairs, best first, ties by id."""

    def ids(self) -> set[str]:
        """Every id kept."""

    def close(self) -> None:
        """Free what is held; no method may be called afterwards."""


class Guest(Protocol):
    """Another part of the house that `bussola serve` takes in at one path of its address: an ASGI application."""

    @property
    def path(self) -> str:
        """Where it is reached, from "/" on."""

    async def __call__(self, scope: Any, receive: Any, send: Any, /) -> None:
        """Answer a request to that path."""

    def staying(self, host: Any, /) -> AbstractAsyncContextManager[None]:
        """Do its work while the block runs; host is the ASGI application that it may ask, uncounted."""


class LexicalIndex(Protocol):
    """Finds passages by their words."""

    def search(self, text: str, *, count: int, allowed: set[str] | None = None) -> list[tuple[str, float]]:
        """At most count (id, BM25 score > 0) pairs, best first, ties by id; allowed narrows to those ids."""

    @property
    def words(self) -> Mapping[str, int]:
        """Every folded word, and in how many passages it stands."""

    @property
    def acronyms(self) -> Mapping[str, str]:
        """Folded acronyms and the full names that the documents give them."""

    def save(self, folder: Path) -> None:
        """Write the index to a folder; loading it gives identical scores."""


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """What a chat model is asked: our instructions, then the question and the passages as data."""

    instructions: str
    text: str
    schema: Mapping[str, object]  # JSON schema of the reply; a model whose server can't hold it is asked without


class ChatModel(Protocol):
    """Writes text that nobody may trust: what it says is checked sentence by sentence before it is sent."""

    @property
    def context_chars(self) -> int:
        """Characters of passages that it is shown, at most."""

    def write(self, prompt: ChatPrompt) -> Generator[str, None, None]:
        """
        The reply piece by piece, as it comes.

        A consumer that finds the reply of no use throws ModelReplyError into the generator, so that it counts among
        the failures; one that has read enough closes it.

        Raises:
            ModelSlow: the time limit is over; it is one limit for the whole reply.
            ModelPaused: it failed too often just now and is not asked.
            ModelReplyError: the reply is too long or no reply at all.
            ModelError: it can't be reached or refuses.
        """
