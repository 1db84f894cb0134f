"""Whether a sentence holds the kind of thing a question asks for: a number of that noun, a sum, a date, a name."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

from kb.answering.judging.places import gives_contact, names_place, names_street, says_where
from kb.answering.judging.times import asks_how_often, says_how_often
from kb.answering.judging.uncounted import counts_nothing
from kb.language import kinship
from kb.language.dates import MONTH, WEEKDAY
from kb.language.figures import LABEL_BEFORE, Figure, FigureKind, find_figures, measured_figures
from kb.language.questions import Asked, Expectation, is_office
from kb.language.stems import has_stem, same_stem
from kb.language.words import STOP_WORDS, fold, stem, tokenize

TYPED = frozenset(
    {
        Expectation.COUNT,
        Expectation.AMOUNT,
        Expectation.PERCENT,
        Expectation.QUANTITY,
        Expectation.TIME,
        Expectation.CLOCK,
        Expectation.PLACE,
        Expectation.LAW,
        Expectation.MISSION,
        Expectation.PERSON,
        Expectation.WHERE,
        Expectation.CONTACT,
    }
)
"""Kinds that a sentence must hold to be an answer at all."""

FIGURES = frozenset({Expectation.COUNT, Expectation.AMOUNT, Expectation.PERCENT, Expectation.QUANTITY})
"""Kinds that ask for a number of something."""

_CLOCK = re.compile(
    r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d\b|\bore (?:[01]?\d|2[0-3])\b"
    r"|\b(?:alle|dalle) (?:[01]?\d|2[0-3])\b(?! ?(?:%|€|euro|\w{4,}))",
    re.IGNORECASE,
)
_MISSION = re.compile(r"\bM\s?[1-6]\b|\bmission[ei]\s+[1-6]\b", re.IGNORECASE)
_LAW_WORD = re.compile(
    r"\b(?:legg[ei]|decret[oi]|direttiva|regolamento|D\.?M\.?|L\.?R\.?|D\.?\s?Lgs|D\.?P\.?R)\b|\b\d{1,4}/(?:19|20)\d{2}\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b[A-Z][a-zà-ù]+(?:\s+(?:de|De|di|Di|della|Della|D'))?\s+[A-Z][a-zà-ù'’]+\b")
_PERIOD = re.compile(
    rf"\b(?:{WEEKDAY}|ore \d{{1,2}}|dalle \d{{1,2}}"
    rf"|\d{{1,2}}[°º]? {MONTH}"
    r"|(?:entro|almeno|dopo|prima di|per) (?:\w+ )?(?:\d+|\w+) (?:giorni|settimane|mesi|anni)"
    r"|\d+ (?:giorni|settimane|mesi|anni) (?:prima|dopo)"
    rf"|(?:a|in|da|di|fino a|entro) {MONTH}"
    r"|(?:nel |a )?(?:breve|medio|lungo) (?:termine|periodo)|n?e?gli (?:ultimi|scorsi|anni) \w+|annual\w+|ogni anno"
    r"|(?:durante|dopo|prima del)l[ae’'] ?\w*(?:pandemi|emergenz|crisi|approvazion|entrata in vigore)\w*)\b",
    re.IGNORECASE,
)
_DEPARTS = re.compile(r"^quando (?:part|pass|apr|chiud|arriv|iniz|cominc|finisc)\w+", re.IGNORECASE)
_WHENEVER = re.compile(r"^quando (?:si|viene|vengono|è|sono|posso|devo|bisogna)\b", re.IGNORECASE)
_IN_CASE = re.compile(
    r"\b(?:in caso di|qualora|dopo (?:due|tre|\d+)|se (?:il|la|lo|i|gli|le|l['’]|non))", re.IGNORECASE
)
_ASKS_OF_THE_PAST = re.compile(r"^(?:ma |e )?quando (?:è|sono|fu|furono) (?:stat|nat)[oaie]\b", re.IGNORECASE)
_SPAN_ALONE = re.compile(
    r"\b(?:entro|almeno|prima di|per) (?:\w+ )?\w+ (?:giorni|settimane|mesi|anni)\b", re.IGNORECASE
)
_ASKS_HOW_LONG = re.compile(r"\bquanto tempo\b", re.IGNORECASE)
_LASTS = re.compile(r"\b[\w]+ (?:minuti|or[ae]|giorni|settiman[ae]|mes[ei]|ann[oi])\b", re.IGNORECASE)
_ASKS_DATE = re.compile(r"\b(?:ann[oi]|data|mese|year|date|month)\b", re.IGNORECASE)
# "Agenda 2030", "Next Generation 2021": the year belongs to a name. A month is no name, nor "Dal" in front.
_NAMED_YEAR = re.compile(
    rf"\b(?!{MONTH}\b)"
    r"(?!(?:d[ae]l?|nel|al|dall|fino|entro|in|di|per|dopo|prima|from|since|by|until|anno)\b)"
    r"(?-i:[A-ZÀ-Ý])[\w’'-]+ (?:\d{4}[-–])?$",
    re.IGNORECASE,
)
_ASKS_STREET = re.compile(r"\b(?:indirizz\w+|address)\b", re.IGNORECASE)
_ASKS_PRICE = re.compile(r"\b(?:cost\w+|pag\w+|prezzo|prezzi|spend\w+|tariff\w+)\b", re.IGNORECASE)
_PRICE_STEMS = frozenset(stem("costa costo costi paga pagare prezzo prezzi spende tariffa tariffe".split()))
_FREE = re.compile(r"\b(?:gratuit\w+|gratis|senza (?:costi|oneri|spese)|canone [a-z]+at[oi])\b", re.IGNORECASE)
_PATTERNS = {
    Expectation.CLOCK: _CLOCK,
    Expectation.MISSION: _MISSION,
    Expectation.LAW: _LAW_WORD,
}
ACTOR = re.compile(
    r"\b[A-Z]{2,}[\w-]*\b"
    r"|(?<=[a-zàèéìòù,;] )[A-ZÀ-Ý][\wà-ÿ’'-]+(?:\s+(?:(?:di|del|della|degli|delle|dei|e)\s+)?[A-ZÀ-Ý][\wà-ÿ’'-]+)*"
)
_SOMEONE = re.compile(
    r"\b(?:societa|cooperativ\w+|gestor[ei]|uffic[io]+|polizia|ispettor[ei]|genitor[ei]|insegnant[ei]|docent[ei]|dietist[ae]"
    r"|comun[ei]|ent[ei]|operator[ei]|impres[ae]|aziend[ae]|amministrazion[ei]|amministrator[ei]|cittadin[io]|famigli[ae]"
    r"|sindac[oi]|giunta|consigli[oe]\w*|region[ei]|ministero|dirigent[ei]|responsabil[ei]|commission[ei]"
    r"|associazion[ei]|alunn[oi]|student[ei]|resident[ei]|utent[ei]|utenz[ae]|person[ae]|citta|part[ie] social[ie]"
    r"|fondo d'investiment\w+|fondazion[ei]"
    r"|consorzi\w*|banc(?:a|he)|soggett[oi]|attor[ei]|universita|atene[oi]|scuol[ae]|istitut[oi]|investitor[ei]|lavorator[ei]|giovan[ei]|disoccupat[oi]|organismi|autorita"
    r"|agenzi[ae]|privat[oi]|chi|medic[oi]|volontar[io]+|proprietar[io]+|intestatar[io]+|promotor[ei]|interlocutor[ei])\b"
)
_FINES = re.compile(r"\b(?:sanzion\w+|mult[ae]|punit[oaie]|penal[ei]|ammend[ae]|cauzion\w*|contravvenzion\w+)\b")
"""What is paid for a wrong, or given back: no price, unless it is what is asked."""
_MEANS_BEFORE = re.compile(
    r"\b(?:ISEE|reddit[oi])\b(?:(?!\b(?:paga\w*|cost\w*|vers\w*|contribut\w*|tariff\w*)\b)[^.;:]){0,60}$", re.IGNORECASE
)
_EUROS_OF_A_COLUMN = re.compile(r"\((?:in )?(?:(?:migliaia|milioni) di )?(?:euro|€)\):? ?\d", re.IGNORECASE)
_UNIT = re.compile(
    r"\s*(?:giorn|mes[ei]|ann[oi]?\b|or[ae]\b|minut|settiman|euro|metr[oi]\b|km|chilometr|litr|percent|m²|mq|[ckm]?m\b|ha\b|chilogramm|kg|tonnellat|gramm|quintal)",
    re.IGNORECASE,
)
"""What measures and counts nothing else: "entro 30 giorni" is no number of things."""
_UNITS_OF = re.compile(
    r"\s*(?:metri|chilometri|km|litri|m²|mq|metri (?:quadr|cub)\w+|chilogrammi|kg|tonnellate|grammi|quintali|ore)"
    r"\s+d(?:i|['’])\s*(?P<of>\w+)"
)
_CHANGES = re.compile(r"\b(?:ridu|riduz|aument|diminu|calo|cala|cresc|increment|in (?:più|meno))\w*", re.IGNORECASE)
_CHANGES_BY = re.compile(
    r"\b(?:ridu|aument|diminu|cal(?:a|o)|cresc|increment|taglia)\w*\s+(?:\w+\s+){0,2}?(?:del|di|dell['’])\s*(?:circa\s+)?$",
    re.IGNORECASE,
)
"""Before a share by which something changes, which counts nothing ("ridurre del 12%")."""
_SINGLE = frozenset(stem(["unico", "unica", "solo", "sola"]))
_FOR_EACH = re.compile(r"\b(?:ogni|ciascun\w*|può|possono|a testa)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:ogni|ciascun[oa]?)[ '’](?P<noun>[^\W\d_]{4,})", re.IGNORECASE)
"""Of whom something holds one by one, which counts none of them ("ogni educatore segue 15 bambini")."""
_COUNTED_WORDS = 6
"""Words after a number in which the thing that it counts stands."""
ENOUGH_NEW = 5
"""Words beyond the question's own from which a sentence says enough that is new."""
_RANGE_AFTER = re.compile(r"^\s?(?:[-–]|ai|a|agli|e|o)\s?\d[\d.,]*")
"""The other end of a range, whose unit is that of both ("dai 3 ai 14 anni")."""
_NOUN_AFTER = re.compile(r" (?P<noun>[^\W\d_]{4,})(?<!mente)\b")
_NO_NOUN = frozenset(
    "circa pari totali complessivi complessive attivi attive nuovi nuove unita casi volte anno anni mese mesi "
    "esemplari elementi soggetti pezzi".split()
)
"""What may follow a number that counts what stands before it."""
_DONE = re.compile(r"(?:at|ut|it)[oaie]$")
_FEW_SUMS = 2
_NEAR_WORDS = 8
"""Words between a number and the noun it counts, at most ("70 delle 133 amministrazioni comunali")."""


