"""The pages' two languages: which one a request asks for, and the English of every Italian text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

import yaml
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

ITALIAN, ENGLISH = "it", "en"
PREFIX = "/en"
CATALOGUE = Path(__file__).parent / "english.yaml"


class Tongue:
    """
    The middleware that reads the language of a request: English under /en/ or with ?lang=en, else Italian.

    The rest of the app sees the path without /en, and finds the language with language_of.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through under its Italian path."""
        if scope["type"] == "http":
            path: str = scope["path"]
            is_english = path == PREFIX or path.startswith(f"{PREFIX}/")
            if is_english:
                shorter = path.removeprefix(PREFIX) or "/"
                scope = {**scope, "path": shorter, "raw_path": shorter.encode()}
            asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
            chosen = asked if asked in (ITALIAN, ENGLISH) else ENGLISH if is_english else ITALIAN
            scope.setdefault("state", {})["language"] = chosen
        await self.app(scope, receive, send)


def language_of(request: Request) -> str:
    """The language that a request asks for: "it" or "en"."""
    return str(request.scope.get("state", {}).get("language", ITALIAN))


def in_language(path: str, language: str) -> str:
    """The address of a page in a language: path begins with "/"."""
    return f"{PREFIX}{path}" if language == ENGLISH and path.startswith("/") else path


@cache
def english() -> dict[str, str]:
    """The English of every text of the pages, by its Italian."""
    found: dict[str, str] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return found


def translate(text: str, language: str) -> str:
    """The text in that language; Italian where it was not translated."""
    return english().get(text, text) if language == ENGLISH else text
