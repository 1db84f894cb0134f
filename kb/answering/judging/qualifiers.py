"""Qualifiers: what is so at long term is no answer on the short one, nor is a yearly ticket on the monthly."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

from kb.answering.judging.expected import same_stem
from kb.language.questions import Asked
from kb.language.words import STOP_WORDS, stem, tokenize

_OPPOSED = """
breve brevi | medio medi media medie | lungo lunga lunghi lunghe
primo prima primi prime | secondo seconda secondi seconde | terzo terza terzi terze | quarto quarta | quinto quinta \
| sesto sesta | settimo settima | ottavo ottava | nono nona | decimo decima
ordinario ordinaria ordinari ordinarie | straordinario straordinaria straordinari straordinarie
estivo estiva estivi estive | invernale invernali | primaverile primaverili | autunnale autunnali
feriale feriali | festivo festiva festivi festive
giornaliero giornaliera giornalieri giornaliere | settimanale settimanali | mensile mensili | trimestrale trimestrali \
| semestrale semestrali | annuale annuali annuo annua annui annue
minimo minima minimi minime | massimo massima massimi massime
intero intera interi intere | ridotto ridotta ridotti ridotte
pubblico pubblica pubblici pubbliche | privato privata privati private
comunale comunali | regionale regionali | provinciale provinciali | metropolitano metropolitana metropolitani \
metropolitane | nazionale nazionali | europeo europea europei europee
urbano urbana urbani urbane | extraurbano extraurbana extraurbani extraurbane
diurno diurna diurni diurne | notturno notturna notturni notturne
interno interna interni interne | esterno esterna esterni esterne
primario primaria primari primarie | secondario secondaria secondari secondarie
entrata | uscita
vecchio vecchia vecchi vecchie | nuovo nuova nuovi nuove
"""
"""A line holds words that exclude each other beside one noun; a side, between bars, the forms of one."""


def meets_qualifier(asked: Asked, sentence: str, heading: str = "") -> bool:
    """
    False where a noun of the question has one qualifier and the sentence, or its heading, gives it another alone.

    "E a lungo termine?" is not answered by what is done "a breve termine", nor the price of the monthly ticket by that
    of the yearly one; a sentence with both may answer.
    """
    wanted = _wanted(asked.text)
    if not wanted:
        return True
    text = f"{heading}. {sentence}"
    sides = _named(text)
    rivals = [(place, noun) for place, noun in wanted if place not in sides and _has_other(place, sides)]
    if not rivals:
        return True
    said = list(_qualified(text))
    return not any(
        line == other_line and side != other_side and same_stem(noun, other_noun)
        for (line, side), noun in rivals
        for (other_line, other_side), other_noun in said
    )


@lru_cache(maxsize=200)
def _wanted(question: str) -> tuple[tuple[tuple[int, int], str], ...]:
    """The qualifiers of a question with their nouns; none of a kind of which it names several, as any may answer."""
    named = _named(question)
    return tuple(one for one in _qualified(question) if sum(line == one[0][0] for line, _ in named) == 1)


def _has_other(place: tuple[int, int], sides: Collection[tuple[int, int]]) -> bool:
    return any(line == place[0] and side != place[1] for line, side in sides)


def _named(text: str) -> set[tuple[int, int]]:
    """The qualifiers of a text, whatever they stand beside."""
    return {place for word in tokenize(text) for place in _sides().get(word, ())}


def _qualified(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Each qualifier of a text, as its line and side, with the stem of the word on either hand of it."""
    words = ["", *tokenize(text), ""]
    for at, word in enumerate(words[1:-1], start=1):
        beside = [near for near in (words[at - 1], words[at + 1]) if near and near not in STOP_WORDS]
        # "secondo il Piano" counts nothing.
        places = () if word == "secondo" and words[at + 1] in STOP_WORDS else _sides().get(word, ())
        yield from ((place, one) for place in places for one in stem(beside))


@lru_cache(maxsize=1)
def _sides() -> dict[str, tuple[tuple[int, int], ...]]:
    """Word → the line and side that it is of, as the tokenizer folds it."""
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for number, line in enumerate(_OPPOSED.strip().splitlines()):
        for side, forms in enumerate(line.split("|")):
            for word in tokenize(forms):
                found[word] = (*found.get(word, ()), (number, side))
    return found
