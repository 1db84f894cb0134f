"""A question as the API takes it: what its schema admits is what is answered, whatever characters it is made of."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from api.problems import RequestFault
from api.questions import SAYS_SOMETHING, check_history, check_question
from api.schema import FILE
from api.web.reference import read_operations
from kb.answering.guard import clean_text, guard
from kb.answering.state import State
from kb.keys import KeyRing, Role
from kb.testing import FakeAssistant, sample_release

ODD = {"private use": "\ue000", "far private use": "\U0010fffd", "unassigned": "\u0378", "an emoji": "\U0001fae0"}
UNSEEN = {
    "zero width": "\u200b",
    "soft hyphen": "\u00ad",
    "order mark": "\ufeff",
    "tag": "\U000e0041",
    "blanks": " \u3000",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_what_may_be_seen_in_some_font_is_a_question(text: str) -> None:
    assert check_question(text, field="q", most_chars=10) == text


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_what_nobody_sees_is_an_empty_question(text: str) -> None:
    with pytest.raises(RequestFault, match="è vuoto"):
        check_question(text, field="q", most_chars=10)
    assert check_history([text, "E poi?"], most_chars=10) == ("E poi?",)


def test_what_the_schema_admits_the_assistant_does_not_find_empty() -> None:
    """Each character alone: the schema's pattern, the API's check and the assistant's own reading agree."""
    halves = range(0xD800, 0xE000)
    characters = (chr(code) for code in range(sys.maxunicode + 1) if code not in halves)
    refused = [hex(ord(one)) for one in characters if re.search(SAYS_SOMETHING, one) and not clean_text(one)]

    assert refused == []


@pytest.mark.parametrize("text", ["è" * 9 + "  ", "\t" + "a" * 10, "a" * 11])
def test_a_question_is_as_long_as_the_schema_counts(text: str) -> None:
    with pytest.raises(RequestFault, match="ha 11 caratteri"):
        check_question(text, field="q", most_chars=10)


def test_what_the_schema_admits_the_assistant_does_not_find_too_long() -> None:
    """One character of musical notation is composed of three."""
    asked = check_question("\U0001d160" * 1000, field="q", most_chars=1000)
    tools: Any = SimpleNamespace(max_question_chars=1000)

    assert len(guard(State(asked), tools).question) == 3000


def test_every_question_of_the_schema_has_that_pattern() -> None:
    schema: Any = json.loads(FILE.read_text(encoding="utf-8"))
    asked = schema["components"]["schemas"]["AskRequest"]["properties"]["question"]
    searched = next(one for one in schema["paths"]["/v1/search"]["get"]["parameters"] if one["name"] == "q")

    assert asked["pattern"] == searched["schema"]["pattern"] == SAYS_SOMETHING


def test_every_example_of_the_api_s_page_can_be_pasted(open_client: Callable[..., Any]) -> None:
    client = open_client(FakeAssistant(sample_release()), api_limit_citizen="1000/minute")
    key = KeyRing(client.app.state.ledger).add("Anna", Role.STAFF, days=1)[1]
    wrong, keyed = {}, set()
    for one in read_operations(client.get("/openapi.json").json(), address="http://testserver"):
        words = shlex.split(one.example.replace("CHIAVE", key))
        target = next(word for word in words if word.startswith("http"))
        sent = words[words.index("--json") + 1] if "--json" in words else None
        headers = {"Content-Type": "application/json"} if sent else {}
        if "-H" in words:
            name, _, value = words[words.index("-H") + 1].partition(": ")
            headers[name] = value
            keyed.add(one.path)
        reply = client.request(one.method, target, content=sent, headers=headers)
        if reply.status_code not in (200, 201, 404, 503):  # 404: a code that stands for one of the reader's own
            wrong[one.anchor] = reply.text

    assert wrong == {}
    assert keyed == {"/v1/receipts", "/v1/receipts/{answer_id}/replay", "/v1/gaps"}
