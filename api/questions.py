"""What a question must be, said once for the API and the page: not empty, not too long, text that can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.problems import REMEDIES, FieldFault, RequestFault, printable

NOTHING_SEEN = (
    r"\s\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
"""Blanks, control and invisible characters, as a regular expression's class that every dialect reads."""

SAYS_SOMETHING = f"[^{NOTHING_SEEN}]"
"""What a question holds at least once; the API's schema says so too."""


def check_question(text: str, *, field: str, most_chars: int) -> str:
    """
    The question without control characters, nor blanks around it.

    Raises:
        RequestFault: nothing of it can be seen, it is no Unicode text, or is longer than most_chars.
    """
    if re.search(r"[\ud800-\udfff]", text):  # JSON can spell half a character, which UTF-8 can't
        raise RequestFault(FieldFault(field, printable(text), *REMEDIES["string_unicode"]))
    question = re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).strip()
    if not re.search(SAYS_SOMETHING, question):
        raise RequestFault(FieldFault(field, "", "è vuoto", "scrivi una domanda, per esempio «Che cos'è il PUMS?»"))
    if len(text) > most_chars:  # as the schema counts: whole
        raise RequestFault(
            FieldFault(
                field,
                printable(question),
                f"ha {len(text)} caratteri",
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
        if re.search(SAYS_SOMETHING, question)
    )
