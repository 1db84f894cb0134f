"""
What turns the sense of an Italian sentence: negation, quantifiers, modality, causes, and the bounds of figures.

Marks are found by their forms, without a parser; each has the stretch of text that it is and the one that it governs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from kb.language.figures import Figure, FigureKind
from kb.language.verbs import Mood, read_verb
from kb.language.word_files import read_word_file
from kb.language.words import PLAIN_APOSTROPHES


class MarkKind(StrEnum):
    """What a mark does to the words after it."""

    NOT_ONLY = "not_only"
    NEGATION = "negation"
    ONLY = "only"
    ALL = "all"
    SOME = "some"
    SHARE = "share"  # "la maggior parte", "molti", "la metà"
    DONE = "done"  # what has happened
    PLANNED = "planned"  # what is wanted, due or to come
    MUST = "must"
    OBLIGED = "obliged"  # a must in so many words
    MAY = "may"
    OPTIONAL = "optional"
    CAUSE = "cause"
    GROUND = "ground"  # what something rests on, or comes after: less than a cause
    PURPOSE = "purpose"
    SEQUENCE = "sequence"  # "dopo", "prima di"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark where it stands; what it governs begins at its end."""

    start: int
    end: int
    kind: MarkKind


_PARTS = {
    "infinitive": r"\w+(?:are|ere|ire|rre|arsi|ersi|irsi|rsi|arne|erne|irne|arlo|arla|arli|arle)",
    "participle": r"\w+(?:at|ut|it|ss|tt|st|rs|rt|lt|nt|s)[oaie]",
    "nouns": (  # they end as participles do
        r"(?:effett|contatt|progett|aspett|patt|diritt|oggett|soggett|prodott(?=[iae])|contratt|impatt|post|cost|rest|compit|limit|"
        r"credit|debit|benefit|merit|risultat|mandat|effettiv|vist|test|gest)[oaie]\b"
    ),
    "adverbs": r"(?:(?:in|nel|negli|da|di)\s+\w+\s+(?:\w+\s+)?)?"  # "ha in questi anni sviluppato"
    r"(?:(?:già|anche|poi|inoltre|ancora|pure|di recente|da poco|\w+mente)\s+)*",
}
_BOUNDED_NOT = re.compile(
    r"\bnon\s+(?:(?:si|ne|può|possono|deve|devono)\s+)?"
    r"(?:più|meno|oltre|superior\w+|inferior\w+|super\w+|eccede\w*|scende\w*)\b"
)


_HAS = re.compile(r"(?:ha|hanno|aveva|avevano|abbia|abbiano)\b")
_SURE = re.compile(r"\w+(?:at|ut|it)[oaie]\b")
_WORD = re.compile(r"\w+")
_UNTIL_NOT = re.compile(r"\b(?:finché|fino a quando|fin quando|a meno che)\b[^,;.:]{0,50}$")
"""Before a "non" that denies nothing: "finché non scade" is "fino alla scadenza"."""


def find_marks(text: str) -> list[Mark]:
    """Every mark of a text, in order; "non … solo" is no negation, nor is the bound of a figure ("non più di")."""
    plain = text.translate(PLAIN_APOSTROPHES).lower()
    found = [Mark(*match.span(), kind) for kind, form in _forms().marks.items() for match in form.finditer(plain)]
    wholes = [mark for mark in found if mark.kind is MarkKind.NOT_ONLY]
    bounds = [match.span() for match in _BOUNDED_NOT.finditer(plain)]
    taken = [(mark.start, mark.end) for mark in wholes] + bounds
    split = (MarkKind.NEGATION, MarkKind.ONLY)
    found = [mark for mark in found if not (mark.kind is MarkKind.NEGATION and _UNTIL_NOT.search(plain[: mark.start]))]
    found = [mark for mark in found if mark.kind is not MarkKind.DONE or _is_before_participle(mark, plain)]
    kept = [mark for mark in found if not (mark.kind in split and any(a <= mark.start < b for a, b in taken))]
    return sorted(kept, key=lambda mark: (mark.start, mark.end, mark.kind))


def _is_before_participle(mark: Mark, text: str) -> bool:
    """False for a "ha" before what only ends as a participle does: "non ha casa", "ha studenti"."""
    if not _HAS.match(text, mark.start) or _SURE.match(text, mark.end):
        return True
    word = _WORD.match(text, mark.end)
    form = read_verb(word.group()) if word else None
    return form is not None and form.mood is Mood.PARTICIPLE


class Bound(StrEnum):
    """How a figure holds: exactly, from it up, above it, up to it, below it, about it, or as the end of a range."""

    EXACT = "exact"
    LEAST = "least"
    MORE = "more"
    MOST = "most"
    LESS = "less"
    ABOUT = "about"
    RANGE = "range"


