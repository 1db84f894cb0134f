"""The forms of small talk and of orders to a model, read once from forms.yaml."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load(files("kb.answering").joinpath("forms.yaml").read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=32)
def talk_pattern(kind: str) -> str:
    """A regular expression, as text, for one kind of forms.yaml ("greeting", "thanks", "elsewhere")."""
    return "(?:" + "|".join(_data()[kind]) + ")"


@lru_cache(maxsize=1)
def order_pattern() -> re.Pattern[str]:
    """Finds orders to a model in a text as typed."""
    return re.compile("|".join(_data()["orders"]), re.IGNORECASE | re.MULTILINE)
