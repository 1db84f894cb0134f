"""
What turns the sense of an Italian sentence: negation, quantifiers, modality, causes, and the bounds of figures.

Marks are found by their forms, without a parser; each has the stretch of text that it is and the one that it governs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kb.language.figures import Figure, FigureKind
from kb.language.words import APOSTROPHES

_PLAIN = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


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
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark where it stands; what it governs begins at its end."""

    start: int
    end: int
    kind: MarkKind


_INFINITIVE = r"\w+(?:are|ere|ire|rre|arsi|ersi|irsi|rsi|arne|erne|irne|arlo|arla|arli|arle)"
_PARTICIPLE = r"\w+(?:at|ut|it|ss|tt|st|rs|rt|lt|nt|s)[oaie]"
_ADVERBS = r"(?:(?:già|anche|poi|inoltre|ancora|pure|di recente|da poco|\w+mente)\s+)*"
_HAPPENED = (
    "nat partit entrat passat diventat divenut arrivat conclus terminat iniziat arricchit cresciut cambiat".split()
)

_FORMS: dict[MarkKind, str] = {
    MarkKind.NOT_ONLY: r"\bnon\s+(?:\w+\s+){0,4}?(?:solo|soltanto|solamente|unicamente|esclusivamente|limit\w+)\b",
    MarkKind.NEGATION: (
        r"\b(?:non(?!\s+(?:appena|a caso))|senza|né|nessun[oa]?|niente|nulla|mai|neanche|nemmeno|neppure|"
        r"priv[oaie]\s+d\w*'?)\b"
    ),
    MarkKind.ONLY: r"\b(?<!da )(?:sol[oaie]|soltanto|solamente|unicamente|esclusiv\w+|unic(?:o|a|i|he))\b",
    MarkKind.ALL: (
        r"\b(?<!in )(?<!nel )(?:tutt[oaie](?!\s+e\s)|ogni|ognun\w|ciascun\w*|qualsiasi|qualunque|chiunque|inter[oaie]|"
        r"interamente|totalità|totalmente|completamente|sempre)\b"
    ),
    MarkKind.SOME: r"\b(?:alcun[ie]|qualche|parzial\w+|in parte|una parte|parte dei|parte delle|pochi|poche|talvolta)\b",
    MarkKind.SHARE: (
        r"\b(?:(?:maggior|gran|buona)\s+(?:parte|misura)|maggioranza|minoranza|quasi\s+tutt\w|molt[ie]|numeros[ie]|"
        r"moltissim\w|metà|un terzo|due terzi|un quarto|tre quarti|il doppio|il triplo|dimezz\w+|raddoppi\w+|spesso|raramente)\b"
    ),
    MarkKind.DONE: (
        rf"\b(?:ha|hanno|aveva|avevano|abbia|abbiano)\s+{_ADVERBS}(?={_PARTICIPLE}\b)"
        rf"|(?<!essere )\bstat[oaie]\s+{_ADVERBS}(?=\w)|\bgià\s+(?=\w)"
        rf"|\b(?:è|sono)\s+{_ADVERBS}(?=(?:{'|'.join(_HAPPENED)})[oaie]\b)"
    ),
    MarkKind.PLANNED: (
        r"\b(?:vuole|vogliono|vorrebbe\w*|intend\w+|punta(?:no)?\s+a\w*|mira(?:no)?\s+a\w*|propon\w+|prevede\w*|deve|devono|"
        r"dovr\w+|potr\w+|può|possono|sarà|saranno|verrà|verranno|avrà|avranno|obiettiv\w+|scopo|traguardo|futur\w+|prossim\w+|"
        rf"\w+(?:erà|irà|arà|orrà|errà|eranno|iranno|aranno|orranno)|va(?:nno)?\s+(?={_PARTICIPLE}\b)|(?:da|per|di)\s+(?={_INFINITIVE}\b))"
    ),
    MarkKind.MUST: (
        r"\b(?:deve|devono|dovr\w+|debba\w*|obblig\w+|vincolant\w+|tenut[oaie]\s+a\w*|necessari\w+|occorre|occorrono|"
        rf"bisogna|serve|servono|va(?:nno)?\s+(?={_PARTICIPLE}\b)|indispensabil\w+|impo(?:ne|ngono)|richied\w+|essenzial\w+|"
        r"chiamat[oaie]\s+a)"
    ),
    MarkKind.OBLIGED: r"\b(?:obblig\w+|impo(?:ne|ngono)|tenut[oaie]\s+a\w*|vincolat\w|sanzion\w+)\b",
    MarkKind.MAY: (
        r"\b(?:può|possono|potr\w+|possa\w*|facolt\w+|volontari\w+|possibil\w+|possibilità|consent\w+|permett\w+|"
        r"permess\w+|opportunità|opzional\w+|disposizione|in grado)\b"
    ),
    MarkKind.OPTIONAL: r"\b(?:facolt\w+|volontari\w+|opzional\w+|scegliere se|a scelta|liber\w\s+di)\b",
    MarkKind.CAUSE: (
        r"\b(?:perché|poiché|siccome|giacché|dato che|visto che|dal momento che|(?<!con la )a causa d\w+'?|in quanto|"
        r"di conseguenza|pertanto|perciò|quindi|per questo|per effetto d\w+'?|dovut[oaie]\s+a\w*'?|provoc\w+|comport\w+|"
        r"caus(?:a|ano|ato|ata|ando)|per via d\w+'?|in seguito a\w*'?|a seguito d\w+'?|motivo per cui|per colpa d\w+'?|"
        r"in risposta a\w*'?)"
    ),
    MarkKind.PURPOSE: (
        r"\b(?:affinché|così|in modo d\w+|in modo che|allo scopo|al fine|grazie a\w*|tenendo conto|alla luce|in ragione|"
        rf"per queste ragioni|in relazione a\w*|per\s+(?={_INFINITIVE}\b)|dopo)"
    ),
}
_MARKS = {kind: re.compile(form, re.IGNORECASE) for kind, form in _FORMS.items()}
_BOUNDED_NOT = re.compile(
    r"\bnon\s+(?:(?:si|ne|può|possono|deve|devono)\s+)?(?:più|meno|oltre|superior\w+|inferior\w+|super\w+|eccede\w*|scende\w*)\b",
    re.IGNORECASE,
)


