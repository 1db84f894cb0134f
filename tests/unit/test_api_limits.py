"""A question as the API takes it: what its schema admits is what is answered, whatever characters it is made of."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest

from api.limits import SAYS_SOMETHING, check_history, check_question
from api.problems import RequestFault
from api.schema import FILE
from kb.answering.guard import clean_text

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


def test_every_question_of_the_schema_has_that_pattern() -> None:
    schema: Any = json.loads(FILE.read_text(encoding="utf-8"))
    asked = schema["components"]["schemas"]["AskRequest"]["properties"]["question"]
    searched = next(one for one in schema["paths"]["/v1/search"]["get"]["parameters"] if one["name"] == "q")

    assert asked["pattern"] == searched["schema"]["pattern"] == SAYS_SOMETHING
