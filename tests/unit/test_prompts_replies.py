"""The replies say the same in both languages, and no figure of the plan."""

from __future__ import annotations

import re

import pytest

from prompts.replies import LANGUAGES, load_replies, name_page


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


def test_a_page_goes_by_its_printed_number_or_by_its_place() -> None:
    assert [name_page("iv", 4), name_page(None, 4), name_page("", 4)] == ["p. iv", *["pagina 4 del file"] * 2]
    assert [name_page("iv", 4, "en"), name_page(None, 4, "en")] == ["p. iv", "page 4 of the file"]
