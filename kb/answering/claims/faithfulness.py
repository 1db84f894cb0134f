"""
Faithfulness: whether a sentence that a chat model wrote says what its quotes say; decided by code alone.

The checks go from the surest to the softest; the first that fails names the fault. Nothing here trusts the model, knows
the documents or needs an embedder: a claim, its verbatim quotes, and what stands over them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from kb.answering.claims.alignment import Aligned, align
from kb.answering.claims.attachment import find_misattached
from kb.answering.claims.binding import find_figure_fault
from kb.answering.claims.clefts import read_cleft
from kb.answering.claims.conditions import takes_in_exception
from kb.answering.claims.coordinated import takes_over_deed
from kb.answering.claims.copied import is_copied
from kb.answering.claims.doings import does_no_thing_said
from kb.answering.claims.drivers import sources_of_drivers
from kb.answering.claims.durations import write_durations
from kb.answering.claims.echoes import tells_opinion
from kb.answering.claims.elided import names_year_before, write_units, write_years
from kb.answering.claims.exclusions import drops_who, takes_in_excluded
from kb.answering.claims.existing import is_there_already
from kb.answering.claims.hedges import loses_hedge
from kb.answering.claims.hours import turns_hour
from kb.answering.claims.labels import is_mislabelled
from kb.answering.claims.lessened import loses_lessening
from kb.answering.claims.novelty import is_understood
from kb.answering.claims.provisos import claims_as_done, loses_negation, loses_proviso
from kb.answering.claims.roles import find_wrong_actor
from kb.answering.claims.support import load_support, support_features
from kb.answering.claims.turns import find_turn, widens
from kb.answering.claims.units import changes_unit
from kb.answering.claims.weighed import weighs_another
from kb.answering.claims.written import find_stray_digits
from kb.answering.claims.years import is_misdated
from kb.language.figures import find_figures
from kb.language.kinship import is_derived
from kb.language.names import Name, find_names, spell_out, stands_for
from kb.language.sentences import split_sentences
from kb.language.words import STOP_WORDS, stem, tokenize

LONGEST = 600
"""Characters; a longer sentence is no sentence."""
MOST_WORDS, MOST_QUOTED = 80, 600
"""Words of a sentence, and of its quotes together, beyond which it is not judged but dropped."""
TOGETHER = 3
"""Words apart, at most, for two words of a text to be of one name."""
_FAULT_OF_TIE = {
    "actor": "actor",
    "subject": "actor",
    "agent": "actor",
    "thing": "actor",
    "counted": "binding",
    "figures": "binding",
}
NO_ACRONYMS: Mapping[str, str] = MappingProxyType({})
_SHORT_YEARS = re.compile(r"\b((?:19|20)\d\d)[-–](\d\d)\b(?![-/\d])")
_BELOW_ZERO = re.compile(r"(?<![\w.,)])[-−](\d+(?:[.,]\d+)?)")
_ABOVE_ZERO = re.compile(r"(?<![\d.,−-])(\d+(?:[.,]\d+)?)")
FRAME = frozenset({"piano", "strategico", "driver", "documento", "documenti", "ente", "scheda", "guida"})
"""Folded words that name where it is written, not what."""
_MARKUP = re.compile(
    r"https?:|ftp:|www\.|\b[\w-]+\.(?:it|com|org|eu|net|gov)\b|\S@\S+\.\w|[<>{}\[\]`*#|\\~^_=]|\]\(|&\w+;|\$\w|--|"
    r"^\s*(?:\d+[.)]|[-•])\s",
)


def find_unfaithful(
    claim: str,
    sources: Sequence[str],
    *,
    known: str = "",
    contexts: Sequence[str] = (),
    acronyms: Mapping[str, str] = NO_ACRONYMS,
) -> str | None:
    """
    The name of the first fault of a sentence against the verbatim quotes it cites, None where it has none.

    "format" (markup, link, control characters, another script, overlong), "driver" (a Driver that none of the quotes is
    of), "figure" (not in the quotes), "quantifier", "binding" (a true figure of the wrong thing), "name", "negation",
    "direction", "modality", "cause", "actor", "proviso" (a condition left out), "unsaid" (a word of its own),
    "attachment" (words of the quotes tied together in another way), "support" (the quotes don't entail it, as far as
    words tell).

    known: what may be named without a quote, such as the documents' titles. contexts: for each source, in order, what
    stands over it ("Driver 4 | …"). acronyms: folded, with the full names that the documents give them.
    """
    if not is_plain(claim):
        return "format"
    if any(_bare(claim) == _bare(source) for source in sources):
        return None
    over = [*contexts, *[""] * (len(sources) - len(contexts))]
    usable = sources_of_drivers(claim, sources, over)
    if usable is None:
        return "driver"
    read = [_normalised(spell_out(source, acronyms)) for source in usable]
    claim = read_cleft(_normalised(claim))
    if len(claim.split()) > MOST_WORDS or sum(len(source.split()) for source in read) > MOST_QUOTED:
        return "support"  # nobody judges that in the time that a person waits
    if not any(names_year_before(source) for source in read):
        claim = write_years(claim)
    claim = write_durations(claim, read)
    return _find_fault(align(claim, _sentences(read)), known, over, [*over, *usable])


def _sentences(texts: Sequence[str]) -> list[str]:
    """The sentences of some quotes: what two of them say apart is joined no more freely than what two quotes say."""
    return [text[start:end] for text in texts for start, end in split_sentences(text)]


def _find_fault(aligned: Aligned, known: str, over: Sequence[str], beside: Sequence[str]) -> str | None:
    """The first fault of an aligned claim; beside: the quotes as they stand, and what stands over all quotes."""
    claim, read = aligned.claim.text, [source.text for source in aligned.sources]
    around = "\n".join([known, *beside])
    if find_stray_digits(claim, [*read, around]) or _signs_differ(claim, read):
        return "figure"
    if turns_hour(claim, read):
        return "quantifier"
    if fault := find_figure_fault(aligned, around):
        return fault
    if is_mislabelled(claim, read) or changes_unit(aligned) or is_misdated(aligned):
        return "binding"
    if _names_a_stranger(aligned, read, beside, known):
        return "name"
    if not any(aligned.is_said(word) for word in aligned.claim.words if not word.light):
        return "support"
    return find_turn(aligned) or _find_loose(aligned) or ("unsaid" if _says_more(aligned, known, over) else None)


def _find_loose(aligned: Aligned) -> str | None:
    """The first fault of what is said, done by whom, under which proviso, and tied to what."""
    if find_wrong_actor(aligned):
        return "actor"
    found = next((name for name, is_wrong in _LOSSES if is_wrong(aligned)), None)
    return found or _attachment_fault(aligned)


_LOSSES: tuple[tuple[str, Callable[[Aligned], bool]], ...] = (
    ("proviso", loses_proviso),
    ("proviso", takes_in_exception),
    ("proviso", takes_in_excluded),
    ("proviso", drops_who),
    ("actor", takes_over_deed),
    ("negation", loses_negation),
    ("direction", loses_lessening),
    ("quantifier", widens),
    ("quantifier", loses_hedge),
    ("unsaid", does_no_thing_said),
    ("unsaid", tells_opinion),
    ("attachment", weighs_another),
    ("modality", claims_as_done),
    ("modality", is_there_already),
)


def _attachment_fault(aligned: Aligned) -> str | None:
    if is_copied(aligned):
        return None
    tie = find_misattached(aligned)
    return _FAULT_OF_TIE.get(tie, "attachment") if tie else None


def _bare(text: str) -> str:
    return "".join(text.casefold().split()).strip(".;:")


def is_plain(claim: str) -> bool:
    """True for one sentence of plain text that states something: no question, markup, link, address, foreign script."""
    if not claim.strip() or claim.rstrip().endswith("?") or len(claim) > LONGEST or _MARKUP.search(claim):
        return False
    return all(_is_plain_char(char) for char in claim)


def _is_plain_char(char: str) -> bool:
    category = unicodedata.category(char)
    if category[0] == "L":
        return unicodedata.name(char, "").startswith(("LATIN", "FEMININE", "MASCULINE"))
    return char in " °º" or (category[0] in "NPSZ" and category not in ("So", "Sk", "Zl", "Zp"))


def _normalised(text: str) -> str:
    """The text with the forms of figures that are read in one way only: "2022-24", "c. 2", "2 euro e 20 centesimi"."""
    text = _SHORT_YEARS.sub(lambda m: f"{m[1]}-{m[1][:2]}{m[2]}", text)
    text = re.sub(r"\bc\.\s?(?=\d)", "comma ", text)
    text = re.sub(r"\b(\d+) euro e (\d\d) centesimi\b", r"\1,\2 euro", text)
    text = re.sub(r"(?<![\d.,])(\d\d?) centesimi\b", lambda m: f"0,{m[1]:0>2} euro", text)
    return write_units(text)


def _signs_differ(claim: str, sources: Sequence[str]) -> bool:
    """True for a number below zero that no source has, or the reverse."""
    mine = set(_BELOW_ZERO.findall(claim))
    theirs = {number for source in sources for number in _BELOW_ZERO.findall(source)}
    above = {number for source in sources for number in _ABOVE_ZERO.findall(source)}
    return bool(mine - theirs) or any(number in theirs - above for number in _ABOVE_ZERO.findall(claim))


def _names_a_stranger(aligned: Aligned, read: Sequence[str], over: Sequence[str], known: str) -> bool:
    """True for a name that neither the quotes nor their titles have; a known one may only be who is spoken of."""
    claim = aligned.claim
    understood = frozenset(tokenize(known))
    spoken_of = {word.start for word in claim.words if is_understood(word, understood, aligned)}
    return any(name.start not in spoken_of for name in find_foreign_names(claim.text, [*read, *over]))


def find_foreign_names(claim: str, texts: Sequence[str]) -> list[Name]:
    """The proper names and acronyms of a claim that stand in none of the texts, in order."""
    words = {word for text in texts for word in tokenize(text)}
    stems = frozenset(stem(words))
    figures = [(figure.start, figure.end) for figure in find_figures(claim)]
    names = [name for name in find_names(claim) if not any(a <= name.start < b for a, b in figures)]
    foreign = [
        name
        for at, name in enumerate(names)
        if not _only_opens(name, names[at + 1 : at + 2], claim) and not _is_known(name, words, stems, texts)
    ]
    return foreign or [name for name, following in pairwise(names) if _is_patched(name, following, claim, texts)]


def _is_patched(name: Name, following: Name, claim: str, texts: Sequence[str]) -> bool:
    """True for two words of one name that no text has one after the other: a name patched up of others'."""
    if claim[name.end : following.start] != " " or name.opens or name.is_acronym or following.is_acronym:
        return False
    pair = stem([*tokenize(name.text), *tokenize(following.text)])
    if len(pair) != 2 or pair[0] in FRAME:
        return False
    return not any(_stand_together(pair, stem(tokenize(text))) for text in texts)


