"""Variants of a golden question made by rule: the same question as hurried people type it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evals.golden import GoldenQuestion
from kb.language.words import fold

LONG_WORD_CHARS = 7
"""A typo goes into a word of at least this many letters, which a reader still recognises."""

MARK = "~"
"""Stands between a question's id and its variant's rule."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A question put in another form; status and citations of its answer must be those of the original."""

    rule: str
    original: str  # id of the question that it comes from
    question: GoldenQuestion  # its id is the original's, MARK and the rule


def make_typo(question: GoldenQuestion) -> str:
    """The text with two neighbouring letters swapped inside its longest lowercase word; names keep their letters."""
    words = [found for found in re.finditer(r"\w+", question.question) if _takes_typo(found.group())]
    if not words:
        return question.question
    word = max(words, key=lambda found: len(found.group()))  # the first of the longest
    return question.question[: word.start()] + _swap(word.group()) + question.question[word.end() :]


def drop_accents(question: GoldenQuestion) -> str:
    """The text without accents, apostrophes left as they are."""
    return "".join(_bare(char) for char in question.question)


def write_accents_as_apostrophes(question: GoldenQuestion) -> str:
    """The text with an apostrophe for each accent that ends a word: "città" becomes "citta'"."""
    return re.sub(r"[àèéìòùÀÈÉÌÒÙ](?!\w)(?!['’])", lambda found: _bare(found.group()) + "'", question.question)


def change_apostrophes(question: GoldenQuestion) -> str:
    """The text with typewriter apostrophes made typographic, or the other way round where it has none of those."""
    text = question.question
    return text.replace("'", "’") if "'" in text else text.replace("’", "'")


def shout(question: GoldenQuestion) -> str:
    """The text in upper case."""
    return question.question.upper()


def drop_question_mark(question: GoldenQuestion) -> str:
    """The text without question marks and the spaces before them."""
    return re.sub(r"\s*\?+", "", question.question).strip()


def add_politeness(question: GoldenQuestion) -> str:
    """The text between a greeting and thanks, in the question's language."""
    before, after = _COURTESY.get(question.lang, _COURTESY["it"])
    return f"{before} {question.question} {after}"


def double_spaces(question: GoldenQuestion) -> str:
    """The text with two spaces for each one."""
    return " ".join(question.question.split()).replace(" ", "  ")


def change_wording(question: GoldenQuestion) -> str:
    """The text with its first everyday phrase put in other words of the same meaning; Italian questions only."""
    if question.lang != "it":
        return question.question
    for phrase, other in _SAME_MEANING.items():
        if found := re.search(rf"\b{phrase}", question.question):
            return (
                question.question[: found.start()]
                + _as_case_of(found.group(), other)
                + question.question[found.end() :]
            )
    return question.question


RULES: Mapping[str, Callable[[GoldenQuestion], str]] = {
    "typo": make_typo,
    "no-accents": drop_accents,
    "accents-as-apostrophes": write_accents_as_apostrophes,
    "other-apostrophes": change_apostrophes,
    "upper-case": shout,
    "no-question-mark": drop_question_mark,
    "polite": add_politeness,
    "double-spaces": double_spaces,
    "other-words": change_wording,
}
"""Every rule by name, in the order in which variants are made."""


def make_variants(questions: Iterable[GoldenQuestion], *, rules: Sequence[str] = tuple(RULES)) -> list[Variant]:
    """
    The variants of each question, questions in their order and rules in the order given; the same at every call.

    A rule that leaves a question as it is makes no variant of it. History and expectations stay those of the original.

    Raises:
        ValueError: a rule is not in RULES.
    """
    unknown = [rule for rule in rules if rule not in RULES]
    if unknown:
        raise ValueError(f"unknown rule {unknown[0]!r}; known are {', '.join(RULES)}")
    return [variant for question in questions for rule in rules if (variant := _vary(question, rule)) is not None]


def _vary(question: GoldenQuestion, rule: str) -> Variant | None:
    text = RULES[rule](question)
    if text == question.question:
        return None
    return Variant(rule, question.id, replace(question, id=f"{question.id}{MARK}{rule}", question=text))


def _takes_typo(word: str) -> bool:
    return len(word) >= LONG_WORD_CHARS and word.isalpha() and word.islower() and _swap(word) != word


def _swap(word: str) -> str:
    """The word with the two unequal neighbours nearest to its middle swapped; first and last letter stay."""
    middle = len(word) // 2
    places = sorted(range(1, len(word) - 2), key=lambda place: (abs(place - middle), place))
    for place in places:
        if word[place] != word[place + 1]:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word


def _bare(char: str) -> str:
    if char in "àèéìòùáíóúÀÈÉÌÒÙÁÍÓÚ":
        return fold(char).upper() if char.isupper() else fold(char)
    return char


def _as_case_of(model: str, text: str) -> str:
    return text[0].upper() + text[1:] if model[0].isupper() else text


_COURTESY = {
    "it": ("Buongiorno, scusi il disturbo, volevo chiedere:", "Grazie mille!"),
    "en": ("Good morning, sorry to bother you, may I ask:", "Thank you very much!"),
}

# Patterns and what takes their place, tried in this order; only the first one found is changed.
_SAME_MEANING = {
    r"(?i:che cos['’]è)(?!\w)": "cos'è",
    r"(?i:cos['’]è)(?!\w)": "che cos'è",
    r"(?i:a che cosa serve)\b": "a che serve",
    r"(?i:a cosa serve)\b": "a che cosa serve",
    r"(?i:cosa vuol dire)\b": "cosa significa",
    r"(?i:cosa significa)\b": "cosa vuol dire",
    r"(?i:che cosa)\b": "cosa",
    r"(?i:di cosa)\b": "di che cosa",
    r"(?i:è vero che)\b": "è corretto dire che",
    r"(?i:ci sono)\b": "esistono",
    r"(?i:hanno firmato)\b": "hanno sottoscritto",
    r"(?i:hanno sottoscritto)\b": "hanno firmato",
    r"(?i:il piano)(?= (?:conferma|dice|parla|prevede|vuole)\b)": "il Piano strategico",
}
