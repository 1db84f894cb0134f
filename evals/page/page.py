"""The report as one HTML page in Italian that stands alone: no script, no other file, no network."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from evals.answers_changed import keeps_words, page_of
from evals.page import words
from evals.page.plots import Row, plot_calibration, plot_shares, plot_times
from evals.stored import Run

FOLDER = Path(__file__).parent
SPLITS = (
    ("by_kind", "Tipo di domanda", words.KINDS.get),
    ("by_driver", "Driver", words.driver_name),
    ("by_document", "Documento che risponde", lambda key: "nessuno" if key == "-" else key),
    ("by_form", "Come è scritta", words.FORMS.get),
    ("by_language", "Lingua", words.LANGUAGES.get),
)
NO_HEADER: dict[str, Any] = {
    "release": "senza nome",
    "date": "",
    "program": "",
    "code": "",
    "mode": "",
    "repeats": 1,
    "documents": (),
    "golden": {"source": "", "sha256": "", "questions": 0},
}
"""What stands where a run was given no header."""


@cache
def environment() -> jinja2.Environment:
    """The templates of this folder, everything escaped; a name that is not there is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"style": Markup((FOLDER / "style.css").read_text(encoding="utf-8")), "words": words}
    made.tests["keeping_words"] = keeps_words
    made.filters |= {"decimal": words.decimal, "page_of": page_of, "day": _day}
    return made


def render_page(
    run: Run,
    *,
    verdict: Mapping[str, Any] | None = None,
    diff: Mapping[str, Any] | None = None,
    before: Run | None = None,
) -> str:
    """The page, verdict first. Args: before is the published release's run, shown beside."""
    failed = [question for question in run.questions if not question["passed"]]
    shown = {
        "run": run,
        "report": run.report,
        "header": NO_HEADER | dict(run.report["header"]),
        "verdict": verdict,
        "notes": verdict["notes"] if verdict else (),
        "diff": diff,
        "before": before,
        "failed": failed,
        "lost": set(verdict["comparison"]["lost"]) if verdict and verdict["comparison"] else set(),
        "earlier": {str(one["id"]): one for one in before.questions} if before else {},
        "filters": _filters(failed),
        "plots": _plots(run, before),
        "splits": _splits(run),
    }
    page: str = environment().get_template("report.html").render(shown)
    return page


def _filters(failed: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """Groups of radio buttons: code, legend, and (value, name, how many) for each choice that some question has."""
    kinds = _count([str(question["kind"]) for question in failed])
    drivers = _count([str(number) for question in failed for number in question["expected"]["drivers"]])
    return [
        ("kind", "Tipo di domanda", [(key, words.KINDS.get(key, key), n) for key, n in kinds]),
        ("driver", "Driver", [(key, f"Driver {key}", n) for key, n in sorted(drivers, key=lambda one: int(one[0]))]),
    ]


def _count(keys: Sequence[str]) -> list[tuple[str, int]]:
    return [(key, keys.count(key)) for key in dict.fromkeys(keys)]


def _plots(run: Run, before: Run | None) -> dict[str, Markup]:
    """Each plot by name; what is in them was escaped where it was drawn."""
    report = run.report
    times = list(report["duration_ms"].values())
    drawn = {
        "drivers": plot_shares(driver_rows(run, before), title="Risposte giuste per Driver, con l'intervallo al 95%"),
        "calibration": plot_calibration(report["calibration"], title="Certezza dichiarata e quota di risposte dovute"),
        "times": plot_times(times, report["times_ms"], title="Quante risposte arrivano in quanto tempo"),
    }
    return {name: Markup(svg) for name, svg in drawn.items()}


def driver_rows(run: Run, before: Run | None) -> list[Row]:
    """A row a Driver, in order of number, and one for the questions that name none."""
    groups = {key: found for key, found in run.report["by_driver"].items() if "right" in found}
    single = sorted((key for key in groups if key.isdigit()), key=int)
    return [_row(key, groups, before) for key in [*single, *(["-"] if "-" in groups else [])]]


def _row(key: str, groups: Mapping[str, Any], before: Run | None) -> Row:
    found = groups[key]["right"]
    earlier = before.report["by_driver"].get(key, {}).get("right", {}).get("value") if before else None
    count = f"{found['k']} su {found['n']}"
    return Row(words.driver_name(key), found["value"], found["low"], found["high"], count, earlier)


def _splits(run: Run) -> list[tuple[str, list[tuple[str, Mapping[str, Any]]]]]:
    """(title, rows) for each way of grouping; a row is a name and the group's metrics."""
    return [
        (title, [(name(key) or key, groups) for key, groups in run.report[split].items() if "right" in groups])
        for split, title, name in SPLITS
    ]


def _day(moment: str) -> str:
    if not moment:
        return "data ignota"
    return datetime.datetime.fromisoformat(moment).astimezone().strftime("%d/%m/%Y, ore %H:%M")
