"""Past answers are replayed on another release; only what a person was told counts as different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.diff_text import describe_receipts
from evals.receipts_changed import find_changed_receipts, newest_receipts
from kb.answering.receipts import receipt_of
from kb.ledger import Ledger, Receipt
from kb.records import Answer, AnswerMode, AnswerStatus
from kb.testing import FakeAssistant, sample_release

OLD = FakeAssistant(sample_release())
COMUNI, SINDACO = "Quanti Comuni riunisce l'Agenzia?", "Chi è?"


class Changed(FakeAssistant):
    """The same documents, one figure of which is another; where it abstains it suggests something else."""

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        said = super().ask(question, history=history, mode=mode)
        if said.status is AnswerStatus.NOT_FOUND:
            return replace(said, text="Altrove, forse.", suggestions=("Prova ancora?",))
        sentences = tuple(replace(one, text=one.text.replace("71", "72")) for one in said.sentences)
        return replace(said, text=said.text.replace("71", "72"), sentences=sentences, release="r_nuova")


def receipt(question: str, *, id_: str, times: int = 1) -> Receipt:
    answer = replace(OLD.ask(question), id=id_)
    return replace(receipt_of(answer, {}, channel="cli"), times=times)


NEW = Changed(sample_release())


def test_the_same_answer_is_no_change() -> None:
    found = find_changed_receipts([receipt(COMUNI, id_="ans_1"), receipt(SINDACO, id_="ans_2")], OLD)

    assert (found.replayed, found.skipped, found.changed) == (2, 0, ())
    assert describe_receipts(found.to_json()) == ["", "Risposte già date: 2 ripetute, 0 oggi diverse."]


def test_what_was_told_differently_is_found_and_hints_are_not() -> None:
    found = find_changed_receipts([receipt(COMUNI, id_="ans_1"), receipt(SINDACO, id_="ans_2")], NEW)

    assert [(one.answer, one.question) for one in found.changed] == [("ans_1", COMUNI)]
    assert "71" in found.changed[0].text_before
    assert "72" in found.changed[0].text_after
    assert found.changed[0].pages_before == ("Piano di prova, p. 120",)


def test_the_most_often_given_stands_first_and_is_told() -> None:
    kept = [receipt(COMUNI, id_="ans_1"), receipt(COMUNI, id_="ans_2", times=3)]
    found = find_changed_receipts(kept, NEW)

    assert [one.answer for one in found.changed] == ["ans_2", "ans_1"]
    lines = describe_receipts(found.to_json())
    assert lines[1] == "Risposte già date: 2 ripetute, 2 oggi diverse:"
    assert lines[2] == f"  ans_2, data 3 volte: {COMUNI}"


def test_a_receipt_without_its_question_is_counted_as_skipped() -> None:
    old = Receipt("ans_0", "r_1", "answered", {})
    seen: list[int] = []

    found = find_changed_receipts([old], NEW, progress=lambda _what, done, _total: seen.append(done))

    assert (found.replayed, found.skipped) == (0, 1)
    assert "(1 senza domanda, saltate)" in describe_receipts(found.to_json())[1]
    assert seen == [1]


def test_the_newest_receipts_of_that_release_are_taken() -> None:
    ledger = Ledger("sqlite://")
    for at in range(3):
        ledger.keep(replace(receipt(COMUNI, id_=f"ans_{at}"), release="r_1", created_at=f"2026-01-0{at + 1}"))
    ledger.keep(replace(receipt(COMUNI, id_="ans_9"), release="r_2", created_at="2026-02-01"))

    assert [one.answer for one in newest_receipts(ledger, "r_1", count=2)] == ["ans_2", "ans_1"]
    ledger.close()
