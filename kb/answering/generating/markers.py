"""Markers: a chat model's reply read piece by piece into sentences, each with the passage numbers it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kb.errors import ModelReplyError
from kb.language.sentences import split_sentences

MAX_CLAIMS = 12
"""Sentences read of one reply; what comes after is not waited for."""

_OPENING = re.compile(r'(?:```(?:json)?\s*)?\{\s*"sentences"\s*:\s*\[')
_LONGEST_OPENING = 60
_MARK = r"\[\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\]"
_MARKS = re.compile(rf"(?:\s*{_MARK})+")
_NUMBER = re.compile(r"\d+")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence as a chat model wrote it, and the numbers of the passages that it names; nothing of it is true yet."""

    text: str
    numbers: tuple[int, ...]


def reply_schema(passages: int) -> dict[str, Any]:
    """The JSON schema of a reply to prompts/instructions/generate: only passages that were shown can be named."""
    number = {"type": "integer", "minimum": 1, "maximum": passages}
    sentence = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "passages": {"type": "array", "items": number, "minItems": 1, "maxItems": 3},
        },
        "required": ["text", "passages"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"sentences": {"type": "array", "items": sentence, "maxItems": 4}},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def read_claims(pieces: Iterable[str]) -> Iterator[Claim]:
    """
    Each sentence of a reply as soon as it is complete, in order, at most MAX_CLAIMS.

    The reply is the JSON object that was asked for, or plain text whose sentences end in markers ("… [1]").

    Raises:
        ModelReplyError: it is neither, holds nothing, or ends half-way; sentences before the fault were given already.
    """
    read = 0
    for claim in _claims(pieces):
        for text in _sentences(claim.text):
            yield Claim(text, claim.numbers)
            read += 1
            if read == MAX_CLAIMS:
                return


def _claims(pieces: Iterable[str]) -> Iterator[Claim]:
    reader: _Reader | None = None
    begun = ""
    for piece in pieces:
        if reader is None:
            begun += piece
            piece = _without_thought(begun)
            if not piece:
                continue
            reader = _JsonReader() if piece[0] in "{`" else _MarkerReader()
        yield from reader.feed(piece)
    if reader is None:
        raise ModelReplyError("il modello non ha scritto niente.")
    yield from reader.end()


def _without_thought(text: str) -> str:
    """The reply so far without what a model says to itself before it; empty while that may still go on."""
    text = text.lstrip()
    if "<think>".startswith(text[:7]) and text:
        match = _THOUGHT.match(text)
        return text[match.end() :].lstrip() if match else ""
    return text


class _Reader(Protocol):
    def feed(self, piece: str) -> Iterator[Claim]:
        """The sentences that this piece completes."""

    def end(self) -> Iterator[Claim]:
        """The sentences that the end completes."""


class _JsonReader:
    """{"sentences": [{"text": …, "passages": […]}, …]}, object by object."""

    def __init__(self) -> None:
        self._rest = ""
        self._inside = False
        self._done = False

    def feed(self, piece: str) -> Iterator[Claim]:
        self._rest += piece
        if not self._inside and not self._open():
            return
        while not self._done:
            self._rest = self._rest.lstrip(" \n\r\t,")
            if self._rest.startswith("]"):
                self._done = True
                self._rest = self._rest[1:]
            elif self._rest and not self._rest.startswith("{"):
                raise _out_of_form()
            elif (claim := self._next()) is not None:
                yield claim
            else:
                return

    def end(self) -> Iterator[Claim]:
        if not self._done or "".join(self._rest.split()) not in ("}", "}```"):
            raise _out_of_form()
        yield from ()

    def _open(self) -> bool:
        match = _OPENING.match(self._rest)
        if match:
            self._inside = True
            self._rest = self._rest[match.end() :]
        elif len(self._rest) > _LONGEST_OPENING:
            raise _out_of_form()
        return self._inside

    def _next(self) -> Claim | None:
        try:
            found, end = json.JSONDecoder().raw_decode(self._rest)
        except json.JSONDecodeError:
            return None
        self._rest = self._rest[end:]
        return _checked(found)


class _MarkerReader:
    """Plain text; a sentence is complete when something else follows its marker."""

    def __init__(self) -> None:
        self._rest = ""
        self._marked = False

    def feed(self, piece: str) -> Iterator[Claim]:
        self._rest += piece
        while (match := _MARKS.search(self._rest)) and _goes_on(self._rest[match.end() :]):
            after = re.match(r"[.!?]*", self._rest[match.end() :])
            assert after is not None
            stop = match.end() + after.end()
            yield self._claim(self._rest[:stop])
            self._rest = self._rest[stop:]

    def end(self) -> Iterator[Claim]:
        if self._rest.strip():
            yield self._claim(self._rest)
        if not self._marked:
            raise _out_of_form()

    def _claim(self, text: str) -> Claim:
        claim = _with_marks(text, ())
        self._marked = self._marked or bool(claim.numbers)
        return claim


def _goes_on(rest: str) -> bool:
    """True when what follows a marker is the next sentence, no further marker on its way."""
    following = rest.lstrip(" .!?\n")
    return bool(following) and not following.startswith("[")


def _sentences(text: str) -> list[str]:
    """A claim may be several sentences; each is judged alone."""
    return [text[start:end] for start, end in split_sentences(text)]


def _checked(found: object) -> Claim:
    if not isinstance(found, Mapping) or not isinstance(found.get("text"), str):
        raise _out_of_form()
    numbers = found.get("passages")
    if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
        raise _out_of_form()
    return _with_marks(found["text"], tuple(numbers))


def _with_marks(text: str, numbers: tuple[int, ...]) -> Claim:
    """The text without its markers, their numbers after those given."""
    marked = [int(number) for match in _MARKS.finditer(text) for number in _NUMBER.findall(match.group())]
    return Claim(" ".join(_MARKS.sub("", text).split()), tuple(dict.fromkeys([*numbers, *marked])))


def _out_of_form() -> ModelReplyError:
    return ModelReplyError("il modello non ha risposto nella forma chiesta.")
