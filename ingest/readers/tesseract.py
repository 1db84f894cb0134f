"""Optical reading of page pictures by Tesseract, a program of its own with a time limit."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import groupby

from ingest.clean import collapse, gather_words, join_lines, repair
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.marks import Box, around
from ingest.readers.reading import Piece
from kb.errors import InputError, UnreadableFile

LANGUAGE = "ita"
DOTS_PER_INCH = 300
"""What Tesseract's documentation asks for ("Improving the quality of the output")."""
PAGE_S = 90.0
"""Seconds that one page may take; a dense A4 page takes two to six."""
_INSTALL = "installalo (Debian e Ubuntu: apt install tesseract-ocr tesseract-ocr-ita) oppure togli --ocr."
_WORD_LEVEL = "5"
_POINTS = 72 / DOTS_PER_INCH


@dataclass(frozen=True, slots=True)
class OpticalText:
    """What was read on a picture, and how sure the program is, in [0, 100]; places and height are in points."""

    paragraphs: tuple[tuple[Line, ...], ...]
    confidence: float
    height: float

    @property
    def lines(self) -> list[Line]:
        """All the lines, in reading order."""
        return [line for paragraph in self.paragraphs for line in paragraph]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """A piece a paragraph, its lines joined."""
        whole = _whole([[line.text for line in paragraph] for paragraph in self.paragraphs])
        vocabulary = gather_words([text for lines in whole for text in lines])
        return tuple(Piece(text) for lines in whole if (text := collapse(repair(join_lines(lines, vocabulary)))))

    def without(self, gone: Container[int]) -> OpticalText:
        """The same without the lines of these id()s."""
        kept = (tuple(line for line in paragraph if id(line) not in gone) for paragraph in self.paragraphs)
        return replace(self, paragraphs=tuple(paragraph for paragraph in kept if paragraph))


def check_tesseract() -> None:
    """
    Nothing, when Tesseract and its Italian are there.

    Raises:
        InputError: one of them is missing; the message says how to get it.
    """
    program = shutil.which("tesseract")
    if program is None:
        raise InputError(f"--ocr richiede il programma Tesseract, che non c'è: {_INSTALL}")
    try:
        ran = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        raise InputError(f"--ocr richiede il programma Tesseract, che non parte: {_INSTALL}") from None
    if LANGUAGE not in ran.stdout.split():
        raise InputError(f"--ocr richiede l'italiano di Tesseract, che non c'è: {_INSTALL}")


def read_picture(pgm: bytes, *, timeout_s: float = PAGE_S) -> OpticalText:
    """
    The text of a page's picture (PGM, 300 dots an inch), a piece a paragraph.

    Raises:
        UnreadableFile: Tesseract failed or took too long; the message is about the page alone.
    """
    command = ["tesseract", "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(DOTS_PER_INCH), "tsv"]
    try:
        # One thread: with several Tesseract is slower on small machines (its FAQ, OMP_THREAD_LIMIT).
        ran = subprocess.run(
            command,
            input=pgm,
            capture_output=True,
            timeout=timeout_s,
            check=True,
            env={"OMP_THREAD_LIMIT": "1", **_path()},
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile(f"il riconoscimento ottico ha superato {timeout_s:.0f} secondi") from None
    except (OSError, subprocess.CalledProcessError):
        raise UnreadableFile("il riconoscimento ottico non è riuscito") from None
    return parse_tsv(ran.stdout.decode("utf-8", "replace"))


def _path() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX", "LANG") if name in os.environ}


def parse_tsv(tsv: str) -> OpticalText:
    """Tesseract's table of words as paragraphs of lines, with the mean confidence of the letters."""
    rows = list(csv.DictReader(StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE))
    words = [row for row in rows if _is_word(row)]
    paragraphs = tuple(tuple(_line(line) for line in paragraph) for paragraph in _paragraphs(words))
    letters = sum(len(row["text"]) for row in words)
    sure = sum(float(row["conf"]) * len(row["text"]) for row in words)
    height = max((_box(row).bottom for row in rows if row.get("text") is not None), default=0.0)
    return OpticalText(paragraphs, sure / letters if letters else 0.0, height)


def _is_word(row: dict[str, str]) -> bool:
    return row.get("level") == _WORD_LEVEL and bool((row.get("text") or "").strip())


def _paragraphs(words: Sequence[dict[str, str]]) -> Iterator[list[list[dict[str, str]]]]:
    for _key, paragraph in groupby(words, key=lambda row: (row["block_num"], row["par_num"])):
        yield [list(line) for _number, line in groupby(paragraph, key=lambda row: row["line_num"])]


def _whole(paragraphs: Sequence[list[str]]) -> list[list[str]]:
    """The paragraphs, one that begins with a small letter as part of the open one before: wide lines look apart."""
    whole: list[list[str]] = []
    for lines in paragraphs:
        if whole and lines[0][0].islower() and whole[-1][-1][-1] not in ".:;!?":
            whole[-1] += lines
        else:
            whole.append(list(lines))
    return whole


def _line(words: Sequence[dict[str, str]]) -> Line:
    box = around([_box(row) for row in words])
    return Line(" ".join(row["text"].strip() for row in words), box, base=box.bottom, size=box.height)


def _box(row: dict[str, str]) -> Box:
    left, top, width, height = (float(row[name] or 0) * _POINTS for name in ("left", "top", "width", "height"))
    return Box(left, top, left + width, top + height)