_LINK = (
    r"(?:\s+(?:di|del|dello|della|dell'|dei|degli|delle|a|al|alla|ai|alle|il|lo|la|i|gli|le|è|sono|pari|soglia|ore))*"
    r"[\s'(]*(?:€\s*)?$"
)
_SUBJECT = re.compile(
    r"\b(?:(?P<least>minim[oa])|massim[oa]|tetto|(?<!questo )(?<!tale )(?<!quel )limite)\b[^\d.;:,]{0,80}"
    r"\b(?:è|sono|ammonta|pari|arriva|di|del|al)\b[^\d.;:,]{0,12}$",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:sal\w{1,4}|aument\w+|cresc\w+|ridu\w+|ridott\w|diminu\w+|scend\w+|sces\w|cal[aoi]\w*|alz\w+)\b",
    re.IGNORECASE,
)
"""Between "il massimo" and a figure: by how much it changes, not how much it is."""
_CHANGES = re.compile(
    r"\b(?:sal\w{1,6}|aument(?!o\b|i\b)\w+|cresc(?!it)\w+|ridu(?!zion)\w+|ridott\w|diminu(?!zion)\w+|scend\w+|sces\w|cala\w*|pass\w+|port(?:a|ano|at\w|er\w+|are))"
    r"(?:\s+(?:\w+\s+){0,5}\w+)?\s*$",
    re.IGNORECASE,
)
"""Before "da … a …" these tell what was and what is, no range."""
_RANGE_JOIN = re.compile(
    r"^\s*(?:[-–—]|ed?(?:\s+(?:il|l'|i|gli|le))?|a|al|ai|agli|alle|alla|all'|a\s+un)\s*$", re.IGNORECASE
)
_RANGE_OPEN = re.compile(
    r"\b(?:tra|fra|da|dal|dai|dagli|dalle|dalla|dall'|compres\w+\s+(?:tra|fra))(?:\s+(?:il|l'|i|gli|le))?\s*$",
    re.IGNORECASE,
)
_DASH = re.compile(r"^\s*[-–—]\s*$")
LOOKED_BEFORE = 45
"""Characters before a figure in which its bound is looked for."""


def bound_of(text: str, figure: Figure, figures: list[Figure]) -> Bound:
    """How a figure of a text holds; figures are all those of the text, in order."""
    plain = text.translate(PLAIN_APOSTROPHES)
    if _in_range(plain, figure, figures):
        return Bound.RANGE
    before, after = plain[max(0, figure.start - LOOKED_BEFORE) : figure.start], plain[figure.end : figure.end + 30]
    for bound, form in _forms().before:
        if form.search(before):
            return bound
    subject = _SUBJECT.search(plain[: figure.start])
    if subject and not _CHANGE.search(subject.group()):
        return Bound.LEAST if subject.group("least") else Bound.MOST
    return next((bound for bound, form in _forms().after if form.search(after)), Bound.EXACT)


def _in_range(text: str, figure: Figure, figures: list[Figure]) -> bool:
    if sum(other.start == figure.start for other in figures) > 1:  # "25-30%" is read as two figures in one place
        return True
    for first, second in pairwise(figures):
        if figure not in (first, second) or first.end > second.start or figure.kind is FigureKind.LAW:
            continue
        between = text[first.end : second.start]
        opens = _RANGE_OPEN.search(text[: first.start])
        if opens and opens.group()[:1].lower() == "d" and _CHANGES.search(text[: opens.start()]):
            continue  # "salirà da 4,80 a 5,20 euro"
        if _DASH.match(between) or (opens and _RANGE_JOIN.match(between)):
            return True
    return False


_SPAN_END = re.compile(
    r"\bda(?:l|ll'|lle|i)?\b[^.;,]*\d[^.;,]*\s(?:al|all'|alle|ai)\s?(?:[\w.:]+\s){0,4}$", re.IGNORECASE
)
"""Before the date that ends a stretch of time: "dal 3 settembre 2025 al"."""


class Side(StrEnum):
    """On which side of a date something happens."""

    AT = "at"
    FROM = "from"
    UNTIL = "until"


def side_of(text: str, figure: Figure) -> Side:
    """On which side of a date or year of a text something happens: "entro il 2030" is before it."""
    before = text.translate(PLAIN_APOSTROPHES)[max(0, figure.start - LOOKED_BEFORE) : figure.start]
    if _SPAN_END.search(before):
        return Side.UNTIL
    return next((side for side, form in _forms().sides if form.search(before)), Side.AT)


@dataclass(frozen=True, slots=True)
class _Forms:
    """polarity.yaml, ready to use."""

    marks: dict[MarkKind, re.Pattern[str]]
    before: list[tuple[Bound, re.Pattern[str]]]
    after: list[tuple[Bound, re.Pattern[str]]]
    sides: list[tuple[Side, re.Pattern[str]]]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    data = read_word_file("polarity")
    return _Forms(
        {MarkKind(kind): _compiled("|".join(lines).format(**_PARTS)) for kind, lines in data["marks"].items()},
        [(Bound(name), _compiled(rf"\b(?:{'|'.join(lines)}){_LINK}")) for name, lines in data["before"].items()],
        [(Bound(name), _compiled(form)) for name, form in data["after"].items()],
        [(Side(name), _compiled(form)) for name, form in data["sides"].items()],
    )


def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form, re.IGNORECASE)
