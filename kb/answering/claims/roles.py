"""Roles: who does what; "promosso dal Comune" is not "promosso dalla Regione", though both names are in the quote."""

from __future__ import annotations

import re

from kb.answering.claims.alignment import Aligned, Place, Reading, Word
from kb.answering.claims.binding import votes
from kb.answering.claims.provisos import SELF
from kb.language.verbs import read_verb
from kb.language.words import fold

ONE_FAMILY = 0.9
"""How near a verb of the claim and one of the quote must be for their actors to be compared."""
LONGEST_ARTICLE = 4
"""Characters before a name that opens a sentence, at most ("Gli ")."""
_PASSIVE = re.compile(
    r"\b(?:è|sono|era|erano|viene|vengono|sarà|saranno|stat[oaie]|essere|sia|siano|fu|furono)\s*(?:\w+mente\s+|anche\s+|già\s+)*$"
)
_PAUSE = re.compile(r"[,;:.()]|\b(?:che|mentre|ma|quando|se)\b")
_BEFORE_VERBS = frozenset(
    """
    ed o ma che ha hanno aveva avevano e sono era erano si ne lo li ci vi non anche gia ancora poi sempre stato stata
    stati state sia siano inoltre
    """.split()
)
_IN_CHARGE = re.compile(
    r"[^.;:,]{0,80}?\b(?:a cura|da parte|ad opera|in capo)\s+(?:d[aei]\w*|a\w*)(?:\s+|['’])", re.IGNORECASE
)
_STOP = re.compile(r"[.;]\s")
_HAVE = frozenset({"ha", "hanno", "aveva", "avevano"})
_PARTICIPLE = re.compile(r"(?:at|ut|it|ss|tt|st|rs|rt|lt|nt|s)[oaie]$")
_ADJECTIVE = re.compile(r"(?:al[ei]|an[aei]|iv[oaei]|os[oaei]|il[ei]|ic[oa]|ici|iche|ari[oae]?|nuov[oaei]|insieme)$")
_FINITE = re.compile(r"(?:[aei]ranno|[aei]rà|isc(?:e|ono)|[^aeiou]ono)$")
_BORNE = re.compile(
    r"\ba (?:carico|cura|spese) d(?:i|el|ello|ella|ei|egli|elle|ell['’])(?:\s|(?<=['’]))", re.IGNORECASE
)
_NEXT_DOER = re.compile(r"[,;]\s*(?:e\s+|mentre\s+)?(?:(?:il|lo|la|i|gli|le)\s+|l['’])?$", re.IGNORECASE)
"""Before who does something after another did it, the verb left out."""
_MODAL = re.compile(r"(?:può|possono|deve|devono|potr\w+|dovr\w+)$", re.IGNORECASE)
_INFINITIVE = re.compile(r"(?:are|ere|ire|rre)$")
_RELATIVE = re.compile(r"\b(?:che|cui|quale|quali|(?:lo|la|li|le)\s+(?:ha|hanno))\s*(?:ha|hanno|si)?\s*$")
CLEARLY = 1.2
"""How much better one place must fit than another, to be the one meant."""


def find_wrong_actor(aligned: Aligned) -> bool:
    """True when the claim gives a deed to someone, and the quote gives that deed to someone else."""
    return (
        _belongs_elsewhere(aligned)
        or _is_borne_by_another(aligned)
        or any(_is_wrong(actors, verb, aligned) for actors, verb in _deeds(aligned))
    )


def _is_borne_by_another(aligned: Aligned) -> bool:
    """True for "a carico del Comune" where the quotes have "a carico degli inquilini", and of nobody else."""
    mine = [words for match in _BORNE.finditer(aligned.claim.text) for words in [_after(match, aligned.claim)]]
    theirs = [
        (number, word)
        for number, source in enumerate(aligned.sources)
        for match in _BORNE.finditer(source.text)
        for word in _after(match, source)
    ]
    for words in mine:
        said = [word for word in words[:1] if aligned.is_said(word)]
        if said and theirs and not any((p.source, p.word) in theirs for word in words for p in aligned.of(word)):
            return True
    return False


def _after(match: re.Match[str], reading: Reading) -> list[Word]:
    """The first words after a place, two at most."""
    return [word for word in reading.words if word.start >= match.end() - 1][:2]