def _stand_together(pair: Sequence[str], stems: Sequence[str]) -> bool:
    places = [at for at, one in enumerate(stems) if one == pair[0]]
    return any(pair[1] in stems[max(0, at - TOGETHER) : at + TOGETHER + 1] for at in places)


def _only_opens(name: Name, following: Sequence[Name], claim: str) -> bool:
    """True for a capital that opens the sentence and may be a common word's."""
    if not name.opens or name.is_acronym:
        return False
    return not (following and not claim[name.end : following[0].start].strip())


def _is_known(name: Name, words: set[str], stems: frozenset[str], texts: Sequence[str]) -> bool:
    if name.is_acronym and any(stands_for(name.text, text) for text in texts):
        return True
    mine = [word for word in tokenize(name.text) if name.is_acronym or word not in STOP_WORDS]
    return all(_is_word_known(word, name, words, stems) for word in mine)


def _is_word_known(word: str, name: Name, words: set[str], stems: frozenset[str]) -> bool:
    if word in words or word in FRAME:
        return True
    root = stem([word])[0]
    return not name.is_acronym and (root in stems or any(is_derived(root, other) for other in stems))


def _says_more(aligned: Aligned, known: str, over: Sequence[str]) -> bool:
    """True for a claim with more words of its own than a faithful sentence has."""
    named = tokenize("\n".join([known, *over]))
    model = load_support()
    return model.probability(support_features(aligned, frozenset([*named, *stem(named)]))) < model.enough
