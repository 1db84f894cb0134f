"""The cases of the liar suite: a claim, the quotes it cites, and whether it is faithful."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

FAITHFUL = "faithful"
KNOWN = "Piano strategico della Città metropolitana di Milano"
"""What the documents' titles let anyone name."""


@dataclass(frozen=True, slots=True)
class LiarCase:
    """A sentence as a chat model may write it, with the quotes that it cites."""

    kind: str  # "faithful", or the kind of lie
    claim: str
    sources: tuple[str, ...]
    contexts: tuple[str, ...]

    @property
    def is_lie(self) -> bool:
        """True for what must be dropped."""
        return self.kind != FAITHFUL


def load_cases(name: str) -> list[LiarCase]:
    """The cases of one of the files beside this module ("cases.yaml", "calibration.yaml"), in order."""
    import yaml

    text = files("evals.liar").joinpath(name).read_text(encoding="utf-8")
    return [case for entry in yaml.safe_load(text) for case in _cases_of(entry)]


def _cases_of(entry: dict[str, Any]) -> Iterator[LiarCase]:
    sources, contexts = _listed(entry["source"]), _listed(entry.get("context", ""))
    contexts = contexts * len(sources) if len(contexts) == 1 else contexts
    claims = {FAITHFUL: entry.get("faithful", []), **entry.get("lies", {})}
    for kind, texts in claims.items():
        for text in texts:
            yield LiarCase(kind, text, tuple(sources), tuple(contexts))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
