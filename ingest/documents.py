"""What is known of a document: its id, title and the facts given by the person, by the file, or by default."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ingest.instructions import holds_instruction
from ingest.readers.reading import Reading
from ingest.readers.signed import inner_path, names_its_format
from kb.errors import InputError
from kb.language.words import fold
from kb.records import Document, DocumentKind, DocumentStatus

UNTITLED = "Documento senza titolo"
_MEANINGLESS = re.compile(
    r"\s*(?:untitled|senza (?:titolo|nome)|titolo|documento?\s?\d*|microsoft word - .*|.*\.(?:docx?|odt|pdf|indd|rtf))"
    r"\s*$",
    re.IGNORECASE,
)
"""Titles that programs write by themselves."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the person says of the documents; None leaves it to the file."""

    title: str | None = None
    kind: str | None = None
    edition: str | None = None
    date: str | None = None
    url: str | None = None
    status: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be read, and its path inside the folder that was given (its name, for a single file)."""

    path: Path
    inside: Path


def check_facts(facts: Facts) -> None:
    """
    Nothing, when every fact can be used.

    Raises:
        InputError: an unknown kind or status, a date that is none, an empty title or an address without a scheme.
    """
    _member("--kind", facts.kind, [kind.value for kind in DocumentKind])
    _member("--status", facts.status, [status.value for status in DocumentStatus])
    if facts.date is not None and not _is_date(facts.date):
        raise InputError(f"--date vale «{facts.date}», che non è una data: scrivila come AAAA-MM-GG.")
    if facts.url is not None and not re.match(r"https?://\S+$", facts.url):
        raise InputError(f"--url vale «{facts.url}», che non è un indirizzo: deve cominciare con https://.")
    for name, value in (("--title", facts.title), ("--edition", facts.edition), ("--publisher", facts.publisher)):
        if value is not None and not value.strip():
            raise InputError(f"{name} è vuoto: scrivi un valore o togli l'opzione.")


def _member(option: str, value: str | None, allowed: list[str]) -> None:
    if value is not None and value not in allowed:
        raise InputError(f"{option} vale «{value}», che non si conosce: scegli tra {', '.join(allowed)}.")


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value + "-01-01"[: 10 - len(value)] if re.fullmatch(r"\d{4}(-\d\d)?", value) else value)
    except ValueError:
        return False
    return len(value) in (4, 7, 10)


def make_document(found: Found, reading: Reading, facts: Facts) -> Document:
    """
    The document of a file: what the person says first, then what the file states, then defaults.

    Its checksum is that of the file; of a signed envelope, that of the document inside.

    Raises:
        InputError: the file states a kind or a status that does not exist.
    """
    stated = reading.metadata
    stated_title = reading.title if reading.title and not _MEANINGLESS.match(reading.title) else None
    title = facts.title or stated_title or _title_of_name(_without_format(found.path).name)
    return Document(
        id=document_id(found, facts, stated),
        title=" ".join(title.split()),
        kind=DocumentKind(_one_of(found, "kind", facts.kind or stated.get("kind", "other"), DocumentKind)),
        sha256=reading.sha256 or _sha256(found.path),
        edition=facts.edition or stated.get("edition"),
        date=facts.date or stated.get("date"),
        publisher=facts.publisher or stated.get("publisher"),
        url=facts.url or stated.get("url"),
        status=DocumentStatus(
            _one_of(found, "status", facts.status or stated.get("status", "in_force"), DocumentStatus)
        ),
        source=found.inside.as_posix(),
    )


def keep_facts(document: Document, before: Document, said_before: str, *, given: Facts, reading: Reading) -> Document:
    """
    The document with what was known of the one that it replaces, where neither the person nor the file says otherwise.

    Kind, publisher and address stay; the title stays where the file's own is the one that it had, since a person then
    gave another. Edition, date and status are told for each file anew.

    Args: said_before is the text of the document that is replaced.
    """
    silent = {
        name: getattr(before, name)
        for name in ("kind", "publisher", "url")
        if getattr(given, name) is None and name not in reading.metadata
    }
    own = reading.title if reading.title and not _MEANINGLESS.match(reading.title) else ""
    if given.title is None and _bare(own) in _bare(said_before):
        silent["title"] = before.title
    return replace(document, **silent)


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[#*_]", " ", fold(text)).split())


def _title_of_name(stem: str) -> str:
    title = stem.replace("_", " ").replace("-", " ").strip()
    return UNTITLED if not title or holds_instruction(title) else title


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _one_of(found: Found, name: str, value: str, allowed: type[DocumentKind] | type[DocumentStatus]) -> str:
    if value not in [member.value for member in allowed]:
        known = ", ".join(member.value for member in allowed)
        raise InputError(f"«{found.path.name}»: «{name}» vale «{value}», che non si conosce: scegli tra {known}.")
    return value


def document_id(found: Found, facts: Facts, stated: Mapping[str, str]) -> str:
    """
    The id of a file's document; the same id replaces.

    The one that the file itself states (driver records), else its path without suffix as a slug; then the edition
    that the person gives.
    """
    base = stated.get("id") or slug(_without_format(found.inside).as_posix())
    return f"{base}-{slug(facts.edition)}" if facts.edition else base


def _without_format(path: Path) -> Path:
    inner = inner_path(path)
    return inner.with_suffix("") if names_its_format(inner) else inner


def slug(text: str) -> str:
    """The text in small letters, digits and hyphens; never empty."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-") or "documento"
