"""Things: the nouns that a figure must be of, the names a document bears, and the one Driver that is asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from kb.answering.judging.expected import FIGURES, is_price
from kb.answering.judging.rows import is_unit
from kb.answering.state import Evidence, Tools
from kb.answering.weighing.weights import stems_of
from kb.language.deeds import done_by_me
from kb.language.figures import number_words
from kb.language.questions import Asked, Expectation
from kb.language.stems import has_stem
from kb.language.verbs import forms_of, read_verb, verb_stems
from kb.language.words import STOP_WORDS, fold, stem, tokenize
from kb.records import Document, DocumentKind, ScoredPassage

OFFICIAL = {DocumentKind.DRIVER_RECORD: 0.4, DocumentKind.GUIDE: 0.0}
"""How official a kind is, in [0, 1]; 1 for every kind not named."""
NEAR_THING = 0.62
"""From here a word near a noun names the same thing, where a figure is asked (development questions)."""
MOST_TITLES = 0.25
"""A word of no more of the titles tells of what a document is: its sentences need not repeat it."""
AS_MUCH = 0.95
"""Drivers whose sentences hold this share of what the best one holds are all looked at."""

_BEARERS = "comune provincia regione ente agenzia azienda societa regolamento bando bilancio carta rapporto capitolo"
"""Words for what a document is and whose: "il debito del Comune" in the budget of a Comune."""
_MISSPELT_VERB = re.compile(r"\w{2,}[aeiu]re$")
_MARK = re.compile(r"(?=.*\d)(?=.*[a-z])\w+$")
"""A name of letters and digits: "5g", "m2"."""
_ITSELF = "ente"
"""The stem, in the singular alone, of what a body calls itself where a question says its name, or the other way."""
_LEAST = 3
"""Letters of a noun's stem."""
_ASKS_ALSO = re.compile(
    r"\s(?:e|ed)\s+(?:(?:di|in|a|con|su|per|da)\s+)?(?:che|quali|quale|come|dove|quando)\b", re.IGNORECASE
)
"""What stands after it is asked beside the figure ("quante … e di che tipo?")."""
_IN_CASE = re.compile(r"(?<=\w)[\s,]+(?:se|quando|nel caso(?: in cui)?)\s", re.IGNORECASE)
"""What stands after it says when the figure is asked for, not of what."""
_FOR_EACH = re.compile(
    r"\b(?:al (?:giorno|mese)|all['’ ]?(?:anno|ora)|alla (?:settimana|volta)|a (?:testa|persona|settimana))\b",
    re.IGNORECASE,
)
"""Says for how long a sum is, which a sentence gives in words of its own."""
_OF_AGE = re.compile(r"\b[^\W\d_]{4,} di \d{1,3} anni\b", re.IGNORECASE)
"""Somebody whose age says which figure is theirs ("un bambino di 8 anni")."""
_IS_THERE = re.compile(
    r"\W*(?:(?:ma|e|ed|allora|scusa|scusi|buongiorno|ciao|salve)\W+)?(?:ma )?"
    r"(?:c'(?:e|era|erano|sara)|ci (?:sono|saranno|erano)|esiston?o?|esiste|(?:e|sono) previst[oaie])\s"
    r"(?:(?:gia|anche|ancora|per caso|davvero|pure)\s)*"
    r"(?:un[oa]?\s|un'|de[il]\s|dell[aeo]\s|dell'|degli\s|qualche\s|alcun[aieo]?\s|i\s|gli\s|l[aeo]\s|il\s|l')?"
    r"(?:(?:(?:nuov|altr|divers|vari|numeros|molt|poch|ulterior|specific|apposit|piccol|vecchi)\w{1,2}|grandi?|buon[aei]?)\s)*"
)
_WIDE = """
    possibilita modo maniera qualcosa qualcuno differenza differenze altro altri altre soluzione soluzioni novita
    notizie informazioni misura misure azione azioni iniziativa iniziative intervento interventi progetto progetti
    attivita cose cosa parte parti tipo aspetto aspetti tema temi obiettivo obiettivi documento documenti piano piani
    idea idee servizio servizi regola regole norma norme legame rapporto collegamento
"""
"""Nouns that a sentence need not repeat to tell of one."""
_SLIGHT = """
    nuovo nuova nuovi nuove vecchio vecchia solo sola soli sole massimo massima minimo minima prossimo prossima intero
    intera stesso stessa unico unica totale complessivo complessiva normale singolo singola soldi euro
    fuori dentro sopra sotto avanti indietro giorno giorni
"""
"""Words beside a noun that make no other thing of it."""
_SEASONS = """
inverno invernale invernali | ottobre novembre dicembre gennaio febbraio marzo
estate estivo estiva estivi estive | aprile maggio giugno luglio agosto settembre
"""
"""The half of the year that timetables mean."""
_PREFIX = re.compile(r"^(?:extra|inter|sub|sovra|sotto|super|multi|pre|post|anti|intra|ultra|non)(?=\w{3})")
_WHICH_DRIVER = re.compile(r"\b(?:quale|che|qual e il|which|what) driver\b")


