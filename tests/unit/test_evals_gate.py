"""The gate applies the thresholds that the one file declares, and names the questions that break them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.gate import apply_gate, compare_runs, verdict_lines
from evals.scorers import SCORERS
from evals.statistics import wilson_interval
from evals.stored import Run
from evals.structure import Fault
from evals.thresholds import DECLARED, load_thresholds
from kb.errors import InputError

DATA = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
ALWAYS = [rule["metric"] for rule in DATA["always"]]
RIGHT_ALWAYS = dict.fromkeys(ALWAYS, (100, 100))


def run(
    metrics: Mapping[str, tuple[int, int] | tuple[int, int, int]],
    questions: Sequence[Mapping[str, Any]] = (),
    *,
    release: str = "r_000000000001",
) -> Run:
    """A run with these metrics (k, n and undetermined)."""
    found = {}
    for name in (scorer.name for scorer in SCORERS):
        k, n, undetermined = (*metrics.get(name, (0, 0)), 0)[:3]
        low, high = wilson_interval(k, n)
        found[name] = {"k": k, "n": n, "low": low, "high": high, "undetermined": undetermined}
    return Run({"header": {"release": release, "golden": {"sha256": "f"}}, "metrics": found}, tuple(questions))


def question(id_: str, passed: bool, **scores: list[bool | None]) -> dict[str, Any]:
    return {"id": id_, "passed": passed, "scores": scores}


def exact(share: float) -> tuple[int, int]:
    """k and n whose share is exactly this one, on a thousand units."""
    return round(share * 1000), 1000


@pytest.mark.parametrize("rule", DATA["shares"], ids=lambda rule: rule["metric"])
def test_the_declared_share_is_the_one_applied(rule: Mapping[str, Any]) -> None:
    """On the bound it passes; a thousandth beyond it fails: no other number can do both."""
    bound = rule.get("at_least", rule.get("at_most"))
    k, n = exact(bound)
    assert k == bound * n, "a bound of three places at most"
    beyond = k - 1 if "at_least" in rule else k + 1

    on = apply_gate(run({**RIGHT_ALWAYS, rule["metric"]: (k, n)}), load_thresholds())
    off = apply_gate(run({**RIGHT_ALWAYS, rule["metric"]: (beyond, n)}), load_thresholds())

    assert on.status == "passed"
    assert off.status == "failed"
    assert [fault.rule for fault in off.faults] == [rule["metric"]]
    assert off.faults[0].why == rule["reason"]


@pytest.mark.parametrize("rule", DATA["shares"], ids=lambda rule: rule["metric"])
def test_the_declared_least_number_of_units_is_the_one_applied(rule: Mapping[str, Any]) -> None:
    worst = 0 if "at_least" in rule else 1
    enough, few = rule["min_units"], rule["min_units"] - 1

    assert apply_gate(run({rule["metric"]: (enough * worst, enough)}), load_thresholds()).status == "failed"
    assert apply_gate(run({rule["metric"]: (few * worst, few)}), load_thresholds()).status == "passed"


@pytest.mark.parametrize("metric", ALWAYS)
def test_one_wrong_unit_in_a_hundred_breaks_a_rule_without_exceptions(metric: str) -> None:
    wrong = [question("buona", True, **{metric: [True]}), question("cattiva", False, **{metric: [True, False]})]

    verdict = apply_gate(run({**RIGHT_ALWAYS, metric: (99, 100)}, wrong), load_thresholds())

    assert verdict.status == "failed"
    assert [(fault.rule, fault.questions) for fault in verdict.faults] == [(metric, ("cattiva",))]
    assert "99 su 100" in verdict.faults[0].reason


@pytest.mark.parametrize("metric", ALWAYS)
def test_an_undetermined_unit_counts_as_wrong(metric: str) -> None:
    assert apply_gate(run({**RIGHT_ALWAYS, metric: (100, 100, 1)}), load_thresholds()).status == "failed"


def test_undetermined_units_lower_a_share_and_raise_a_rate() -> None:
    """88 of 99 is 0.889, above 0.88; with one undetermined it is 88 of 100; with two 88 of 101, below."""
    thresholds = load_thresholds()

    assert apply_gate(run({"right": (88, 99, 1)}), thresholds).status == "passed"
    assert apply_gate(run({"right": (88, 99, 2)}), thresholds).status == "failed"
    assert apply_gate(run({"over_refusal": (5, 100, 0)}), thresholds).status == "passed"
    assert apply_gate(run({"over_refusal": (5, 99, 1)}), thresholds).status == "failed"


def test_a_sample_is_held_to_the_rules_without_exceptions_only() -> None:
    thresholds = load_thresholds()

    assert apply_gate(run({**RIGHT_ALWAYS, "right": (10, 100)}), thresholds, sampled=True).status == "passed"
    assert apply_gate(run({**RIGHT_ALWAYS, "quote_fidelity": (9, 10)}), thresholds, sampled=True).status == "failed"


def answers(passed: Sequence[bool]) -> list[dict[str, Any]]:
    return [question(f"d{at}", right) for at, right in enumerate(passed)]


@pytest.mark.parametrize(("lost", "status"), [(5, "passed"), (6, "failed")])
def test_a_loss_counts_from_the_declared_p(lost: int, status: str) -> None:
    """All k lost and none won: p = 2 / 2^k, which is 0.0625 for five and 0.03125 for six; declared is 0.05."""
    before = run({}, answers([True] * 40), release="r_000000000000")
    after = run({}, answers([False] * lost + [True] * (40 - lost)))

    verdict = apply_gate(after, load_thresholds(), published=before)

    assert verdict.status == status
    assert verdict.comparison is not None
    assert verdict.comparison.p == 2 / 2**lost
    assert verdict.comparison.lost == tuple(f"d{at}" for at in range(lost))
    assert [fault.questions for fault in verdict.faults if fault.rule == "loss"] == (
        [verdict.comparison.lost] if status == "failed" else []
    )


def test_a_gain_is_no_loss() -> None:
    before, after = run({}, answers([False] * 9)), run({}, answers([True] * 9))

    assert apply_gate(after, load_thresholds(), published=before).status == "passed"


def test_only_questions_that_both_runs_asked_are_compared() -> None:
    before = run({}, [question("a", True), question("tolta", True)])
    after = run({}, [question("nuova", False), question("a", True)])

    assert compare_runs(after, before).questions == 1


def test_a_fault_of_the_documents_refuses_and_stands_first() -> None:
    fault = Fault("figure_changed", "25% → 27%", why="perché")

    verdict = apply_gate(run({**RIGHT_ALWAYS, "quote_fidelity": (1, 2)}), load_thresholds(), structure=[fault])

    assert [one.rule for one in verdict.faults] == ["figure_changed", "quote_fidelity"]


def test_the_reasons_are_lines_with_their_questions() -> None:
    many = tuple(f"d{at}" for at in range(10))
    verdict = apply_gate(run({}), load_thresholds(), structure=[Fault("golden_quote", "frasi perse", many)])

    assert verdict_lines(json.loads(json.dumps(verdict.to_json()))) == [
        "- frasi perse [domande: d0, d1, d2, d3, d4, d5, d6, d7 e altre 2]"
    ]


def test_a_metric_without_units_is_said_not_to_be_applied() -> None:
    checks = apply_gate(run({}), load_thresholds()).checks

    assert {check.outcome for check in checks} == {"not_applied"}
    assert {check.rule for check in checks} == {*ALWAYS, *(rule["metric"] for rule in DATA["shares"])}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["always"].append({"metric": "bellezza", "reason": "x"}), "«bellezza» non esiste"),
        (lambda data: data["always"][0].update(reason=" "), "manca il motivo"),
        (lambda data: data["shares"][0].update(at_least=1.2), "at_least vale «1.2»"),
        (lambda data: data["shares"][0].update(at_most=0.5), "at_least oppure at_most"),
        (lambda data: data["shares"][0].update(min_units=0), "min_units «0»"),
        (lambda data: data["shares"].append(dict(data["shares"][0])), "due soglie"),
        (lambda data: data["loss"].update(p_below="poco"), "p_below vale «poco»"),
    ],
)
def test_a_slip_in_the_file_is_named(tmp_path: Path, change: Any, said: str) -> None:
    data = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    change(data)
    path = tmp_path / "soglie.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")

    with pytest.raises(InputError, match=said):
        load_thresholds(path)
