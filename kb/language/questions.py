"""What a question asks for: its language, the kind of answer it expects, and the words that carry its subject."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from kb.language.deeds import asked_deed, asks_permission
from kb.language.figures import Figure, find_figures
from kb.language.verbs import read_verb
from kb.language.word_files import read_word_file
from kb.language.words import STOP_WORDS, fold, stem, tokenize

_BY_HOW_MUCH = re.compile(r"\bdi (?:quanto|che percentuale|quale percentuale)\b")
_HAPPENED = re.compile(r"\b(?:e|sono) (?:gia |poi )?stat[oaie] \w{4,}")
_HOW_I = re.compile(r"^(?:ma |e |ed |allora )?come (?:la |lo |li |le |ne )?(?P<root>[a-z]{3,}?)(?:iamo|o)\b")
_FOR_WHOM = re.compile(r"(?<=\w) (?:per|a|di) chi (?=[a-z]{3,})")
"""Tells of whom something is asked ("c'è un contributo per chi paga …?"), not who."""
_FOR_WHOSE_SENSE = re.compile(
    r"(?<=\w) (?:(?:per|secondo|nel|nella|nell'|dentro) ?(?:(?:il|la|l') ?)?"
    r"(?:citta metropolitana|ente|piano|agenda|psttm)|d(?:ei|el) drivers?)\b.*$"
)
"""Tells in whose words a term is meant ("… per la Città metropolitana"), and is no part of it."""
_UNIT_OF_TIME = re.compile(r"(?:ann[oi]|mes[ei]|giorn[oi]|settiman[ae]|or[ae]|minut[oi])\b")
"""What is counted even where it carries no subject ("quanti anni dura?")."""
_ADDED = re.compile(r"\s*\([^()]*\)\W*$")
"""What a follow-up was completed with ("con chi lo fanno (il gemello digitale)?"), which is no verb of it."""
_OFFERS = re.compile(r"\s(?:o|oppure|or)\s", re.IGNORECASE)
_OF_THE_SUBJECT = re.compile(r"(?!definizion|informazion)\w{3,}zion[ei]$|^cambi(?!amo)\w*$")
"""What carries a subject, though a word of asking has its stem."""
_WITH_PRONOUN = re.compile(r"(\w{2,}[aei]r)(?:lo|la|li|le|ne|ci|si|mi|ti|vi|gli)")


class Expectation(StrEnum):
    """The kind of answer; the typed ones can't be met by a sentence that lacks that type."""

    COUNT = "count"
    AMOUNT = "amount"
    PERCENT = "percent"
    QUANTITY = "quantity"
    TIME = "time"
    CLOCK = "clock"
    PLACE = "place"
    LAW = "law"
    MISSION = "mission"
    PERSON = "person"
    ACTOR = "actor"
    DEFINITION = "definition"
    YES_NO = "yes_no"
    LIST = "list"
    SINGLE = "single"
    OTHER = "other"
    WHERE = "where"
    CONTACT = "contact"


