"""The limits of a question, said once for the API and the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.problems import REMEDIES, FieldFault, RequestFault, printable


def check_question(text: str, *, field: str, most_chars: int) -> str:
    """
    The question without control characters, nor blanks around it.

    Raises:
        RequestFault: it is empty, is no Unicode text, or is longer than most_chars.
    """
    question = _cleaned(text)
    if re.search(r"[\ud800-\udfff]", question):  # JSON can spell half a character, which UTF-8 can't
        raise RequestFault(FieldFault(field, printable(question), *REMEDIES["string_unicode"]))
    if not question:
        raise RequestFault(FieldFault(field, "", "è vuoto", "scrivi una domanda, per esempio «Che cos'è il PUMS?»"))
    if len(question) > most_chars:
        raise RequestFault(
            FieldFault(
                field,
                printable(question),
                f"ha {len(question)} caratteri",
                f"usane al più {most_chars}, una domanda alla volta",
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
        if _cleaned(question)
    )


def _cleaned(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).strip()
