"""Presumed: the figures and names that a question takes for granted, and which of them the documents lack."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from kb.answering.quoting import quoted_text
from kb.answering.state import State, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.figures import Figure, FigureKind, find_figures, is_among, measured_figures
from kb.language.questions import Asked, Expectation, asks_to_confirm, tell_language
from kb.language.ranges import ranges_hold
from kb.language.words import STOP_WORDS, fold, stem, tokenize

_CONFIRM = re.compile(r"\b(?:giusto|vero|corretto|no|confermi|right|correct|true)\W*$|^is it true\b")
_SURELY = re.compile(r"[\s,]*(?:vero|giusto|corretto|no|confermi)?[\s?!.]*$", re.IGNORECASE)
"""What may follow the number that a claim ends with."""
_NAME = re.compile(r"\b[A-ZÀ-Ý][\w.'’/-]*\w")
_ARTICLE_BEFORE = re.compile(
    r"\b(?:i|gli|le|dei|degli|delle|nei|negli|nelle|ai|agli|alle|dai|dagli|dalle)\s+$", re.IGNORECASE
)
_IN_FEW_WORDS = re.compile(r"\bin \w+ (?:parol\w+|righ[ae]|fras[ei]|minut[oi]|punti)\b", re.IGNORECASE)
"""Says how long the answer should be: its number claims nothing."""
_ARE_BEFORE = re.compile(
    r"^(?:(?!(?:i|gli|le)\b|l').*?\bche )?(?:(?:i|gli|le) |l')(?P<what>.*) sono "
    r"(?:gia |oggi |ormai |solo |ben |in tutto |in totale )?$"
)
_SHORT_ROOT = 3
_OPENS = re.compile(r"(?:^|[.!?:(«“\"])\s*$")


def without_claims(asked: Asked, tools: Tools, *, understood: Container[str]) -> Asked:
    """
    A question without the numbers that it claims and nobody wrote; one for yes or no without such names too.

    They are what it takes for granted, not what it is about: the passage that answers it holds the right ones instead.
    A list takes the number for granted that stands after its article ("quali sono i dodici Driver?").
    """
    if asked.expects not in (Expectation.YES_NO, Expectation.LIST):
        return asked
    confirm = wants_confirmation(asked.text)
    names = stems_of(" ".join(unknown_names(asked.text, tools, understood=understood))) if confirm else frozenset()
    said_alone = _said_to_be_so_many(asked.text) if asked.expects is Expectation.YES_NO else ""
    claimed = {w for w in _claimed_numbers(asked) if said_alone or not tools.weights.frequency.get(w)}
    kept = tuple(word for word in asked.focus if word not in names | claimed)
    if claimed and kept and (len(kept) == 1 or said_alone):
        if asked.expects is Expectation.LIST:  # without its number there is too little of it left
            return asked
        # "134 Comuni, vero?", "I Driver sono dodici?": it is asked how many there are.
        return replace(asked, expects=Expectation.COUNT, focus=kept, counted=kept[0], relation=None)
    return replace(asked, focus=kept) if kept else asked


def _said_to_be_so_many(question: str) -> str:
    """ "le scuole superiori" of "Le scuole superiori sono 200?", whose number is all that it says; else empty."""
    figures = measured_figures(question)
    if not figures or figures[-1].kind is not FigureKind.NUMBER or not _SURELY.fullmatch(question[figures[-1].end :]):
        return ""
    match = _ARE_BEFORE.search(fold(question[: figures[-1].start]))
    return match["what"] if match else ""


def how_many(asked: Asked) -> str:
    """ "Quanti Comuni?" for "134 Comuni, vero?": what is counted, as the question writes it, without its number."""
    thing = next((word for word in tokenize(asked.text) if asked.counted in stem([word])), asked.counted)
    return f"Quanti sono: {_said_to_be_so_many(asked.text) or thing}?"


def _claimed_numbers(asked: Asked) -> set[str]:
    """The stems of the question's numbers, in digits or in words; of a list those after an article alone."""
    figures = measured_figures(asked.text)
    if asked.expects is Expectation.LIST:
        figures = [one for one in figures if _ARTICLE_BEFORE.search(asked.text[: one.start])]
    return set(asked.focus) & {word for one in figures for word in stem(tokenize(one.text))}


def wants_confirmation(question: str) -> bool:
    """True for "È vero che …?" and "…, giusto?": a wrong claim is then answered with the right one."""
    return bool(_CONFIRM.search(fold(question))) or asks_to_confirm(question)


def lacking_figures(state: State, tools: Tools) -> list[Figure]:
    """The figures that the question claims and no quote of the draft holds; labels ("Driver 3") claim nothing."""
    held = [f for sentence in state.draft for quote in sentence.quotes for f in find_figures(quoted_text(quote, tools))]
    section = [
        f for s in state.draft for q in s.quotes for f in find_figures(" ".join(_about(q.passage.document, tools)))
    ]
    return [
        figure
        for figure in measured_figures(_IN_FEW_WORDS.sub("", state.asked.text if state.asked else state.standalone))
        if not is_among(figure, [*held, *section]) and not _in_range(figure, state)
    ]


def _in_range(figure: Figure, state: State) -> bool:
    """True where a sentence of the draft gives a range that the figure falls in ("da 6.001 a 15.000 euro")."""
    return any(ranges_hold(sentence.text, [figure]) > 0 for sentence in state.draft)


def unknown_names(question: str, tools: Tools, *, understood: Container[str] = ()) -> list[str]:
    """
    The names in a question that no passage of the release holds, in order.

    A capital that opens a sentence makes no name, and in English only acronyms are looked at, since its capitals
    follow other rules. understood: folded words that the searcher corrected or expanded.
    """
    english = tell_language(question) == "en"
    unknown = []
    for match in _NAME.finditer(question):
        text = match.group()
        acronym = text.isupper() and len(text) > 1
        if not acronym and (english or _OPENS.search(question[: match.start()])):
            continue
        if not _is_known(text, tools, understood):
            unknown.append(text)
    return unknown


def _is_known(name: str, tools: Tools, understood: Container[str]) -> bool:
    words = [word for word in tokenize(name) if word not in STOP_WORDS]
    if not words or any(word in understood for word in (*words, fold(name))):
        return True
    joined = stems_of(name) - set(stem(words))
    return any(_is_written(word, tools) for word in words) or any(map(tools.weights.frequency.get, joined))


def _is_written(word: str, tools: Tools) -> bool:
    """
    True for a word that the documents have, whatever its ending.

    A stem of few letters tells no name, since it is of many words ("Sala": "salute"): the word itself must stand there.
    """
    root, weights = stem([word])[0], tools.weights
    if len(root) > _SHORT_ROOT or root in weights.proper or not word.isalpha():
        return root in weights.frequency
    return any(word[:-1] + ending in weights.lowercase for ending in ("", "a", "e", "i", "o", word[-1]))


def _about(document: str, tools: Tools) -> tuple[str, ...]:
    found = tools.library.documents[document]
    return (found.title, found.edition or "", found.id.replace("-", " "))
