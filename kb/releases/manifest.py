"""What a release is made of, and the id that follows from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.errors import ReleaseError
from kb.records import Document
from kb.releases.encoding import decode_document, encode

FORMAT = 1
"""Version of the release folder's layout; a change makes older folders unreadable and says so."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document of a release and how much of it there is."""

    document: Document
    pages: int
    passages: int
    unreadable_pages: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release holds and with which settings it was made."""

    id: str
    created_at: str  # ISO 8601, UTC; outside the id, so that building again finds the same release
    documents: tuple[DocumentEntry, ...]
    fingerprints: Mapping[str, str]  # reader, splitter, embedder, lexical, corpus …
    contents: Mapping[str, str]  # SHA-256 of pages, passages and search texts; part of the id
    files: Mapping[str, str]  # SHA-256 of each file of ours in the folder; outside the id (vectors vary by processor)
    format: int = FORMAT
    reused: bool = field(default=False, compare=False)  # this build found the release already there; never written

    @property
    def pages(self) -> int:
        """Pages of all documents together."""
        return sum(entry.pages for entry in self.documents)

    @property
    def passages(self) -> int:
        """Passages of all documents together."""
        return sum(entry.passages for entry in self.documents)

    def to_json(self) -> dict[str, Any]:
        """The manifest as plain data, as manifest.json keeps it."""
        return {
            "id": self.id,
            "created_at": self.created_at,
            "format": self.format,
            "documents": [_entry_to_json(entry) for entry in self.documents],
            "fingerprints": dict(self.fingerprints),
            "contents": dict(self.contents),
            "files": dict(self.files),
        }


def release_id(
    documents: Sequence[DocumentEntry], *, fingerprints: Mapping[str, str], contents: Mapping[str, str]
) -> str:
    """
    The id that this content and these settings have: "r_" and 12 hexadecimal digits.

    Any change of a document, its metadata, a text or a setting changes it; time and place do not.
    """
    whole = {
        "format": FORMAT,
        "documents": [_entry_to_json(entry) for entry in documents],
        "fingerprints": dict(fingerprints),
        "contents": dict(contents),
    }
    return "r_" + hashlib.sha256(canonical_json(whole).encode()).hexdigest()[:12]


def canonical_json(value: object) -> str:
    """One spelling for equal data: sorted keys, no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def manifest_from_json(text: str, *, folder_name: str) -> Manifest:
    """
    The manifest that a text holds.

    Raises:
        ReleaseError: the text is no manifest, is of another format, or is not that of the folder's release.
    """
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ReleaseError(
                f"la versione {folder_name} ha il formato {data['format']}, questo programma legge il formato "
                f"{FORMAT}: ricostruiscila con «bussola ingest»."
            )
        manifest = Manifest(
            id=data["id"],
            created_at=data["created_at"],
            documents=tuple(_entry_from_json(entry) for entry in data["documents"]),
            fingerprints=data["fingerprints"],
            contents=data["contents"],
            files=data["files"],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged(folder_name, "manifest.json non si legge") from None
    _check_id(manifest, folder_name)
    return manifest


def damaged(release: str, why: str) -> ReleaseError:
    """The error that says what is wrong with a release folder, with the remedy."""
    return ReleaseError(
        f"la versione {release} è danneggiata ({why}): ricostruiscila con «bussola ingest», "
        "o torna alla precedente con «bussola rollback»."
    )


def _check_id(manifest: Manifest, folder_name: str) -> None:
    expected = release_id(manifest.documents, fingerprints=manifest.fingerprints, contents=manifest.contents)
    if manifest.id != expected:
        raise damaged(folder_name, "manifest.json è stato modificato")


def _entry_to_json(entry: DocumentEntry) -> dict[str, Any]:
    return {
        "document": encode(entry.document),
        "pages": entry.pages,
        "passages": entry.passages,
        "unreadable_pages": entry.unreadable_pages,
    }


def _entry_from_json(data: Mapping[str, Any]) -> DocumentEntry:
    return DocumentEntry(
        document=decode_document(data["document"]),
        pages=data["pages"],
        passages=data["passages"],
        unreadable_pages=data["unreadable_pages"],
    )
