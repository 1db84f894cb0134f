"""The shipped corpus against the plan's chapter: nothing missing, no sentence copied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.readers.records import render_record
from kb.corpus.records import DriverRecord, load_drivers, shipped_guide

pytestmark = pytest.mark.shared

LONGEST_RUN = 8  # words in a row that our text and the chapter may share, names aside
HEADING = re.compile(r"^ ?DRIVER (\d+) \|.*$", re.MULTILINE)
FIGURE = re.compile(r"\b\d{2,}(?![\w/])%?")  # two digits already: 70, 71, 55, 22 matter as much as 156
LAW = re.compile(r"\b(?:LR|DM|L\.|D\.Lgs\.|DPR|DGR) ?\d+/\d{4}")
ACRONYM = re.compile(r"\b\w*[A-Z]\w*[A-Z]\w*\b|\bM\d\b|\b\dG\b")


@pytest.fixture(scope="module")
def chapter(shared: Path) -> str:
    """The plan's chapter without the rows of mission icons and with its cut words joined."""
    text = (shared / "corpus" / "psttm-agenda-strategica.txt").read_text(encoding="utf-8")
    text = re.sub(r"^(?:0[1-6] ?)+$", "", text, flags=re.MULTILINE)
    return re.sub(r"-\s*\n\s*", "-", text)


@pytest.fixture(scope="module")
def parts(chapter: str) -> dict[int, str]:
    """The chapter cut at its Driver headings; 0 is the introduction."""
    starts = [(int(found[1]), found.start()) for found in HEADING.finditer(chapter)]
    ends = [start for _, start in starts[1:]] + [len(chapter)]
    cut = {number: chapter[start:end] for (number, start), end in zip(starts, ends, strict=True)}
    return {0: chapter[: starts[0][1]], **cut}


def rendered(record: DriverRecord) -> str:
    return render_record(record, "driver").text


def guide() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in shipped_guide())


def figures(text: str) -> set[str]:
    laws = set(LAW.findall(text))
    return laws | set(FIGURE.findall(LAW.sub("", text)))


def test_every_driver_is_cut_out(parts: dict[int, str]) -> None:
    assert sorted(parts) == list(range(11))
    assert {"70", "133", "55", "2018"} <= figures(parts[1])
    assert {"25%", "30%", "20%", "LR 29/2022"} <= figures(parts[2])
    assert {"DM 77/2022", "LR 22/2021"} <= figures(parts[10])


@pytest.mark.parametrize("record", load_drivers(), ids=lambda record: f"driver-{record.number}")
def test_every_figure_and_law_of_a_driver_stands_in_its_record(record: DriverRecord, parts: dict[int, str]) -> None:
    assert figures(parts[record.number]) - figures(rendered(record)) == set()


@pytest.mark.parametrize("record", load_drivers(), ids=lambda record: f"driver-{record.number}")
def test_a_record_has_no_figure_of_its_own(record: DriverRecord, parts: dict[int, str]) -> None:
    """Plan pages aside, a figure that the plan does not write is an invention."""
    ours = figures(rendered(record)) - set(record.plan_pages) - {str(record.number)}
    assert ours - figures(parts[record.number]) == set()


def test_every_figure_of_the_introduction_stands_in_the_guide(parts: dict[int, str]) -> None:
    assert figures(parts[0]) - figures(guide()) == set()


def test_the_guide_has_no_figure_of_its_own(chapter: str) -> None:
    body = re.sub(r"^---.*?^---", "", guide(), flags=re.MULTILINE | re.DOTALL)
    assert figures(body) - figures(chapter) == set()


@pytest.mark.parametrize("record", load_drivers(), ids=lambda record: f"driver-{record.number}")
def test_every_acronym_of_a_driver_stands_in_its_record(record: DriverRecord, parts: dict[int, str]) -> None:
    body = HEADING.sub("", parts[record.number])
    missing = set(ACRONYM.findall(body)) - set(ACRONYM.findall(rendered(record))) - {"DRIVER", "PSTTM"}
    assert missing == set()


def test_every_acronym_of_the_chapter_is_in_the_glossary(chapter: str) -> None:
    glossary = next(page for page in shipped_guide() if page.name == "glossario.md").read_text(encoding="utf-8")
    headless = HEADING.sub("", chapter)
    # The other lines in capitals are headings too, but for the missions' numbers.
    body = "\n".join(line for line in headless.splitlines() if line.upper() != line or re.fullmatch(r"M\d", line))
    missing = [name for name in sorted(set(ACRONYM.findall(body))) if not _has_entry(glossary, name)]
    assert missing == []


def _has_entry(glossary: str, name: str) -> bool:
    """True when a line of the glossary begins with the acronym, alone or in a list of them."""
    return re.search(rf"^- (?:I |(?:\w+, )*){re.escape(name)}\b", glossary, re.MULTILINE) is not None


def test_no_sentence_is_copied_from_the_plan(chapter: str) -> None:
    """Names and titles are facts and carry over; a longer run of the plan's words does not."""
    names = official_names()
    theirs = runs(words(chapter.replace("-", "")))
    theirs |= runs(words(chapter))
    copied = []
    for page in (*map(rendered, load_drivers()), *(page.read_text(encoding="utf-8") for page in shipped_guide())):
        for line in page.splitlines():
            copied += [" ".join(run) for part in without(names, line) for run in runs(part) & theirs]
    assert copied == []


def official_names() -> list[str]:
    """Names and subtitles of the records as bare words, longest first."""
    found = set()
    for record in load_drivers():
        mentions = (*record.actors, *record.instruments, *record.laws, *record.programmes)
        found |= {record.subtitle or "", *(mention.name for mention in mentions)}
    bare = {" ".join(words(name)) for name in found}
    return sorted(bare - {""}, key=len, reverse=True)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(of: list[str]) -> set[tuple[str, ...]]:
    size = LONGEST_RUN + 1
    return {tuple(of[at : at + size]) for at in range(len(of) - size + 1)}


def without(names: list[str], line: str) -> list[list[str]]:
    """The words of a line, cut where an official name of four words or more stands."""
    text = " ".join(words(line))
    for name in names:
        if name.count(" ") >= 3:
            text = re.sub(rf"\b{re.escape(name)}\b", "|", text)
    return [part.split() for part in text.split("|")]
