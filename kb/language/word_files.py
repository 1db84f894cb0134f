"""Word files: the YAML files beside this module, in which the words and forms of Italian are written down."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=8)
def read_word_file(name: str) -> dict[str, Any]:
    """What the file of that name holds ("kinship" is kinship.yaml), read once; whoever asks must not change it."""
    import yaml

    data: dict[str, Any] = yaml.safe_load(files("kb.language").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
    return data
