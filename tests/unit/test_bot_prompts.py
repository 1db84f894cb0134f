"""The bot's own words: the same in both languages, within Telegram's limits, and no figure of the plan."""

from __future__ import annotations

import re

import pytest

from bot.handlers.buttons import REASONS
from bot.handlers.menu import COMMANDS, DRIVER_QUESTIONS
from bot.testing_rules import check_parameters, check_text
from prompts.bot import load_bot_replies
from prompts.replies import LANGUAGES

USED = {*(f"menu_{name}" for name in COMMANDS), *(f"reason_{one}" for one in REASONS), *DRIVER_QUESTIONS}


def test_every_language_has_the_same_replies_with_the_same_fields() -> None:
    assert load_bot_replies("it").shape() == load_bot_replies("en").shape()
    assert set(load_bot_replies("it").shape()) >= USED


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reply_is_html_that_telegram_takes_and_states_no_figure(language: str) -> None:
    replies = load_bot_replies(language)
    for name, fields in replies.shape().items():
        said = check_text({"text": replies.say(name, **dict.fromkeys(fields, "…")), "parse_mode": "HTML"})
        assert not re.search(r"\d", said), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_in_the_profile_fits(language: str) -> None:
    replies = load_bot_replies(language)

    check_parameters("setMyDescription", {"description": replies.say("description")})
    check_parameters("setMyShortDescription", {"short_description": replies.say("short_description")})


def test_an_unknown_language_falls_back_to_italian() -> None:
    assert load_bot_replies("fr").say("empty") == load_bot_replies("it").say("empty")
