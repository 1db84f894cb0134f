"""The report's page: verdict first, every failed question whole, usable without a script, well formed."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from evals.gate import apply_gate
from evals.golden import GoldenQuestion, GoldenSet, QuestionKind
from evals.page.diff_page import render_diff_page
from evals.page.page import driver_rows, render_page
from evals.page.plots import Row, plot_calibration, plot_shares, plot_times
from evals.page.words import FORMS, KINDS, METRICS, STATUSES, readable
from evals.report import stored_run
from evals.run import EvalReport, run_golden
from evals.scorers import SCORERS
from evals.stored import Run
from evals.structure import Fault
from evals.thresholds import load_thresholds
from kb.records import AnswerStatus
from kb.testing import FakeAssistant, sample_release

QUESTIONS = (
    GoldenQuestion("bene", QuestionKind.ANSWERABLE, "Quanti Comuni riunisce l'Agenzia?", drivers=(8,)),
    GoldenQuestion(
        "male",
        QuestionKind.ANSWERABLE,
        "Quanti <Comuni> riunisce l'Agenzia?",
        drivers=(8,),
        must_include=(("99",),),
        document="piano",
        quote="riunisce 71 Comuni",
    ),
    GoldenQuestion("silenzio", QuestionKind.ANSWERABLE, "Chi decide?", drivers=(2,), must_include=(("x",),)),
    GoldenQuestion("manca", QuestionKind.UNANSWERABLE, "Chi è?"),
)
VOID = {"meta", "br", "input", "line", "rect", "circle", "polygon", "link", "img", "hr"}


def report(questions: tuple[GoldenQuestion, ...]) -> EvalReport:
    library = sample_release()
    library.passages = [replace(passage, driver=8) for passage in library.passages]
    return run_golden(GoldenSet(questions, "f", "prova"), FakeAssistant(library), evidence=library)


def run(release: str = "r_000000000001") -> Run:
    header = {"release": release, "golden": {"sha256": "f", "source": "p", "questions": 4}}
    return stored_run(report(QUESTIONS).with_header(header))


class Outline(HTMLParser):
    """Open and closed tags, ids, and links, as a browser meets them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        self.tags.append(tag)
        self.ids += [value for value in [about.get("id")] if value]
        self.links += [value for name in ("href", "src") if (value := about.get(name))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def refused() -> str:
    made = run()
    fault = Fault("figure_changed", "cifre cambiate: 25% → 27%, Driver 2, p. 109", ("male",), "perché sì")
    verdict = apply_gate(made, load_thresholds(), published=run("r_000000000000"), structure=[fault])
    return render_page(made, verdict=verdict.to_json(), before=run("r_000000000000"))


def test_the_verdict_stands_before_anything_else(refused: str) -> None:
    assert refused.index("Non si può pubblicare") < refused.index("domande di prova superate")
    assert "25% → 27%, Driver 2, p. 109" in refused
    assert '<a href="#q-male">male</a>' in refused


def test_the_page_is_well_formed_and_stands_alone(refused: str) -> None:
    outline = Outline(refused)

    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert "script" not in outline.tags
    assert [link for link in outline.links if not link.startswith("#")] == []
    assert not re.search(r"url\(|@import|https?://", refused.partition("</style>")[0])


def test_every_link_leads_somewhere(refused: str) -> None:
    outline = Outline(refused)

    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)


def test_a_failed_question_is_shown_whole(refused: str) -> None:
    shown = refused.partition('id="q-male"')[2].partition("</details>")[0]

    assert "Quanti &lt;Comuni&gt; riunisce" in shown, "escaped"
    for part in ("manca «99»", "71 Comuni", "p. 120", "riunisce 71 Comuni", "Piano di prova", "risposta"):
        assert part in shown
    assert 'id="q-bene"' not in refused


def test_an_ending_is_said_in_words(refused: str) -> None:
    shown = refused.partition('id="q-silenzio"')[2].partition("</details>")[0]

    assert "«i documenti non lo dicono»" in shown
    assert "not_found" not in shown


