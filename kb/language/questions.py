"""What a question asks for: its language, the kind of answer it expects, and the words that carry its subject."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kb.language.figures import Figure, find_figures
from kb.language.words import STOP_WORDS, fold, stem, tokenize


class Expectation(StrEnum):
    """The kind of answer; the typed ones can't be met by a sentence that lacks that type."""

    COUNT = "count"
    AMOUNT = "amount"
    PERCENT = "percent"
    QUANTITY = "quantity"
    TIME = "time"
    CLOCK = "clock"
    PLACE = "place"
    LAW = "law"
    MISSION = "mission"
    PERSON = "person"
    ACTOR = "actor"
    DEFINITION = "definition"
    YES_NO = "yes_no"
    LIST = "list"
    SINGLE = "single"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read."""

    text: str
    language: str  # "it" or "en"
    expects: Expectation
    focus: tuple[str, ...]  # stems that carry the subject, in order, each once
    counted: str | None  # stem of the thing counted: "comun" in "quanti Comuni"
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Forms:
    """kb/language/asking.yaml, ready to use."""

    expectations: tuple[tuple[Expectation, re.Pattern[str]], ...]
    counted: re.Pattern[str]
    office: re.Pattern[str]
    interrogative: re.Pattern[str]
    asks_inside: re.Pattern[str]
    states: re.Pattern[str]
    asking: frozenset[str]
    english: frozenset[str]
    italian: frozenset[str]


def read_question(text: str) -> Asked:
    """What a question asks for; nothing here depends on the documents."""
    folded = " ".join(fold(text).split())
    expects = next((kind for kind, pattern in _forms().expectations if pattern.search(folded)), _open_kind(folded))
    if expects is Expectation.YES_NO and _forms().asks_inside.search(folded):
        expects = Expectation.OTHER
    return Asked(
        text=text,
        language=tell_language(text),
        expects=expects,
        focus=focus_stems(text),
        counted=_counted(folded) if expects is Expectation.COUNT else None,
        figures=tuple(find_figures(text)),
    )


def _open_kind(folded: str) -> Expectation:
    """A sentence of some words that asks for nothing by name asks whether it is so; words in a row ask nothing."""
    states = "?" in folded or _forms().states.search(folded)
    if not states or len(folded.split()) < 4 or _forms().interrogative.search(folded):
        return Expectation.OTHER
    return Expectation.YES_NO


def tell_language(text: str) -> str:
    """ "en" when English function words outnumber Italian ones, else "it" (also on a tie)."""
    words = re.findall(r"[a-zàèéìòù]+", text.lower())
    english = sum(word in _forms().english for word in words)
    italian = sum(word in _forms().italian for word in words)
    return "en" if english > italian else "it"


def focus_stems(text: str) -> tuple[str, ...]:
    """The stems that carry a question's subject, in order, each once: no stop words, no words of asking."""
    tokens = [token for token in tokenize(text) if token not in STOP_WORDS]
    return tuple(dict.fromkeys(word for word in stem(tokens) if word not in _forms().asking))


def is_office(word: str) -> bool:
    """True for a folded word that names an office which a person holds ("sindaco", "presidente")."""
    return _forms().office.fullmatch(word) is not None


def _counted(folded: str) -> str | None:
    match = _forms().counted.search(folded)
    if not match:
        return None
    return next((word for word in focus_stems(match.group(1)) if not word[0].isdigit()), None)


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    import yaml

    data: dict[str, Any] = yaml.safe_load(files("kb.language").joinpath("asking.yaml").read_text(encoding="utf-8"))
    role = data["role"].replace(" ", "")
    return _Forms(
        expectations=tuple(
            (Expectation(kind), re.compile("|".join(forms).replace("{role}", role)))
            for kind, forms in data["expectations"].items()
        ),
        counted=re.compile(data["counted"]),
        office=re.compile(role),
        interrogative=re.compile(data["interrogative"]),
        asks_inside=re.compile(data["asks_inside"]),
        states=re.compile(data["states"]),
        asking=frozenset(stem(tokenize(data["asking_words"]))),
        english=frozenset(data["english_words"].split()),
        italian=frozenset(data["italian_words"].split()),
    )
