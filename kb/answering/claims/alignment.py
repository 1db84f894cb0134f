"""Alignment: the words of a claim beside the words of its quotes that say the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kb.language.figures import Figure, find_figures
from kb.language.kinship import DERIVED, is_light, nearness
from kb.language.polarity import MarkKind, find_marks
from kb.language.verbs import read_verb
from kb.language.words import APOSTROPHES, STOP_WORDS, fold, stem

LEAST_NEARNESS = 0.6
"""Stems nearer than this are taken to say the same."""
DENIED = 4
"""Words that a "non" denies, at most."""
_WORD = re.compile(
    # "ri-disciplina" is one word, "radio-base" two
    r"(?:[Rr][ie]|[Dd]e|[Cc]o|[Pp]re|[Ss]ovra|[Ee]xtra|[Ii]nter|[Mm]ulti|[Aa]nti|[Ss]otto)-[a-zà-ÿ]+"
    r"|[A-Za-zÀ-ÿ]{1,3}(?:\.[A-Za-zÀ-ÿ]{1,3})+(?![A-Za-zÀ-ÿ])|[^\W_]+"
)
_CLAUSE = re.compile(
    r"(?<!\d),|,(?!\d)|[;:()«»“”]|\s[–-]\s|[.!?]\s|(?<![\d%€] )\bed?\b|"
    r"(?<=[\d%€] )ed?\b(?=\s+(?:è|sono|ha|hanno|si|non|resta|rimane|vale|può|deve|viene|[a-zàèìòù]+(?:ono|ano))\s)|"
    r"\b(?:mentre|invece|ma|che|quando|se|oppure|cui)\b",
    re.IGNORECASE,
)
"""Where a clause ends; "e" after a figure joins the ends of a range."""
_PREPOSITIONS = {
    form: kind
    for kind, forms in {
        "da": "da dal dallo dalla dai dagli dalle dall",
        "a": "a ad al allo alla ai agli alle all",
        "di": "di d del dello della dei degli delle dell",
        "con": "con col coi",
        "in": "in nel nello nella nei negli nelle nell",
        "su": "su sul sullo sulla sui sugli sulle sull",
        "per": "per",
        "tra": "tra fra",
        "senza": "senza",
    }.items()
    for form in forms.split()
}
_ARTICLES = ("il", "un", "del", "nel", "al", "dal", "sul")
"""Before "secondo" these make it a number; else it means "according to"."""
_RELATIVES = ("che", "cui", "quale", "quali")
_ELIDED = frozenset(APOSTROPHES)
_KEPT = frozenset({"prima", "contro", "stesso", "stessa"})
"""Stop words that turn a sentence."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a figure of a text that says something."""

    text: str
    start: int
    end: int
    stem: str  # of a figure "=kind value"
    at: int  # its place among all words of the text
    clause: int
    light: bool
    before: str  # the folded small words right before it ("a quello"), "" where there is none
    preposition: str  # the one that governs its phrase, "" where none does
    negated: bool = False
    figure: Figure | None = None
    infinitive: str = ""  # of the verb that it may be a form of

    @property
    def is_capital(self) -> bool:
        """True for a word written with a capital."""
        return self.text[:1].isupper() or (self.text[:1].isdigit() and self.text[-1:].isupper())  # also "5G"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its words that say something, in order."""

    text: str
    words: tuple[Word, ...]
    figures: tuple[Figure, ...]


@lru_cache(maxsize=2000)
def read_words(text: str) -> Reading:
    """The words and figures of a text that say something, with their places and clauses."""
    figures = find_figures(text)
    breaks = [match.start() for match in _CLAUSE.finditer(text)]
    words: list[Word] = []
    before, governs = "", ""
    for at, (start, end, figure) in enumerate(_pieces(text, figures)):
        folded = fold(text[start:end]).replace(".", "").replace("-", "")
        clause = sum(place < start for place in breaks)
        according = folded == "secondo" and not before.endswith(_ARTICLES)
        if figure is None and (according or _is_small(folded, text[end : end + 1])):
            before = f"{before} {folded}".strip()
            continue
        if before or (words and words[-1].clause != clause):
            governs = _preposition(before)
        root = f"={figure.kind} {figure.value}" if figure else stem([folded])[0]
        words.append(
            Word(
                text[start:end],
                start,
                end,
                root,
                at,
                clause,
                is_light(root),
                before,
                governs,
                figure=figure,
                infinitive=_infinitive(folded, figure),
            )
        )
        before = ""
    return Reading(text, tuple(_negate(text, words)), tuple(figures))