_TURN_ON_A_VERB = frozenset({Expectation.ACTOR, Expectation.TIME, Expectation.WHERE})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read."""

    text: str
    language: str  # "it" or "en"
    expects: Expectation
    focus: tuple[str, ...]  # stems that carry the subject, in order, each once
    counted: str | None  # stem of the thing counted: "comun" in "quanti Comuni"
    figures: tuple[Figure, ...]
    relation: str | None = None  # stem of the verb that it turns on: "firm" in "chi ha firmato il Patto"
    granted: tuple[str, ...] = ()  # stems that it takes for granted: those of "perché …?" and "dato che …,"
    thing: str | None = None  # stem of what a list or a choice is asked of: "driver" in "quali sono i Driver"
    choice: tuple[str, str] | None = None  # stems of two answers to choose from: "a breve o a lungo"


@dataclass(frozen=True, slots=True)
class _Forms:
    """kb/language/asking.yaml, ready to use."""

    expectations: tuple[tuple[Expectation, re.Pattern[str]], ...]
    counted: re.Pattern[str]
    office: re.Pattern[str]
    interrogative: re.Pattern[str]
    confirms: re.Pattern[str]
    asks_inside: re.Pattern[str]
    states: re.Pattern[str]
    asks_anything: re.Pattern[str]
    manner: re.Pattern[str]
    bond: re.Pattern[str]
    helper: re.Pattern[str]
    asks_for_whom: re.Pattern[str]
    asks_of_a_verb: re.Pattern[str]
    before_the_verb: frozenset[str]
    helping_verbs: frozenset[str]
    wide_verbs: frozenset[str]
    performed: frozenset[str]
    performs: frozenset[str]
    opened: frozenset[str]
    opens: frozenset[str]
    granted: re.Pattern[str]
    choice: re.Pattern[str]
    asks_how_to: re.Pattern[str]
    asks_who_is: re.Pattern[str]
    names_of_kinds: dict[Expectation, frozenset[str]]
    asks_before_who: re.Pattern[str]
    term: re.Pattern[str]
    asks_of_a_thing: re.Pattern[str]
    asking: frozenset[str]
    english: frozenset[str]
    italian: frozenset[str]


_OF_THE_PLAN = re.compile(
    r"\b(?:del|nel|dal|sul|secondo il) piano(?: strategico)?\b(?! (?:\w+al[ei]|urban\w+|regolator\w+|d[ie])\b)"
)
"""The documents themselves ("l'elenco dei Driver del piano"), not another plan ("del piano urbano")."""


def read_question(text: str) -> Asked:
    """What a question asks for; nothing here depends on the documents."""
    folded = " ".join(fold(text).split())
    asked = _forms().bond.sub("come si legano ", _forms().manner.sub("come", folded))
    asked = _forms().helper.sub("chi si occupa di", asked)
    if asked != folded:
        return replace(read_question(asked), text=text)
    expects = next((kind for kind, pattern in _forms().expectations if pattern.search(folded)), _open_kind(folded))
    if expects is Expectation.ACTOR and _forms().asks_before_who.search(folded):
        expects = _kind_but_actor(folded)
    if expects is Expectation.YES_NO and _asks_more_than_yes(folded):
        expects = Expectation.OTHER
    return Asked(
        text=text,
        language=tell_language(text),
        expects=expects,
        focus=_without_kind(focus_stems(_without_plan(text, folded, expects)), expects),
        counted=_counted(folded) if expects is Expectation.COUNT else None,
        figures=tuple(find_figures(text)),
        relation=_turning_point(folded, expects),
        granted=tuple(word for match in _forms().granted.finditer(folded) for word in focus_stems(match["clause"])),
        thing=_thing(folded) if expects in (Expectation.LIST, Expectation.SINGLE) else None,
        choice=_choice(folded),
    )


def _asks_more_than_yes(folded: str) -> bool:
    """True for a question that opens like one for yes or no and asks what, who or how inside, or for anything."""
    inside = _forms().asks_inside.search(_forms().confirms.sub(" ", _FOR_WHOM.sub(" ", folded)))
    return bool(inside or _forms().asks_anything.search(folded))


def asks_to_confirm(text: str) -> bool:
    """True for a question that states something and asks whether it is true ("confermi che …?")."""
    return bool(_forms().confirms.search(" ".join(fold(text).split())))


def _without_plan(text: str, folded: str, expects: Expectation) -> str:
    """The text; of one that asks what the plan says, lists or calls something, what stands beside the plan."""
    rest = _forms().asks_anything.sub(" ", folded)
    if expects in (Expectation.LIST, Expectation.DEFINITION):
        rest = _OF_THE_PLAN.sub(" ", rest)
    return rest if rest != folded and focus_stems(rest) else text


@lru_cache(maxsize=500)
def asks_for_whom(text: str) -> bool:
    """True for a question for whom something is meant ("a chi si rivolge GOL?")."""
    return bool(_forms().asks_for_whom.search(" ".join(fold(text).split())))


def _kind_but_actor(folded: str) -> Expectation:
    """ "Che multa prende chi …?" asks of those who do something, not who they are."""
    later = (kind for kind, pattern in _forms().expectations[_after_actor() :] if pattern.search(folded))
    return next(later, Expectation.OTHER)


def _after_actor() -> int:
    return 1 + [kind for kind, _ in _forms().expectations].index(Expectation.ACTOR)


def _without_kind(focus: tuple[str, ...], expects: Expectation) -> tuple[str, ...]:
    """The focus without the words for the kind of thing asked for ("a che ora"): the answer gives it, not its name."""
    kind = _forms().names_of_kinds.get(expects, frozenset())
    return tuple(word for word in focus if word not in kind) or focus


def _turning_point(folded: str, expects: Expectation) -> str | None:
    """The stem of the verb that a question turns on; None where it turns on none."""
    if expects is Expectation.YES_NO:
        return None if offers_choice(folded) or asks_permission(folded) else asked_deed(folded)
    if expects in (Expectation.QUANTITY, Expectation.PERCENT) and _BY_HOW_MUCH.search(folded):
        return asked_deed(folded)
    if expects in (Expectation.COUNT, Expectation.AMOUNT) and _HAPPENED.search(folded):
        return asked_deed(folded)
    if expects not in _TURN_ON_A_VERB or asks_for_whom(folded):
        return None
    return _relation(folded)


def _relation(folded: str) -> str | None:
    """The stem of the verb after "chi", "quando" or "dove", or of what follows a verb too wide; None without one."""
    folded = _ADDED.sub("", folded)
    match = _forms().asks_of_a_verb.search(folded)
    after = tokenize(folded[match.end() :]) if match else []
    small = _forms().before_the_verb | _forms().wide_verbs
    verb = next((word for word in after if word not in small and not _is_helper(word)), "")
    if len(verb) < 4 or verb in STOP_WORDS:
        return None
    return stem([verb])[0]


def _is_helper(word: str) -> bool:
    """True for any form of a verb that stands before the one that a question turns on ("chi dovrebbe gestire …?")."""
    reading = read_verb(word)
    return reading is not None and reading.infinitive in _forms().helping_verbs


def _thing(folded: str) -> str | None:
    match = _forms().asks_of_a_thing.search(folded)
    return next(iter(focus_stems(match["thing"])), None) if match else None


def _choice(folded: str) -> tuple[str, str] | None:
    match = _forms().choice.search(folded)
    if not match:
        return None
    pair = [*focus_stems(match["one"] or match["last_one"]), *focus_stems(match["two"] or match["last_two"])]
    return (pair[0], pair[1]) if len(pair) == 2 else None


def is_told_by(relation: str, word: str) -> bool:
    """True for a stem that tells doing of the relation's kind in other words: "gestire", "è affidato a"."""
    forms = _forms()
    pairs = ((forms.performed, forms.performs), (forms.opened, forms.opens))
    return any(relation in done and word in tells for done, tells in pairs)


