"""`bussola search`: what an officer sees, the filters as people type them, and the batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb.commands.answers import search
from kb.commands.batch import read_batch
from kb.commands.passages import _page, clean_article, clean_mission, reading_to_text
from kb.errors import InputError, NotFound
from kb.records import DocumentKind, PassageFilter
from kb.retrieval.query import QueryReading
from kb.testing import FakeAssistant, FakeRelease, FakeSearchResult, sample_release


class Watched(FakeAssistant):
    """Remembers what it was asked."""

    def __init__(self, release: FakeRelease) -> None:
        super().__init__(release)
        self.asked: list[tuple[str, int, PassageFilter | None]] = []

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> FakeSearchResult:
        self.asked.append((text, count, narrow))
        return super().search(text, count=count, narrow=narrow)


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> Watched:
    made = Watched(sample_release())
    monkeypatch.setattr("kb.wiring.open_assistant", lambda *_args: made)
    return made


def run(*arguments: str, color: bool = False) -> Result:
    return CliRunner().invoke(search, arguments, color=color, catch_exceptions=False)


def test_a_person_reads_where_why_and_what(assistant: Watched) -> None:
    shown = run("orientamento al lavoro").stdout

    assert shown.startswith("1. Piano di prova, p. 120 [piano]\n")
    assert "Contiene «lavoro» e «orientamento»." in shown
    assert "punteggio" in shown
    assert "riunisce 71 Comuni" in shown
    assert "\x1b" not in shown, "no codes where no terminal reads"


def test_words_found_are_bold_on_a_terminal(assistant: Watched) -> None:
    shown = run("orientamento al lavoro", color=True).stdout

    assert "\x1b[1morientamento\x1b[0m" in shown
    assert "\x1b[1mComuni" not in shown


def test_json_has_the_contract_s_fields_with_highlights_and_why(assistant: Watched) -> None:
    found = json.loads(run("orientamento", "--json").stdout)
    first = found["passages"][0]

    wanted = {"passage", "document", "section", "page_label", "text", "score", "scores", "highlights", "why"}
    assert wanted <= first.keys()
    assert [first["text"][start:end] for start, end in first["highlights"]] == ["orientamento"]
    assert first["why"].startswith("Contiene «orientamento».")
    assert found["confidence"] == 0.5
    assert first["pages"] == [{"index": 2, "label": "120"}]


@pytest.mark.parametrize(
    ("pages", "shown"),
    [
        ([(1, "119")], "p. 119"),
        ([(1, "119"), (2, "120")], "pp. 119-120"),
        ([(1, None)], "pagina 1 del file"),
        ([(1, None), (2, "2"), (3, None)], "pagine 1-3 del file"),
    ],
)
def test_every_page_of_a_passage_is_named(pages: list[tuple[int, str | None]], shown: str) -> None:
    assert _page([{"index": index, "label": label} for index, label in pages]) == shown


def test_every_filter_reaches_the_search(assistant: Watched) -> None:
    options = "-k 3 --driver 8 --document piano --kind plan --mission m5 --article".split()
    run("lavoro", *options, "art. 5 bis", "--json")

    assert assistant.asked == [("lavoro", 3, PassageFilter(8, "piano", DocumentKind.PLAN, "M5", "5-bis"))]
    run("lavoro")
    assert assistant.asked[1] == ("lavoro", 10, None)


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        (["--document", "pums"], NotFound, "«pums».*guida, piano"),
        (["--mission", "M7"], InputError, "«M7».*M1 a M6"),
        (["--article", "cinque"], InputError, "«cinque».*5-bis"),
    ],
)
def test_a_filter_that_names_nothing_is_told(
    assistant: Watched, arguments: list[str], error: type[Exception], named: str
) -> None:
    with pytest.raises(error, match=named):
        run("lavoro", *arguments)


@pytest.mark.parametrize(
    ("arguments", "said"), [(["-k", "0"], "-k"), (["--driver", "x"], "--driver"), (["--kind", "legge"], "--kind")]
)
def test_an_option_out_of_range_is_refused(assistant: Watched, arguments: list[str], said: str) -> None:
    ran = run("lavoro", *arguments)

    assert ran.exit_code == 2
    assert said in ran.stderr


def test_nothing_found_is_said(assistant: Watched) -> None:
    assert run("xyzzy").stdout == "Nessun passaggio trovato.\n"
    assert json.loads(run("xyzzy", "--json").stdout)["passages"] == []


def test_a_batch_gives_a_line_a_query_in_the_same_order(assistant: Watched, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"id": "b", "query": "orientamento"}, {"id": 1, "query": "mobilità sostenibile"}]
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    found = [json.loads(line) for line in run("--batch", str(tmp_path / "q.jsonl"), "-k", "1").stdout.splitlines()]

    assert [line["query_id"] for line in found] == ["b", 1]
    assert [line["passages"][0]["document"] for line in found] == ["piano", "guida"]
    assert all(line["passages"][0]["why"] for line in found)


@pytest.mark.parametrize("text", ["", "  "])
def test_a_blank_query_is_refused(assistant: Watched, text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cercare"):
        run(text)
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": 1, "query": text}), encoding="utf-8")
    with pytest.raises(InputError):
        run("--batch", str(tmp_path / "q.jsonl"))


@pytest.mark.parametrize("text", ["m3", "M3", "3", "missione 3", "Missione  3"])
def test_a_mission_as_people_type_it(text: str) -> None:
    assert clean_mission(text) == "M3"
    assert clean_mission(None) is None


@pytest.mark.parametrize(
    ("text", "read"), [("5", "5"), ("5-bis", "5-bis"), ("5 bis", "5-bis"), ("art. 5", "5"), ("Articolo 5-BIS", "5-bis")]
)
def test_an_article_as_people_type_it(text: str, read: str) -> None:
    assert clean_article(text) == read
    assert clean_article(None) is None


def test_what_was_read_is_said_in_a_line() -> None:
    reading = QueryReading(
        "t", "t", "t", drivers=(3,), missions=("M1",), laws=("29/2022",), corrections={"mobilitta": "mobilita"}
    )

    assert reading_to_text(reading) == "«mobilitta» come «mobilita»; Driver 3; missione 1 del PNRR; norma 29/2022"
    assert reading_to_text(QueryReading("t", "t", "t")) == ""


@pytest.mark.parametrize(
    ("made", "said"),
    [(None, "non c'è: controlla il percorso"), (b"\xff\xfe", "non è testo UTF-8"), ("folder", "non si apre")],
)
def test_a_batch_that_can_t_be_read_is_one_clear_line(tmp_path: Path, made: bytes | str | None, said: str) -> None:
    path = tmp_path / "domande.jsonl"
    if isinstance(made, bytes):
        path.write_bytes(made)
    elif made:
        path.mkdir()

    with pytest.raises(InputError, match=said) as caught:
        read_batch(path, needs="query", given=None)

    assert "Errno" not in str(caught.value)


def test_a_driver_that_is_not_there_is_refused(assistant: Watched) -> None:
    refused = run("suolo", "--driver", "11")

    assert refused.exit_code == 2
    assert assistant.asked == []
