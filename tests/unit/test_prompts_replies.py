"""The replies say the same in both languages, and no figure of the plan."""

from __future__ import annotations

import re

import pytest

from prompts.replies import LANGUAGES, load_replies


def test_every_language_has_the_same_replies_with_the_same_fields() -> None:
    assert load_replies("it").shape() == load_replies("en").shape()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reply_states_a_figure(language: str) -> None:
    replies = load_replies(language)
    for name, fields in replies.shape().items():
        said = replies.say(name, **dict.fromkeys(fields, "…"))
        assert not re.search(r"\d", said), name


def test_an_unknown_language_falls_back_to_italian() -> None:
    assert load_replies("fr").say("not_found") == load_replies("it").say("not_found")