def _open_kind(folded: str) -> Expectation:
    """A sentence of some words that asks for nothing by name asks whether it is so; words in a row ask nothing."""
    states = "?" in folded or _forms().states.search(folded)
    if not states or len(folded.split()) < 4 or _forms().interrogative.search(folded):
        return Expectation.OTHER
    return Expectation.YES_NO


def tell_language(text: str, *, spoken: str = "it") -> str:
    """ "en" when English function words outnumber Italian ones, "it" when fewer, what was spoken before on a tie."""
    words = re.findall(r"[a-zàèéìòù]+", text.lower())
    english = sum(word in _forms().english for word in words)
    italian = sum(word in _forms().italian for word in words)
    return spoken if english == italian else "en" if english > italian else "it"


def focus_stems(text: str) -> tuple[str, ...]:
    """The stems that carry a question's subject, in order, each once: no stop words, no words of asking."""
    tokens = [_without_pronoun(token) for token in tokenize(text) if token not in STOP_WORDS]
    asked = zip(tokens, stem(tokens), strict=True)
    return tuple(dict.fromkeys(word for token, word in asked if not _is_asking(token, word)))


def _is_asking(token: str, word: str) -> bool:
    """True for a word of asking; "occupazione" is of the subject, though "occupa" asks, and so is "cambiare"."""
    return word in _forms().asking and not _OF_THE_SUBJECT.search(token)


def offers_choice(text: str) -> bool:
    """True for a question that offers the answers to choose from ("è una novità o si faceva già?")."""
    return _OFFERS.search(text) is not None


@lru_cache(maxsize=500)
def asks_how_to(text: str) -> bool:
    """True for a question on how the person is to go about something ("come mi iscrivo?")."""
    folded = fold(text)
    return bool(_forms().asks_how_to.search(folded)) or _is_done_by_me(folded)