def meets(
    asked: Asked, sentence: str, *, known_words: frozenset[str] = frozenset(), counted_as: Collection[str] | None = None
) -> bool:
    """
    True when the sentence could answer by its kind; always true for questions of no typed kind.

    known_words: words that the documents write in lowercase somewhere, which no person's name is made of. counted_as:
    the stems, one of which the sentence must count; any will do without it.
    """
    if asked.expects is Expectation.PERSON:
        return _names_holder(asked, sentence, known_words)
    if asked.expects in (Expectation.PLACE, Expectation.WHERE, Expectation.CONTACT):
        return _says_whereabouts(asked, sentence)
    if pattern := _PATTERNS.get(asked.expects):
        return bool(pattern.search(sentence))
    if asked.expects is Expectation.COUNT:
        return _gives_count(asked, sentence, counted_as) or _only_one(asked, sentence)
    return _holds_figure(asked, sentence)


def _says_whereabouts(asked: Asked, sentence: str) -> bool:
    match asked.expects:
        case Expectation.CONTACT:
            return gives_contact(sentence, asked.text)
        case Expectation.PLACE:
            return names_street(sentence) if _ASKS_STREET.search(asked.text) else names_place(sentence, asked.text)
    return says_where(sentence)


def _gives_count(asked: Asked, sentence: str, counted_as: Collection[str] | None) -> bool:
    counting = [figure for figure in find_figures(sentence) if _counts(figure, asked, sentence)]
    return any(counted_as is None or _counts_that(figure, counted_as, sentence) for figure in counting)


