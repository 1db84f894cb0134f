"""Readers with results of their own, made to hand over a Reading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.readers.reading import Reading


def read_record_file(path: Path) -> Reading:
    """
    A driver record's page, with what the record says of its document.

    Raises:
        UnreadableFile, InputError: as ingest.readers.records.read_record.
    """
    from ingest.readers.records import read_record

    document, pages = read_record(path)
    facts = {"kind": document.kind.value, "status": document.status.value}
    facts |= {
        name: value
        for name in ("edition", "date", "publisher", "url")
        if (value := getattr(document, name)) is not None
    }
    facts["id"] = document.id
    return Reading(tuple(replace(page, document="") for page in pages), title=document.title, metadata=facts)


def read_pdf_file(path: Path) -> Reading:
    """
    A PDF's pages in reading order, with what was removed and repaired.

    Raises:
        UnreadableFile, InputError: as ingest.readers.pdf.reader.read_pdf.
    """
    from ingest.readers.pdf.reader import read_pdf

    return read_pdf(path)
