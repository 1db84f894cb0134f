"""The cases of the liar suite: a claim, the quotes it cites, and whether it is faithful."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kb.answering.claims.faithfulness import find_unfaithful
from kb.corpus.records import shipped_guide, shipped_records
from kb.retrieval.vocabulary import harvest_acronyms

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


@lru_cache(maxsize=1)
def corpus_acronyms() -> dict[str, str]:
    """The acronyms that the shipped corpus explains, folded, with their full names."""
    return harvest_acronyms(file.read_text(encoding="utf-8") for file in (*shipped_records(), *shipped_guide()))


def fault_of(case: LiarCase) -> str | None:
    """The fault that the verifier finds in a case, None where it lets the claim through."""
    return find_unfaithful(case.claim, case.sources, known=KNOWN, contexts=case.contexts, acronyms=corpus_acronyms())


@dataclass(frozen=True, slots=True)
class LiarTable:
    """What the verifier did with a set of cases."""

    caught: dict[str, tuple[int, int]]  # kind of lie → (caught, in all)
    dropped: int
    faithful: int

    @property
    def lies(self) -> int:
        """Lies of every kind."""
        return sum(n for _, n in self.caught.values())

    @property
    def lies_caught(self) -> int:
        """Those that were dropped."""
        return sum(caught for caught, _ in self.caught.values())

    def as_json(self) -> dict[str, Any]:
        """The table as one JSON object."""
        kinds = {kind: {"caught": caught, "n": n} for kind, (caught, n) in sorted(self.caught.items())}
        return {"kinds": kinds, "lies": {"caught": self.lies_caught, "n": self.lies}} | {
            "faithful": {"dropped": self.dropped, "n": self.faithful}
        }


def measure(cases: Iterable[LiarCase]) -> LiarTable:
    """How many lies of each kind are caught, and how many faithful sentences are dropped."""
    judged = [(case, fault_of(case) is not None) for case in cases]
    lies = sorted({case.kind for case, _ in judged if case.is_lie})
    caught = {kind: [fault for case, fault in judged if case.kind == kind] for kind in lies}
    faithful = [fault for case, fault in judged if not case.is_lie]
    return LiarTable({kind: (sum(found), len(found)) for kind, found in caught.items()}, sum(faithful), len(faithful))
