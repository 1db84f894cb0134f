"""Belonging: in a quote that is cut into phrases, who does what, what it is done to, and what a number counts."""

from __future__ import annotations

from collections.abc import Iterable

from kb.answering.claims.phrases import Node, Parsed, Part, Phrase, Verb, Voice, above, are_tied, hangs_within, verb_of
from kb.language.verbs import Mood
from kb.language.words import fold

COUNTED_BEFORE = 6
"""Verbs and phrases before a bare number that it may count, at most: "stazioni … (oggi se ne contano 55)"."""
COMMON_NAMES = frozenset("societa azienda fondazione associazione cooperativa consorzio".split())
"""Folded nouns by which a quote speaks on of whom it has named before."""
ENTRUSTING = frozenset("affidare assegnare demandare delegare attribuire conferire incaricare commissionare".split())
"""Verbs by which somebody leaves a deed to another."""
_GIVING = frozenset(
    "dare dato donare regalare concedere assegnare fornire consegnare versare cedere vendere offrire".split()
)
_RECEIVING = frozenset("ricevere ottenere acquisire ereditare acquistare comprare riscuotere incassare".split())
_IN_CHARGE = ("cura", "parte", "capo", "opera")


def doers_of(node: Node, parsed: Parsed, *, passive: bool) -> list[Node] | None:
    """
    Who does what a verb or noun of a quote says, None where that is not said.

    passive: what it is done to instead, as for the subject of a passive verb.
    """
    if isinstance(node, Phrase):
        verb = next((one for one in above(node) if isinstance(one, Verb)), None)
        subjects: list[Node] = [*verb.subjects] if verb else []
        if verb is not None and verb.infinitive in ENTRUSTING and (given := _given_to(verb, parsed)):
            return [node, *_deed_of(node, parsed), *given]
        return [node, *_deed_of(node, parsed), *subjects, *_handed_down(verb), *_where(node, parsed)]
    if node.voice is Voice.ACTIVE:
        return _patients_of(node, parsed) if passive else _active_doers(node, parsed)
    if passive:
        return [*node.subjects] or None
    agents, places = _agents_below(node, parsed), _below(node, parsed, "in")
    return [*(agents or node.subjects), *places, *_whose(node, parsed)] or None


def _given_to(verb: Verb, parsed: Parsed) -> list[Node]:
    """To whom a deed is entrusted: "il Comune ha affidato alla cooperativa la gestione del centro"."""
    return [*(one for one in _phrases(parsed, ("a",)) if verb in above(one)[:2])]


def takes_the_other_side(claimed: Verb, node: Node, parsed: Parsed) -> list[Node] | None:
    """Who gives, where a quote says who receives, or who receives, where it says who gives; None for other verbs."""
    if not isinstance(node, Verb):
        return None
    if claimed.infinitive in _GIVING and node.infinitive in _RECEIVING:
        return [*_below(node, parsed, "da")]
    if claimed.infinitive in _RECEIVING and node.infinitive in _GIVING:
        return [*_below(node, parsed, "a")]
    return None


def _active_doers(verb: Verb, parsed: Parsed) -> list[Node] | None:
    tools = above(verb) if verb.purpose else []
    places = _where(verb, parsed) if verb.mood is Mood.GERUND else []
    after = [one for one in parsed.nodes if verb in above(one)] if verb.turned else []
    return [*verb.subjects, *tools, *places, *after] or None


def _whose(verb: Verb, parsed: Parsed) -> list[Node]:
    """Whose the subject of a "si" is: "i consumi delle famiglie si sono ridotti", so they have reduced them."""
    if "si" not in verb.word.before.split():
        return []
    return [one for one in _phrases(parsed, ("di",)) if one.parent in verb.subjects]


def _patients_of(verb: Verb, parsed: Parsed) -> list[Node] | None:
    if verb.clitic:
        return None
    below = [one for one in parsed.nodes if verb in above(one)]
    return [*below, *verb.antecedents, *(verb.subjects if verb.relative else [])]


