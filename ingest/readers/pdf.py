"""The PDF reader: a file in, pages out, their text in reading order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ingest.readers.pdf_file import PdfFile
from kb.errors import UnreadableFile
from kb.records import Page


@dataclass(slots=True)
class PdfReport:
    """What was left out, repaired or doubtful in a PDF."""

    title: str | None = None
    removed_lines: Counter[str] = field(default_factory=Counter)  # running headers, footers and folios, by text
    hidden: list[tuple[int, str, str]] = field(default_factory=list)  # page index, why, text
    repairs: Counter[str] = field(default_factory=Counter)  # "sillabazioni ricomposte", …
    unreadable: dict[int, tuple[str, ...]] = field(default_factory=dict)  # page index: problems


def read_pdf(path: Path, *, password: str | None = None) -> list[Page]:
    """
    The pages of a PDF in reading order; `Page.document` is "" for the caller to fill.

    Raises:
        InputError: the file asks for a password that was not given or is wrong.
        UnreadableFile: the file is no PDF or is too damaged to find its pages.
    """
    return read_pdf_with_report(path, password=password)[0]


def read_pdf_with_report(path: Path, *, password: str | None = None) -> tuple[list[Page], PdfReport]:
    """
    The pages of a PDF as read_pdf gives them, and what was removed, repaired or hidden.

    Raises:
        InputError: the file asks for a password that was not given or is wrong.
        UnreadableFile: the file is no PDF or is too damaged to find its pages.
    """
    file = PdfFile(path, password=password)
    report = PdfReport(title=file.title())
    return [_read_page(file, index) for index in range(1, len(file) + 1)], report


def _read_page(file: PdfFile, index: int) -> Page:
    try:
        marks = file.marks(index)
    except UnreadableFile as error:
        return Page(document="", index=index, text="", readable=False, problems=(str(error),))
    words = sorted(marks.words, key=lambda word: (round(word.base / 3), word.box.x0))
    text = ""
    for at, word in enumerate(words):
        if at and round(words[at - 1].base / 3) != round(word.base / 3):
            text += "\n"
        elif at:
            text += " "
        text += word.text
    return Page(document="", index=index, text=text, problems=tuple(marks.problems))