def things_of_a_figure(asked: Asked, expansions: Mapping[str, object]) -> frozenset[str]:
    """The nouns and adjectives of a question for a figure, in its own words; empty for other questions."""
    if asked.expects not in FIGURES | {Expectation.CLOCK} or asked.language == "en":
        return frozenset()
    text = _FOR_EACH.sub(" ", _OF_AGE.sub(" ", _IN_CASE.split(_ASKS_ALSO.split(asked.text)[0])[0])) or asked.text
    verbs = verb_stems(text) | frozenset(stem(token for token in tokenize(text) if _MISSPELT_VERB.search(token)))
    named = stems_of(text)
    verbs |= {_ITSELF} | _slight() | frozenset(stem(sorted(done_by_me(fold(text)))))
    verbs |= {stem([token])[0] for token in tokenize(text) if token in number_words()}
    nouns = (w for w in asked.focus if w in named and w not in verbs and (_is_long_word(w) or _MARK.match(w)))
    return frozenset(w for w in nouns if w not in expansions and not is_price(w) and not is_unit(w))


def _is_long_word(word: str) -> bool:
    return not word[0].isdigit() and len(word) >= _LEAST


def thing_there(asked: Asked) -> frozenset[str]:
    """
    The noun of a question whether there is such a thing ("esiste un numero verde?"), which an answer must tell of.

    Not one that says nothing alone ("ci sono progetti per …?"); empty for other questions.
    """
    said = fold(asked.text)
    match = _IS_THERE.match(said) if asked.expects is Expectation.YES_NO else None
    noun = next(iter(tokenize(said[match.end() :])), "") if match else ""
    return frozenset(stem([noun])) - _wide() if len(noun) > _LEAST and noun not in STOP_WORDS else frozenset()


@lru_cache(maxsize=1)
def _slight() -> frozenset[str]:
    return frozenset(stem(_SLIGHT.split()))


@lru_cache(maxsize=1)
def _wide() -> frozenset[str]:
    return frozenset(stem(_WIDE.split()))


def verbs_of(asked: Asked) -> dict[str, frozenset[str]]:
    """The verbs of a question, each stem with those of all its forms ("apriranno" is told by "apre")."""
    if asked.language == "en":
        return {}
    found = {stem([token])[0]: reading for token in tokenize(asked.text) if (reading := read_verb(token))}
    told = {word: forms_of(stem([found[word].infinitive])[0]) for word in asked.focus if word in found}
    return {word: forms for word, forms in told.items() if forms}


def is_near(word: str, said: frozenset[str], near: Mapping[str, float]) -> bool:
    """True for a word with one near it that isn't the same without its prefix ("extraurbano" beside "urbano")."""
    if word in _seasons() and len(said & _seasons()[word]) > 1:
        return True
    bare = _PREFIX.sub("", word)
    return near.get(word, 0.0) >= NEAR_THING and (bare == word or not any(one.startswith(bare) for one in said))


