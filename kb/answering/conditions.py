"""Conditions: what a sentence must say, beside the kind of thing asked for, to answer a question as it is put."""

from __future__ import annotations

import re

from kb.answering.expected import ACTOR, FIGURES, is_year
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
_DAY = re.compile(r"\b(lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica)\b")
_DAYS_FROM_TO = re.compile(
    r"\b(?:dal|da) \w+(?:di|to|ca) (?:al|a) \w+(?:di|to|ca)\b|\btutti i giorni\b|\bogni giorno\b"
)
_STEP = re.compile(
    r"\b(?:domand[ae]|richiest[ae]|modul[oi]|portale|sportell[oi]|iscri\w+|prenot\w+|si (?:fa|chied\w+|present[ai]\w*"
    r"|ottien\w+|pag\w+|scriv\w+|richied\w+)|present(?:a|ano|are)|compil\w+|consegn\w+|rivolg\w+|telefon\w+|online|tesser[ae]"
    r"|allegat\w*|certificat[oi]|autocertificazion[ei]|app|spid)\b"
)
_ASKS_NAMES = re.compile(r"\b(?:i )?nomi d(?:ei|egli|elle|i)\b")
_RELATIVE_NOT = re.compile(r"\bche non [^,?]*", re.IGNORECASE)


def meets_denial(asked: Asked, sentence: str) -> bool:
    """False when the question asks what is not so ("quali Comuni non …?") and the sentence only says what is."""
    plain = _RELATIVE_NOT.sub("", asked.text) if asked.expects is Expectation.OTHER else asked.text
    if asked.expects is Expectation.YES_NO or not _ASKS_DENIED.search(plain):
        return True
    return bool(_DENIES.search(sentence))


def meets_days(asked: Asked, sentence: str) -> bool:
    """False when a day of the week is asked about and the sentence is on others ("martedì" where "lunedì" is asked)."""
    wanted, said = (set(_DAY.findall(fold(text))) for text in (asked.text, sentence))
    return not wanted or not said or bool(wanted & said) or bool(_DAYS_FROM_TO.search(fold(sentence)))


def meets_how_to(asked: Asked, sentence: str) -> bool:
    """False when the person asks how to go about something and the sentence tells no step to take."""
    return not asks_how_to(asked.text) or bool(_STEP.search(fold(sentence)))


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
    """False when a figure is asked of a year that stands neither in the sentence nor in its document's name."""
    if asked.expects not in FIGURES:
        return True
    wanted = [figure.value for figure in asked.figures if is_year(figure)]
    together = " ".join(texts)
    return all(re.search(rf"\b{year}\b", together) for year in wanted)
