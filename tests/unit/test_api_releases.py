"""Releases, diffs, receipts, replays, ratings, gaps and the crosswalk over real releases with fake indexes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb import wiring
from kb.keys import KeyRing, Role
from kb.settings import Settings
from kb.testing import FakeTokenEmbedder, fake_parts, intake_of

QUESTION = "Quanti Comuni partecipano ad AFOL Metropolitana?"
Check = Callable[[Any, int], dict[str, Any]]


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three releases: the first was published, the second serves, the third is a candidate."""
    monkeypatch.setattr(wiring, "index_parts", fake_parts)
    monkeypatch.setattr(wiring, "make_embedder", lambda _settings, **_options: FakeTokenEmbedder())
    settings = Settings()
    built = [
        wiring.build(
            settings,
            intake_of(
                {
                    "afol": [f"I Comuni che partecipano ad AFOL Metropolitana sono {70 + at}."],
                    "suolo": ["Il consumo di suolo cala del 45 per cento."],
                }
            ),
        ).id
        for at in range(3)
    ]
    for id_ in built[:2]:
        wiring.release_store(settings).publish(id_)
    return built


@pytest.fixture
def client(ids: list[str], open_client: Any) -> TestClient:
    opened: TestClient = open_client(wiring.open_assistant(Settings()))
    return opened


@pytest.fixture
def keys(ids: list[str]) -> dict[Role, dict[str, str]]:
    ring = KeyRing(wiring.open_ledger(Settings()))
    return {
        role: {"Authorization": f"Bearer {ring.add(role.value, role, days=1)[1]}"}
        for role in (Role.OFFICER, Role.STAFF)
    }


def test_citizens_see_what_was_published_and_officers_the_candidates_too(
    client: TestClient, ids: list[str], keys: dict[Role, dict[str, str]]
) -> None:
    public = client.get("/v1/releases").json()
    whole = client.get("/v1/releases", headers=keys[Role.OFFICER]).json()

    assert public["published"] == ids[1]
    assert {one["release"] for one in public["releases"]} == set(ids[:2])
    assert {one["release"] for one in whole["releases"]} == set(ids)
    assert [one["release"] for one in public["releases"] if one["published"]] == [ids[1]]
    assert all(one["publication"]["gate"] == "not_applied" for one in public["releases"])


def test_a_release_tells_its_documents(client: TestClient, ids: list[str], check_problem: Check) -> None:
    told = client.get(f"/v1/releases/{ids[0][:8]}").json()

    assert (told["release"], told["documents"], told["published"]) == (ids[0], 2, False)
    assert [one["document"] for one in told["contents"]] == ["afol", "suolo"]
    check_problem(client.get("/v1/releases/r_ffffffffffff"), 404)


def test_a_candidate_needs_a_key(
    client: TestClient, ids: list[str], keys: dict[Role, dict[str, str]], check_problem: Check
) -> None:
    for path in (f"/v1/releases/{ids[2]}", f"/v1/diff?after={ids[2]}"):
        assert ids[2] in check_problem(client.get(path), 401)["detail"]
        assert client.get(path, headers=keys[Role.OFFICER]).status_code == 200


def test_who_published_is_told_to_staff_alone(client: TestClient, ids: list[str], keys: dict[Role, Any]) -> None:
    wiring.release_store(Settings()).publish(ids[2], who="marta", why="provata a mano")

    def told(**headers: str) -> dict[str, Any]:
        found: dict[str, Any] = client.get(f"/v1/releases/{ids[2]}", headers=headers).json()["publication"]
        return found

    assert (told()["who"], told()["why"]) == (None, "provata a mano")
    assert told(**keys[Role.OFFICER])["who"] is None
    assert told(**keys[Role.STAFF])["who"] == "marta"


def test_what_changed_since_the_last_publication(client: TestClient, ids: list[str], check_problem: Check) -> None:
    told = client.get("/v1/diff").json()

    assert (told["before"], told["after"]) == (ids[0], ids[1])
    assert [figure["line"] for figure in told["figures"]] == ["70 → 71, «Documento afol», pagina 1 del file"]
    assert client.get("/v1/diff", params={"before": ids[1], "after": ids[1]}).json()["figures"] == []
    check_problem(client.get("/v1/diff?before=r_ffffffffffff"), 404)


def test_an_answer_has_a_receipt_that_is_replayed(
    client: TestClient, ids: list[str], keys: dict[Role, dict[str, str]], check_problem: Check
) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    kept = client.get(f"/v1/receipts/{answer['id']}").json()
    path = f"/v1/receipts/{answer['id']}/replay"
    same = client.post(path, headers=keys[Role.OFFICER]).json()
    other = client.post(path, params={"release": ids[0]}, headers=keys[Role.OFFICER]).json()

    assert (kept["release"], kept["channel"], kept["given"]["text"]) == (ids[1], "api", answer["text"])
    assert (same["identical"], same["replayed_with"]) == (True, ids[1])
    assert (other["identical"], other["replayed_with"]) == (False, ids[0])
    check_problem(client.post(path), 401)
    check_problem(client.get("/v1/receipts/ans_ignota"), 404)
    check_problem(client.post("/v1/receipts/ans_ignota/replay", headers=keys[Role.OFFICER]), 404)


