"""Conditions: what a sentence must say, beside the kind of thing asked for, to answer a question as it is put."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from kb.answering.judging.expected import ACTOR, FIGURES, is_year
from kb.language import kinship
from kb.language.dates import WEEKDAY
from kb.language.deeds import asks_permission
from kb.language.figures import FigureKind, find_figures, measured_figures, same_figure
from kb.language.own_words import everywhere
from kb.language.questions import Asked, Expectation, asks_how_to
from kb.language.words import fold, stem, tokenize

_DENIES = re.compile(
    r"\b(?:non(?! a caso| da ultimo| solo| soltanto| solamente)"
    r"|né|senza|nessun\w*|mai|neppure|nemmeno|esclus\w+|tranne|priv[oaie] di|esent\w*|esoner\w*|fuori|manc\w+"
    r"|in\w+ibil\w+|not|no|without|never)\b",
    re.IGNORECASE,
)
_DENIED_WORDS = re.compile(
    r"\b(?:non|né|senza|esclus[oaie]|tranne|eccetto|salvo|fuorché|divers[oaie] da\w*)\b((?:\s+[\w’'-]+){1,4})",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b\w*(?:[eia]r(?:à|a'|anno)|rr(?:à|anno))(?!\w)|\b(?:will|futur[oaie]|in futuro)\b", re.IGNORECASE)
_NOW = re.compile(r"\b(?:oggi|attualmente|finora|al momento|today|currently)\b", re.IGNORECASE)
_ASKS_DENIED = re.compile(
    r"\bnon (?!(?:solo|soltanto|è vero|ho|so|capisco|mi|ti|ci|posso|riesco|trovo)\b)\w+"
    r"|\b(?:does|do|did|is|are|has|have)(?:n't| not)\b",
    re.IGNORECASE,
)
_DAY = re.compile(rf"\b{WEEKDAY}\b")
_DAYS_FROM_TO = re.compile(
    r"\b(?:dal|da) \w+(?:di|to|ca) (?:al|a) \w+(?:di|to|ca)\b|\btutti i giorni\b|\bogni giorno\b"
)
_STEP = re.compile(
    r"\b(?:domand[ae]|richiest[ae]|modul[oi]|portale|sportell[oi]|iscri\w+|prenot\w+|si (?:fa|chied\w+|present[ai]\w*"
    r"|ottien\w+|pag\w+|scriv\w+|richied\w+)|present(?:a|ano|are)|compil\w+|consegn\w+|rivolg\w+|telefon\w+|online|tesser[ae]"
    r"|allegat\w*|certificat[oi]|autocertificazion[ei]|app|spid)\b"
)
_RULE = re.compile(
    r"\b(?:puo|possono|potra\w*|poter\w*|(?<!ove )(?<!dove )(?<!quanto )(?<!sia )possibil[ei]\b"
    r"|consent\w+|permess\w+|permett\w+|ammess\w+|ammett\w+|viet\w+"
    r"|diviet[oi]|proibi\w+|autorizz\w+|facolta|non e|non sono|non si|deve|devono|dovra\w*|obblig\w+|occorr\w+"
    r"|necessari\w+|riservat\w+|esclus\w+|gratuit\w+|diritt[oi]|spett\w+|richie\w+|accett\w+|rifiut(?:a|ano|ato)"
    r"|salvo|purche|a condizione|volont\w+|vincol\w+|pag\w+|gratis"
    r"|si (?!tratt|pon|propon|articol|bas|impegn|inten|vuol|vogli|punt|mir|occup|riferi|colloc|inser|rivolg|svilupp)"
    r"\w+(?:a|e|ono|ano)"
    r"|va|vanno|apert[oaie] a\w*)\b"
)
_INFINITIVE = re.compile(r"\b(?P<root>[a-z]{4,})(?:are|ere|ire)\b")
_ASKS_DUTY = re.compile(r"\b(?:obbligat[oaie]|obbligatori[oae]?|tenut[oaie] a|vincolant[ei])\b")
_DUTY = re.compile(
    r"\b(?:obblig\w+|dev(?:e|ono)|dovra\w*|vincol\w+|volont\w+|facolt\w+|tenut[oaie]|necessari\w+|richied\w+"
    r"|impo(?:ne|ngono)|liber[oaie]|esent\w+|esoner\w+|occorr\w+|bisogna)\b"
)
_FIRM = re.compile(
    r"\bS\.? ?p\.? ?A\b|\bS\.? ?r\.? ?l\b|\bATI\b|\b[Hh]olding\b"
    r"|\b(?:societ|impres|ditt[ae]|aziend|cooperativ|consorzi|partecipat|gestor|fornitor|concessionari)\w*",
    re.IGNORECASE,
)
_BANK = re.compile(r"\b(?:[Bb]anc\w+|BEI|[Cc]assa|[Mm]utu\w+)\b")
_LABEL = re.compile(
    r"\b([Ll]ine[ae]|[Ll]ott[oi]|[Ff]asc(?:ia|e)|[Cc]lass[ei]|[Cc]ategori[ae]|[Tt]ip[oi]|[Mm]isura|[Aa]zion[ei]|[Mm]odul[oi]"
    r"|[Aa]llegat[oi]|[Tt]abell[ae]|[Ll]ivell[oi]|[Mm]ission[ei]|[Ll]inee|[Oo]biettiv[oi]|[Aa]sse|[Ff]ase):? "
    r"([A-Z]{1,2}\d{0,3}|\d{1,3})(?![\w%.,]\d|\w)"
)
"""A kind of thing with its number or letter; a letter is one only as a capital."""
_OF_WHICH = re.compile(r"\b(?:a|ad|da|di|in|con|su|per|fra|tra|entro) qual[ei]\b")
"""Asks what goes with them: their names are one answer of several ("da quali stazioni si parte")."""
_MOST = re.compile(
    r"(?:\b(?P<noun>[a-z]{3,}) (?:e (?:il|la) )?)?\b(?:piu|meno) (?!di\b|o\b|che\b|per\b|in\b)(?P<most>[a-z]{4,})"
)
_OUTSTANDING = re.compile(
    r"(?:massim|minim|principal|priorit|prim|ultim|maggior|minor|miglior|peggior|record)\w*|\w{4,}issim[oaie]"
)
"""Words that say of one alone that it is so; "di cruciale importanza" says it of nothing."""
_BESIDE = 4
"""Words before such a one among which stands what it is said of."""
_OF_ONE = (Expectation.SINGLE, Expectation.ACTOR, Expectation.PLACE)
_NAMED_THINGS = (
    "scuola scuole ospedale ospedali stazione stazioni associazione associazioni comune comuni paese paesi quartiere "
    "quartieri frazione frazioni via vie piazza piazze citta"
)
_ASKS_SPAN = re.compile(r"\b(?:quanto dur\w+|(?:dopo|entro|per|in|da) quanto(?: tempo)?\b(?! costa)|quanto tempo)")
_SPAN = re.compile(
    r"\b(?:\d+|[a-z]*(?:uno|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|dici|venti|trenta|quaranta|sessanta|novanta)"
    r"|un|una|pochi|alcuni|ogni) (?:\w+ )?(?:or[ae]|minut[oi]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|trimestr[ei])\b"
    r"|\b(?:19|20)\d\d\b|\b(?:breve|medio|lungo) termine\b|\b(?:annual|mensil|settimanal|giornalier)\w+"
)
_ASKS_DURATION = re.compile(r"\bquanto (?:tempo )?(?:ci )?(?:mett|impieg|vuole|vogliono|dur)\w*|\bhow long\b")
_LASTS = re.compile(
    r"\b(?:dur\w+|impieg\w+|temp[oi]|percorrenz\w+|viaggi[oa]\w*|massim[oa]|entro"
    r"|in (?:circa |meno di )?\w+ (?:minuti|or[ae]|giorni|mesi|anni)|dopo"
    r"|per (?:\w+ )?\w+ (?:giorni|mesi|anni|ore|minuti)|ann[oi]|mes[ei]|giorn[oi])\b"
)
_SEASON = re.compile(r"\b(?P<first>(?:19|20)\d{2})[/–-](?P<last>(?:(?:19|20)\d{2}|\d{2}))\b")
_ASKS_NAMES = re.compile(r"\b(?:i )?nomi d(?:ei|egli|elle|i)\b")
_RELATIVE_NOT = re.compile(r"\bche non [^,?]*", re.IGNORECASE)


def _spans(text: str) -> set[str]:
    """The seasons and school years of a text, each as its first year."""
    return {match["first"] for match in _SEASON.finditer(text) if _follows(match["first"], match["last"])}


def _follows(first: str, last: str) -> bool:
    return int(first[-2:]) + 1 == int(last[-2:])


_ASKS_OF_A_LACK = re.compile(
    r"\b(?:chi|person[ae]|gente|famigli[ae]|cittadin[oaie]|bambin[oaie]|anzian[oaie]|giovani?|ragazz[oaie]|donn[ae]|uomin[oi]"
    r"|lavorator[ei]|student[ei])\s"
    r"(?:(?:che )?(?:e|sono|sta|stanno|viv[eo]\w*|rest[ao]\w*|riman[eg]\w*)\s)?senza\s(?!di\b)"
)
_TELLS_OF_A_LACK = re.compile(
    r"\b(?:senza|priv[oaie] d|sprovvist|mancan|non (?:ha|hanno|poss|dispon)|disoccup|inoccup|neet\b|fragil|pover|disagi"
    r"|vulnerabil|indigen|emarginaz|esclus)"
)


def meets_denial(asked: Asked, sentence: str) -> bool:
    """False when the question asks what is not so ("quali Comuni non …?") and the sentence only says what is."""
    plain = _RELATIVE_NOT.sub("", asked.text) if asked.expects is Expectation.OTHER else asked.text
    if asked.expects is Expectation.YES_NO or not _ASKS_DENIED.search(plain):
        return True
    return bool(_DENIES.search(sentence))


def meets_lack(asked: Asked, sentence: str) -> bool:
    """False when it is asked of those who lack something ("chi è senza casa") and the sentence tells of no lack."""
    return not _ASKS_OF_A_LACK.search(fold(asked.text)) or bool(_TELLS_OF_A_LACK.search(fold(sentence)))


def meets_days(asked: Asked, sentence: str) -> bool:
    """False when a day of the week is asked about and the sentence is on others ("martedì" where "lunedì" is asked)."""
    wanted = set(_DAY.findall(fold(asked.text)))
    said = set(_DAY.findall(fold(sentence))) if wanted else set()
    return not said or bool(wanted & said) or bool(_DAYS_FROM_TO.search(fold(sentence)))


def meets_how_to(asked: Asked, sentence: str) -> bool:
    """False when the person asks how to go about something and the sentence tells no step to take."""
    return not asks_how_to(asked.text) or bool(_STEP.search(fold(sentence)))


def meets_duration(asked: Asked, sentence: str) -> bool:
    """False when it is asked how long something takes and the sentence gives no time that it lasts."""
    question, said = fold(asked.text), fold(sentence)
    if _ASKS_SPAN.search(question):
        return bool(_SPAN.search(said))
    return not _ASKS_DURATION.search(question) or bool(_LASTS.search(said))


def names_members(asked: Asked, sentence: str, *, known_words: Collection[str] = frozenset()) -> bool:
    """
    False when it is asked which firm, or which schools, and the sentence names none.

    known_words: words that the documents write in lowercase somewhere, which are no names.
    """
    if asked.language == "en":
        return True
    if asked.thing in _firms():
        return bool(_FIRM.search(sentence))
    if asked.thing == "banc":
        return bool(_BANK.search(sentence))
    if (
        asked.expects not in (Expectation.LIST, Expectation.SINGLE)
        or asked.thing is None
        or asked.thing not in _named_things()
    ):
        return True
    if sentence.rstrip().endswith(":") or _OF_WHICH.search(fold(asked.text)):
        return True
    if not any(word == asked.thing or kinship.nearness(asked.thing, word) > 0 for word in stem(tokenize(sentence))):
        return False
    known = set(tokenize(asked.text))
    names = (set(tokenize(match.group())) for match in ACTOR.finditer(sentence))
    return any(
        _is_name(name) and not name & known and not name <= set(known_words) and not everywhere().issuperset(stem(name))
        for name in names
    )


def _is_name(words: set[str]) -> bool:
    return any(word.isalpha() and len(word) > 2 for word in words)


@lru_cache(maxsize=1)
def _firms() -> frozenset[str]:
    return frozenset(stem("impresa imprese ditta ditte societa azienda aziende cooperativa cooperative".split()))


@lru_cache(maxsize=1)
def _named_things() -> frozenset[str]:
    return frozenset(stem(_NAMED_THINGS.split()))


def meets_label(asked: Asked, sentence: str) -> bool:
    """False when one of several numbered or lettered things is asked about and the sentence on another ("linea 2")."""
    for noun, label in _LABEL.findall(asked.text):
        said = [other for word, other in _LABEL.findall(sentence) if stem([fold(word)]) == stem([fold(noun)])]
        if said and label.lower() not in (other.lower() for other in said):
            return False
    return True


def meets_law(asked: Asked, sentence: str) -> bool:
    """False when a law is named and the sentence is on others alone; for yes or no the right one may be another."""
    wanted = [figure for figure in asked.figures if figure.kind is FigureKind.LAW]
    if not wanted or asked.expects in (Expectation.YES_NO, Expectation.LAW):
        return True
    said = [figure for figure in find_figures(sentence) if figure.kind is FigureKind.LAW]
    return not said or any(same_figure(one, other) for one in wanted for other in said)


def meets_superlative(asked: Asked, sentence: str) -> bool:
    """False when it is asked which is the most so, and the sentence says so of nothing ("il PGT più vecchio")."""
    match = _MOST.search(fold(asked.text)) if asked.expects in _OF_ONE else None
    if match is None:
        return True
    most, tokens = stem([match["most"]])[0], tokenize(sentence)
    near = [at for at, word in enumerate(stem(tokens)) if word == most or kinship.nearness(most, word) > 0]
    noun = next(iter(stem([match["noun"]])), asked.thing) if match["noun"] else asked.thing
    measured = bool(near) and _gives_a_measure(sentence)
    return any(_is_most(at, tokens, noun) or (measured and not _OUTSTANDING.fullmatch(tokens[at])) for at in near)


def _is_most(at: int, tokens: Sequence[str], noun: str | None) -> bool:
    """True where the word at a place says of a noun that it is so beyond the others, not of something else of it."""
    if not _OUTSTANDING.fullmatch(tokens[at]) and tokens[max(0, at - 1)] not in ("piu", "meno"):
        return False
    after = 3 if tokens[at + 1 : at + 2] and tokens[at + 1] in ("dei", "degli", "delle", "fra", "tra") else 1
    return noun is None or noun in stem([*tokens[max(0, at - _BESIDE) : at], *tokens[at + 1 : at + 1 + after]])


def _gives_a_measure(sentence: str) -> bool:
    return any(figure.kind is not FigureKind.LAW for figure in measured_figures(sentence))


def meets_permission(asked: Asked, sentence: str) -> bool:
    """False when it is asked whether one may, or must, and the sentence gives no rule."""
    question = fold(asked.text)
    if asked.expects is Expectation.YES_NO and _ASKS_DUTY.search(question):
        return bool(_DUTY.search(fold(sentence)))
    return not asks_permission(question) or bool(_RULE.search(fold(sentence)) or _may_be(question, fold(sentence)))


def _may_be(question: str, said: str) -> bool:
    """True where a sentence has the adjective of what the question asks leave to do: "rinnovabili"."""
    return any(re.search(rf"\b{match['root']}[ai]bil[ei]\b", said) for match in _INFINITIVE.finditer(question))


def meets_names(asked: Asked, sentence: str) -> bool:
    """False when the names of several are asked and the sentence gives fewer than two that the question lacks."""
    if not _ASKS_NAMES.search(fold(asked.text)):
        return True
    known = set(tokenize(asked.text))
    return sum(not set(tokenize(match.group())) & known for match in ACTOR.finditer(sentence)) > 1


def meets_future(asked: Asked, sentence: str) -> bool:
    """False when a figure to come is asked and the sentence gives today's ("oggi se ne contano 55")."""
    if asked.expects not in FIGURES or not _WILL.search(asked.text):
        return True
    return not _NOW.search(sentence)


def denied_words(asked: Asked, sentence: str) -> frozenset[str]:
    """
    The stems that a sentence names only to leave them out, where a figure is asked.

    "20% per le funzioni non in prevalenza residenziali" is no figure of the residential ones.
    """
    if asked.expects not in FIGURES or _ASKS_DENIED.search(asked.text):
        return frozenset()
    said = " ".join(match[1] for match in _DENIED_WORDS.finditer(sentence))
    return frozenset(stem(tokenize(said)))


def meets_years(asked: Asked, *texts: str) -> bool:
    """
    False when a figure is asked of a year that stands neither in the sentence nor in its document's name.

    A season or a school year ("2025/26") must stand there whatever is asked.
    """
    together = " ".join(texts)
    spans = _spans(asked.text)
    if spans and not spans <= _spans(together):
        return False
    if asked.expects not in FIGURES:
        return True
    wanted = [figure.value for figure in asked.figures if is_year(figure)]
    return all(re.search(rf"\b{year}\b", together) for year in wanted)
