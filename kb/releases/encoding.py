"""Documents, pages and passages as lines of JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, TypeVar

from kb.records import Block, BlockKind, Document, DocumentKind, DocumentStatus, Page, Passage, Span

T = TypeVar("T")


def encode(record: Any) -> dict[str, Any]:
    """
    A record as plain data, without the fields that hold their default.

    Leaving defaults out keeps lines short, and a field added to a record later changes no id of today.
    """
    return {f.name: _plain(getattr(record, f.name)) for f in fields(record) if getattr(record, f.name) != _default(f)}


def encode_lines(records: Iterable[Any]) -> bytes:
    """Records as JSON lines, UTF-8; equal records give equal bytes."""
    return "".join(json.dumps(encode(record), ensure_ascii=False) + "\n" for record in records).encode()


def decode_lines(data: bytes, decode: Callable[[Mapping[str, Any]], T]) -> list[T]:
    """
    The records of JSON lines, in order.

    Raises:
        ValueError: a line is no JSON, or not the record that is asked for.
    """
    try:
        # Split at "\n" only: splitlines would also cut at characters that JSON leaves inside strings (U+2028).
        return [decode(json.loads(line)) for line in data.split(b"\n") if line]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error


def decode_document(data: Mapping[str, Any]) -> Document:
    """The document that encode made this data of."""
    kind, status = DocumentKind(data["kind"]), DocumentStatus(data.get("status", DocumentStatus.IN_FORCE))
    return Document(**{**data, "kind": kind, "status": status})


def decode_page(data: Mapping[str, Any]) -> Page:
    """The page that encode made this data of."""
    blocks = tuple(
        Block(**{**block, "kind": BlockKind(block.get("kind", BlockKind.PARAGRAPH))})
        for block in data.get("blocks", ())
    )
    return Page(**{**data, "blocks": blocks, "problems": tuple(data.get("problems", ()))})


def decode_passage(data: Mapping[str, Any]) -> Passage:
    """The passage that encode made this data of."""
    tuples = {name: tuple(data.get(name, ())) for name in ("joins", "section")}
    return Passage(**{**data, **tuples, "spans": tuple(Span(**span) for span in data["spans"])})


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return encode(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _default(spec: Field[Any]) -> Any:
    return spec.default if spec.default is not MISSING else _NOTHING


_NOTHING = object()
