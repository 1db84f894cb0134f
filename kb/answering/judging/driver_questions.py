"""Driver questions: which ask which of the Drivers, of the next one, or of nothing but them."""

from __future__ import annotations

import re

from kb.language.figures import number_words
from kb.language.questions import Asked, Expectation, read_question
from kb.language.verbs import verb_stems
from kb.language.words import fold, stem, tokenize

_ALL = re.compile(r"(?:(?:i|tutti i) )?drivers?|(?:parlami|parlaci|dimmi|raccontami) (?:di tutti i|dei|sui) drivers?")
_OF_THE_PLAN = frozenset(stem("driver piano psttm agenda strategica strategico".split()))
"""Words beside which a list of the Drivers is one of all of them."""
_WHO_TAKES_PART = re.compile(
    r"chi (?:partecipa|collabora|lavora|prende parte|interviene|e coinvolto|c'e|ci sta) (?:a|al|nel|sul|con il) driver"
    r" (?P<number>\d{1,2})"
)
_WHICH = re.compile(r"\b(?:which|what) drivers\b|\bche drivers?\b")
_NEXT = re.compile(r"(?:(?:il|quello|driver) )?(?:prossimo|successivo|seguente|dopo)(?: driver)?")
_BEFORE = re.compile(r"(?:(?:il|quello|driver) )?(?:precedente|prima)(?: driver)?")


def said_in_full(question: str) -> str:
    """A question on the Drivers that leaves out what it asks ("Driver?"), in full; itself otherwise."""
    plain = " ".join(fold(question).strip(" ?!.").split())
    if _ALL.fullmatch(plain) or _lists_all(question):
        return "Quali sono i Driver?"
    match = _WHO_TAKES_PART.fullmatch(plain)
    return f"Chi sono gli attori del Driver {match['number']}?" if match else question


def _lists_all(question: str) -> bool:
    """True where a list of the Drivers and of nothing else is asked for; one with a number may claim it."""
    if "driver" not in question.lower():
        return False
    asked = read_question(question)
    listed = asked.expects is Expectation.LIST and asked.language != "en" and not asked.figures
    return listed and "driver" in asked.focus and _OF_THE_PLAN.issuperset(asked.focus)


def step_of(body: str) -> int:
    """1 for "il prossimo", -1 for "il precedente", 0 for anything else."""
    plain = " ".join(fold(body).strip(" ?!.").split())
    return int(bool(_NEXT.fullmatch(plain))) - int(bool(_BEFORE.fullmatch(plain)))


def asks_which_drivers(asked: Asked) -> bool:
    """True where it is asked which of the Drivers are so ("quali Driver si occupano di giovani?")."""
    listed = asked.expects is Expectation.LIST and asked.thing == "driver"
    if not listed and not _WHICH.search(fold(asked.text)):
        return False
    numbers = stem([word for word in tokenize(asked.text) if word in number_words()])
    return bool(set(asked.focus) - {"driver", *numbers})


def subject_of_drivers(asked: Asked) -> tuple[str, ...]:
    """The stems that a sentence on one of the Drivers asked for must tell: no verb, no number, not "Driver" itself."""
    left_out = verb_stems(asked.text) | {"driver"}
    return tuple(word for word in asked.focus if word not in left_out and not word[0].isdigit())