def find_marks(text: str) -> list[Mark]:
    """Every mark of a text, in order; "non … solo" is no negation, nor is the bound of a figure ("non più di")."""
    plain = text.translate(_PLAIN).lower()
    found = [Mark(*match.span(), kind) for kind, form in _MARKS.items() for match in form.finditer(plain)]
    wholes = [mark for mark in found if mark.kind is MarkKind.NOT_ONLY]
    bounds = [match.span() for match in _BOUNDED_NOT.finditer(plain)]
    taken = [(mark.start, mark.end) for mark in wholes] + bounds
    split = (MarkKind.NEGATION, MarkKind.ONLY)
    kept = [mark for mark in found if not (mark.kind in split and any(a <= mark.start < b for a, b in taken))]
    return sorted(kept, key=lambda mark: (mark.start, mark.end, mark.kind))


class Bound(StrEnum):
    """How a figure holds: exactly, from it up, above it, up to it, below it, about it, or as the end of a range."""

    EXACT = "exact"
    LEAST = "least"
    MORE = "more"
    MOST = "most"
    LESS = "less"
    ABOUT = "about"
    RANGE = "range"


_BOUNDS_BEFORE: list[tuple[Bound, str]] = [
    (Bound.MOST, r"(?:fino\s+a\w*|(?:al|un|di)\s+massimo|massim[oa]|massim[oa]\s+d\w+|non\s+(?:può\s+|deve\s+)?(?:più|oltre|super\w+|eccede\w*)|entro|tetto|a non più)"),
    (Bound.LEAST, r"(?:almeno|(?:come|al|un)\s+minimo|minim[oa]|non\s+(?:è\s+|può\s+essere\s+)?(?:meno|inferior\w+|scende\w*)|a\s+partire\s+da\w*|quanto\s+meno|perlomeno)"),
    (Bound.LESS, r"(?:meno|inferior\w+|sotto|al di sotto|nemmeno|neanche)"),
    (Bound.MORE, r"(?:più|oltre(?!\s+a)|superior\w+|sopra|al di sopra|supera(?:no)?)"),
    (Bound.ABOUT, r"(?:circa|quasi|intorno|attorno|all'incirca|approssimativamente|grosso modo|suppergiù)"),
]  # fmt: skip
_LINK = r"(?:\s+(?:di|del|dello|della|dell'|dei|degli|delle|a|al|alla|ai|alle|il|lo|la|i|gli|le|è|sono|pari|soglia))*[\s'(]*(?:€\s*)?$"
_BEFORE = [(bound, re.compile(rf"\b{form}{_LINK}", re.IGNORECASE)) for bound, form in _BOUNDS_BEFORE]
_AFTER = [
    (Bound.LEAST, re.compile(r"^\s*(?:\w+\s+)?(?:(?:come|al)\s+)?(?:minim[oa]\b|almeno\b|in su\b|o più\b)", re.IGNORECASE)),
    (Bound.MOST, re.compile(r"^\s*(?:\w+\s+)?(?:(?:al|come)\s+)?(?:massim[oa]\b|in giù\b)", re.IGNORECASE)),
    (Bound.ABOUT, re.compile(r"^\s*(?:\w+\s+)?circa\b", re.IGNORECASE)),
]  # fmt: skip
_RANGE_JOIN = re.compile(r"^\s*(?:[-–—]|e|ed|a|al|all'|e\s+il|e\s+l'|ed\s+il|a\s+un)\s*$", re.IGNORECASE)
_RANGE_OPEN = re.compile(
    r"\b(?:tra|fra|da|dal|dall'|compres\w+\s+(?:tra|fra))(?:\s+(?:il|l'|i|le))?\s*$", re.IGNORECASE
)
_DASH = re.compile(r"^\s*[-–—]\s*$")
LOOKED_BEFORE = 45
"""Characters before a figure in which its bound is looked for."""