def test_each_filter_hides_what_it_does_not_name(refused: str) -> None:
    for choice in ("driver-8", "driver-2"):
        assert f'id="{choice}"' in refused
        assert f"body:has(#{choice}:checked)" in refused


def test_a_run_without_verdict_is_shown_too() -> None:
    page = render_page(run())

    assert "Esito della prova" in page
    assert "2 domande su 4" in page
    assert Outline(page).open == []


def test_a_run_without_failures_says_so() -> None:
    assert "Nessuna." in render_page(stored_run(report(QUESTIONS[:1])))


def test_every_code_has_its_words() -> None:
    assert set(STATUSES) >= {status.value for status in AnswerStatus}
    assert set(KINDS) == {kind.value for kind in QuestionKind}
    assert set(METRICS) >= {scorer.name for scorer in SCORERS}
    assert {"plain", "english", "typo"} <= set(FORMS)
    assert readable("esito not_found, atteso answered") == "esito «i documenti non lo dicono», atteso «risposta»"


def test_the_drivers_are_rows_with_what_they_were() -> None:
    rows = driver_rows(run(), run("r_000000000000"))

    assert [(row.name, row.count) for row in rows] == [
        ("Driver 2", "0 su 1"),
        ("Driver 8", "1 su 2"),
        ("senza Driver", "1 su 1"),
    ]
    assert all(row.before == row.value for row in rows)


def test_plots_put_values_where_they_belong() -> None:
    """The scale of shares runs from x = 190 to 630: 0.5 is at 410."""
    svg = plot_shares([Row("A & B", 0.5, 0.25, 0.75, "1 su 2", before=1.0)], title="Titolo")

    assert 'width="220.0"' in svg
    assert 'x1="300.0"' in svg and 'x2="520.0"' in svg
    assert "630.0,8.0" in svg
    assert "A &amp; B" in svg
    assert 'role="img" aria-label="Titolo"' in svg


def test_a_perfect_bin_lies_on_the_dashed_line() -> None:
    svg = plot_calibration([{"n": 4, "certainty": 0.5, "share": 0.5}], title="t")

    assert 'cx="220.0" cy="172.0" r="16.0"' in svg


def test_times_past_the_axis_are_in_the_last_bar() -> None:
    assert plot_times([], {}, title="t") == ""
    svg = plot_times([100.0, 100.0, 9000.0], {"p50": 100.0, "p95": 200.0, "max": 9000.0}, title="t")

    assert svg.count("<rect") == 24
    assert "metà entro 0,10 s" in svg


def test_the_difference_page_is_well_formed() -> None:
    figure: dict[str, Any] = {
        "document": "piano",
        "line": "25% → 27%, Driver 2, p. 109",
        "declared": False,
        "sentence_before": "prima",
        "sentence_after": "dopo",
    }
    empty: dict[str, list[Any]] = {name: [] for name in ("documents", "pages", "sections", "drivers", "figures")}
    base = {"before": "r_1", "after": "r_2", **empty}

    told = render_diff_page({**base, "figures": [figure], "answers": None, "receipts": None})

    assert "25% → 27%" in told
    assert "--answers" in told
    assert Outline(told).open == []
    assert "sono uguali" in render_diff_page({**base, "answers": [], "receipts": None})


def test_past_answers_that_would_differ_are_on_the_page() -> None:
    change = {"question": "Quanti <Comuni>?", "answer": "ans_1", "pages_before": ["Piano, p. 1"], "pages_after": []}
    told = {**change, "status_before": "answered", "status_after": "not_found", "text_before": "71", "text_after": "-"}
    empty: dict[str, list[Any]] = {name: [] for name in ("documents", "pages", "sections", "drivers", "figures")}
    receipts = {"replayed": 5, "skipped": 0, "changed": [told]}

    page = render_diff_page({"before": "r_1", "after": "r_2", **empty, "answers": None, "receipts": receipts})

    assert "ultime 5 risposte" in page
    assert "Quanti &lt;Comuni&gt;?" in page
    assert Outline(page).open == []
