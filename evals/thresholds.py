"""The gate's thresholds, read from the one file that declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evals.scorers import SCORERS
from kb.errors import InputError

DECLARED = Path(__file__).with_name("thresholds.yaml")


@dataclass(frozen=True, slots=True)
class Always:
    """A metric of which no unit may be wrong."""

    metric: str
    reason: str  # in Italian, why the rule is there


@dataclass(frozen=True, slots=True)
class Share:
    """A metric whose value has a bound; one of the two ends is None."""

    metric: str
    at_least: float | None
    at_most: float | None
    min_units: int  # with fewer units the share says too little and the rule is not applied
    reason: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Everything that a candidate is held to."""

    always: tuple[Always, ...]
    shares: tuple[Share, ...]
    loss_p_below: float
    loss_reason: str
    unreadable_share: float
    unreadable_reason: str
    same_words: float
    same_order: float
    order_reason: str


@cache
def load_thresholds(path: Path = DECLARED) -> Thresholds:
    """
    The thresholds that a file declares.

    Raises:
        InputError: a metric is unknown, a bound lies outside [0, 1] or a reason is missing; the message names it.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    loss, structure = data["loss"], data["structure"]
    found = Thresholds(
        always=tuple(Always(_metric(one, path), _reason(one, "reason", path)) for one in data["always"]),
        shares=tuple(_share(one, path) for one in data["shares"]),
        loss_p_below=_bound(loss, "p_below", path),
        loss_reason=_reason(loss, "reason", path),
        unreadable_share=_bound(structure, "unreadable_share", path),
        unreadable_reason=_reason(structure, "unreadable_reason", path),
        same_words=_bound(structure, "same_words", path),
        same_order=_bound(structure, "same_order", path),
        order_reason=_reason(structure, "order_reason", path),
    )
    _refuse_repeats(found, path)
    return found


def _share(data: Mapping[str, Any], path: Path) -> Share:
    ends = {name: _bound(data, name, path) if name in data else None for name in ("at_least", "at_most")}
    if sum(end is not None for end in ends.values()) != 1:
        raise InputError(f"{path}: «{data.get('metric')}» vuole at_least oppure at_most; scrivine uno.")
    units = data.get("min_units")
    if type(units) is not int or units < 1:
        raise InputError(f"{path}: «{data.get('metric')}» ha min_units «{units}»; scrivi un numero intero da 1 in su.")
    return Share(_metric(data, path), ends["at_least"], ends["at_most"], units, _reason(data, "reason", path))


def _metric(data: Mapping[str, Any], path: Path) -> str:
    name = data.get("metric")
    if name not in {scorer.name for scorer in SCORERS}:
        raise InputError(f"{path}: la misura «{name}» non esiste; usa un nome di evals/scorers.")
    return str(name)


def _bound(data: Mapping[str, Any], name: str, path: Path) -> float:
    value = data.get(name)
    if type(value) not in (int, float) or not 0 <= float(str(value)) <= 1:
        raise InputError(f"{path}: {name} vale «{value}»; scrivi un numero fra 0 e 1.")
    return float(str(value))


def _reason(data: Mapping[str, Any], name: str, path: Path) -> str:
    text = data.get(name)
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"{path}: a una soglia manca il motivo ({name}); scrivilo.")
    return text.strip()


def _refuse_repeats(found: Thresholds, path: Path) -> None:
    names = [rule.metric for rule in found.always] + [rule.metric for rule in found.shares]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(f"{path}: «{min(twice)}» ha due soglie; lasciane una.")
