"""What the Telegram bot says in its own words, loaded by language; every language has the same names and fields."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from prompts.replies import LANGUAGES, Replies


@lru_cache(maxsize=len(LANGUAGES))
def load_bot_replies(language: str) -> Replies:
    """The bot's replies in a language; in Italian for a language we don't have."""
    import yaml

    name = language if language in LANGUAGES else "it"
    text = files("prompts").joinpath("replies", f"bot.{name}.yaml").read_text(encoding="utf-8")
    return Replies(yaml.safe_load(text), name)
