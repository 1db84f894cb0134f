"""Identity: whether a sentence says who it is that holds a part ("chi sarà il gestore unico?")."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.answering.judging.expected import ACTOR, named_actors, names_someone
from kb.answering.judging.relations import attributes, tells
from kb.answering.judging.rows import cells_of
from kb.language.figures import number_words
from kb.language.questions import Asked, Expectation, asked_part
from kb.language.stems import same_stem
from kb.language.verbs import Mood, read_verb
from kb.language.words import STOP_WORDS, fold, stem, tokenize

_COPULA = (
    r"(?:è|sono|era|erano|sarà|saranno|sarebbe|diventa|diventerà|fa da|farà da|funge da|in qualità di|in veste di"
    r"|quale|come)"
)
_STILL = r"(?:(?:oggi|ora|adesso|già|anche|stat[oa]|individuat[oa]|scelt[oa]|dunque|ancora)\s+)?"
_MAY_NOT = re.compile(r"\W*[Nn]on (?:può|possono|deve|devono|sono ammess\w|è ammess\w)\b")
_NO_OBJECT = re.compile(
    r"(?:(?:su|da|ne|de|a|co)(?:l|llo|lla|i|gli|lle|ll'\w+)?|in|con|per|tra|fra|di|gratis|gratuitamente|meno|prima|dopo"
    r"|\w{3,}mente)"
)
"""What follows a verb that is done to nothing: "sugli autobus", "gratis"."""
_DOES_NOT = re.compile(r"\b[Nn]on (?:(?:può|possono|deve|devono|vuole|vogliono) )?(?P<verb>[^\W\d_]{4,})")
_IS_DONE = re.compile(r"(?<=\w) si (?P<verb>[^\W\d_]{4,})")
_IMPERSONAL = re.compile(r"^\W*(?:[Nn]on )?[Ss]i (?=[^\W\d_]{4,})")
_THOSE = re.compile(r"\W*(?:ma |e )?chi (?:sono|erano|saranno|sarebbero) (?:i|gli|le) (?P<many>\w+) ")
_SOON = 10
"""Characters between "è" and the name that it gives."""
_SMALL = r"(?:il|lo|la|i|gli|le|l['’]|un|uno|una|un['’])?"


def identifies(asked: Asked, sentence: str) -> bool:
    """
    False when it is asked who holds a part and the sentence names nobody as its holder.

    "Il traguardo è un gestore unico" names the part; "X è il gestore", "il gestore: X" and "affidato a X" name who.
    """
    if asked.expects is not Expectation.ACTOR:
        return True
    if _leaves_out_who(asked, sentence) or _says_who_may_not(asked, sentence):
        return False
    if _asks_all_by_name(asked.text) and (cells_of(sentence) or not named_actors(asked, sentence)):
        return False
    if asked.relation and cells_of(sentence) and not tells(asked.relation, stem(tokenize(sentence))):
        return False
    if _is_done_by_nobody(asked, sentence):
        return False
    part = asked_part(asked.text)
    if part is None:
        return True
    return bool(attributes(sentence)) or _is_linked(stem([part])[0], sentence)


def _leaves_out_who(asked: Asked, sentence: str) -> bool:
    """
    True where a sentence opens with the verb asked of: who does it stands in another ("Dirige i Centri …").

    Where the verb is asked of without an object ("chi viaggia gratis?"), who does it comes after ("Viaggiano i …").
    """
    first = next(iter(tokenize(_IMPERSONAL.sub("", sentence))), "")
    reading = read_verb(first)
    if asked.relation is None or reading is None or reading.mood is not Mood.FINITE:
        return False
    if _is_without_object(asked):
        return False
    return same_stem(stem([first])[0], asked.relation) and not re.match(r"\W*\w+ (?:\w+ ){0,2}chi\b", sentence)


def _is_done_by_nobody(asked: Asked, sentence: str) -> bool:
    """True where a sentence tells the verb asked of as done, and names nobody: "si celebra in una delle tre sale"."""
    done = [one for match in _IS_DONE.finditer(sentence) for one in stem(tokenize(match["verb"]))]
    if not any(same_stem(one, asked.relation or "") for one in done):
        return False
    return not attributes(sentence) and not names_someone(asked, sentence)


@lru_cache(maxsize=200)
def _asks_all_by_name(question: str) -> bool:
    """True for "chi sono i tre esperti": whoever knows how many they are asks for their names."""
    match = _THOSE.match(fold(question))
    return match is not None and (match["many"].isdigit() or match["many"] in number_words())


def _is_without_object(asked: Asked) -> bool:
    """True where a preposition, an adverb or nothing follows the verb that a question turns on."""
    words = fold(asked.text).replace("?", "").split()
    place = next((at for at, word in enumerate(words) if stem([word])[0] == asked.relation), len(words))
    after = words[place + 1 : place + 2]
    return place < len(words) and (not after or bool(_NO_OBJECT.fullmatch(after[0])))


def _says_who_may_not(asked: Asked, sentence: str) -> bool:
    """True where it is asked who does or may, and a sentence tells who does not or may not."""
    if re.search(r"\bnon\b", asked.text, re.IGNORECASE):
        return False
    denied = {one for match in _DOES_NOT.finditer(sentence) for one in stem(tokenize(match["verb"]))}
    said = [one for one in stem(tokenize(sentence)) if same_stem(one, asked.relation or "")]
    return bool(_MAY_NOT.match(sentence)) or (len(said) == 1 and said[0] in denied)


def _is_linked(part: str, sentence: str) -> bool:
    places = [m for m in re.finditer(r"[\w’']+", sentence) if part in stem(tokenize(m.group()))]
    return any(_holder_before(sentence[: m.start()]) or _holder_after(sentence[m.end() :]) for m in places)


def _holder_before(text: str) -> bool:
    """ "CAP Holding è (oggi) il …" right before the part."""
    match = re.search(rf"(?P<who>(?:\S+\s+){{1,6}}?)\b{_COPULA}\s+{_STILL}{_SMALL}\s*$", text)
    return bool(match) and _ends_in_a_name(match["who"])  # type: ignore[index]


def _ends_in_a_name(text: str) -> bool:
    names = _names(text)
    return bool(names) and len(f"a {text}"[names[-1].end() :].split()) <= 1


def _holder_after(text: str) -> bool:
    """ "… è CAP Holding", "…: CAP Holding", "…, CAP Holding, …" soon after the part."""
    match = re.match(r"(?:\s+[\w’']+){0,8}?(?:\s+(?:è|sono|sarà|saranno)|\s*[:,(–])\s+(?P<who>.{3,40})", text)
    names = _names(match["who"]) if match else []
    return bool(names) and names[0].start() <= _SOON


def _names(text: str) -> list[re.Match[str]]:
    """The names in a text that begins anywhere in a sentence, a small word with a capital left out."""
    found = ACTOR.finditer(f"a {text}")
    return [match for match in found if not all(word in STOP_WORDS for word in tokenize(match.group()))]
