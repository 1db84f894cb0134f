"""Both languages: every text of the pages has its English, addresses keep the language, quotes stay Italian."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2.ext import extract_from_ast

import api.web
from api.english import in_english
from api.schema import FILE
from api.web import words
from api.web.language import english, in_language
from api.web.pages import _environment
from api.web.reference import english_texts, read_operations
from kb.testing import FakeAssistant, sample_release

TEMPLATES = Path(api.web.__file__).parent / "templates"
CODES = (
    "HEADINGS",
    "KINDS",
    "BINDING",
    "REASONS",
    "RELATIONS",
    "RELATION_GROUPS",
    "CHANGES",
    "PAGE_CHANGES",
    "FACTS",
    "MISSIONS",
    "JOB_STATES",
    "STEPS",
    "VERDICTS",
    "GATES",
    "ROLES",
    "KEY_STATES",
)


def texts() -> set[str]:
    """Every text that a template or a code would show."""
    environment = _environment("it")
    found: set[str] = {text for name in CODES for text in getattr(words, name).values()}
    found |= {text for title, note, _ in words.DOCUMENT_GROUPS for text in (title, note) if text}
    for template in TEMPLATES.rglob("*.html"):
        tree = environment.parse(template.read_text(encoding="utf-8"))
        for _, _, said in extract_from_ast(tree, ("_", "gettext", "ngettext")):
            found |= {one for one in (said if isinstance(said, tuple) else (said,)) if one}
    return found


def test_every_text_has_its_english_and_none_is_left_over() -> None:
    assert texts() - set(english()) == set()
    named_in_code = {"Documento", "Articolo", "Domanda", words.PICTURE}
    assert set(english()) - texts() - named_in_code == set()


def test_every_text_of_the_api_has_its_english_and_none_is_left_over() -> None:
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    shown = {
        text
        for one in read_operations(schema, address="")
        for text in (one.summary, one.purpose, *(field.purpose for field in (*one.takes, *one.gives)))
        if text
    }

    assert shown == set(english_texts())
    faults = {meaning for one in read_operations(schema, address="") for _, meaning in one.faults}
    assert [meaning for meaning in faults if in_english(meaning) is None] == []


def test_the_apis_page_is_english_too(open_client: Callable[..., Any]) -> None:
    html = open_client(FakeAssistant(sample_release())).get("/en/docs").text

    assert "To query the documents from a program" in html
    assert "whole number (from 1, at most 100, by default 10). How many passages, at most." in html
    assert "422 invalid request" in html
    assert [text for text in english_texts() if text in html] == []


def test_a_translation_fills_the_same_places() -> None:
    for italian, translated in english().items():
        assert sorted(part.partition(")s")[0] for part in italian.split("%(")[1:]) == sorted(
            part.partition(")s")[0] for part in translated.split("%(")[1:]
        ), italian


@pytest.mark.parametrize("path", ["/en/cerca?q=Comuni", "/cerca?q=Comuni&lang=en"])
def test_an_english_page_says_so_and_links_to_english_pages(open_client: Callable[..., Any], path: str) -> None:
    html = open_client(FakeAssistant(sample_release())).get(path).text

    assert '<html lang="en">' in html
    assert "Search the documents" in html
    assert 'href="/en/documenti"' in html
    assert 'href="/cerca?q=Comuni" hreflang="it"' in html
    assert '<blockquote lang="it">' in html


def test_english_addresses_are_those_of_pages_alone(open_client: Callable[..., Any]) -> None:
    client = open_client(FakeAssistant(sample_release()))

    assert in_language("/cerca", "en") == "/en/cerca"
    assert in_language("/cerca", "it") == "/cerca"
    assert client.get("/en").status_code == client.get("/en/").status_code == 200
    assert client.get("/enti").status_code == 404
    assert client.get("/en/en/cerca").status_code == 404
    assert '<html lang="it">' in client.get("/?lang=fr").text