def _holds_figure(asked: Asked, sentence: str) -> bool:
    figures = find_figures(sentence)
    match asked.expects:
        case Expectation.AMOUNT if _is_of_fines(sentence) and not tells_fines(asked.text):
            return False
        case Expectation.AMOUNT | Expectation.PERCENT:
            typed = any(
                figure.kind.value == asked.expects.value and not _is_of_means(figure, sentence) for figure in figures
            )
            in_euros = asked.expects is Expectation.AMOUNT and bool(_EUROS_OF_A_COLUMN.search(sentence))
            return typed or in_euros or is_free(asked, sentence)
        case Expectation.QUANTITY if asks_how_often(asked):
            return says_how_often(sentence)
        case Expectation.QUANTITY:
            return is_free(asked, sentence) or any(_measures(figure, sentence) for figure in figures)
        case Expectation.TIME:
            return any(_is_time(figure, sentence) for figure in figures) or _is_vague_time(asked, sentence)
    return True


def _is_of_means(figure: Figure, sentence: str) -> bool:
    """True for a sum that somebody has, not one that is paid: "chi ha un ISEE inferiore a 6.000 euro"."""
    return _MEANS_BEFORE.search(sentence[: figure.start]) is not None


def _names_holder(asked: Asked, sentence: str, known_words: frozenset[str]) -> bool:
    """The office that the question names stands in the sentence, in the singular, with a person's name near it."""
    offices = {word for word in tokenize(asked.text) if is_office(word)}
    words = tokenize(sentence)
    places = [place for place, word in enumerate(words) if word in offices]
    names = [tokenize(m.group()) for m in _PERSON.finditer(sentence) if _is_name(m.group(), known_words)]
    return any(
        abs(place - words.index(name[0])) <= _NEAR_WORDS for name in names if name[0] in words for place in places
    )


