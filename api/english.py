"""The English of what the service says of faults and of work: sentences with holes, each beside its Italian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from api.web.language import ENGLISH

CATALOGUE = Path(__file__).parent / "english_sentences.yaml"
HOLE = re.compile(r"\{(\w+)\}")
OURS = "our_"
"""What the name of a hole begins with where it holds words of ours, which are translated too."""

MOST_CHOICES = 20  # languages of an Accept-Language that are read
LONGEST_HEADER_CHARS = 500


@dataclass(frozen=True)
class Sentence:
    """A sentence of the catalogue."""

    pattern: re.Pattern[str]  # the Italian, a group for each hole
    english: str

    def fill(self, text: str) -> str | None:
        """The text in English; None where it is another sentence."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        held = {name: in_english(told) if name.startswith(OURS) else told for name, told in found.groupdict().items()}
        if None in held.values():
            return None  # half of a sentence in each language would be worse than one that is marked as Italian
        return HOLE.sub(lambda hole: str(held[hole[1]]), self.english)


def in_english(text: str) -> str | None:
    """
    What the text says, in English; None where the catalogue does not know it.

    Whatever stands in a hole stays as it is, but for the holes of OURS. The first letter is as large as the text's:
    the same sentence may stand alone or behind a colon.
    """
    for sentence in _sentences():
        if (found := sentence.fill(text)) is not None:
            return found
    turned = _turn_first(text)
    for sentence in _sentences() if turned != text else ():
        if (found := sentence.fill(turned)) is not None:
            return _turn_first(found)
    return None


def said_in(language: str, text: str) -> str:
    """The text, which is Italian, in that language; as it is where the catalogue does not know it."""
    return (in_english(text) or text) if language == ENGLISH else text


def prefers_english(accept_language: str) -> bool:
    """Whether an Accept-Language header (RFC 9110) puts English before Italian; nothing said is Italian."""
    wanted = {"it": 0.0, "en": 0.0}
    for choice in accept_language[:LONGEST_HEADER_CHARS].split(",")[:MOST_CHOICES]:
        tag, _, weight = choice.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in wanted:
            wanted[language] = max(wanted[language], _weight(weight))
    return wanted["en"] > wanted["it"]


def sentences() -> dict[str, str]:
    """The catalogue: the English of each sentence by its Italian, both with their holes in braces."""
    found: dict[str, str] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return found


@cache
def _sentences() -> tuple[Sentence, ...]:
    """The one with most words of its own first: it is the closest of those that match."""
    told = sorted(sentences().items(), key=lambda pair: -len(HOLE.sub("", pair[0])))
    return tuple(Sentence(_pattern(italian), english) for italian, english in told)


def _pattern(italian: str) -> re.Pattern[str]:
    words = HOLE.split(italian)  # words and names of holes, in turn
    parts = [f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(words)]
    return re.compile("".join(parts), re.DOTALL)


def _turn_first(text: str) -> str:
    first = text[:1]
    return (first.lower() if first.isupper() else first.upper()) + text[1:]


def _weight(text: str) -> float:
    found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", text)
    return float(found[1]) if found else float(not text.strip())
