"""The search page: facets alone or with words, words marked, exports; whatever an address holds is no fault of ours."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.records import ScoredPassage
from kb.retrieval.query import QueryReading
from kb.testing import FakeAssistant, FakeSearchResult, sample_release

FIELDS = ("q", "documento", "driver", "tipo", "missione", "articolo", "pagina")
PAGES = ("/", "/cerca", "/cerca.csv", "/cerca.md", "/incroci", "/novita", "/documenti/piano/pagine/2")


@pytest.fixture
def assistant() -> FakeAssistant:
    release = sample_release()
    first, second, *rest = release.passages
    release.passages = [replace(first, driver=8), replace(second, article="18", section=("Norme", "Art. 18")), *rest]
    return FakeAssistant(release)


@pytest.fixture
def client(open_client: Callable[..., Any], assistant: FakeAssistant) -> Any:
    opened = open_client(assistant, api_limit_citizen="100000/minute")
    opened.headers["Accept"] = "text/html"
    return opened


@pytest.mark.parametrize(
    ("query", "citations"),
    [
        ("articolo=18", ["Piano di prova, ed. 2022-2024, art. 18, p. 120"]),
        ("articolo=Art.+18", ["Piano di prova, ed. 2022-2024, art. 18, p. 120"]),
        ("driver=8", ["Piano di prova, ed. 2022-2024, Driver 8, p. 105"]),
        ("tipo=guide", ["Guida &lt;breve&gt;, pagina 1 del file"]),
        ("documento=guida", ["Guida &lt;breve&gt;, pagina 1 del file"]),
        ("articolo=99", []),
        ("driver=8&documento=guida", []),
    ],
)
def test_filters_alone_list_what_they_hold(client: Any, query: str, citations: list[str]) -> None:
    page = client.get(f"/cerca?{query}").text

    assert page.count("<h3>") == len(citations)
    for citation in citations:
        assert f'lang="it">{citation}</a></h3>' in page
    assert ("Nessun passaggio" in page) is not citations


def test_words_looked_for_are_marked_and_their_rank_explained(client: Any) -> None:
    page = client.get("/cerca?q=formazione").text

    assert "<mark>formazione</mark>" in page
    assert "Contiene «formazione»" in page or "Contiene «Formazione»" in page


def test_passages_near_in_meaning_alone_are_said_to_be(
    client: Any, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_all(text: str, **_: Any) -> FakeSearchResult:
        found = tuple(ScoredPassage(one, 1.0) for one in assistant.release.passages)
        return FakeSearchResult(found, {"search": 0.0}, QueryReading(text, text, text))

    monkeypatch.setattr(assistant, "search", find_all)
    told = "Nessun passaggio contiene queste parole"

    assert told in client.get("/cerca?q=xyzxyz").text
    assert told not in client.get("/cerca?q=formazione").text
    assert told not in client.get("/cerca?articolo=18").text
    assert "No passage holds these words" in client.get("/en/cerca?q=xyzxyz").text


def test_nothing_asked_searches_nothing(client: Any) -> None:
    for query in ("", "?q=", "?q=+&driver="):
        page = client.get(f"/cerca{query}").text
        assert 'id="trovati"' not in page


def test_exports_hold_what_the_page_shows(client: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/cerca.csv?articolo=18").text.removeprefix("\ufeff"))))
    text = client.get("/cerca.md?articolo=18").text

    assert [row["citazione"] for row in rows] == ["Piano di prova, ed. 2022-2024, art. 18, p. 120"]
    assert rows[0]["collegamento"].startswith("http://testserver/documenti/piano/pagine/2?release=r_prova&start=0")
    assert "## Piano di prova, ed. 2022-2024, art. 18, p. 120" in text
    assert client.get("/cerca.csv?q=" + "a" * 2000).status_code == 422


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    page=st.sampled_from(PAGES),
    query=st.dictionaries(
        st.sampled_from((*FIELDS, "prima", "dopo", "start", "end", "release", "lang", "relation")),
        st.one_of(st.text(max_size=30), st.integers().map(str), st.sampled_from(["M1", "guide", "18", "piano", "en"])),
        max_size=5,
    ),
)
def test_whatever_an_address_holds_is_no_fault_of_ours(client: Any, page: str, query: dict[str, str]) -> None:
    encoded = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in query.items()})

    assert client.get(f"{page}?{encoded}").status_code in (200, 404, 422)
