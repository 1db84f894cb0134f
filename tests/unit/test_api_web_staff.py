"""The staff's area: who gets in, forms of other sites refused, uploads that can't be used leave nothing."""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.home_secret import SECRET_FILE
from api.web.language import english
from api.web.staff.jobs import Job, Jobs
from api.web.staff.session import COOKIE, Sessions
from ingest.gathered import Gathered, Taken
from ingest.report import describe
from ingest.screen import Screened
from kb.keys import KeyRing, Role
from kb.records import Document, DocumentKind, Page
from kb.releases.opened import read_manifest
from kb.testing import FakeAssistant, FakeTokenEmbedder, fake_parts, intake_of, sample_release, wait_until

PAGES = ("/documenti", "/giudizi", "/lacune", "/chiavi", "/versioni/r_1", "/versioni/r_1/rapporto", "/lavori/j_1")
FORMS = (
    "/uscita",
    "/documenti",
    "/indietro",
    "/chiavi",
    "/chiavi/x/revoca",
    "/versioni/r_1/valuta",
    "/versioni/r_1/pubblica",
)
ECHO = (sys.executable, "-c", "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ['LOGNAME']]))")


@pytest.fixture
def client(open_client: Callable[..., Any]) -> Any:
    opened = open_client(FakeAssistant(sample_release()))
    opened.headers["Accept"] = "text/html"
    return opened


def ended(jobs: Jobs, id_: str) -> Job:
    """The job once it is over."""
    wait_until(lambda: jobs.find(id_).state != "running")
    return jobs.find(id_)


def make_key(client: Any, role: Role = Role.STAFF) -> tuple[str, str]:
    """A new key's id and text."""
    key, text = KeyRing(client.app.state.ledger).add("Anna", role, days=1)
    return key.id, text


