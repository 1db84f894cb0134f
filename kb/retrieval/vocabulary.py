"""What the documents themselves teach about words: acronyms and their full names, spellings, Drivers' titles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kb.language.words import STOP_WORDS, content_stems, fold, tokenize
from kb.records import Document, Passage
from kb.retrieval.spelling import SpellingBook

_ACRONYM = r"[A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*(?:\s?\d)?"
_NAME_THEN_ACRONYM = re.compile(r"\(\s*[\"“«]?(" + _ACRONYM + r")[\"”»]?\s*[),;–-]")
_ACRONYM_THEN_NAME = re.compile(r"\b(" + _ACRONYM + r")\s*\(([^()]{5,120})\)")


@dataclass(frozen=True)
class Vocabulary:
    """The words, acronyms, Drivers and documents that a question may name; all keys folded."""

    words: Mapping[str, int] = field(default_factory=dict)
    acronyms: Mapping[str, str] = field(default_factory=dict)
    driver_titles: Mapping[int, str] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)

    @cached_property
    def spelling(self) -> SpellingBook:
        """The words, arranged for mending."""
        return SpellingBook(self.words)

    @cached_property
    def acronym_phrases(self) -> dict[str, str]:
        """Acronyms with the phrase of their full name."""
        return {acronym: phrase(name) for acronym, name in self.acronyms.items()}

    @cached_property
    def driver_phrases(self) -> dict[int, str]:
        """Drivers' numbers with the phrase of their title."""
        return {number: phrase(title) for number, title in self.driver_titles.items()}

    @cached_property
    def document_names(self) -> dict[str, DocumentName]:
        """Documents' ids with what may name them."""
        return {id_: self._document_name(document.title) for id_, document in self.documents.items()}

    def _document_name(self, title: str) -> DocumentName:
        words = tokenize(title)
        whole = f" {' '.join(words)} "
        named = {a for a, name in self.acronyms.items() if a in words or f" {' '.join(tokenize(name))} " in whole}
        return DocumentName(phrase(title), frozenset(named))


@dataclass(frozen=True, slots=True)
class DocumentName:
    """A document's title as a phrase, and the acronyms that stand for it."""

    phrase: str
    acronyms: frozenset[str]


def phrase(text: str) -> str:
    """The stems of a text's content words between blanks (" pian urban "), to be looked for in another phrase."""
    return f" {' '.join(content_stems(text))} "


def holds(whole: str, part: str) -> bool:
    """True when a phrase of two words or more stands in another."""
    return part.strip().count(" ") >= 1 and part in whole


def harvest_acronyms(texts: Iterable[str]) -> dict[str, str]:
    """
    Acronyms that the texts explain, folded, with the full name they give ("pums" → "piano urbano per la mobilita
    sostenibile"), from "full name (ACRONYM)" and "ACRONYM (full name)".

    A pair counts only where the name's initials spell the acronym in order; the name given most often wins, ties by
    alphabet.

    Source: Schwartz and Hearst 2003, A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text,
    with words' initials in place of any letter.
    """
    found: dict[str, Counter[str]] = {}
    for text in texts:
        for acronym, words in _explanations(text):
            name = _matching_name(acronym, words)
            if name:
                found.setdefault(fold(acronym), Counter())[name] += 1
    best = {acronym: min(names, key=lambda name: (-names[name], name)) for acronym, names in found.items()}
    return dict(sorted(best.items()))


def _explanations(text: str) -> Iterable[tuple[str, list[str]]]:
    for match in _NAME_THEN_ACRONYM.finditer(text):
        yield match[1], text[max(0, match.start() - 160) : match.start()].split()[-14:]
    for match in _ACRONYM_THEN_NAME.finditer(text):
        yield match[1], match[2].split()


def _matching_name(acronym: str, words: Sequence[str]) -> str | None:
    """The shortest run of the last words whose initials spell the acronym, folded; None where none does."""
    letters = re.sub(r"[^a-z]", "", fold(acronym))
    if not 3 <= len(letters) <= 10:
        return None
    parts = [part for word in words for part in re.split(r"[’'‘/-]", fold(word)) if part]
    for start in range(len(parts) - 1, -1, -1):
        run = parts[start:]
        if run[0][0] == letters[0] and run[0] not in STOP_WORDS and _spells(letters, run):
            return " ".join(run)
    return None


def _spells(letters: str, words: Sequence[str]) -> bool:
    """True when the words give the letters in order: each content word at least its initial, small words may skip."""
    if not letters:
        return all(word in STOP_WORDS or len(word) <= 3 for word in words)
    if not words:
        return False
    word, rest = words[0], words[1:]
    if word in STOP_WORDS and _spells(letters, rest):
        return True
    for taken in range(1, min(4, len(word), len(letters)) + 1):
        if word[:taken] == letters[:taken] and _spells(letters[taken:], rest):
            return True
    return False


def read_vocabulary(
    passages: Iterable[Passage],
    documents: Mapping[str, Document],
    *,
    words: Mapping[str, int],
    acronyms: Mapping[str, str],
) -> Vocabulary:
    """What a release teaches: its words and acronyms, each Driver's title from the section paths, its documents."""
    titles: dict[int, Counter[str]] = {}
    for passage in passages:
        if passage.driver is not None:
            for part in passage.section:
                titles.setdefault(passage.driver, Counter()).update(_driver_title(part, passage.driver))
    best = {number: min(names, key=lambda name: (-names[name], name)) for number, names in titles.items() if names}
    return Vocabulary(words=words, acronyms=acronyms, driver_titles=dict(sorted(best.items())), documents=documents)


def _driver_title(part: str, driver: int) -> list[str]:
    match = re.match(r"\s*driver\s*(\d+)\s*[|:.–-]+\s*(.+)", part, re.IGNORECASE)
    return [" ".join(fold(match[2]).split())] if match and int(match[1]) == driver else []
