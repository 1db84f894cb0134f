"""The fixed replies, loaded by language and checked when loaded: every language has the same names and fields."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("it", "en")


class Replies:
    """The replies of one language."""

    def __init__(self, texts: Mapping[str, Any], language: str) -> None:
        self._texts = dict(texts)
        self.language = language

    def say(self, reply: str, /, **fields: str) -> str:
        """
        The reply of that name, its {braces} filled.

        Raises:
            KeyError: no such reply, or a field is missing: a defect of ours.
        """
        return str(self._texts[reply]).format(**fields).strip()

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Questions to offer where there is nothing better."""
        return tuple(str(line) for line in self._texts["suggestions"])

    def shape(self) -> dict[str, tuple[str, ...]]:
        """Each reply's name with the fields it takes, sorted; equal in every language."""
        return {name: _fields(value) for name, value in sorted(self._texts.items()) if isinstance(value, str)}


@lru_cache(maxsize=len(LANGUAGES))
def load_replies(language: str) -> Replies:
    """The replies of a language; of Italian for a language we don't have."""
    import yaml

    name = language if language in LANGUAGES else "it"
    text = files("prompts").joinpath("replies", f"{name}.yaml").read_text(encoding="utf-8")
    return Replies(yaml.safe_load(text), name)


def name_page(label: str | None, index: int, language: str = "it") -> str:
    """How people are told of a page: its printed number where it has one, else its place in the file, from 1."""
    replies = load_replies(language)
    return replies.say("page_printed", page=label) if label else replies.say("page_counted", page=str(index))


def _fields(text: str) -> tuple[str, ...]:
    return tuple(sorted({name for _, name, _, _ in string.Formatter().parse(text) if name}))