def _deeds(aligned: Aligned) -> list[tuple[list[Word], Word]]:
    """
    The claim's actors with their verb: those after a passive with "da", and those named before an active verb.

    A verb is told from a noun by what stands before it, an auxiliary or nothing, and by its ending.
    """
    reading = aligned.claim
    found = []
    for at, word in enumerate(reading.words):
        if at and _is_agent(word) and _is_participle(reading.words[at - 1]):
            found.append((_agents(reading, at - 1), reading.words[at - 1]))
        elif at and _is_active(reading, at):
            named = _named_before(reading, at)
            if named and reading.words[at - 1] in named and any(_is_name(one, aligned) for one in named):
                found.append((named, word))
            elif subject := _plain_subject(aligned, at):
                found.append((subject, word))
    return found


def _plain_subject(aligned: Aligned, at: int) -> list[Word]:
    """A common noun of the quotes that opens the claim with its article, right before what can only be a verb."""
    words = aligned.claim.words
    modal = at > 1 and _MODAL.match(words[at - 1].text) and _INFINITIVE.search(words[at].text)
    subject = words[: at - 1] if modal else words[:at]
    plain = 0 < len(subject) <= 2 and not any(word.is_capital or word.preposition for word in subject)
    if not plain or words[at].clause != words[0].clause or not (modal or _FINITE.search(words[at].text)):
        return []
    return list(subject) if all(aligned.is_said(word) for word in subject) else []


def _is_active(reading: Reading, at: int) -> bool:
    """True for what may be the verb of the name before it."""
    word = reading.words[at]
    if word.is_capital or word.light or not _is_verbal(word) or _is_passive(reading, at):
        return False
    if set(word.before.split()) & _HAVE:
        return _is_participle(word)
    verb = read_verb(word.text) is not None or _FINITE.search(word.text)
    return bool(verb) and not (_is_participle(word) or _ADJECTIVE.search(word.text))


def _is_participle(word: Word) -> bool:
    return _is_verbal(word) and _PARTICIPLE.search(word.text.lower()) is not None


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
    """True when the quotes name who does it, and it is none of these."""
    family = [place for place in aligned.of(verb) if place.nearness >= ONE_FAMILY]
    places = [p for p in family if _is_verbal(p.word) or _named_in_charge(aligned.sources[p.source], p.word)]
    if not places or any(_follows_the_same(verb, place, aligned) for place in family):
        return False
    around = {place: _fit_without(actors, verb, place, aligned) for place in places}
    best = max(around.values())
    verdicts = []
    for place in places:
        if around[place] * CLEARLY < best:
            continue
        source = aligned.sources[place.source]
        theirs = _actors_of(source, source.words.index(place.word))
        if not theirs:
            return False
        said = [p.word for actor in actors for p in aligned.of(actor) if p.source == place.source]
        verdicts.append(any(word in theirs or _is_gapped(word, place.word, source, aligned) for word in said))
    return bool(verdicts) and not any(verdicts)


def _is_gapped(name: Word, verb: Word, source: Reading, aligned: Aligned) -> bool:
    """True for the second of "il Comune copre il 40 per cento, la Pro Loco il restante 60", with its own figure."""
    if name.start < verb.end or _NEXT_DOER.search(source.text[verb.end : name.start]) is None:
        return False
    after = [one for one in source.words if one.start > name.start][:3]
    values = {figure.value for figure in aligned.claim.figures}
    return any(one.figure is not None and one.figure.value in values for one in after)


def _follows_the_same(verb: Word, place: Place, aligned: Aligned) -> bool:
    """True where claim and quote have the same word right before: an adjective, or a verb with its own actor."""
    mine = [word for word in aligned.claim.words if word.at == verb.at - 1 and not word.light]
    theirs = [word for word in aligned.sources[place.source].words if word.at == place.word.at - 1]
    return any(p.word in theirs and p.source == place.source for word in mine for p in aligned.of(word))


def _fit_without(actors: list[Word], verb: Word, place: Place, aligned: Aligned) -> float:
    """How well a verb of the quote fits by what it is done to, whoever does it."""
    found = votes(verb, place.word, place.source, aligned)
    return sum(value for at, value in found.items() if at not in {actor.at for actor in actors})


