"""The shipped guide: pages with a title of their own, read like any other document."""

from __future__ import annotations

from importlib.resources import as_file
from importlib.resources.abc import Traversable

import pytest

from ingest.readers.table import read_file
from kb.corpus.records import shipped_guide
from kb.records import BlockKind


@pytest.mark.parametrize("file", shipped_guide(), ids=lambda file: file.name)
def test_a_guide_page_states_its_title_and_kind(file: Traversable) -> None:
    with as_file(file) as path:
        reading = read_file(path)

    assert reading.title is not None
    assert reading.title.startswith("Guida: ")
    assert (reading.metadata["kind"], reading.metadata["edition"]) == ("guide", "2022-2024")
    assert "kind:" not in reading.pages[0].text
    assert reading.pages[0].blocks[0].kind is BlockKind.HEADING


@pytest.mark.parametrize("file", shipped_guide(), ids=lambda file: file.name)
def test_every_line_of_the_guide_ends_a_sentence(file: Traversable) -> None:
    """Sentences of the guide are shown alone, so none may run on into a list."""
    with as_file(file) as path:
        (page,) = read_file(path).pages
    for block in page.blocks:
        if block.kind is not BlockKind.HEADING:
            assert page.text[block.start : block.end].endswith("."), page.text[block.start : block.end]