def bound_of(text: str, figure: Figure, figures: list[Figure]) -> Bound:
    """How a figure of a text holds; figures are all those of the text, in order."""
    plain = text.translate(_PLAIN)
    if _in_range(plain, figure, figures):
        return Bound.RANGE
    before, after = plain[max(0, figure.start - LOOKED_BEFORE) : figure.start], plain[figure.end : figure.end + 30]
    for bound, form in _BEFORE:
        if form.search(before):
            return bound
    return next((bound for bound, form in _AFTER if form.search(after)), Bound.EXACT)


def _in_range(text: str, figure: Figure, figures: list[Figure]) -> bool:
    if sum(other.start == figure.start for other in figures) > 1:  # "25-30%" is read as two figures in one place
        return True
    for first, second in zip(figures, figures[1:], strict=False):
        if figure not in (first, second) or first.end > second.start or figure.kind is FigureKind.LAW:
            continue
        between = text[first.end : second.start]
        opens = _RANGE_OPEN.search(text[: first.start])
        if _DASH.match(between) or (opens and _RANGE_JOIN.match(between)):
            return True
    return False


class Side(StrEnum):
    """On which side of a date something happens."""

    AT = "at"
    FROM = "from"
    UNTIL = "until"


_SIDES = [
    (Side.UNTIL, re.compile(r"\b(?:fino\s+a\w*'?|sino\s+a\w*'?|entro|prima\s+d\w*'?|non\s+oltre)(?:\s+(?:il|l'|la|le|anno|fine|mese di|del))*\s*$", re.I)),
    (Side.FROM, re.compile(r"\b(?:da|dal|dall'|dalla|dopo|a\s+partire\s+da\w*'?|a\s+decorrere\s+da\w*'?|successiv\w+\s+a\w*'?)(?:\s+(?:il|l'|la|anno|mese di|del))*\s*$", re.I)),
]  # fmt: skip


def side_of(text: str, figure: Figure) -> Side:
    """On which side of a date or year of a text something happens: "entro il 2030" is before it."""
    before = text.translate(_PLAIN)[max(0, figure.start - LOOKED_BEFORE) : figure.start]
    return next((side for side, form in _SIDES if form.search(before)), Side.AT)