def _infinitive(folded: str, figure: Figure | None) -> str:
    form = read_verb(folded) if figure is None else None
    return form.infinitive if form else ""


def _negate(text: str, words: list[Word]) -> list[Word]:
    """The words, those under a "non" marked as such."""
    denied: set[int] = set()
    for mark in find_marks(text):
        if mark.kind is MarkKind.NEGATION:
            after = [word for word in words if word.start >= mark.end]
            denied |= {word.at for word in after[:DENIED] if word.clause == after[0].clause}
    return [replace(word, negated=True) if word.at in denied else word for word in words]


def _preposition(before: str) -> str:
    """The kind of the last preposition among small words: "da" for "dalla", "" where there is none."""
    words = before.split()
    after = max((at + 1 for at, word in enumerate(words) if word in _RELATIVES), default=0)
    kinds = [_PREPOSITIONS[word] for word in words[after:] if word in _PREPOSITIONS]
    return kinds[-1] if kinds else ""


def _is_small(folded: str, following: str) -> bool:
    elided = following != "" and following in _ELIDED and len(folded) <= 6
    return elided or (folded in STOP_WORDS and folded not in _KEPT) or (len(folded) == 1 and not folded.isdigit())


def _pieces(text: str, figures: Sequence[Figure]) -> list[tuple[int, int, Figure | None]]:
    """The figures, and the words between them, in order."""
    taken = bytearray(len(text))
    for figure in figures:
        taken[figure.start : figure.end] = b"\x01" * (figure.end - figure.start)
    words = [(*match.span(), None) for match in _WORD.finditer(text) if not any(taken[match.start() : match.end()])]
    return sorted([*words, *((f.start, f.end, f) for f in figures)], key=lambda piece: piece[:2])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote says what a word of the claim says."""

    source: int
    word: Word
    nearness: float


@dataclass(frozen=True, slots=True)
class Aligned:
    """A claim and its quotes, word by word."""

    claim: Reading
    sources: tuple[Reading, ...]
    places: tuple[tuple[Place, ...], ...] = field(default=())  # of each word of the claim, nearest first

    def of(self, word: Word) -> tuple[Place, ...]:
        """Where the quotes say it, nearest first; empty where they don't."""
        return self.places[self.claim.words.index(word)]

    def best(self, word: Word) -> list[Place]:
        """The nearest places alone, all that are equally near."""
        places = self.of(word)
        return [place for place in places if place.nearness == places[0].nearness]

    def fullest(self, word: Word) -> set[int]:
        """The quotes that say most of what stands with a word in its clause; all where none says anything."""
        beside = [one for one in self.claim.words if one is not word and not one.light]
        near = [one for one in beside if one.clause == word.clause] or beside
        held = Counter(source for one in near for source in {place.source for place in self.of(one)})
        most = max(held.values(), default=0)
        return {source for source in range(len(self.sources)) if held[source] == most}

    def is_said(self, word: Word) -> bool:
        """True when some quote says it."""
        return bool(self.of(word))


def align(claim: str, sources: Sequence[str]) -> Aligned:
    """The claim's words beside those of the quotes that say the same: of one family, or synonyms."""
    read = read_words(claim)
    readings = tuple(read_words(source) for source in sources)
    places = tuple(_places(word, readings) for word in read.words)
    return Aligned(read, readings, places)


def _places(word: Word, sources: Sequence[Reading]) -> tuple[Place, ...]:
    found = []
    for number, source in enumerate(sources):
        for other in source.words:
            near = _near(word, other)
            if near >= LEAST_NEARNESS:
                found.append(Place(number, other, near))
    return tuple(sorted(found, key=lambda place: (-place.nearness, place.source, place.word.start)))


def _near(word: Word, other: Word) -> float:
    if word.figure is not None or other.figure is not None:
        return float(word.stem == other.stem)
    near = nearness(word.stem, other.stem)
    if word.infinitive and word.infinitive == other.infinitive:
        return max(near, DERIVED)
    if near or not (word.infinitive or other.infinitive):
        return near
    return min(DERIVED, max(nearness(one, another) for one in roots_of(word) for another in roots_of(other)))


def roots_of(word: Word) -> list[str]:
    """The stem of a word as it stands, and of the verb that it may be a form of."""
    if not word.infinitive:
        return [word.stem]
    again = (
        word.infinitive[2:] if word.infinitive.startswith("ri") and read_verb(word.infinitive[2:]) else word.infinitive
    )
    return [word.stem, *stem({word.infinitive, again})]
