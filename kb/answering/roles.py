"""Roles: who does what; "promosso dal Comune" is not "promosso dalla Regione", though both names are in the quote."""

from __future__ import annotations

import re

from kb.answering.alignment import Aligned, Reading, Word

ONE_FAMILY = 0.9
"""How near a verb of the claim and one of the quote must be for their actors to be compared."""
LONGEST_ARTICLE = 4
"""Characters before a name that opens a sentence, at most ("Gli ")."""
_PASSIVE = re.compile(r"\b(?:è|sono|era|erano|viene|vengono|sarà|saranno|stat[oaie]|essere|sia|siano|fu|furono)\s*(?:\w+mente\s+|anche\s+|già\s+)*$")
_PAUSE = re.compile(r"[,;:.()]|\b(?:che|mentre|ma|quando|se)\b")
_BEFORE_VERBS = frozenset(
    "ed o ma che ha hanno aveva avevano e sono era erano si ne lo li ci vi non anche gia ancora poi sempre stato stata stati state sia siano inoltre".split()
)
_STOP = re.compile(r"[.]\s")


def find_wrong_actor(aligned: Aligned) -> bool:
    """True when the claim gives a deed to someone, and the quote gives that deed to someone else."""
    return any(_is_wrong(actors, verb, aligned) for actors, verb in _deeds(aligned))


def _deeds(aligned: Aligned) -> list[tuple[list[Word], Word]]:
    """
    The claim's actors with their verb: those after a passive with "da", and those named before an active verb.

    A verb is told from a noun by what stands before it: an auxiliary or nothing, never an article or a preposition.
    """
    reading = aligned.claim
    found = []
    for at, word in enumerate(reading.words):
        if at and _is_agent(word) and _is_verbal(reading.words[at - 1]):
            found.append((_agents(reading, at - 1), reading.words[at - 1]))
        elif at and _is_verbal(word) and not word.is_capital and not _is_passive(reading, at):
            named = _named_before(reading, at)
            if named and reading.words[at - 1] in named and any(_is_name(one, aligned) for one in named):
                found.append((named, word))
    return found


def _is_name(word: Word, aligned: Aligned) -> bool:
    """True for a capital that the quotes give it too, or that opens no sentence."""
    return word.is_capital and (word.start > LONGEST_ARTICLE or any(p.word.is_capital for p in aligned.of(word)))


def _is_agent(word: Word) -> bool:
    return word.preposition == "da" and word.before != ""


def _agents(reading: Reading, verb: int) -> list[Word]:
    """The words right after a verb that "da" governs, coordinated ones too."""
    agents: list[Word] = []
    for word in reading.words[verb + 1 :]:
        if word.preposition != "da" and not (agents and word.preposition == "di"):
            break
        agents.append(word)
    return agents


def _named_before(reading: Reading, at: int) -> list[Word]:
    """The names between the last pause and a verb that may be its subject, with their adjectives."""
    verb = reading.words[at]
    named: list[Word] = []
    for word in reversed(reading.words[:at]):
        if _PAUSE.search(reading.text[word.end : verb.start]):
            break
        if word.preposition in ("", "di", "tra"):
            named.append(word)
    named = [word for word in named if word.is_capital or not word.before]
    return named if any(word.is_capital and not word.preposition for word in named) else []


def _is_verbal(word: Word) -> bool:
    return word.figure is None and set(word.before.split()) <= _BEFORE_VERBS


def _is_passive(reading: Reading, at: int) -> bool:
    return _PASSIVE.search(reading.text[: reading.words[at].start]) is not None


def _is_wrong(actors: list[Word], verb: Word, aligned: Aligned) -> bool:
    """True when the quotes name who does it, and it is never one of these."""
    places = [p for p in aligned.of(verb) if p.nearness >= ONE_FAMILY and _is_verbal(p.word)]
    verdicts = []
    for place in places:
        source = aligned.sources[place.source]
        theirs = _actors_of(source, source.words.index(place.word))
        if not theirs:
            return False
        verdicts.append(any(p.word in theirs for actor in actors for p in aligned.of(actor)))
    return bool(verdicts) and not any(verdicts)


def _actors_of(reading: Reading, verb: int) -> list[Word]:
    """Who does it in a quote: the agents after the verb, else, for an active one, the last name that may be its subject."""
    agents = _agents(reading, verb)
    if agents or _is_passive(reading, verb):
        return agents
    for place in range(verb - 1, -1, -1):
        word = reading.words[place]
        if _STOP.search(reading.text[word.end : reading.words[verb].start]):
            return []
        if word.is_capital and not word.preposition:
            return [word, *_named_before(reading, place + 1)]
    return []
