"""The reading of a question: what it names, what it abbreviates, what it misspells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from kb.language.questions import tell_language
from kb.language.words import STOP_WORDS, fold, tokenize
from kb.records import PassageFilter
from kb.retrieval import references
from kb.retrieval.vocabulary import Vocabulary, holds, phrase

_LEAST_NOUN = 6
"""Letters of the shortest noun that is known by its other number ("bollette" by "bolletta")."""
_SHORTEST_PART = 4
"""Letters that each part of a word written in one must have, lest "metropolitana" be read as two."""


@dataclass(frozen=True, slots=True)
class QueryReading:
    """
    What was read in a question.

    text is the question as given; plain is the question with misspelt words replaced, which is what is embedded;
    lexical_text is what is looked up by words: plain with its English words in Italian, and added (full names of
    acronyms, acronyms of full names, plan words for everyday ones); narrow holds what is sure enough to be a filter,
    the rest serves as boosts.
    """

    text: str
    plain: str
    lexical_text: str
    added: tuple[str, ...] = ()
    language: str = "it"
    drivers: tuple[int, ...] = ()
    missions: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    commas: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    editions: tuple[str, ...] = ()
    edition_years: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    expansions: Mapping[str, str] = field(default_factory=dict)
    narrow: PassageFilter = field(default_factory=PassageFilter)

    def detail(self) -> dict[str, object]:
        """What was read, as the trace keeps it; empty fields left out."""
        return {
            name: value
            for name, value in asdict(self).items()
            if value and name not in {"text", "narrow", "lexical_text"}
        } | (
            {} if self.narrow.is_open() else {"narrow": {k: v for k, v in asdict(self.narrow).items() if v is not None}}
        )


def read_query(text: str, *, vocabulary: Vocabulary) -> QueryReading:
    """What a question names, in the words of the documents behind the vocabulary; never fails, reads what it can."""
    folded = fold(text)
    language = tell_language(text)
    corrections = vocabulary.spelling.correct(_open_words(text))
    plain = _replace(text, corrections)
    tokens = tokenize(plain)
    expansions = _expand(tokens, vocabulary) | _everyday(tokens, vocabulary.words) | _respaced(tokens, vocabulary)
    missions = references.read_missions(folded)
    added = [
        *(meaning.replace(" |", "") for meaning in expansions.values()),
        *(f"missione {name[1]} {_words()['missions'][name]}" for name in missions),
    ]
    drivers = references.read_drivers(folded) or _titled_drivers(tokens, vocabulary)
    articles, documents = references.read_articles(folded), _named_documents(tokens, vocabulary)
    return QueryReading(
        text=text,
        plain=plain,
        lexical_text=" ".join([_in_italian(plain, language), *added]),
        added=tuple(added),
        language=language,
        drivers=drivers,
        missions=missions,
        articles=articles,
        commas=references.read_commas(folded),
        laws=references.read_laws(folded),
        years=references.read_years(folded),
        editions=references.read_editions(folded),
        edition_years=references.read_edition_years(folded),
        documents=documents,
        corrections=corrections,
        expansions=expansions,
        narrow=_sure_filter(references.read_drivers(folded), articles, documents, vocabulary),
    )


def _open_words(text: str) -> list[str]:
    return [token for token in tokenize(text) if token not in STOP_WORDS and token.isalpha()]


def _replace(text: str, corrections: Mapping[str, str]) -> str:
    if not corrections:
        return text
    return re.sub(r"[^\W\d_]+", lambda match: corrections.get(fold(match[0]), match[0]), text)


def _expand(tokens: list[str], vocabulary: Vocabulary) -> dict[str, str]:
    """Full names of the acronyms in the question, and acronyms of the full names in it."""
    acronyms = vocabulary.acronyms
    found = {token: acronyms[token] for token in tokens if token in acronyms}
    asked = phrase(" ".join(tokens))
    for acronym, name in vocabulary.acronym_phrases.items():
        if acronym not in tokens and holds(asked, name):
            found[acronyms[acronym]] = acronym
    return _known_to_all(tokens, vocabulary) | found


def _known_to_all(tokens: list[str], vocabulary: Vocabulary) -> dict[str, str]:
    """The same for acronyms of every Comune that the documents use without their name, or whose name alone."""
    asked, known = phrase(" ".join(tokens)), _words()["acronyms"]
    open_ = {acronym: name for acronym, name in known.items() if acronym not in vocabulary.acronyms}
    found = {token: open_[token] for token in tokens if token in open_ and token not in vocabulary.words}
    for acronym, name in open_.items():
        if acronym in vocabulary.words and acronym not in tokens and holds(asked, phrase(name)):
            found[name] = acronym
    return found


def _everyday(tokens: list[str], words: Mapping[str, int]) -> dict[str, str]:
    """
    Plan words for everyday words that the documents lack; " | " stands between words of which one is enough.

    Of these, the words that no document holds are left out.
    """
    found = {}
    meanings = _words()["colloquial"] | _words()["in_acts"]
    for token in (token for token in tokens if token in meanings and not _is_written(token, words)):
        choices = meanings[token].split(" | ")
        known = [one for one in choices if all(word in words for word in one.split())] or choices
        found[token] = " | ".join(known)
    return found


def _is_written(token: str, words: Mapping[str, int]) -> bool:
    """True for a word that the documents have, or for a noun in -a or -e that they have in the other number."""
    other = {"a": "e", "e": "a"}.get(token[-1:], "")
    return token in words or (bool(other) and len(token) >= _LEAST_NOUN and token[:-1] + other in words)


def everyday_meanings(text: str, said: str) -> dict[str, str]:
    """
    What the everyday words of a question stand for, of what a text holds.

    " | " stands between words of which one is enough. Of many documents some may hold the everyday word itself, and
    the one that answers another.
    """
    asked = [token for token in tokenize(text) if token in _words()["in_acts"]]
    words = dict.fromkeys(tokenize(said), 1) if asked else {}
    meanings = {token: _words()["in_acts"][token].split(" | ") for token in asked}
    held = {
        word: [one for one in meant if all(part in words for part in one.split())] for word, meant in meanings.items()
    }
    return {word: " | ".join(meant) for word, meant in held.items() if meant}


def _respaced(tokens: list[str], vocabulary: Vocabulary) -> dict[str, str]:
    """Words that the documents write joined ("re mix" → "remix") or apart ("radiobase" → "radio base")."""
    words = vocabulary.words
    found: dict[str, str] = {}
    for left, right in pairwise(tokens):
        if left.isalpha() and right.isalpha() and left + right in words and not (left in words and right in words):
            found[f"{left} {right}"] = left + right
    for token in tokens:
        if token.isalpha() and not vocabulary.spelling.knows(token) and (parts := _apart(token, words)):
            found[token] = parts
    return found


def _apart(token: str, words: Mapping[str, int]) -> str | None:
    """The token as two words of the documents, the longest first part that gives any; None where none does."""
    for cut in range(len(token) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
        left, right = token[:cut], token[cut:]
        if left in words and right in words and left not in STOP_WORDS and right not in STOP_WORDS:
            return f"{left} {right}"
    return None


def _in_italian(text: str, language: str) -> str:
    """The text with the English field words of an English question in Italian; other words, names above all, stay."""
    if language != "en":
        return text
    english = _words()["english"]
    return " ".join(english.get(token, token) for token in tokenize(text))


def _titled_drivers(tokens: list[str], vocabulary: Vocabulary) -> tuple[int, ...]:
    """Drivers whose whole title (two content words or more) stands in the question."""
    asked = phrase(" ".join(tokens))
    return tuple(sorted(number for number, title in vocabulary.driver_phrases.items() if holds(asked, title)))


def _named_documents(tokens: list[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Documents named by their whole title, or by an acronym that stands in it or whose full name does."""
    asked, given = phrase(" ".join(tokens)), set(tokens)
    names = vocabulary.document_names.items()
    return tuple(sorted(id_ for id_, name in names if holds(asked, name.phrase) or given & name.acronyms))


def _sure_filter(
    drivers: tuple[int, ...], articles: tuple[str, ...], documents: tuple[str, ...], vocabulary: Vocabulary
) -> PassageFilter:
    """A filter for one Driver said by number that the documents have, or for one article of one document."""
    if len(drivers) == 1 and drivers[0] in vocabulary.driver_titles:
        return PassageFilter(driver=drivers[0])
    if len(articles) == 1 and len(documents) == 1:
        return PassageFilter(article=articles[0], document=documents[0])
    return PassageFilter()


def english_words(text: str) -> dict[str, str]:
    """The English field words of an English text with their Italian ones, " | " between those that will do alone."""
    if tell_language(text) != "en":
        return {}
    english = _words()["english"]
    return {token: " | ".join(english[token].split()) for token in tokenize(text) if token in english}


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    """The shipped field words: English and everyday words with the words that plans use."""
    loaded: dict[str, dict[str, str]] = json.loads(
        Path(__file__).with_name("civic_words.json").read_text(encoding="utf-8")
    )
    return loaded