def agents_of(node: Node, parsed: Parsed) -> list[Node]:
    """By whom a verb or noun of a quote says that something is done; empty where it doesn't."""
    named = _below(node, parsed, "da")
    if isinstance(node, Phrase):
        return [*named]
    if node.voice is Voice.ACTIVE:
        after = [one for one in parsed.nodes if node in above(one)] if node.turned else []
        return [*node.subjects, *named, *after]
    return [*named, *(one for one in parsed.nodes if any(whole in above(one)[:1] for whole in named))]


def tools_of(node: Node, parsed: Parsed) -> list[Node]:
    """With what something is done ("con i proventi"), and what that is of."""
    verbs = (node, verb_of(node))
    tools = [
        one
        for one in _phrases(parsed, ("con",))
        if verb_of(one) in verbs or (_is_fronted(one, parsed) and verb_of(one) in above(node))
    ]
    return [*tools, *(one for one in parsed.nodes if any(tool in above(one)[:2] for tool in tools))]


def is_done_to(node: Node, thing: Node, *, turned: bool) -> bool:
    """True when a verb or noun of a quote is done to a thing; turned: the thing may also be who does it."""
    if node is thing or hangs_within(thing, node):
        return True
    if isinstance(node, Phrase):
        return _is_deed_on(node, thing, turned=turned)
    if node.clitic or thing in node.antecedents or thing is node.governor:
        return True
    if node.shares is not None and (node.shares.clitic or hangs_within(thing, node.shares)):
        return True
    if isinstance(node.governor, Verb) and (thing in node.governor.antecedents or hangs_within(thing, node.governor)):
        return True
    passive = node.voice is not Voice.ACTIVE or "si" in node.word.before.split()
    return ((turned or passive or node.relative) and thing in node.subjects) or _goes_on_after(thing, node)


def _goes_on_after(thing: Node, node: Node) -> bool:
    """True for the last of "coordinare gli attori, i soggetti che erogano servizi, i Comuni": its list began before."""
    inner = thing.parent if isinstance(thing, Phrase) else None
    if not isinstance(inner, Verb) or not inner.relative:
        return False
    return any(hangs_within(one, node) for one in inner.subjects[:2])


def _is_deed_on(node: Phrase, thing: Node, *, turned: bool) -> bool:
    """True when a noun names what is done to a thing: by its verb's subject, pronoun, or place."""
    if turned and thing in above(node):
        return True
    verb = verb_of(node)
    if verb is None:
        return False
    where = isinstance(thing, Phrase) and thing.preposition == "in" and verb in above(thing)
    return verb.clitic or where or thing in verb.subjects or thing in _handed_down(verb)


def is_said_of(subject: Node, said: Node) -> bool:
    """True when a quote says one of the other: not where the subject only hangs far below it."""
    far = said in above(subject)[1:]
    return not (far and isinstance(subject, Phrase) and subject.part is Part.OBLIQUE) and are_tied(subject, said)


def is_subject_in(node: Node, parsed: Parsed) -> bool:
    """True for the subject of any verb of a quote, or of what is said there with "è"."""
    for head in parsed.nodes:
        if isinstance(head, Verb) and head.voice is Voice.MODIFIER:
            continue
        near = head.subjects[:2] if isinstance(head, Verb) and head.relative else head.subjects
        if node in near:
            return True
    return False


def is_topic(node: Node, parsed: Parsed) -> bool:
    """True for what a quote speaks of: the subject of its first verb, and what hangs on that."""
    first = next((verb for verb in parsed.verbs if verb.mood is Mood.FINITE or verb.subjects), None)
    return first is not None and any(one in first.subjects for one in [node, *above(node)])


