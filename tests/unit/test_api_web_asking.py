"""The question page: sentences as they come, follow-ups, answers at addresses that last, clarifying choices."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kb.records import AnswerStatus, Note
from kb.testing import FakeAssistant

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"
AS_EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def client(open_client: Callable[..., Any], assistant: FakeAssistant) -> Any:
    opened = open_client(assistant)
    opened.headers["Accept"] = "text/html"
    return opened


def events(text: str) -> list[tuple[str, Any]]:
    """Names and data of server-sent events."""
    found = [dict(line.split(": ", 1) for line in one.split("\n")) for one in text.strip().split("\n\n")]
    return [(one["event"], json.loads(one["data"])) for one in found]


def test_scripts_get_each_sentence_and_then_what_the_page_shows(client: Any) -> None:
    told = events(client.get("/", params={"q": AGENCY}, headers=AS_EVENTS).text)

    assert [name for name, _ in told] == ["sentence", "answer"]
    assert "71 Comuni: «orientamento» &amp; lavoro." in told[0][1]["html"]
    page = client.get("/", params={"q": AGENCY}).text
    assert told[1][1]["html"].strip() in page, "the same words with scripts and without"


def test_scripts_are_told_of_a_bad_question_as_people_are(client: Any) -> None:
    response = client.get("/", params={"q": " "}, headers=AS_EVENTS)

    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html"), "the script then opens the page, which says why"


def test_a_conversation_stands_in_the_form_and_only_its_end_is_kept(client: Any, assistant: FakeAssistant) -> None:
    asked: list[tuple[str, ...]] = []
    ask = assistant.ask

    def note(question: str, *, history: Any = (), mode: Any = None) -> Any:
        asked.append(tuple(history))
        return ask(question, history=history, mode=mode)

    assistant.ask = note  # type: ignore[method-assign]
    earlier = [f"Domanda {number}?" for number in range(9)]

    page = client.get("/", params={"q": AGENCY, "prima": earlier}).text

    assert asked[-1] == tuple(earlier[-6:])
    following = re.search(r'class="ask follow".*?</form>', page, re.DOTALL)
    assert following
    kept = re.findall(r'name="prima" value="([^"]*)"', following[0])
    assert kept == [*earlier[-5:], "Quanti Comuni riunisce l&#39;Agenzia per la formazione?"]


def test_choices_keep_the_conversation(client: Any, assistant: FakeAssistant) -> None:
    ask = assistant.ask
    assistant.ask = lambda question, **options: replace(  # type: ignore[method-assign]
        ask(question, **options), status=AnswerStatus.NEEDS_CLARIFICATION, suggestions=("Il PUMS?", "Il PULS?")
    )

    page = client.get("/", params={"q": "xyz", "prima": "Prima?"}).text

    assert "Scegli che cosa intendi" in page
    assert 'href="/?q=Il+PUMS%3F&amp;prima=Prima%3F#risposta"' in page


def test_what_comes_nearest_is_a_source_of_a_refusal_and_no_note(client: Any, assistant: FakeAssistant) -> None:
    ask = assistant.ask
    notes = (
        Note("nearest_passages", "Scheda Driver 4; Scheda Driver 1"),
        Note("no_such_driver", "Non c'è un Driver 11."),
    )
    assistant.ask = lambda question, **options: replace(  # type: ignore[method-assign]
        ask(question, **options), status=AnswerStatus.NOT_FOUND, text="Non trovato.", sentences=(), notes=notes
    )

    page = client.get("/", params={"q": AGENCY}).text

    assert "I passaggi più vicini" in page
    assert "«" in page.split("I passaggi più vicini")[1]
    assert "Scheda Driver 4; Scheda Driver 1" not in page
    assert "Non c&#39;è un Driver 11." in page


def test_an_answer_lasts_at_its_address(client: Any) -> None:
    page = client.get("/", params={"q": AGENCY}).text
    assert 'href="/risposte/ans_prova"' in page

    kept = client.get("/risposte/ans_prova").text

    assert "71 Comuni" in kept
    assert "Fai di nuovo la domanda" in kept
    assert "Da allora i documenti sono stati aggiornati." not in kept
    assert client.get("/risposte/ans_ignota").status_code == 404
    assert client.get("/risposte/..%2Fans").status_code == 404


def test_an_answer_of_documents_that_changed_says_so(client: Any, assistant: FakeAssistant) -> None:
    client.get("/", params={"q": AGENCY})
    assistant.release.id = "r_nuova"

    assert "Da allora i documenti sono stati aggiornati." in client.get("/risposte/ans_prova").text


@pytest.mark.parametrize("release", ["r_000000000000", "x", "..", "%00"])
def test_a_page_of_an_unknown_release_is_not_found(client: Any, release: str) -> None:
    assert client.get(f"/documenti/piano/pagine/2?release={release}").status_code == 404