def _is_done_by_me(folded: str) -> bool:
    """True for "come" before a verb in the first person ("come iscrivo mio figlio?")."""
    match = _HOW_I.search(folded)
    roots = {match["root"], match["root"].rstrip("h"), match["root"] + "i"} if match else set()
    return any(read_verb(root + ending) for root in roots for ending in "ae")


def term_to_define(text: str) -> str | None:
    """The term, folded, of a question that asks its definition and nothing else; None for other questions."""
    match = _forms().term.fullmatch(" ".join(fold(text).split()))
    return _FOR_WHOSE_SENSE.sub("", match["term"]).strip() if match else None


def asked_part(text: str) -> str | None:
    """The folded word for the part whose holder is asked: "gestore" in "chi sarà il gestore unico"; None elsewhere."""
    match = _forms().asks_who_is.search(" ".join(fold(text).split()))
    part = match["part"] if match else None
    return None if part in _forms().wide_verbs else part


def _without_pronoun(token: str) -> str:
    """ "usarlo" → "usare"; other words as they are."""
    match = _WITH_PRONOUN.fullmatch(token)
    return f"{match[1]}e" if match else token


def is_office(word: str) -> bool:
    """True for a folded word that names an office which a person holds ("sindaco", "presidente")."""
    return _forms().office.fullmatch(word) is not None


def _counted(folded: str) -> str | None:
    match = _forms().counted.search(folded)
    if not match:
        return None
    if unit := _UNIT_OF_TIME.match(match.group(1)):
        return stem([unit.group()])[0]
    return next((word for word in focus_stems(match.group(1)) if not word[0].isdigit()), None)


def _verb_forms(infinitives: str) -> list[str]:
    """Some verbs with the forms that Snowball cuts elsewhere ("gestire", "gestisce", "gestira")."""
    endings = {"are": ("a", "ano", "era"), "ere": ("e", "ono", "era"), "ire": ("e", "isce", "iscono", "ira")}
    return [f for verb in tokenize(infinitives) for f in (verb, *(verb[:-3] + e for e in endings.get(verb[-3:], ())))]


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    data = read_word_file("asking")
    role = data["role"].replace(" ", "")
    return _Forms(
        expectations=tuple(
            (
                Expectation(kind),
                re.compile("|".join(forms).replace("{role}", role).replace("{confirms}", data["confirms"])),
            )
            for kind, forms in data["expectations"].items()
        ),
        counted=re.compile(data["counted"]),
        office=re.compile(role),
        interrogative=re.compile(data["interrogative"]),
        confirms=re.compile(data["confirms"]),
        asks_inside=re.compile(data["asks_inside"]),
        states=re.compile(data["states"]),
        asks_anything=re.compile(data["asks_anything"]),
        manner=re.compile(data["manner"]),
        bond=re.compile(data["bond"]),
        helper=re.compile(data["helper"]),
        asks_for_whom=re.compile(data["asks_for_whom"]),
        asks_of_a_verb=re.compile(data["asks_of_a_verb"]),
        before_the_verb=frozenset(data["before_the_verb"].split()),
        helping_verbs=frozenset(data["helping_verbs"].split()),
        wide_verbs=frozenset(data["wide_verbs"].split()),
        performed=frozenset(stem(_verb_forms(data["performed"]))),
        performs=frozenset(stem(tokenize(data["performs"]))),
        opened=frozenset(stem(_verb_forms(data["opened"]))),
        opens=frozenset(stem(tokenize(data["opens"]))),
        granted=re.compile(data["granted"]),
        choice=re.compile(data["choice"]),
        asks_how_to=re.compile(data["asks_how_to"]),
        asks_who_is=re.compile(data["asks_who_is"]),
        names_of_kinds={Expectation(kind): frozenset(stem(w.split())) for kind, w in data["names_of_kinds"].items()},
        asks_before_who=re.compile(data["asks_before_who"]),
        term=re.compile(data["term"]),
        asks_of_a_thing=re.compile(data["asks_of_a_thing"]),
        asking=frozenset(stem(tokenize(data["asking_words"]))),
        english=frozenset(data["english_words"].split()),
        italian=frozenset(data["italian_words"].split()),
    )