def _actors_of(reading: Reading, verb: int) -> list[Word]:
    """Who does it in a quote: agents after a participle, else names before an active verb, or after "che" and it."""
    word = reading.words[verb]
    if in_charge := _named_in_charge(reading, word):
        return in_charge
    agents = _agents(reading, verb) if _is_participle(word) else []
    if agents or _is_passive(reading, verb):
        return agents
    if relative := _RELATIVE.search(reading.text[: word.start]):
        after = [] if relative.group().split()[0].lower() == "che" else _named_after(reading, verb)
        return after or [*_antecedent(reading, relative.start()), *_last_names(reading, verb)]
    return _last_names(reading, verb)


def _antecedent(reading: Reading, at: int) -> list[Word]:
    """The names that a relative clause beginning at a place goes with: those right before it, whatever governs them."""
    before = [word for word in reading.words if word.end <= at]
    names: list[Word] = []
    for word in reversed(before):
        if not word.is_capital and names:
            break
        names.append(word)
    return names if any(word.is_capital for word in names[:2]) else []


def _named_in_charge(reading: Reading, noun: Word) -> list[Word]:
    """Who does what a noun says: "l'erogazione dei servizi a cura delle ASST"."""
    charge = _IN_CHARGE.match(reading.text, noun.end)
    if not charge or _is_verbal(noun):
        return []
    after = [word for word in reading.words if word.start >= charge.end()]
    names = [word for word in after[:6] if word.clause == after[0].clause or reading.text[word.start - 1] == "("]
    return names if names and names[0].is_capital else []


def _named_after(reading: Reading, verb: int) -> list[Word]:
    """The names right after a verb whose object stands before it: "con cui programmano i Distretti"."""
    words = []
    for word in reading.words[verb + 1 :]:
        if word.preposition not in ("", "di"):
            break
        words.append(word)
    return words if any(word.is_capital for word in words[:2]) else []


def _last_names(reading: Reading, verb: int) -> list[Word]:
    """The last names before a verb that no preposition governs; those before an apposition too."""
    names: list[Word] = []
    for place in range(verb - 1, -1, -1):
        word = reading.words[place]
        gap = reading.text[word.end : reading.words[verb].start]
        if _STOP.search(gap) or (names and "," not in gap):
            break
        if word.is_capital and not word.preposition and not _opens_as_verb(word, reading):
            between = [one for one in reading.words[place + 1 : verb] if not one.preposition]
            names += [word, *_named_before(reading, place + 1), *between]
    return names


def _opens_as_verb(word: Word, reading: Reading) -> bool:
    """True for the capital of "Possono partecipare …": a verb that opens its sentence names nobody."""
    opens = not reading.text[: word.start].strip() or _STOP.search(reading.text[: word.start][-2:]) is not None
    return opens and read_verb(word.text) is not None


def _belongs_elsewhere(aligned: Aligned) -> bool:
    """True when the claim says "iniziativa della Regione" and the quote "iniziativa del Comune"; also with "a"."""
    words = aligned.claim.words
    for at, word in enumerate(words[1:], start=1):
        phrase = [word, *(one for one in words[at + 1 : at + 2] if not one.before)]
        named = any(one.is_capital for one in phrase)
        if word.preposition not in ("di", "a") or not word.before or not named:
            continue
        places = [place for place in aligned.of(words[at - 1]) if place.nearness == 1]
        verdicts = [_has_owner(phrase, place, aligned) for place in places]
        if verdicts and all(verdict is False for verdict in verdicts):
            return True
    return False


def _has_owner(phrase: list[Word], place: Place, aligned: Aligned) -> bool | None:
    """Whether a quote gives a thing to an owner; None where it gives it to nobody by name."""
    source = aligned.sources[place.source]
    owners: list[Word] = []
    kind = phrase[0].preposition
    for word in source.words[source.words.index(place.word) + 1 :]:
        coordinated = owners and word.is_capital and set(word.before.split()) <= {"e", "ed"}
        if (word.preposition != kind and not coordinated) or (not owners and not word.before):
            break
        owners.append(word)
    shortened = phrase[0].text.isupper() and aligned.is_said(phrase[0])  # "alla Strategia … (STTM 3)"
    if shortened or not any(word.is_capital for word in owners[:2]):
        return None
    if fold(phrase[0].text) in SELF and fold(owners[0].text) in SELF:
        return True
    return any(p.word in owners for word in phrase for p in aligned.of(word))
