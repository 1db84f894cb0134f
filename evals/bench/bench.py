"""What every measure is given: a folder of its own, rounds, questions; and the list of the measures."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evals.bench.figures import Row

MEASURES: dict[str, str] = {
    "extraction": "evals.bench.extraction",
    "build": "evals.bench.building",
    "update": "evals.bench.updating",
    "search": "evals.bench.searching",
    "ask": "evals.bench.asking",
    "api": "evals.bench.serving",
}
"""Where each measure lives; each module's `measure(bench)` gives its rows."""

SIZED = ("search",)
SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5
_GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@dataclass(frozen=True)
class Bench:
    """How the figures are taken; say tells the person what is being done."""

    folder: Path
    say: Callable[[str], None]
    rounds: int = ROUNDS
    quick: bool = False

    def pick(self, whole: int, quick: int) -> int:
        """How many of something: fewer where only a proof is wanted that all of it runs."""
        return quick if self.quick else whole

    def home(self, name: str) -> Path:
        """A new home folder that has the default model already."""
        home = self.folder / name
        (home / "cache").mkdir(parents=True)
        (home / "cache" / "models").symlink_to(self.model.parent, target_is_directory=True)
        return home

    @cached_property
    def model(self) -> Path:
        """The folder of the default model, which both sides load."""
        from kb.backends.e5 import default_model_folder

        self.say("preparo il modello")
        return default_model_folder(self.folder / "model")

    @cached_property
    def questions(self) -> list[str]:
        """Italian questions that the shipped corpus answers, evenly spread over the golden ones."""
        from evals.golden import QuestionKind, load_golden
        from evals.spreading import spread

        asked = [
            one.question
            for one in load_golden(_GOLDEN).questions
            if one.kind is QuestionKind.ANSWERABLE and one.lang == "it" and not one.history
        ]
        return spread(asked, self.pick(30, 6))


def part_names(measures: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """What is measured and kept by itself: a measure, or for the search one of its sizes ("search.1000")."""
    return [part for name in measures for part in ([f"{name}.{size}" for size in sizes] if name in SIZED else [name])]


def run_part(part: str, bench: Bench) -> list[Row]:
    """The rows of the part of that name."""
    name, _, size = part.partition(".")
    module = importlib.import_module(MEASURES[name])
    rows: list[Row] = module.measure(bench, int(size)) if size else module.measure(bench)
    return rows
