"""Keys, roles, pace and other sites over HTTP, and `bussola keys`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from fastapi import Depends
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth import needs
from api.key_commands import keys
from api.turnstile import network_of
from kb.keys import KeyRing, Role
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release, wait_until
from kb.wiring import open_ledger


@contextmanager
def serving(settings: Settings) -> Iterator[TestClient]:
    """A client of an open service that has one route for each role."""
    app = create_app(lambda: FakeAssistant(sample_release()), settings)  # type: ignore[arg-type, return-value]
    for role in Role:
        app.add_api_route(f"/v1/solo/{role}", lambda: "ok", dependencies=[Depends(needs(role))])
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture
def texts() -> dict[Role, str]:
    """A key of each role that has one."""
    ring = KeyRing(open_ledger(Settings()))
    return {role: ring.add(role.value, role, days=1)[1] for role in (Role.OFFICER, Role.STAFF)}


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_each_role_opens_what_it_may(texts: dict[Role, str]) -> None:
    with serving(Settings()) as client:
        statuses = {
            role: [
                client.get(f"/v1/solo/{wanted}", headers=bearer(texts.get(role, "none"))).status_code for wanted in Role
            ]
            for role in Role
        }

    assert statuses == {Role.CITIZEN: [200, 401, 401], Role.OFFICER: [200, 200, 403], Role.STAFF: [200, 200, 200]}


@pytest.mark.parametrize("header", ["Bearer sk-1", "Bearer bsl_000000000000_" + "a" * 43, "Basic YTpi", "abc", ""])
def test_a_wrong_key_is_said_and_never_taken_for_a_citizen(header: str) -> None:
    with serving(Settings()) as client:
        response = client.get("/v1/documents", headers={"Authorization": header})

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "sk-1" not in response.text


def test_a_revoked_key_soon_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.auth.KNOWN_FOR_S", 0.2)
    ring = KeyRing(open_ledger(Settings()))
    key, text = ring.add("a", Role.STAFF, days=1)
    with serving(Settings()) as client:
        assert client.get("/v1/solo/staff", headers=bearer(text)).status_code == 200
        ring.revoke(key.id)
        time.sleep(0.25)
        assert client.get("/v1/solo/staff", headers=bearer(text)).status_code == 401


@pytest.mark.usefixtures("still_clock")
def test_too_many_requests_are_told_when_to_come_back(texts: dict[Role, str]) -> None:
    """An address and a key are counted apart, and what a watchman asks for is not counted."""
    with serving(Settings(api_limit_citizen="3/hour", api_limit_officer="4/hour")) as client:
        plain = [client.get("/v1/drivers").status_code for _ in range(4)]
        refused = client.get("/v1/drivers")
        keyed = [client.get("/v1/drivers", headers=bearer(texts[Role.OFFICER])).status_code for _ in range(5)]
        assert {client.get("/healthz").status_code for _ in range(9)} == {200}

    assert plain == [200, 200, 200, 429]
    assert keyed == [200, 200, 200, 200, 429]
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert "3 all'ora" in refused.json()["detail"]
    assert "chiave" in refused.json()["detail"]


@pytest.mark.usefixtures("still_clock")
def test_keys_cannot_be_tried_without_end() -> None:
    with serving(Settings(api_limit_citizen="3/hour")) as client:
        tried = [client.get("/v1/drivers", headers=bearer(f"sk-{at}")).status_code for at in range(4)]

    assert tried == [401, 401, 401, 429]


@pytest.mark.usefixtures("still_clock")
def test_a_page_that_comes_too_often_is_told_in_a_page() -> None:
    with serving(Settings(api_limit_citizen="1/hour")) as client:
        client.get("/")
        response = client.get("/", headers={"Accept": "text/html"})

    assert (response.status_code, response.headers["content-type"]) == (429, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_are_counted_by_subscriber(host: str, counted: str) -> None:
    assert network_of(host) == counted


def test_only_sites_of_the_setting_are_let_in() -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    with serving(Settings(api_cors_origins="https://comune.esempio.it, https://altro.esempio.it")) as client:
        ours = client.options("/v1/ask", headers={"Origin": "https://altro.esempio.it", **asked})
        away = client.options("/v1/ask", headers={"Origin": "https://lontano.esempio.it", **asked})

    assert ours.headers["access-control-allow-origin"] == "https://altro.esempio.it"
    assert "access-control-allow-origin" not in away.headers


@pytest.mark.parametrize("limit", ["", "0/minute", "molte", "10", "10/minuto", "10/minute;"])
def test_a_limit_that_can_not_be_read_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="api_limit_citizen"):
        Settings(api_limit_citizen=limit)


def test_the_command_makes_lists_and_revokes() -> None:
    made = json.loads(CliRunner().invoke(keys, ["add", "Ufficio", "--role", "staff", "--json"]).stdout)
    told = CliRunner().invoke(keys, ["list"]).stdout
    revoked = CliRunner().invoke(keys, ["revoke", made["id"]])
    listed = json.loads(CliRunner().invoke(keys, ["list", "--json"]).stdout)["keys"]

    assert made["key"].startswith(f"bsl_{made['id']}_")
    assert "staff" in told
    assert "valida" in told
    assert made["key"] not in told
    assert revoked.exit_code == 0
    assert [(key["id"], key["state"]) for key in listed] == [(made["id"], "revoked")]
    assert "key" not in listed[0]


def test_a_new_key_is_alone_on_standard_output() -> None:
    result = CliRunner().invoke(keys, ["add", "Ufficio"])

    assert KeyRing(open_ledger(Settings())).find(result.stdout.strip()) is not None
    assert "Copiala ora" in result.stderr