def new_words(asked: Asked, words: frozenset[str]) -> float:
    """In [0, 1]: how much a sentence says beyond the question's own words."""
    said = (word for word in words if not has_stem(asked.focus, word))
    return sum(1 for _ in islice(said, ENOUGH_NEW)) / ENOUGH_NEW


def named_actors(asked: Asked, sentence: str) -> float:
    """1 when the sentence names someone the question doesn't (a proper name or an acronym), else 0."""
    known = set(tokenize(asked.text))
    return float(any(not set(tokenize(match.group())) & known for match in ACTOR.finditer(sentence)))


def names_someone(asked: Asked, sentence: str) -> float:
    """1 when the sentence names someone the question doesn't, by name or by what they are, else 0."""
    known = set(tokenize(asked.text))
    named = any(match.group() not in known for match in _SOMEONE.finditer(fold(sentence)))
    return float(named or named_actors(asked, sentence) > 0)


def nearness(asked: Asked, sentence: str) -> float:
    """In [0, 1]: how close a number stands to the noun that is counted; 0 when either is missing."""
    if asked.expects is not Expectation.COUNT or not asked.counted:
        return 0.0
    best = 0.0
    for figure in find_figures(sentence):
        if not _counts(figure, asked, sentence):
            continue
        after = stem(tokenize(sentence[figure.end :]))[:_NEAR_WORDS]
        before = stem(tokenize(sentence[: figure.start]))[-_NEAR_WORDS:][::-1]
        best = max(best, _closeness(after, asked.counted), 0.8 * _closeness(before, asked.counted))
    return best


def _closeness(words: list[str], wanted: str) -> float:
    for place, word in enumerate(words):
        if same_stem(word, wanted):
            return 1.0 - place / _NEAR_WORDS
    return 0.0


def _counts(figure: Figure, asked: Asked, sentence: str) -> bool:
    unit = bool(_UNIT.match(f" {asked.counted or ''}"))
    if figure.kind is FigureKind.PERCENT:
        return not unit and not (_CHANGES_BY.search(sentence[: figure.start]) and not _CHANGES.search(asked.text))
    if not _is_plain_number(figure, sentence):
        return False
    if bool(_UNIT.match(_RANGE_AFTER.sub("", sentence[figure.end :]))) is not unit and not _is_amount_of(
        figure, asked, sentence
    ):
        return False
    said = measured_figures(asked.text)
    in_question = any(figure.kind is other.kind and figure.value == other.value for other in said)
    return not in_question and not is_year(figure)


def _is_amount_of(figure: Figure, asked: Asked, sentence: str) -> bool:
    """True for a number of units of what is counted: "431 chilogrammi di rifiuti"."""
    match = _UNITS_OF.match(sentence[figure.end :])
    return match is not None and asked.counted is not None and same_stem(stem([fold(match["of"])])[0], asked.counted)


def _is_plain_number(figure: Figure, sentence: str) -> bool:
    """True for a number that is no label ("Driver 3"), no mark of an item, no address, no hour."""
    labelled = figure.kind is not FigureKind.NUMBER or LABEL_BEFORE.search(sentence[: figure.start])
    return not labelled and not counts_nothing(figure, sentence)


