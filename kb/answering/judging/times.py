"""Times: whether a sentence tells the end or the beginning that is asked, and how often."""

from __future__ import annotations

import re

from kb.language.dates import MONTH, WEEKDAY
from kb.language.questions import Asked, Expectation
from kb.language.words import fold

_ASKS_END = re.compile(
    r"\b(?:entro|fino a|sino a) (?:quando|(?:che|quale|quali) \w+)|\bscad\w+|\btermine (?:per|ultimo|di presentazione)"
    r"|\bultim[oa] (?:giorno|data)|\bquando (?:si )?(?:chiud|finisc|termin|scad)\w+"
)
_ASKS_START = re.compile(
    r"\b(?:da|a partire da) (?:quando|che (?:giorno|data|mese|anno)|quale (?:giorno|data|mese|anno))\b"
)
_ENDS = re.compile(
    r"\b(?:entro|non oltre|fino|sino|finche|scad\w+|chiu\w+|conclu\w+|ultim\w+|prima d\w+|termina\w*|termine|fine)\b"
    r"|\bdur\w+|\bd(?:al|all'|alle|allo)\b(?:[^.;]|\.(?=\d)){1,60}\b(?:al|all'|alle|allo)\b"
    rf"|\b(?:a|di|breve|medio|lungo) (?:{MONTH}|termine)\b"
)
_DAY = re.compile(
    rf"\b(?:{MONTH}|(?:19|20)\d\d|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|scad\w+)\b|\b\d{{1,2}}/\d{{1,2}}\b"
)
_WEEKLY = re.compile(rf"\b{WEEKDAY}\b")
_ASKS_DAY = re.compile(r"\b(?:che|quale|quali) (?:giorn[oi]|dat[ae])\b")
"""The hours of a day are none."""
_STARTS = re.compile(r"\bd(?:al|all'|alle|allo)\b ?(?:\w+ )?\d")
_ONLY_ENDS = re.compile(r"\b(?:entro|non oltre|fino al?|fino all'|scade\w*)\b")
_ANY_START = re.compile(
    r"\b(?:dal?|dall'|dalle|dallo|dopo|decorr\w+|in vigore|avvi\w+|inizi\w+|apert\w+|part(?:ire|e|ono|ito|ita)"
    r"|istitui\w+|na(?:to|ta|sce|scita)|(?:costitu|fonda|approva|firma|sottoscr|adotta|avvia)\w+)\b"
)
_ASKS_HOW_OFTEN = re.compile(r"\bogni quant[oaie]\b|\bquante volte\b|\bcon (?:che|quale) frequenza\b|\bhow often\b")
_HOW_OFTEN = re.compile(
    r"\bogni\b|\bvolt[ae]\b|\b(?:annual|mensil|settimanal|giornalier|quotidian|trimestral|semestral|biennal|triennal)\w*"
    r"|\b(?:al|all'|l'|a|alla) ?(?:anno|mese|giorno|settimana)\b(?! \d)|\btutt[ie] (?:i|gli|le) \w+"
)


def meets_time(asked: Asked, sentence: str) -> bool:
    """
    False where it is asked by when and the sentence only says since when, or the other way round.

    "Dal 2 marzo sono aperti i termini" gives no deadline.
    """
    if asked.expects is not Expectation.TIME or asked.language == "en":
        return True
    question, said = fold(asked.text), fold(sentence)
    if _ASKS_END.search(question) and not _gives_end(said):
        return False
    if _ASKS_DAY.search(question) and not (_DAY.search(said) or _WEEKLY.search(said)):
        return False
    return not (_ASKS_START.search(question) and _ONLY_ENDS.search(said) and not _ANY_START.search(said))


def _gives_end(said: str) -> bool:
    """True unless a sentence only says since when, or at what hours of the week."""
    if _STARTS.search(said) and not _ENDS.search(said):
        return False
    return bool(_DAY.search(said)) or not _WEEKLY.search(said)


def asks_how_often(asked: Asked) -> bool:
    """True for a question how often something is done."""
    return bool(_ASKS_HOW_OFTEN.search(fold(asked.text)))


def says_how_often(sentence: str) -> bool:
    """True where a sentence says how often something is done: "ogni tre settimane", "due volte a settimana"."""
    return bool(_HOW_OFTEN.search(fold(sentence)))
