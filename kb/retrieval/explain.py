"""Why a passage ranks where it does, in plain Italian, and which of its words were looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.language.words import content_stems, fold
from kb.records import Document, DocumentStatus, Passage, ScoredPassage
from kb.retrieval.boosts import edition_named, edition_span, outdated
from kb.retrieval.query import QueryReading
from kb.retrieval.references import read_laws, read_missions

Stretch = tuple[int, int]

# A piece of text that is read as one token wherever it stands: numbers with their signs, dotted acronyms, words.
_PIECE = re.compile(
    r"\d+(?:[.,/]\d+)*(?:-(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|decies)\b)?(?:\s?%)?"
    r"|(?:[^\W\d_]{1,3}\.){2,}"
    r"|[^\W_][\w\u0300-\u036f]*",
    re.IGNORECASE,
)
_NEAR = 0.8  # of the words found, by rarity, this share stands within a few lines
_ORDINALS = ("primo", "secondo", "terzo")
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Explanation:
    """Stretches of the passage's text that hold words looked for, in order; and why it ranks where it does."""

    highlights: tuple[Stretch, ...]
    why: str


def explain(
    found: Sequence[ScoredPassage], *, reading: QueryReading, documents: Mapping[str, Document]
) -> list[Explanation]:
    """One explanation a passage, in the order given; places by meaning and by words are among these passages."""
    asked, added = set(content_stems(reading.plain)), set(content_stems(reading.lexical_text))
    places = {name: _places(found, name) for name in ("cosine", "bm25")}
    old = outdated(documents.values())
    explanations = []
    for one in found:
        marked = find_words(one.passage.text, asked | added)
        reasons = [
            *_named(one.passage, documents[one.passage.document], reading),
            _words(one, marked, asked, added - asked),
            _meaning(one, places),
            *_age(documents[one.passage.document], reading, old),
        ]
        explanations.append(Explanation(marked, " ".join(reason for reason in reasons if reason)))
    return explanations


def find_words(text: str, wanted: set[str]) -> tuple[Stretch, ...]:
    """Where words of the wanted stems stand in a text, in order; an elided article ("dell'") is left out."""
    found = []
    for match in _PIECE.finditer(text):
        if wanted.intersection(content_stems(match[0])):
            found.append((match.start(), match.end()))
    return tuple(found)


def _named(passage: Passage, document: Document, reading: QueryReading) -> list[str]:
    """What the question names and the passage is, or speaks of."""
    reasons = []
    if passage.driver is not None and passage.driver in reading.drivers:
        reasons.append(f"È del Driver {passage.driver}, che la domanda nomina.")
    if passage.article is not None and passage.article in reading.articles:
        comma = f", comma {passage.comma}" if passage.comma and passage.comma in reading.commas else ""
        reasons.append(f"È l'articolo {passage.article}{comma}, che la domanda nomina.")
    if document.id in reading.documents:
        reasons.append(f"È del documento «{document.title}», che la domanda nomina.")
    if edition_named(document, reading):
        reasons.append(f"È dell'edizione {_edition(document)}, che la domanda nomina.")
    text = fold(passage.text)
    laws = [law for law in reading.laws if law in read_laws(text)]
    missions = [mission for mission in reading.missions if mission in read_missions(text)]
    reasons += [f"Cita la norma {law}." for law in laws]
    return reasons + [f"Cita la missione {mission[1:]} del PNRR." for mission in missions]


def _words(one: ScoredPassage, marked: Sequence[Stretch], asked: set[str], added: set[str]) -> str:
    if not marked:
        return "Non contiene parole della domanda."
    text = one.passage.text
    shown: dict[str, str] = {}
    for start, end in marked:
        for root in content_stems(text[start:end]):
            shown.setdefault(root, text[start:end])
    own = [word for root, word in shown.items() if root in asked]
    other = [word for root, word in shown.items() if root in added]
    parts = []
    if own:
        near = one.scores.get("words_near", 0.0) >= _NEAR * one.scores.get("words", 1.0) and len(own) > 1
        parts.append(f"Contiene {_list(own)}{', vicine fra loro' if near else ''}.")
    if other:
        parts.append(f"Contiene anche {_list(other)}, che dicono lo stesso con altre parole.")
    return " ".join(parts)


def _meaning(one: ScoredPassage, places: Mapping[str, Mapping[str, int]]) -> str:
    id_ = one.passage.id
    meaning, words = places["cosine"].get(id_), places["bm25"].get(id_)
    if meaning is None:
        return ""
    by_meaning = f"Per significato è {_place(meaning)} ({one.scores['cosine']:.2f} su 1)".replace(".", ",")
    by_words = f", per parole {_place(words)}" if words is not None else ""
    return f"{by_meaning}{by_words} fra i passaggi mostrati."


def _age(document: Document, reading: QueryReading, old: frozenset[str]) -> list[str]:
    superseded = document.status is DocumentStatus.SUPERSEDED or document.id in old
    if superseded and not edition_named(document, reading):
        return ["È di un'edizione superata, perciò viene dopo quelle in vigore."]
    return []


def _edition(document: Document) -> str:
    return document.edition or "-".join(str(year) for year in dict.fromkeys(edition_span(document) or ()))


def _places(found: Sequence[ScoredPassage], name: str) -> dict[str, int]:
    """Each passage's place by one raw score, from 1; those without it have none."""
    having = [one for one in found if name in one.scores]
    ordered = sorted(having, key=lambda one: (-one.scores[name], one.passage.id))
    return {one.passage.id: place for place, one in enumerate(ordered, start=1)}


def _place(place: int) -> str:
    return f"il {_ORDINALS[place - 1]}" if place <= len(_ORDINALS) else f"il {place}°"


def _list(words: Sequence[str]) -> str:
    shown = [f"«{word}»" for word in words[:_MOST_WORDS]]
    rest = f" e altre {len(words) - _MOST_WORDS}" if len(words) > _MOST_WORDS else ""
    return (", ".join(shown) if rest or len(shown) < 2 else f"{', '.join(shown[:-1])} e {shown[-1]}") + rest
