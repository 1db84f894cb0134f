"""
Tier B: a chat model judges whether sentences are supported by their quotes. Never a gate.

What it says is published beside its agreement with sentences that people labelled, since a judge may be wrong too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from evals.liar.cases import LiarCase
from evals.metrics import Metric
from evals.scorers.score import ANSWERED
from evals.statistics import cohen_kappa, wilson_interval
from evals.stored import Run
from kb.errors import ModelError
from kb.ports import ChatModel, ChatPrompt, Progress, no_progress
from prompts.instructions import as_data, load_instructions

SCHEMA = {"type": "object", "properties": {"supported": {"type": "boolean"}}, "required": ["supported"]}


class Judge(Protocol):
    """Who says whether quotes support a sentence."""

    def supports(self, claim: str, quotes: Sequence[str], /) -> bool | None:
        """True or False; None where no judgement came."""


class ModelJudge:
    """The chat model as a judge."""

    def __init__(self, chat: ChatModel, *, language: str = "it") -> None:
        self._chat = chat
        self._prompt = load_instructions("judge", language)

    def supports(self, claim: str, quotes: Sequence[str], /) -> bool | None:
        """What the model says; None where it fails or replies out of format."""
        framed = "\n".join(f"<citazione>{as_data(quote)}</citazione>" for quote in quotes)
        text = self._prompt.fill(claim=as_data(claim), quotes=framed)
        try:
            reply = "".join(self._chat.write(ChatPrompt(self._prompt.system, text, SCHEMA)))
            said = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])["supported"]
        except (ModelError, ValueError, KeyError, TypeError):
            return None
        return said if isinstance(said, bool) else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a judge agrees with labelled sentences."""

    n: int  # judged
    undetermined: int
    kappa: float | None  # 1: always; 0: as by chance
    precision: float | None  # of "not supported", the labelled lies
    recall: float | None  # of the labelled lies, those found

    def to_json(self) -> dict[str, Any]:
        """The agreement as plain data, rounded to four places."""
        shares = {name: getattr(self, name) for name in ("kappa", "precision", "recall")}
        rounded = {name: None if value is None else round(value, 4) for name, value in shares.items()}
        return {"n": self.n, "undetermined": self.undetermined, **rounded}


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """What a judge makes of a run's answers."""

    supported: Metric  # B1: sentences supported by the union of their quotes
    clean: Metric  # B3 turned round: answers without an unsupported sentence
    refused: tuple[tuple[str, str], ...]  # question id and sentence that the judge does not see supported

    def to_json(self) -> dict[str, Any]:
        """The judgement as plain data."""
        refused = [{"id": id_, "sentence": sentence} for id_, sentence in self.refused]
        return {"supported": self.supported.to_json(), "clean": self.clean.to_json(), "refused": refused}


def judge_run(run: Run, judge: Judge, *, progress: Progress = no_progress) -> JudgedRun:
    """
    Every sentence of the answers put to the judge, with the quotes that it cites.

    Source: metrics B1 (ALCE's citation recall, Gao et al., EMNLP 2023) and B3.
    """
    sentences: list[bool | None] = []
    answers: list[bool | None] = []
    refused: list[tuple[str, str]] = []
    stating = [one for one in run.questions if one["answer"] and one["answer"]["status"] in ANSWERED]
    for done, question in enumerate(stating, start=1):
        quotes = {one["number"]: one["quote"] for one in question["answer"]["citations"]}
        said = question["answer"]["sentences"]
        units = [judge.supports(one["text"], [quotes[n] for n in one["citations"] if n in quotes]) for one in said]
        sentences += units
        answers.append(_all_true(units))
        refused += [(question["id"], one["text"]) for one, unit in zip(said, units, strict=True) if unit is False]
        progress("giudizi", done, len(stating))
    return JudgedRun(_metric(sentences), _metric(answers), tuple(refused))


def measure_agreement(judge: Judge, cases: Iterable[LiarCase], *, progress: Progress = no_progress) -> Agreement:
    """
    The judge against labelled sentences.

    Source: metric B6; Cohen, Educational and Psychological Measurement 20 (1960).
    """
    labelled = list(cases)
    pairs: list[tuple[bool, bool]] = []  # the label says lie, the judge says lie
    for done, case in enumerate(labelled, start=1):
        if (said := judge.supports(case.claim, case.sources)) is not None:
            pairs.append((case.is_lie, not said))
        progress("frasi etichettate", done, len(labelled))
    hits = sum(lie and found for lie, found in pairs)
    found, lies = sum(one for _, one in pairs), sum(lie for lie, _ in pairs)
    return Agreement(
        n=len(pairs),
        undetermined=len(labelled) - len(pairs),
        kappa=cohen_kappa(pairs),
        precision=hits / found if found else None,
        recall=hits / lies if lies else None,
    )


def _all_true(units: Sequence[bool | None]) -> bool | None:
    if False in units:
        return False
    return None if None in units else True


def _metric(units: Sequence[bool | None]) -> Metric:
    decided = [unit for unit in units if unit is not None]
    low, high = wilson_interval(sum(decided), len(decided))
    return Metric(sum(decided), len(decided), low, high, len(units) - len(decided))
