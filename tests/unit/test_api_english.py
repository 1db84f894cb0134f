"""Faults in English: every sentence of ours has its English, holes keep what they hold, programs choose by header."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import api
from api import desk, faults, problems, turnstile
from api.english import HOLE, OURS, in_english, prefers_english, sentences
from evals.gate import TITLES as METRICS
from kb.errors import NotFound
from kb.testing import FakeAssistant, sample_release

ROOT = Path(api.__file__).parent.parent
NOT_OF_THE_SERVICE = {"commands.py", "key_commands.py", "load.py", "assets.py", "schema.py", "mcp.py", "deploy"}
"""What is said on a terminal, or to a model."""

DOORS = ("kb/keys.py", "kb/ledger", "kb/releases/opened.py", "kb/releases/store.py", "kb/answering/guard.py")
"""Where the service calls raise what a request is answered with."""

ERRORS = {
    *("InputError", "NotFound", "ReleaseError", "StoreError", "UnknownKey", "Forbidden", "TooSlow", "Unready"),
    *("TooOften", "LoggedOut"),
}
PARTS = {"field", "value", "problem", "remedy"}


def modules() -> Iterator[Path]:
    for module in sorted((ROOT / "api").rglob("*.py")):
        if not NOT_OF_THE_SERVICE & set(module.relative_to(ROOT / "api").parts):
            yield module
    for door in DOORS:
        yield from sorted((ROOT / door).rglob("*.py")) if (ROOT / door).is_dir() else [ROOT / door]


def read(node: ast.expr) -> str | None:
    """The text of a literal, a hole for each value in it; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def said(tree: ast.AST) -> Iterator[str]:
    """What errors of ours say, wherever they are made."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        told = node.args[:1] if node.func.id in ERRORS else node.args[2:4] if node.func.id == "FieldFault" else []
        yield from (text for text in map(read, told) if text)


def without_names(sentence: str) -> str:
    return HOLE.sub("{}", sentence)


SAID = sorted({text for module in modules() for text in said(ast.parse(module.read_text(encoding="utf-8")))})
TABLES = [
    *problems.TITLES.values(),
    *faults.DETAILS.values(),
    *turnstile.PERIODS.values(),
    *problems.FORMS.values(),
    *METRICS.values(),
    *desk.REASONS.values(),
    desk.INNER_FAULT,
    *(text for pair in problems.REMEDIES.values() for text in pair if '{"question"' not in text),
]


def test_every_sentence_has_its_english() -> None:
    known = {without_names(italian) for italian in sentences()}

    assert len(SAID) > 50, "the sentences were found"
    assert [text for text in SAID if without_names(text) not in known] == []
    assert [text for text in TABLES if without_names(text) not in known] == []


def test_a_translation_holds_what_its_italian_holds() -> None:
    for italian, english in sentences().items():
        assert set(HOLE.findall(english)) <= set(HOLE.findall(italian)), italian
        assert english.strip() == english
        assert english != italian or not re.search(r"\w", HOLE.sub("", italian)), italian


@pytest.mark.parametrize(
    ("italian", "english"),
    [
        ("La sessione è finita: entra di nuovo.", "The session is over: log in again."),
        ("la sessione è finita: entra di nuovo.", "the session is over: log in again."),
        (
            "Troppe richieste: la chiave «Anna {x}» ne può fare 5 al minuto. Riprova tra 9 secondi.",
            "Too many requests: the key «Anna {x}» may make 5 a minute. Try again in 9 seconds.",
        ),
        ("acquisizione di a, b, c e altri 2", "ingestion of a, b, c and 2 more"),
        ("Chiave non valida.", "Invalid key."),
        ("citazioni testuali: 3 su 4, e deve valere sempre", "verbatim quotes: 3 of 4, and it must always hold"),
    ],
)
def test_a_sentence_is_told_with_what_it_holds(italian: str, english: str) -> None:
    assert in_english(italian) == english


@pytest.mark.parametrize(
    "text",
    ["", "Mai detto prima.", "Bussola non può ancora rispondere (mai detto prima): riprova tra qualche secondo."],
)
def test_what_is_not_known_whole_is_not_translated_by_half(text: str) -> None:
    assert in_english(text) is None


def test_what_a_person_wrote_is_never_translated() -> None:
    """Only holes of ours are: here a document is called like a title."""
    told = in_english("il documento «Non trovato» non ha una pagina 3: ne ha 2.")

    assert told == "the document «Non trovato» has no page 3: it has 2."
    assert not any(hole.startswith(OURS) for hole in PARTS)


@pytest.mark.parametrize("header", ["en", "en-GB,en;q=0.9,it;q=0.8", "de, en;q=0.5, it;q=0.1", "EN", "en;q=0.5"])
def test_english_is_told_to_who_prefers_it(header: str) -> None:
    assert prefers_english(header)


@pytest.mark.parametrize("header", ["", "it", "*", "de", "it,en;q=0.9", "en,it", "en;q=0", "en;q=x", ";;,=", "english"])
def test_italian_is_told_to_everybody_else(header: str) -> None:
    assert not prefers_english(header)


ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def client(open_client: Callable[..., Any]) -> Any:
    return open_client(FakeAssistant(sample_release()))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/v1/ask", {}, 422, "The field «question» is missing: add this field."),
        ("POST", "/v1/ask", {"question": " "}, 422, "The field «question» is empty: write a question"),
        ("POST", "/v1/ask", {"question": "ok", "mode": "x"}, 422, "The field «mode» («x») is not one of the allowed"),
        ("GET", "/v1/search?q=a&k=0", None, 422, "The field «k» («0») is too small: send at least 1."),
        ("GET", "/v1/documents/no/pages/1", None, 404, "The document «no» is not in the release in service"),
        ("GET", "/v1/nothing", None, 404, "The address «/v1/nothing» does not exist"),
        ("DELETE", "/v1/ask", None, 405, "does not allow DELETE"),
        ("GET", "/v1/gaps", None, 401, "«/v1/gaps» needs a key of the role staff"),
    ],
)
def test_a_program_reads_its_fault_in_english(
    client: Any, method: str, path: str, body: Any, status: int, words: str
) -> None:
    response = client.request(method, path, json=body, headers=ENGLISH)

    assert response.status_code == status
    assert words in response.json()["detail"]
    assert response.headers["content-language"] == "en"
    assert "Accept-Language" in response.headers["vary"]
    assert not re.search(r"[àèìòù]|\b(il|non|campo)\b", response.text.replace("«", "")), response.text


def test_each_field_is_told_in_english(client: Any) -> None:
    told = client.post("/v1/ask", json={"question": 1, "altro": 2}, headers=ENGLISH).json()

    assert [(one["field"], one["problem"]) for one in told["errors"]] == [
        ("question", "is not a text"),
        ("altro", "is not a known field"),
    ]
    assert told["title"] == "Invalid request"


def test_without_a_wish_faults_are_italian(client: Any) -> None:
    response = client.get("/v1/nothing", headers={"Accept-Language": "it, en;q=0.5"})

    assert response.json()["title"] == "Non trovato"
    assert response.headers["content-language"] == "it"


def test_an_unknown_sentence_stays_italian(open_client: Callable[..., Any]) -> None:
    assistant = FakeAssistant(sample_release())

    def ask(*_: Any, **__: Any) -> Any:
        raise NotFound("una frase di domani.")

    client = open_client(assistant)
    assistant.ask = ask  # type: ignore[method-assign]
    told = client.post("/v1/ask", json={"question": "ok"}, headers=ENGLISH).json()

    assert (told["title"], told["detail"]) == ("Not found", "Una frase di domani.")


def test_a_page_tells_its_fault_in_its_own_language(client: Any) -> None:
    page = {"Accept": "text/html"}

    assert "The page «/nulla» does not exist" in client.get("/en/nulla", headers=page).text
    assert "non esiste" in client.get("/nulla", headers=page | ENGLISH).text, "the address says the language"


def test_whoever_comes_too_often_reads_it_in_the_pages_language(open_client: Callable[..., Any]) -> None:
    client = open_client(FakeAssistant(sample_release()), api_limit_citizen="1/hour")
    client.get("/privacy")

    assert (
        "Too many requests: this address may make 1 an hour"
        in client.get("/en/privacy", headers={"Accept": "text/html"}).text
    )


def test_no_pattern_is_shown_to_people() -> None:
    """A pattern that is added without its words fails here."""
    found = {
        pattern
        for module in modules()
        for pattern in re.findall(r'pattern=r?"([^"]+)"', module.read_text(encoding="utf-8"))
    }

    assert found == set(problems.FORMS)
