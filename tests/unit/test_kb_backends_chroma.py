"""How a filter is put to Chroma, and that each of its errors comes out as ours."""

from __future__ import annotations

from pathlib import Path

import chromadb.errors
import pytest

from kb.backends.chroma import _translated, where_clause
from kb.errors import StoreError
from kb.records import DocumentKind, PassageFilter


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (None, None),
        (PassageFilter(), None),
        (PassageFilter(driver=3), {"driver": 3}),
        (PassageFilter(kind=DocumentKind.GUIDE), {"kind": "guide"}),
        (PassageFilter(mission="M3"), {"mission": "M3"}),
        (
            PassageFilter(driver=3, document="psttm", article="5-bis"),
            {"$and": [{"driver": 3}, {"document": "psttm"}, {"article": "5-bis"}]},
        ),
    ],
)
def test_filters_are_bare_alone_and_joined_when_several(
    narrow: PassageFilter | None, expected: dict[str, object] | None
) -> None:
    assert where_clause(narrow) == expected


def all_below(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(below for direct in kind.__subclasses__() for below in all_below(direct))]


@pytest.mark.parametrize("kind", [*all_below(chromadb.errors.ChromaError)[1:], OSError, ValueError, RuntimeError])
def test_every_error_of_chroma_comes_out_as_ours(kind: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="ricostruisci con «bussola ingest»") as caught, _translated(tmp_path):
        raise kind("two\nlines")

    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_the_list_of_chromas_errors_is_not_empty() -> None:
    assert len(all_below(chromadb.errors.ChromaError)) > 10
