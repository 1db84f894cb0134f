"""Proper names and acronyms in Italian text, told by their capitals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.language.words import STOP_WORDS, fold, tokenize

_CAPITAL = re.compile(r"\b(?:[A-ZÀ-Ý][\w]*(?:[.&][A-Z]?\w+)*|\d+[A-Z]\b|[a-z]+[A-Z]\w*)")
_OPENS = re.compile(r"(?:^|[.!?:;(]\s|[«“\"‘(]\s*|^[–—-]\s*)$")
_OPENERS = frozenset(
    "secondo durante dopo grazie attraverso tramite mediante entro verso sotto sopra lungo quanto solo insieme infine "
    "oggi molti molte alcuni alcune nessun nessuno qualsiasi dal poiche sebbene affinche mancano serve servono".split()
)
"""Small words that open a sentence before a name, so that their capital joins them to it."""
_ACRONYM = re.compile(r"\w*[A-Z]\w*[A-Z]\w*|\d+[A-Z]")


@dataclass(frozen=True, slots=True)
class Name:
    """A word that names something, where it stands."""

    start: int
    end: int
    text: str
    opens: bool  # it opens a sentence, so its capital proves nothing

    @property
    def is_acronym(self) -> bool:
        """True for two capitals or more, or a digit with a capital ("PTM", "DeciWatt", "5G")."""
        return _is_acronym(self.text)


def find_names(text: str) -> list[Name]:
    """Every capitalised word of a text that may name something, in order; small words and numerals are left out."""
    found = []
    for match in _CAPITAL.finditer(text):
        if _is_common(match.group()) or _is_roman(match.group()):
            continue
        opens = _OPENS.search(text[: match.start()]) is not None
        found.append(Name(match.start(), match.end(), match.group(), opens))
    return found


def spell_out(text: str, acronyms: Mapping[str, str]) -> str:
    """The text with the full name after each acronym that has one: "il PTM" becomes "il PTM (piano territoriale …)"."""
    if not acronyms:
        return text

    def with_name(match: re.Match[str]) -> str:
        name = acronyms.get(fold(match.group()))
        return f"{match.group()} ({name})" if name and name not in fold(text) else match.group()

    return re.sub(r"\b\w*[A-Z]\w*[A-Z]\w*\b", with_name, text)


def stands_for(acronym: str, text: str) -> bool:
    """True when words of the text, in a row, spell the acronym with their initials ("Piano Territoriale …")."""
    letters = fold(acronym)
    initials = [(fold(word)[0], word[0].isupper()) for word in re.findall(r"[^\W\d_]+", text) if not _is_small(word)]
    for start in range(len(initials) - len(letters) + 1):
        run = initials[start : start + len(letters)]
        if "".join(first for first, _ in run) == letters and run[0][1]:
            return len(letters) > 1
    return False


def _is_common(text: str) -> bool:
    """True for a small word with a capital; an acronym is none, whatever it spells ("AT&T")."""
    if _is_acronym(text):
        return False
    return all(word in STOP_WORDS or word in _OPENERS for word in tokenize(text))


def _is_acronym(text: str) -> bool:
    return _ACRONYM.fullmatch(text.replace("&", "")) is not None


def _is_small(word: str) -> bool:
    return fold(word) in STOP_WORDS


def _is_roman(text: str) -> bool:
    return len(text) > 1 and re.fullmatch(r"[IVXLC]+", text) is not None