@lru_cache(maxsize=1)
def _seasons() -> dict[str, frozenset[str]]:
    """The stem of each word for a season → those of the months of it: two of them tell it."""
    lines = (line.split("|") for line in _SEASONS.strip().splitlines())
    return {word: frozenset(stem(months.split())) for names, months in lines for word in stem(names.split())}


def own_names(document: Document) -> frozenset[str]:
    """The stems of a document's title and file name, which its sentences need not repeat."""
    return stems_of(f"{document.title} {document.id.replace('-', ' ')}")


def named_documents(asked: Asked, found: Sequence[ScoredPassage], tools: Tools) -> dict[str, frozenset[str]]:
    """
    Each document found with the names of the question that stand in its own title or file name.

    A regulation of one Comune need not name it in each sentence. Our own summaries are of many things at once.
    """
    titles = [own_names(one) for one in tools.library.documents.values()]
    names = frozenset(word for word in asked.focus if word in tools.weights.proper or is_bearer(word))
    names |= frozenset(word for word in asked.focus if 0 < _titled(word, titles) <= MOST_TITLES * len(titles))
    documents = {one.passage.document: tools.library.documents[one.passage.document] for one in found} if names else {}
    found_names = ((id_, own_names(one)) for id_, one in documents.items() if one.kind not in OFFICIAL)
    return {id_: frozenset(word for word in names if has_stem(own, word)) for id_, own in found_names}


def _titled(word: str, titles: Sequence[frozenset[str]]) -> int:
    return sum(has_stem(title, word) for title in titles)


def is_bearer(word: str) -> bool:
    """True for the stem of a word for what a document is, or whose."""
    return word in _bearers()


@lru_cache(maxsize=1)
def _bearers() -> frozenset[str]:
    return frozenset(stem(_BEARERS.split()))


def asks_which_driver(asked: Asked) -> bool:
    """True where it is asked which one of the Drivers, not which of them."""
    return asked.expects is not Expectation.LIST and bool(_WHICH_DRIVER.search(fold(asked.text)))


def on_one_driver(asked: Asked, evidence: list[Evidence], found: Sequence[ScoredPassage]) -> list[Evidence]:
    """
    Where it is asked which Driver, the sentences on the one that most of what was found is on; else all of them.

    A word that many Drivers have ("lavoro") is what one of them is about.
    """
    if not evidence or not asks_which_driver(asked):
        return evidence
    most = AS_MUCH * max(one.features.get("coverage", 0.0) for one in evidence)
    able = {one.passage.driver for one in evidence if one.features.get("coverage", 0.0) >= most} - {None}
    total: dict[int, float] = defaultdict(float)
    for one in found:
        if one.passage.driver is not None and one.passage.driver in able:
            total[one.passage.driver] += one.score
    if not total:
        return evidence
    chosen = max(total, key=lambda driver: (total[driver], -driver))
    return [one for one in evidence if one.passage.driver == chosen]


def on_mission(evidence: Evidence, missions: Sequence[str]) -> bool:
    """True unless the question names a mission that neither the sentence nor its section does."""
    about = fold(" ".join([*evidence.passage.section, evidence.text]))
    return all(re.search(rf"\b{name.lower()}\b|\bmission[ei] {name[1]}\b", about) for name in missions)


def on_article(evidence: list[Evidence], articles: Sequence[str]) -> list[Evidence]:
    """Where a question names articles, the sentences that stand in them or name them; all of them otherwise."""
    if not articles:
        return evidence
    names = re.compile(rf"\bart(?:icol[oi]|t?\.)?\s*(?:{'|'.join(map(re.escape, articles))})\b", re.IGNORECASE)
    inside = [one for one in evidence if one.passage.article in articles]
    return inside or [one for one in evidence if names.search(one.text)]