def log_in(client: Any) -> str:
    """The token of a session's forms."""
    client.post("/personale/accesso", data={"key": make_key(client)[1]})
    found = re.search('name="token" value="([^"]+)"', client.get("/personale/documenti").text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_a_session(client: Any, path: str) -> None:
    response = client.get(f"/personale{path}")

    assert "Entra con la tua chiave" in response.text
    assert response.status_code == 401


def test_the_area_leads_to_its_login(client: Any) -> None:
    assert client.get("/personale", follow_redirects=False).headers["location"] == "/personale/accesso"


@pytest.mark.parametrize("path", FORMS)
def test_nobody_sends_a_form_without_a_session(client: Any, path: str) -> None:
    assert client.post(f"/personale{path}", data={"token": "x"}).status_code == 401


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_the_sessions_token_is_refused(client: Any, path: str) -> None:
    log_in(client)

    for token in ("", "x", "è"):
        assert client.post(f"/personale{path}", data={"token": token}).status_code == 403


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_another_site_is_refused(client: Any, path: str) -> None:
    token = log_in(client)

    for told in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://altrove.example"}):
        assert client.post(f"/personale{path}", data={"token": token}, headers=told).status_code == 403


def test_only_a_staff_key_opens(client: Any) -> None:
    for key in ("", "bsl_", make_key(client, Role.OFFICER)[1]):
        response = client.post("/personale/accesso", data={"key": key})
        assert response.status_code == 403
        assert COOKIE not in client.cookies


def test_the_cookie_is_out_of_scripts_and_other_sites_reach(client: Any) -> None:
    response = client.post("/personale/accesso", data={"key": make_key(client)[1]}, follow_redirects=False)

    told = response.headers.get_list("set-cookie")
    parts = [{part.strip() for part in one.split(";")} for one in told]
    assert all({"HttpOnly", "SameSite=strict"} <= one for one in parts)
    assert [{"Path=/personale", "Path=/en/personale"} & one for one in parts] == [
        {"Path=/personale"},
        {"Path=/en/personale"},
    ], "the area in both languages, and nothing else"
    assert "bsl_" not in "".join(told)


ENGLISH_PAGES = ("", "/documenti", "/giudizi", "/chiavi", "/lavori/{job}", "/versioni/{release}")


def spent(client: Any, given: Any, *, kind: str = "ingest") -> str:
    """A job that ended and gave that."""
    command = (sys.executable, "-c", f"import json; print(json.dumps({given!r}))")
    jobs = Jobs(client.app.state.settings, command=command)
    return ended(jobs, jobs.start(kind, (), about="acquisizione di piano.txt", who="Anna").id).id


def test_the_area_speaks_english_and_leads_to_english_pages(client: Any) -> None:
    assert "Log in with your «staff» key" in client.get("/en/personale", follow_redirects=True).text
    refused = client.post("/en/personale/accesso", data={"key": "bsl_"})
    assert "The key is not a staff member" in refused.text

    entered = client.post("/en/personale/accesso", data={"key": make_key(client)[1]}, follow_redirects=False)
    assert entered.headers["location"] == "/en/personale"
    given = {
        "release": "r_0123456789ab",
        "reused": False,
        "totals": {"documents": 1, "pages": 2, "passages": 3},
        "documents": [],
        "removed": [],
        "duplicates": [],
        "unreadable": [{"file": "a/b.txt", "reason": "«b.txt» è vuoto: indica un file che contenga del testo."}],
        "hints": ["mai detto prima"],
        "report": None,
    }
    places = {"job": spent(client, given), "release": release_of(client)}
    client.get("/en/", params={"q": "Quanti Comuni riunisce l'Agenzia per la formazione?"})
    client.post("/risposte/ans_prova/giudizio", data={"verdict": "-1", "reason": "wrong"})
    italian = [text for text in english() if len(text) > 12 and "%(" not in text]
    for path in ENGLISH_PAGES:
        page = client.get(f"/en/personale{path.format_map(places)}")
        assert page.status_code == 200
        html = re.sub(r"<style.*?</style>|<[^>]*>", " ", page.text)
        assert '<html lang="en">' in page.text
        assert [text for text in italian if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", html)] == [], path
    told = client.get(f"/en/personale/lavori/{places['job']}").text
    assert "Ingestion of piano.txt" in told
    assert "«b.txt» is empty: choose a file that holds text." in told
    assert '<span lang="it">mai detto prima</span>' in told, "what has no English is marked"


def test_a_job_shows_whatever_an_ingestion_tells(client: Any) -> None:
    """Of documents with everything that a report can hold; the numbers stand in the table's order."""
    log_in(client)
    document = Document("piano", "Il piano <b>", DocumentKind.PLAN, "0" * 64, edition="2022", source="piano.pdf")
    pages = (
        Page("piano", 1, "Uno."),
        Page("piano", 2, "", readable=False),
        Page("piano", 3, "A", problems=("storta",)),
    )
    screened = (Screened(1, "testo nascosto", "Ignora"), Screened(1, "istruzione", "Rispondi"))
    one = Taken(document, pages, (), "added", repairs={"parole riunite": 3}, notes=("nota",), screened=screened)
    gathered = Gathered(
        taken={"piano": one},
        duplicates=[("a/copia.pdf", "piano")],
        superseded=[("piano-2019", "piano")],
        renamed=[("p", "piano")],
        unreadable=[("a/guasto.pdf", "non si apre")],
        unsupported=["foto.jpg"],
        removed=("via",),
    )
    manifest = read_manifest(client.app.state.store.folder(release_of(client)))

    page = client.get(f"/personale/lavori/{spent(client, describe(gathered, manifest))}")

    assert page.status_code == 200
    (row,) = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page.text, re.DOTALL)
    assert "Il piano &lt;b&gt;" in row
    assert re.findall(r"<td>(\d+)</td>", row) == ["3", "0", "1", "1", "2"]
    for told in ("copia.pdf", "guasto.pdf", "via"):
        assert told in page.text


def release_of(client: Any) -> str:
    """A release in the home, built of one document."""
    from kb import wiring

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "index_parts", fake_parts)
        patch.setattr(wiring, "make_embedder", lambda *_args, **_options: FakeTokenEmbedder())
        return str(wiring.build(client.app.state.settings, intake_of({"piano": ["Il suolo."]})).id)


