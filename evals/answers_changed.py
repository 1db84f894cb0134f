"""Answers that differ between two runs: what was answered before and what is answered now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.scorers.score import ANSWERED
from evals.stored import Run
from prompts.replies import name_page


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A golden question whose answer is not what it was."""

    id: str
    question: str
    passed_before: bool
    passed_after: bool
    status_before: str
    status_after: str
    text_before: str
    text_after: str
    pages_before: tuple[str, ...]  # "Piano strategico, p. 120"
    pages_after: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The change as plain data."""
        return asdict(self)


def find_changed_answers(before: Run, after: Run) -> list[AnswerChange]:
    """The questions that both runs asked and whose status, statement or cited pages differ, in the order asked."""
    was = {question["id"]: question for question in before.questions}
    pairs = [(was[question["id"]], question) for question in after.questions if question["id"] in was]
    changes = [_change(old, new) for old, new in pairs]
    return [change for change in changes if _differs(change)]


def cited_pages(answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The pages that an answer cites, without repeats, in their order."""
    citations: Sequence[Mapping[str, Any]] = answer["citations"] if answer else ()
    return tuple(dict.fromkeys(f"{one['title']}, {page_of(one)}" for one in citations))


def page_of(citation: Mapping[str, Any]) -> str:
    """A citation's page in words: the printed number, or the place in the file."""
    return name_page(citation["page_label"], citation["page_index"])


def keeps_words(change: Mapping[str, Any]) -> bool:
    """True where an answer says the same, as right as before, and only the pages that it cites differ."""
    return all(change[f"{name}_before"] == change[f"{name}_after"] for name in ("passed", "status", "text"))


def _change(old: Mapping[str, Any], new: Mapping[str, Any]) -> AnswerChange:
    was, now = old["answer"], new["answer"]
    return AnswerChange(
        id=new["id"],
        question=new["question"],
        passed_before=old["passed"],
        passed_after=new["passed"],
        status_before=was["status"] if was else "",
        status_after=now["status"] if now else "",
        text_before=was["text"] if was else "",
        text_after=now["text"] if now else "",
        pages_before=cited_pages(was),
        pages_after=cited_pages(now),
    )


def _differs(change: AnswerChange) -> bool:
    if change.status_before == change.status_after and change.status_after not in ANSWERED:
        return False  # of an abstention only the nearest passages differ, which follow every change of the documents
    before = (change.status_before, change.text_before, change.pages_before)
    return before != (change.status_after, change.text_after, change.pages_after)