def counted_by(node: Node, parsed: Parsed) -> list[Node]:
    """What a number of a quote may count: its own phrase, what it is of, and who it is said of."""
    if isinstance(node, Verb):
        return [node]
    at = parsed.nodes.index(node)
    after = [
        one for one in parsed.nodes[at + 1 : at + 3] if isinstance(one, Phrase) and one.preposition in ("di", "su")
    ]
    said = list(node.subjects)
    if isinstance(node.parent, Verb) and node.part is not Part.OBLIQUE:
        said += node.parent.subjects
    if all(word.figure is not None or word.light for word in node.words):
        return [node, *after, *said, *parsed.nodes[max(0, at - COUNTED_BEFORE) : at]]
    return [node, *after, *said, *(above(node)[:4] if node.apposed else [])]


def is_gapped(doer: Node, verb: Node, parsed: Parsed) -> bool:
    """True for the second of "la Provincia ne paga il 60%, il Comune il 30%"."""
    if not isinstance(doer, Phrase) or doer.preposition or verb not in above(doer):
        return False
    following = parsed.nodes[parsed.nodes.index(doer) + 1 :][:1]
    return any(isinstance(one, Phrase) and any(word.figure for word in one.words) for one in following)


def is_between(subject: Node, said: Node) -> bool:
    """True for what a quote's noun only stands between or with: "fa da regia fra i Comuni" is no Comune's role."""
    return isinstance(subject, Phrase) and subject.preposition in ("tra", "con") and said in above(subject)


def _deed_of(node: Phrase, parsed: Parsed) -> list[Node]:
    """Whose deed a noun of a quote may be: "la condivisione tra i Comuni", not "a sostegno dei Comuni"."""
    if node.preposition == "a":
        return []
    below = _phrases(parsed, ("di", "tra", "da"))
    near = [one for one in below if node in above(one)[:2] and not isinstance(one.parent, Verb)]
    near += [one for one in below if node in above(one)[:4] and _is_in_charge(one)]
    named = [one for one in parsed.nodes if isinstance(one, Phrase) and one.apposed and one.parent in near]
    return [*near, *named]


def _is_in_charge(phrase: Phrase) -> bool:
    """True for a phrase after "a cura di", "da parte di"."""
    over = phrase.parent
    return isinstance(over, Phrase) and any(word.text in _IN_CHARGE for word in over.words)


def _where(node: Node, parsed: Parsed) -> list[Node]:
    """The phrases behind "in" of the sentence that a node stands in: "nel PTM", "nella Rete Verde"."""
    top = [one for one in [node, *above(node)] if isinstance(one, Verb)][-1:]
    return [one for one in _phrases(parsed, ("in",)) if one.parent in top]


def _handed_down(verb: Verb | None) -> list[Node]:
    """What a gerund's clause goes with: "propone poli, privilegiando la localizzazione in ambiti accessibili"."""
    return above(verb) if verb is not None and verb.mood is Mood.GERUND else []


def _is_fronted(phrase: Phrase, parsed: Parsed) -> bool:
    verb = verb_of(phrase)
    return verb is not None and parsed.nodes.index(phrase) < parsed.nodes.index(verb)


def _phrases(parsed: Parsed, prepositions: Iterable[str]) -> list[Phrase]:
    return [one for one in parsed.nodes if isinstance(one, Phrase) and one.preposition in prepositions]


def _below(node: Node, parsed: Parsed, preposition: str) -> list[Phrase]:
    return [one for one in _phrases(parsed, (preposition,)) if node in above(one)]


def _agents_below(node: Node, parsed: Parsed) -> list[Phrase]:
    """Those after "da" of the verb itself, not of a participle under it: "gestito da ragazzi formati da un’impresa"."""
    below = _below(node, parsed, "da")
    own = [one for one in below if next((over for over in above(one) if isinstance(over, Verb)), None) is node]
    return own or below


def is_common_name(phrase: Phrase) -> bool:
    """True for a "società" without a name of its own; also where the quote's verbs are read into its phrase."""
    named = any(word.is_capital for word in phrase.words)
    return not named and fold(phrase.words[0].text) in COMMON_NAMES