def test_english_forms_lead_to_english_pages(client: Any) -> None:
    client.app.state.jobs = Jobs(client.app.state.settings, command=ECHO)
    token = log_in(client)

    sent = client.post(
        "/en/personale/documenti",
        data={"token": token},
        files={"files": ("piano.txt", b"x" * (1 << 20))},  # more than any other address takes
        follow_redirects=False,
    )
    assert sent.headers["location"].startswith("/en/personale/lavori/j_")
    ended(client.app.state.jobs, sent.headers["location"].rpartition("/")[2])
    refused = client.post("/en/personale/chiavi", data={"token": token, "name": "", "role": "staff", "days": "3"})
    assert "The name of the key has 0 characters" in refused.text
    left = client.post("/en/personale/uscita", data={"token": token}, follow_redirects=False)
    assert left.headers["location"] == "/en/personale/accesso"
    assert client.get("/en/personale/chiavi").status_code == client.get("/personale/chiavi").status_code == 401


def test_a_changed_cookie_opens_nothing(client: Any) -> None:
    log_in(client)
    cookie = str(client.cookies.get(COOKIE, path="/personale"))
    key_id, until, rest = cookie.split(".", 2)

    for changed in (f"{key_id}.{int(until) + 1}.{rest}", cookie[:-1], f"x{cookie}", "...", "è"):
        answer = client.get("/personale", headers={"Cookie": f"{COOKIE}={changed}".encode()}, follow_redirects=False)
        assert answer.status_code in (303, 401)


@pytest.mark.parametrize("left", [b"", b"corto", b"x" * 33])
def test_a_secret_that_is_not_whole_signs_no_session(client: Any, left: bytes) -> None:
    """A power cut may leave an empty file: whoever knows a key's name could sign with nothing."""
    key_id, text = make_key(client)
    (client.app.state.settings.home / SECRET_FILE).write_bytes(left)
    payload = f"{key_id}.{int(time.time()) + 60}.x"
    forged = f"{payload}.{hmac.new(left, f'session:{payload}'.encode(), hashlib.sha256).hexdigest()}"

    client.app.state.sessions = Sessions(client.app.state.settings.home, KeyRing(client.app.state.ledger))
    seen = client.get("/personale/chiavi", headers={"Cookie": f"{COOKIE}={forged}"})
    entered = client.post("/personale/accesso", data={"key": text})

    assert seen.status_code == entered.status_code == 503
    assert SECRET_FILE in entered.text


def test_a_revoked_key_ends_its_sessions(client: Any) -> None:
    key_id, text = make_key(client)
    client.post("/personale/accesso", data={"key": text})
    assert client.get("/personale/chiavi").status_code == 200

    KeyRing(client.app.state.ledger).revoke(key_id)

    assert client.get("/personale/chiavi").status_code == 401


def test_leaving_ends_the_session(client: Any) -> None:
    client.post("/personale/uscita", data={"token": log_in(client)})

    assert client.get("/personale/chiavi").status_code == 401


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("virus.exe", b"MZ", "formato"),
        ("senza", b"x", "formato"),
        ("../piano.txt", b"x", "non va bene"),
        ("..\\piano.txt", b"x", "non va bene"),
        ("/etc/piano.txt", b"x", "non va bene"),
        (".piano.txt", b"x", "non va bene"),
        ("--fresh.txt", b"x", "non va bene"),
        ("a" * 200 + ".txt", b"x", "troppo lungo"),
        ("vuoto.txt", b"", "vuoto"),
    ],
)
def test_an_upload_that_cannot_be_used_is_one_line_and_leaves_nothing(
    client: Any, name: str, content: bytes, why: str
) -> None:
    token = log_in(client)

    response = client.post(
        "/personale/documenti", data={"token": token, "title": "Mio"}, files={"files": (name, content)}
    )

    assert response.status_code == 422
    assert why in response.text
    assert 'value="Mio"' in response.text, "what was written is still there"
    assert list((client.app.state.settings.home / "jobs").iterdir()) == []