def _counts_that(figure: Figure, wanted: Collection[str], sentence: str) -> bool:
    """True where what is counted stands before the number, or soon after it ("70 delle 133 amministrazioni")."""
    before, after = stem(tokenize(sentence[: figure.start])), stem(tokenize(sentence[figure.end :]))
    each = {one for match in _EACH.finditer(sentence) for one in stem(tokenize(match["noun"]))}
    before = [one for one in before if one not in each]
    if figure.kind is FigureKind.PERCENT:
        before = before[-_COUNTED_WORDS:]
    elif _names_another(sentence[figure.end :]):
        before = []
    near = [*before, *after[:_COUNTED_WORDS]]
    return any(same_stem(one, word) or kinship.nearness(one, word) > 0 for word in near for one in wanted)


def _names_another(after: str) -> bool:
    """True where a noun follows a number at once, which is what it counts: "le domande … fino a 100 punti"."""
    match = _NOUN_AFTER.match(after)
    word = fold(match["noun"]) if match else ""
    return bool(word) and word not in STOP_WORDS and word not in _NO_NOUN and not _DONE.search(word)


def tells_fines(text: str) -> bool:
    """True for a text on what is paid for a wrong, or given back."""
    return _FINES.search(fold(text)) is not None


def _is_of_fines(sentence: str) -> bool:
    """True for a sentence on fines; not where they come after other sums, as in an account of what was taken in."""
    match = _FINES.search(fold(sentence))
    if match is None:
        return False
    before = [one for one in find_figures(fold(sentence)[: match.start()]) if one.kind is FigureKind.AMOUNT]
    return not before or len(find_figures(sentence)) <= _FEW_SUMS


def is_price(word: str) -> bool:
    """True for a stem that asks what something costs."""
    return word in _PRICE_STEMS


def is_free(asked: Asked, sentence: str) -> bool:
    """ "È gratuito" and "a canone moderato" answer what something costs, though no sum is written."""
    return bool(_ASKS_PRICE.search(asked.text) and _FREE.search(sentence))


def _only_one(asked: Asked, sentence: str) -> bool:
    """ "un gestore unico" counts one, though no number is written; "una sola domanda a impresa" sets a limit."""
    if _FOR_EACH.search(sentence):
        return False
    words = stem(tokenize(sentence))
    places = [place for place, word in enumerate(words) if word in _SINGLE]
    return any(
        asked.counted is not None and same_stem(word, asked.counted)
        for place in places
        for word in words[max(0, place - 2) : place + 3]
    )


def is_year(figure: Figure) -> bool:
    """True for a number that is a year."""
    return figure.text.isdigit() and len(figure.text) == 4 and figure.text[:2] in ("19", "20")


def _is_vague_time(asked: Asked, sentence: str) -> bool:
    """ "A medio termine" answers "quando", not "in che anno"."""
    if _ASKS_DATE.search(asked.text):
        return False
    if _ASKS_HOW_LONG.search(asked.text) and _LASTS.search(sentence):
        return True
    if _DEPARTS.search(asked.text) and _CLOCK.search(sentence):
        return True
    if _ASKS_OF_THE_PAST.search(asked.text):
        return bool(_PERIOD.search(sentence)) and not _SPAN_ALONE.search(sentence)
    return bool(_PERIOD.search(sentence)) or bool(_WHENEVER.search(asked.text) and _IN_CASE.search(sentence))


def _measures(figure: Figure, sentence: str) -> bool:
    """A number that measures something: no year, and no label ("Driver 3")."""
    if figure.kind in (FigureKind.PERCENT, FigureKind.AMOUNT):
        return True
    if not _is_plain_number(figure, sentence) or is_year(figure):
        return False
    # "Due raccomandazioni" counts; it measures nothing.
    return any(char.isdigit() for char in figure.text) or bool(_UNIT.match(sentence[figure.end :]))


def _is_time(figure: Figure, sentence: str) -> bool:
    if figure.kind is FigureKind.DATE:
        return not _NAMED_YEAR.search(sentence[: figure.start])
    return figure.kind is FigureKind.NUMBER and is_year(figure) and not _NAMED_YEAR.search(sentence[: figure.start])


def _is_name(text: str, known_words: frozenset[str]) -> bool:
    return not any(word.lower() in known_words for word in re.findall(r"\w+", text))
