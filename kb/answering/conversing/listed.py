"""Listed: which of the things that a turn asked for a later one means ("la seconda", "quello dei trasporti")."""

from __future__ import annotations

import re

from kb.language.figures import number_words
from kb.language.verbs import Mood, read_verb
from kb.language.words import STOP_WORDS, fold

MAX_WORDS = 8
"""Words that name the things of a list, at most."""

_ASKS_A_LIST = re.compile(
    r"\b(?:quali|quanti|quante|chi(?=\s+sono\s+(?:i|gli|le)\b)|che(?=\s+\w{4,}[ie]\s+(?:ci|ha|hanno|prevede|riguardano)\b)"
    r"|elenca(?:mi)?|dimmi|which|how many)\s+(?:sono\s+)?(?:tutt[ie]\s+)?"
    r"(?:(?:i|gli|le|the)\s+)?",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"quant|how many", re.IGNORECASE)
"""What is counted has no first and no second; the Drivers have numbers of their own."""
_ORDINALS = "prim second terz quart quint sest settim ottav non decim ultim penultim".split()
_ORDINAL = re.compile(
    r"(?<![\w'’])(?P<article>(?:il|lo|la|(?:de|a|da|ne|su)(?:l|llo|lla))\s+|(?:l|(?:de|a|da|ne|su)ll)['’]\s?)"
    rf"(?P<ordinal>{'|'.join(_ORDINALS)})(?P<gender>[oa])\b(?:\s+(?P<next>[\w'’]+))?",
    re.IGNORECASE,
)
LAST = _ORDINALS.index("ultim")
"""From here on ordinals are counted from the end."""
_BEFORE_O = {"l": "il", "dell": "del", "all": "al", "dall": "dal", "nell": "nel", "sull": "sul"}
_DRIVERS = ("driver", "drivers")
_SINGULARS = {
    "a": (("che", "ca"), ("ghe", "ga"), ("e", "a"), ("i", "e")),
    "o": (
        *(("chi", "co"), ("ghi", "go"), ("menti", "mento"), ("enti", "ente"), ("anti", "ante"), ("ori", "ore")),
        *(("uni", "une"), ("oni", "one"), ("ali", "ale"), ("ili", "ile"), ("i", "o")),
    ),
}
"""Endings of plural nouns and adjectives with those of the singular, the first that fits, by gender."""
_THAT_OF = re.compile(
    r"^(?:d[ie]\s+)?quell(?P<gender>[oa])\s+(?P<what>(?:de(?:l|llo|lla|i|gli|lle)|di|su(?:l|llo|lla|i|gli|lle)|per|che)\s.+"
    r"|(?:de|su)ll['’].+)$",
    re.IGNORECASE,
)
_THING_OF = re.compile(
    r"\b(?P<thing>\w{4,})\s+(?:(?:de(?:l|llo|lla|i|gli|lle)|di|su(?:l|llo|lla|i|gli|lle)|per)\s|(?:de|su)ll['’])[^()?]+",
    re.IGNORECASE,
)


def things_listed(question: str) -> str:
    """What a question lists, as it writes it ("linee sul lavoro"); empty for other questions."""
    match = _ASKS_A_LIST.search(question)
    if match is None:
        return ""
    words = re.findall(r"[\w'’/-]+|[^\w\s]", question[match.end() :])
    if words and (words[0].isdigit() or fold(words[0]) in number_words()):
        words = words[1:]
    if not words or not _is_plural(words[0]) or (_COUNTS.match(match[0]) and fold(words[0]) not in _DRIVERS):
        return ""
    end = next((at for at, word in enumerate(words) if at and _ends_a_noun(word, words[at - 1])), len(words))
    return " ".join(words[: min(end, MAX_WORDS)])


def _is_plural(word: str) -> bool:
    return fold(word) in _DRIVERS or (len(word) >= 4 and word[-1] in "ie")


def _ends_a_noun(word: str, before: str) -> bool:
    """True for the word of a question that its list's name ends before: a mark, a pronoun, a verb."""
    if not word[0].isalnum() or fold(word) in ("ci", "si", "sono", "ha", "hanno", "e", "ed", "che", "vi", "are", "do"):
        return True
    verb = read_verb(fold(word)) if not STOP_WORDS & {fold(word), fold(before)} else None
    return verb is not None and verb.mood is Mood.FINITE


def with_listed(question: str, things: str, *, last_driver: int = 0) -> tuple[str, str]:
    """
    The question with "la seconda" written out as one of the things listed, and what was written.

    Both are the question and an empty text where it means none of them. last_driver: the number of the last Driver, 0
    where it is not known.
    """
    for match in _ORDINAL.finditer(question) if things else ():
        if _is_bare(match["next"]) and (one := _one_of(match, things, last_driver)):
            end = match.end("gender")
            return f"{question[: match.start()]}{one}{question[end:]}", one
    return question, ""


def _is_bare(following: str | None) -> bool:
    """True where no noun follows an ordinal."""
    if following is None or fold(following) in STOP_WORDS:
        return True
    verb = read_verb(fold(following))
    return verb is not None and verb.mood is Mood.FINITE


def _one_of(match: re.Match[str], things: str, last_driver: int) -> str:
    """One of the things: "il Driver 3", "la terza linea sul lavoro"; empty where the gender is another."""
    first, gender = fold(things.split()[0]), match["gender"].lower()
    article, place = match["article"].replace("’", "'"), _ORDINALS.index(fold(match["ordinal"]))
    if first in _DRIVERS:
        if gender != "o":
            return ""
        plain = article.strip().rstrip("'").lower()
        number = place + 1 if place < LAST else last_driver - (place - LAST)
        if number > 0:
            return f"{_BEFORE_O.get(plain, plain)} Driver {number}"
    elif first.endswith("e") and gender == "o":
        return ""
    return f"{match['article']}{match['ordinal']}{match['gender']} {singular(things, gender)}"


def singular(things: str, gender: str) -> str:
    """Plural words in the singular, up to the first small word ("linea strategica sul lavoro"); gender: "a" or "o"."""
    words = things.split()
    end = next((at for at, word in enumerate(words) if fold(word) in STOP_WORDS), len(words))
    return " ".join([*(_one(word, gender) for word in words[:end]), *words[end:]])


def _one(word: str, gender: str) -> str:
    if fold(word) in _DRIVERS:
        return "Driver"
    ending = next(((many, one) for many, one in _SINGULARS[gender] if word.endswith(many)), ("", ""))
    return word.removesuffix(ending[0]) + ending[1]


def swap_that_of(body: str, before: str, things: str) -> str | None:
    """ "quello della scuola" for the thing of which the question before spoke, or one of those that were listed."""
    match = _THAT_OF.match(body.strip(" ?!."))
    if not match:
        return None
    named = list(_THING_OF.finditer(before))
    if named:
        last = _last_thing(named[-1])
        return f"{before[: last.start()]}{last['thing']} {match['what']}{before[last.end() :]}"
    if not things:
        return None
    article = "la" if match["gender"].lower() == "a" else "il"
    return f"Qual è {article} {singular(things, match['gender'].lower())} {match['what']}?"


def _last_thing(match: re.Match[str]) -> re.Match[str]:
    """ "driver della salute" within "attori del driver della salute"."""
    inner = _THING_OF.search(match.string, match.start() + len(match["thing"]), match.end())
    return _last_thing(inner) if inner else match