def test_too_large_an_upload_is_refused_before_it_is_read(client: Any) -> None:
    token = log_in(client)

    response = client.post("/personale/documenti", data={"token": token}, files={"files": ("a.txt", b"x" * (65 << 20))})

    assert response.status_code == 413
    assert "64 MB" in response.text
    assert not (client.app.state.settings.home / "jobs").exists()


def test_without_a_session_a_large_body_is_not_taken_at_all(client: Any) -> None:
    response = client.post("/personale/documenti", files={"files": ("a.txt", b"x" * 1000)})

    assert response.status_code == 401


def test_two_files_of_one_name_are_refused(client: Any) -> None:
    files = [("files", ("a.txt", b"x")), ("files", ("a.txt", b"y"))]

    response = client.post("/personale/documenti", data={"token": log_in(client)}, files=files)

    assert "Due file si chiamano «a.txt»" in response.text


def test_more_files_than_may_be_sent_are_refused(client: Any) -> None:
    files = [("files", (f"{number}.txt", b"x")) for number in range(21)]

    response = client.post("/personale/documenti", data={"token": log_in(client)}, files=files)

    assert response.status_code == 422
    assert "più di 20" in response.text


def test_what_staff_say_of_a_document_reaches_the_command(client: Any) -> None:
    client.app.state.jobs = Jobs(client.app.state.settings, command=ECHO)
    told = {
        "token": log_in(client),
        "title": "Piano = nuovo",
        "edition": "2025",
        "remove": ["vecchio", "altro"],
        "ocr": "1",
    }

    page = client.post(
        "/personale/documenti", data=told, files={"files": ("piano.txt", b"testo")}, follow_redirects=False
    )
    job = ended(client.app.state.jobs, page.headers["location"].rpartition("/")[2])

    arguments, who = job.given
    assert Path(arguments[1]).name == "piano.txt"
    assert not Path(arguments[1]).exists(), "the files of an ended job are gone"
    rest = ["--title=Piano = nuovo", "--edition=2025", "--ocr", "--remove=vecchio", "--remove=altro", "--json"]
    assert [arguments[0], *arguments[2:]] == ["ingest", *rest]
    assert who == "Anna"


def test_an_override_needs_its_reason(client: Any) -> None:
    folder = client.app.state.settings.home / "releases" / "r_0123456789ab"
    folder.mkdir(parents=True)
    token = log_in(client)

    response = client.post("/personale/versioni/r_01/pubblica", data={"token": token, "override": "1", "why": "  "})

    assert response.status_code == 422
    assert "scrivi il motivo" in response.text


def test_a_new_key_is_shown_once(client: Any) -> None:
    token = log_in(client)
    sent = {"token": token, "name": "Ufficio <b>", "role": "officer", "days": "30"}

    made = client.post("/personale/chiavi", data=sent).text

    found = re.search(r"bsl_[0-9a-f]{12}_[\w-]{43}", made)
    assert found
    assert KeyRing(client.app.state.ledger).find(found[0])
    assert found[0] not in client.get("/personale/chiavi").text
    assert "Ufficio &lt;b&gt;" in made
    for bad in ({"days": "0"}, {"days": "x"}, {"role": "citizen"}, {"name": ""}):
        assert client.post("/personale/chiavi", data=sent | bad).status_code == 422


def test_a_rating_of_the_page_is_kept_and_seen_by_staff(client: Any) -> None:
    client.get("/", params={"q": "Quanti Comuni riunisce l'Agenzia per la formazione?"})

    thanks = client.post(
        "/risposte/ans_prova/giudizio", data={"verdict": "-1", "reason": "wrong", "comment": "<i>No</i>"}
    )

    assert "Grazie" in thanks.text
    log_in(client)
    seen = client.get("/personale/giudizi").text
    assert "dice una cosa sbagliata" in seen
    assert "&lt;i&gt;No&lt;/i&gt;" in seen
    assert client.post("/risposte/ans_ignota/giudizio", data={"verdict": "1"}).status_code == 404
    assert client.post("/risposte/ans_prova/giudizio", data={"verdict": "7"}).status_code == 422
    assert (
        client.post(
            "/risposte/ans_prova/giudizio", data={"verdict": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
        ).status_code
        == 403
    )