def test_receipts_are_listed_for_staff_alone(
    client: TestClient, keys: dict[Role, dict[str, str]], check_problem: Check
) -> None:
    for question in (QUESTION, "Chi era Napoleone?", "Quanto cala il consumo di suolo?"):
        client.post("/v1/ask", json={"question": question})
    staff = keys[Role.STAFF]
    first = client.get("/v1/receipts", params={"limit": 2}, headers=staff)
    rest = client.get(first.links["next"]["url"], headers=staff)

    assert len({one["answer"] for one in first.json()["receipts"] + rest.json()["receipts"]}) == 3
    assert "next" not in rest.links
    assert client.get("/v1/receipts", params={"since": "2999-01-01"}, headers=staff).json() == {"receipts": []}
    check_problem(client.get("/v1/receipts"), 401)
    check_problem(client.get("/v1/receipts", headers=keys[Role.OFFICER]), 403)
    check_problem(client.get("/v1/receipts?since=ieri", headers=staff), 422)


def test_a_rating_is_kept_with_its_reason_and_becomes_a_gap(
    client: TestClient, keys: dict[Role, dict[str, str]], check_problem: Check
) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()["id"]
    rating = {"answer": answer, "verdict": -1, "reason": "wrong", "comment": "scrivetemi a mario.rossi@esempio.it"}

    assert client.post("/v1/feedback", json=rating).status_code == 201
    kept = wiring.open_ledger(Settings()).feedback(answer)
    gaps = client.get("/v1/gaps", headers=keys[Role.STAFF]).json()

    assert [(one.verdict, one.reason, one.channel) for one in kept] == [(-1, "wrong", "api")]
    assert "mario.rossi" not in (kept[0].comment or "")
    assert (gaps["questions"], gaps["gaps"][0]["questions"][0]["reasons"]) == (1, {"wrong": 1})
    check_problem(client.get("/v1/gaps", headers=keys[Role.OFFICER]), 403)


def test_a_rating_is_taken_back_by_who_knows_its_key(client: TestClient, check_problem: Check) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()["id"]
    for key in ("mia", "sua"):
        client.post("/v1/feedback", json={"answer": answer, "verdict": 1, "key": key})

    def erase(key: str) -> Any:
        return client.request("DELETE", "/v1/feedback", json={"answer": answer, "key": key})

    assert [erase(key).json() for key in ("altra", "mia", "mia")] == [{"erased": 0}, {"erased": 1}, {"erased": 0}]
    assert len(wiring.open_ledger(Settings()).feedback(answer)) == 1
    check_problem(erase(""), 422)


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"verdict": 0}, 422, "verdict"),
        ({"verdict": "utile"}, 422, "verdict"),
        ({"reason": "noia"}, 422, "reason"),
        ({"comment": "a" * 1001}, 422, "comment"),
        ({"answer": "x"}, 422, "answer"),
        ({"answer": "ans_ignota"}, 404, ""),
        ({"chi": "io"}, 422, "chi"),
    ],
)
def test_a_rating_that_can_not_be_kept_is_refused(
    client: TestClient, check_problem: Check, change: dict[str, Any], status: int, field: str
) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()["id"]
    told = check_problem(client.post("/v1/feedback", json={"answer": answer, "verdict": 1, **change}), status)

    assert [one["field"] for one in told.get("errors", [{"field": ""}])][:1] == [field]


def test_the_crosswalk_joins_each_driver_with_what_it_goes_with(client: TestClient) -> None:
    links = client.get("/v1/crosswalk", params={"limit": 500}).json()["links"]
    eighth = client.get("/v1/drivers/8").json()

    assert {link["driver"] for link in links} == set(range(1, 11))
    assert {link["relation"] for link in links} == {"instrument", "actor", "target", "law", "programme"}
    of_eighth = [link for link in links if link["driver"] == 8]
    assert [link["name"] for link in of_eighth if link["relation"] == "mission"] == eighth["pnrr_missions"]
    assert [link["value"] for link in of_eighth if link["relation"] == "target"] == [
        target["value"] for target in eighth["targets"]
    ]
    assert client.get("/v1/crosswalk", params={"driver": 8, "limit": 500}).json()["links"] == of_eighth


def test_the_missions_of_a_record_are_links() -> None:
    from kb.corpus.crosswalk import Relation, cross
    from kb.corpus.records import DriverRecord

    links = cross([DriverRecord(3, "Titolo", pnrr_missions=("M1", "M5"), plan_pages=("110",))])

    assert [(link.driver, link.relation, link.name, link.plan_pages) for link in links] == [
        (3, Relation.MISSION, "M1", ("110",)),
        (3, Relation.MISSION, "M5", ("110",)),
    ]


def test_the_crosswalk_is_a_table_too(client: TestClient) -> None:
    response = client.get("/v1/crosswalk.csv", params={"relation": "target"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    links = client.get("/v1/crosswalk", params={"relation": "target", "limit": 500}).json()["links"]

    assert response.headers["content-type"].startswith("text/csv")
    assert [(row["driver"], row["name"]) for row in rows] == [(str(link["driver"]), link["name"]) for link in links]


def test_a_cell_never_becomes_a_formula() -> None:
    from api.routes.drivers import write_csv
    from kb.corpus.crosswalk import Link, Relation

    link = Link(1, "a", Relation.TARGET, '=CMD("x")', value="-5%", sentence="b, «c»\nd")
    row = next(csv.DictReader(io.StringIO(write_csv([link]).removeprefix("\ufeff"))))

    assert (row["name"], row["value"], row["sentence"]) == ('\'=CMD("x")', "'-5%", "b, «c»\nd")


@pytest.mark.parametrize(
    "path", ["/v1/drivers/0", "/v1/drivers/11", "/v1/crosswalk?relation=x", "/v1/crosswalk.csv?driver=0"]
)
def test_what_is_no_driver_is_refused(client: TestClient, check_problem: Check, path: str) -> None:
    check_problem(client.get(path), 422)
