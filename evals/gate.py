"""The gate: a run, the published release's run and what changed between the two, held to the declared thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.metrics import Metric
from evals.scorers import SCORERS
from evals.statistics import paired_randomisation_p
from evals.stored import Run
from evals.structure import Fault
from evals.thresholds import Share, Thresholds

PASSED, FAILED, NOT_APPLIED = "passed", "failed", "not_applied"
TITLES = {scorer.name: scorer.title for scorer in SCORERS}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the gate and how the candidate stands to it."""

    rule: str
    title: str  # in Italian
    bound: str  # what is asked, as shown
    value: str  # what was found, as shown
    outcome: str  # PASSED, FAILED or NOT_APPLIED
    reason: str  # why the rule is there


@dataclass(frozen=True, slots=True)
class Comparison:
    """The candidate against the published release on the questions that both were asked."""

    published: str
    questions: int
    right_before: int
    right_after: int
    p: float
    lost: tuple[str, ...]  # right before, wrong now
    gained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate may serve, and every reason why not."""

    release: str
    status: str  # PASSED or FAILED
    checks: tuple[Check, ...]
    faults: tuple[Fault, ...]
    comparison: Comparison | None = None
    notes: tuple[str, ...] = ()  # what the reader should know of how it was judged

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain data."""
        return {**asdict(self), "faults": [fault.to_json() for fault in self.faults]}


def apply_gate(
    run: Run,
    thresholds: Thresholds,
    *,
    published: Run | None = None,
    structure: Sequence[Fault] = (),
    notes: Sequence[str] = (),
    sampled: bool = False,
) -> Verdict:
    """
    The verdict on a run: failed on any wrong unit of a 1.0 rule, share out of bounds, significant loss or fault of
    the documents.

    Args: structure holds the faults found by comparing the documents; sampled tells that too few questions were asked
    for shares, which then are not applied.
    """
    always = [_always(run, rule.metric, rule.reason) for rule in thresholds.always]
    shares = [_share(run, rule, sampled=sampled) for rule in thresholds.shares]
    comparison = compare_runs(run, published) if published is not None else None
    loss = _loss(comparison, thresholds)
    checks = [check for check, _ in (*always, *shares, *loss)]
    faults = [fault for _, fault in (*always, *loss, *shares) if fault is not None]
    faults = [*structure, *faults]
    status = FAILED if faults else PASSED
    return Verdict(str(run.header["release"]), status, tuple(checks), tuple(faults), comparison, tuple(notes))


def compare_runs(after: Run, before: Run) -> Comparison:
    """The two runs on the questions that both were asked; p of the paired randomisation test on right answers."""
    now, was = after.passed(), before.passed()
    both = [id_ for id_ in now if id_ in was]
    p = paired_randomisation_p([float(now[id_]) for id_ in both], [float(was[id_]) for id_ in both])
    return Comparison(
        published=str(before.header["release"]),
        questions=len(both),
        right_before=sum(was[id_] for id_ in both),
        right_after=sum(now[id_] for id_ in both),
        p=p,
        lost=tuple(id_ for id_ in both if was[id_] and not now[id_]),
        gained=tuple(id_ for id_ in both if now[id_] and not was[id_]),
    )


def _always(run: Run, metric: str, why: str) -> tuple[Check, Fault | None]:
    found, title = run.metrics.get(metric), TITLES[metric]
    if found is None or not found.n + found.undetermined:
        return Check(metric, title, "sempre", "nessuna unità", NOT_APPLIED, why), None
    wrong = found.n - found.k + found.undetermined
    value = f"{found.k} su {found.n + found.undetermined}"
    if not wrong:
        return Check(metric, title, "sempre", value, PASSED, why), None
    reason = f"{_lower(title)}: {value}, e deve valere sempre"
    return Check(metric, title, "sempre", value, FAILED, why), Fault(metric, reason, tuple(run.wrong_in(metric)), why)


def _share(run: Run, rule: Share, *, sampled: bool) -> tuple[Check, Fault | None]:
    found, title = run.metrics.get(rule.metric), TITLES[rule.metric]
    bound = f"almeno {_decimal(rule.at_least)}" if rule.at_least is not None else f"al più {_decimal(rule.at_most)}"
    if found is None or sampled or found.n + found.undetermined < rule.min_units:
        few = "campione" if sampled else f"{found.n if found else 0} unità, ne servono {rule.min_units}"
        return Check(rule.metric, title, bound, few, NOT_APPLIED, rule.reason), None
    value = counted(found, worse_is_one=rule.at_most is not None)
    good = value >= rule.at_least if rule.at_least is not None else value <= (rule.at_most or 0.0)
    shown = f"{_decimal(value)} ({found.k} su {found.n}" + (
        f", {found.undetermined} indeterminate)" if found.undetermined else ")"
    )
    check = Check(rule.metric, title, bound, shown, PASSED if good else FAILED, rule.reason)
    if good:
        return check, None
    return check, Fault(rule.metric, f"{_lower(title)}: {shown}, soglia: {bound}", _behind(run, rule), rule.reason)


def counted(found: Metric, *, worse_is_one: bool) -> float:
    """The share with every undetermined unit on the wrong side."""
    wrong_side = found.undetermined if worse_is_one else 0
    return (found.k + wrong_side) / (found.n + found.undetermined)


def _behind(run: Run, rule: Share) -> tuple[str, ...]:
    if rule.at_least is not None:
        return tuple(run.wrong_in(rule.metric))
    return tuple(str(question["id"]) for question in run.questions if True in question["scores"].get(rule.metric, ()))


def _loss(comparison: Comparison | None, thresholds: Thresholds) -> list[tuple[Check, Fault | None]]:
    if comparison is None:
        return []
    bound = f"nessuna perdita con p < {_decimal(thresholds.loss_p_below)}"
    value = (
        f"{comparison.right_before} → {comparison.right_after} giuste su {comparison.questions}, "
        f"p = {_decimal(comparison.p)}"
    )
    worse = comparison.right_after < comparison.right_before and comparison.p < thresholds.loss_p_below
    title = "Confronto con la versione pubblicata"
    check = Check("loss", title, bound, value, FAILED if worse else PASSED, thresholds.loss_reason)
    reason = f"risposte peggiorate rispetto alla versione pubblicata: {value}"
    return [(check, Fault("loss", reason, comparison.lost, thresholds.loss_reason) if worse else None)]


def _lower(title: str) -> str:
    """A title as it stands inside a sentence."""
    return title[0].lower() + title[1:]


def _decimal(value: float | None) -> str:
    return f"{value or 0.0:.3f}".rstrip("0").rstrip(".").replace(".", ",")


def verdict_lines(verdict: Mapping[str, Any]) -> list[str]:
    """The reasons of a verdict (as to_json gives it), one a line, with the questions that show each."""
    lines = []
    for fault in verdict["faults"]:
        asked = fault["questions"]
        more = f" e altre {len(asked) - 8}" if len(asked) > 8 else ""
        shown = f" [domande: {', '.join(asked[:8])}{more}]" if asked else ""
        lines.append(f"- {fault['reason']}{shown}")
    return lines
