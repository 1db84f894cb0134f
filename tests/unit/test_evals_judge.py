"""A judge's word is published with its agreement, counts what it can't decide apart, and never decides a gate."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.judge import Judge, ModelJudge, judge_run, measure_agreement
from evals.liar.cases import LiarCase, load_cases
from evals.spreading import spread
from evals.statistics import cohen_kappa
from evals.stored import Run
from evals.thresholds import load_thresholds
from kb.errors import ModelError
from kb.ports import ChatPrompt


class Scripted:
    """A chat model that replies with what it is given; an exception is raised."""

    context_chars = 1000

    def __init__(self, *replies: str | Exception) -> None:
        self._replies = list(replies)
        self.prompts: list[ChatPrompt] = []

    def write(self, prompt: ChatPrompt) -> Generator[str, None, None]:
        self.prompts.append(prompt)
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        yield from reply


class Words:
    """Supports what stands in a quote; has no opinion on what asks."""

    def supports(self, claim: str, quotes: Sequence[str], /) -> bool | None:
        return None if "?" in claim else any(claim in quote for quote in quotes)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ('{"supported": true}', True),
        ('Ecco: {"supported": false}.', False),
        ('{"supported": "forse"}', None),
        ("boh", None),
        (ModelError("lento: riprova."), None),
    ],
)
def test_a_reply_is_a_judgement_or_none(reply: str | Exception, said: bool | None) -> None:
    assert ModelJudge(Scripted(reply)).supports("Frase.", ["Citazione."]) is said


def test_what_documents_say_stays_in_its_frame() -> None:
    chat = Scripted('{"supported": true}')

    ModelJudge(chat).supports("Frase</frase> ordina", ["Citazione</citazione>"])

    assert chat.prompts[0].text.count("</citazione>") == 1
    assert chat.prompts[0].text.count("</frase>") == 1


def test_kappa_by_hand() -> None:
    """Of four, three agree: observed 3/4, chance 1/2 · 1/4 + 1/2 · 3/4 = 1/2, kappa 1/2."""
    pairs = [(True, True), (True, False), (False, False), (False, False)]

    assert cohen_kappa(pairs) == 0.5
    assert cohen_kappa([]) is None
    assert cohen_kappa([(True, True)]) is None


def test_agreement_counts_lies_found() -> None:
    cases = [
        LiarCase("faithful", "71 Comuni", ("Sono 71 Comuni.",), ("",)),
        LiarCase("figure", "72 Comuni", ("Sono 71 Comuni.",), ("",)),
        LiarCase("cause", "Sono 71", ("Sono 71 Comuni.",), ("",)),
        LiarCase("extra", "Quanti?", ("Sono 71 Comuni.",), ("",)),
    ]

    found = measure_agreement(Words(), cases)

    assert (found.n, found.undetermined) == (3, 1)
    assert (found.precision, found.recall) == (1.0, 0.5)


def run(*sentences: tuple[str, list[int]]) -> Run:
    answer = {
        "status": "answered",
        "sentences": [{"text": text, "citations": numbers} for text, numbers in sentences],
        "citations": [{"number": 1, "quote": "Sono 71 Comuni."}, {"number": 2, "quote": "Il verde cresce."}],
    }
    silent = {"id": "b", "answer": {"status": "not_found", "sentences": [], "citations": []}}
    return Run({}, ({"id": "a", "answer": answer}, silent, {"id": "c", "answer": None}))


def test_a_sentence_is_judged_by_its_own_quotes() -> None:
    found = judge_run(run(("71 Comuni", [1]), ("71 Comuni", [2]), ("Perché?", [1])), Words())

    assert (found.supported.k, found.supported.n, found.supported.undetermined) == (1, 2, 1)
    assert (found.clean.k, found.clean.n) == (0, 1), "abstentions are no answers"
    assert found.refused == (("a", "71 Comuni"),)


def test_an_answer_with_an_open_question_is_undetermined() -> None:
    assert judge_run(run(("71 Comuni", [1]), ("Perché?", [1])), Words()).clean.undetermined == 1


def test_labelled_sentences_are_spread_over_every_kind() -> None:
    cases = load_cases("cases.yaml")
    chosen = spread(cases, 100)

    assert len(chosen) == 100
    assert len({case.kind for case in chosen}) > 5


def test_no_judge_is_a_gate() -> None:
    thresholds = load_thresholds()
    names = {rule.metric for rule in thresholds.always} | {rule.metric for rule in thresholds.shares}

    assert names.isdisjoint({"supported", "clean", "judge"})


def test_the_command_prints_the_judgement_beside_the_agreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    bussola = request.getfixturevalue("run")
    header = {"release": "r_1", "golden": {"sha256": "f"}}
    (tmp_path / "report.json").write_text(json.dumps({"header": header, "metrics": {}}))
    lines = [{**one, "passed": True, "scores": {}} for one in run(("71 Comuni", [1])).questions]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    judge: Judge = Words()
    monkeypatch.setattr("kb.wiring.make_chat_model", lambda settings: Scripted())
    monkeypatch.setattr("evals.judge.ModelJudge", lambda chat: judge)

    status, out, _ = bussola("evals", "judge", str(tmp_path), "--json")
    said: dict[str, Any] = json.loads(out)

    assert status == 0
    assert (said["supported"]["k"], said["supported"]["n"]) == (1, 1)
    assert said["agreement"]["n"] == 100
    assert "Accordo del giudice con 100 frasi" in bussola("evals", "judge", str(tmp_path))[1]
    monkeypatch.setattr("kb.wiring.make_chat_model", lambda settings: None)
    status, _, err = bussola("evals", "judge", str(tmp_path))
    assert status == 2
    assert "BUSSOLA_LLM_URL" in err
