"""The limits of a question, said once for the API and the page."""

from __future__ import annotations

from collections.abc import Sequence

from api.problems import FieldFault, RequestFault


def check_question(text: str, *, field: str, most_chars: int) -> str:
    """
    The question without blanks around it.

    Raises:
        RequestFault: it is empty, or longer than most_chars.
    """
    question = text.strip()
    if not question:
        raise RequestFault(FieldFault(field, "", "è vuoto", "scrivi una domanda, per esempio «Che cos'è il PUMS?»"))
    if len(question) > most_chars:
        shown = question[:40] + "…"
        raise RequestFault(
            FieldFault(
                field, shown, f"ha {len(question)} caratteri", f"usane al più {most_chars}, una domanda alla volta"
            )
        )
    return question


def check_history(history: Sequence[str], *, most_chars: int) -> tuple[str, ...]:
    """
    The earlier questions, blank ones left out.

    Raises:
        RequestFault: one is longer than most_chars.
    """
    return tuple(
        check_question(question, field=f"history.{at}", most_chars=most_chars)
        for at, question in enumerate(history)
        if question.strip()
    )
