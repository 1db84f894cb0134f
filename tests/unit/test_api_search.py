"""GET /v1/search and /v1/documents over a fake release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.records import Document, DocumentKind
from kb.testing import FakeAssistant, FakeRelease, sample_release

Check = Callable[[Any, int], dict[str, Any]]


@pytest.fixture
def client(open_client: Any) -> TestClient:
    opened: TestClient = open_client(FakeAssistant(sample_release()))
    return opened


def test_search_gives_passages_with_each_score(client: TestClient) -> None:
    found = client.get("/v1/search", params={"q": "Agenzia formazione", "k": 1}).json()["passages"]

    assert [(p["passage"], p["document"], p["page_label"], p["score"]) for p in found] == [("p_1", "piano", "120", 2.0)]
    assert found[0]["scores"] == {"words": 2.0}
    assert "Agenzia" in found[0]["text"]


def test_a_passage_found_is_told_as_an_act_cites_it_and_where_it_stands(client: TestClient) -> None:
    found = client.get("/v1/search", params={"q": "Agenzia formazione", "k": 1}).json()["passages"][0]
    page = client.get(f"/v1/documents/{found['document']}/pages/{found['page_index']}").json()

    assert (found["title"], found["edition"], found["url"]) == ("Piano di prova", "2022-2024", None)
    assert found["cite"] == "Piano di prova, ed. 2022-2024, p. 120"
    assert found["text"].startswith(page["text"][found["start"] : found["end"]])
    assert page["text"][found["start"] : found["end"]].strip()


def test_the_description_tells_how_to_begin_and_the_limits_in_force(open_client: Any) -> None:
    client = open_client(FakeAssistant(sample_release()), api_limit_citizen="7/minute")
    told = client.get("/openapi.json").json()

    assert "Senza chiave 7/minute per indirizzo" in told["info"]["description"]
    assert "{" not in told["info"]["description"].replace("{document}", "").replace("{page_index}", "")
    assert "Retry-After" in told["paths"]["/v1/ask"]["post"]["responses"]["429"]["headers"]
    assert "<code>7/minute</code>" in client.get("/docs").text


def test_search_is_narrowed(client: TestClient) -> None:
    found = client.get("/v1/search", params={"q": "Piano strategica", "document": "guida"}).json()["passages"]

    assert {p["document"] for p in found} <= {"guida"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("q=" + "a" * 1001, "q"),
        ("q=a&k=0", "k"),
        ("q=a&k=101", "k"),
        ("q=a&k=molti", "k"),
        ("q=a&k=", "k"),
        ("q=a&k=1.5", "k"),
        ("q=a&k=" + "9" * 5000, "k"),
        ("q=a&driver=0", "driver"),
        ("q=a&driver=11", "driver"),
        ("q=a&driver=otto", "driver"),
        ("q=a&kind=romanzo", "kind"),
        ("q=a&mission=M7", "mission"),
        ("q=a&mission=m1%0A", "mission"),
        ("q=a&article=" + "1" * 21, "article"),
        ("q=a&page=3", "page"),
    ],
)
def test_a_bad_search_is_refused_by_its_field(client: TestClient, check_problem: Check, query: str, field: str) -> None:
    told = check_problem(client.get(f"/v1/search?{query}"), 422)

    assert told["errors"][0]["field"] == field
    assert told["errors"][0]["remedy"]


@pytest.mark.parametrize("query", ["q=%FF%FE", "q=%00a", "q=a&q=b", "q=a&article=%00", "q=" + "%F0%9F%98%80" * 50])
def test_odd_searches_are_answered(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/search?{query}").status_code == 200


def test_documents_are_listed_by_title(client: TestClient) -> None:
    told = client.get("/v1/documents").json()

    assert told["release"] == "r_prova"
    assert [(d["id"], d["kind"], d["pages"]) for d in told["documents"]] == [
        ("guida", "guide", 1),
        ("piano", "plan", 2),
    ]


def test_documents_are_numbered_as_people_count(open_client: Any) -> None:
    titles = ["Scheda Driver 10", "Scheda Driver 2", "10 anni", "²", "Guida"]
    documents = [Document(str(at), title, DocumentKind.GUIDE, "0" * 64) for at, title in enumerate(titles)]
    client = open_client(FakeAssistant(FakeRelease(documents, [])))

    listed = [document["title"] for document in client.get("/v1/documents").json()["documents"]]

    assert listed == ["10 anni", "Guida", "Scheda Driver 2", "Scheda Driver 10", "²"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/documents/ignoto/pages/1", 404),
        ("/v1/search?q=a&document=ignoto", 404),
        ("/v1/search?q=a&document=", 404),
        ("/v1/documents/piano/pages/3", 404),
        ("/v1/documents/piano/pages/0", 422),
        ("/v1/documents/piano/pages/-1", 422),
        ("/v1/documents/piano/pages/uno", 422),
        ("/v1/documents/piano/pages/" + "9" * 5000, 422),
        ("/v1/documents/..%2F..%2Fetc/pages/1", 404),
        ("/v1/documents/%00/pages/1", 404),
        ("/v1/nulla", 404),
        ("/static/../commands.py", 404),
        ("/italia/js/bootstrap-italia.min.js", 404),
    ],
)
def test_what_does_not_exist_is_said(client: TestClient, check_problem: Check, path: str, status: int) -> None:
    check_problem(client.get(path), status)


def test_a_search_goes_on_where_the_last_piece_ended(client: TestClient) -> None:
    def found(**query: Any) -> list[str]:
        asked = {"q": "Agenda strategica mobilità formazione", **query}
        return [p["passage"] for p in client.get("/v1/search", params=asked).json()["passages"]]

    assert len(found()) == 3
    assert found(k=1) + found(k=2, offset=1) == found()
    assert found(offset=3) == []


def test_a_list_is_cut_and_names_its_next_piece(client: TestClient) -> None:
    first = client.get("/v1/documents", params={"limit": 1})
    second = client.get(first.links["next"]["url"])

    assert first.headers["x-total-count"] == second.headers["x-total-count"] == "2"
    assert [d["id"] for d in first.json()["documents"] + second.json()["documents"]] == ["guida", "piano"]
    assert "next" not in second.links


@pytest.mark.parametrize(("query", "field"), [("limit=0", "limit"), ("limit=501", "limit"), ("offset=-1", "offset")])
def test_a_piece_that_can_not_be_is_refused(client: TestClient, check_problem: Check, query: str, field: str) -> None:
    assert check_problem(client.get(f"/v1/documents?{query}"), 422)["errors"][0]["field"] == field


def test_the_pages_of_a_document_come_in_order(client: TestClient, check_problem: Check) -> None:
    pages = client.get("/v1/documents/piano/pages").json()["pages"]

    assert [(page["index"], page["label"]) for page in pages] == [(1, "105"), (2, "120")]
    assert client.get("/v1/documents/piano/pages/2").json() == pages[1]
    check_problem(client.get("/v1/documents/ignoto/pages"), 404)


def test_what_is_known_already_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/v1/documents/piano/pages/2")
    again = client.get("/v1/documents/piano/pages/2", headers={"If-None-Match": first.headers["etag"]})
    other = client.get("/v1/documents/piano/pages/1", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["x-request-id"]
    assert other.status_code == 200
    assert "no-cache" in first.headers["cache-control"]
    assert "etag" not in client.get("/v1/search?q=a").headers
    assert "etag" not in client.get("/v1/documents/ignoto/pages/1").headers
