"""What is said to chat models: one file a task and language, loaded by name and checked when loaded."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PROMPTS: dict[str, tuple[str, ...]] = {"generate": ("passages", "question"), "judge": ("claim", "quotes")}
"""Every file's name, and the fields that its text takes, sorted."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a model is told, as it is; and the text that carries the data."""

    system: str
    text: str
    version: str  # changes with any letter of the file

    def fill(self, **fields: str) -> str:
        """
        The text with its {braces} filled; put the data through `as_data` first.

        Raises:
            KeyError: a field is missing: a defect of ours.
        """
        return self.text.format(**fields)


@cache
def load_instructions(name: str, language: str = "it") -> Instructions:
    """
    The instructions of that name in a language; in Italian where they are not written in that one.

    Raises:
        ValueError: the file lacks one of its two parts or takes other fields than PROMPTS says: a defect of ours.
    """
    folder = files("prompts").joinpath("instructions")
    language = language if folder.joinpath(f"{name}.{language}.md").is_file() else "it"
    content = folder.joinpath(f"{name}.{language}.md").read_text(encoding="utf-8")
    instructions, mark, text = content.partition("\n---\n")
    fields = tuple(sorted({field for _, field, _, _ in string.Formatter().parse(text) if field}))
    if not mark or fields != PROMPTS[name]:
        raise ValueError(f"prompt {name}.{language} takes {fields}, expected {PROMPTS[name]}")
    return Instructions(instructions.strip(), text.strip(), hashlib.sha256(content.encode()).hexdigest()[:8])


def as_data(text: str) -> str:
    """A text of others that can't end the frame it is put in: its angle brackets become quotation marks."""
    return text.replace("<", "‹").replace(">", "›")
