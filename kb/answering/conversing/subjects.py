"""Subjects: what a question is about, and whether it says so itself."""

from __future__ import annotations

import re

MAX_NAMES = 2
"""Names that the subject of a conversation is made of, at most."""
OPENER = re.compile(
    r"^(?:no,?\s+intend\w+|(?:no,?\s+)?(?:intendevo|volevo dire|dicevo)|i meant"
    r"|(?:ma\s+)?(?:non (?:mi )?hai detto|(?:ti )?(?:ho|avevo) chiesto)|di cui|de[il]le? qual[ei]|dei quali|fra cui"
    r"|e|ed|ma|invece|allora|quindi|poi|anche|and|but|what about|how about)\b[\s,]*(?:invece\s+|allora\s+|poi\s+)?",
    re.IGNORECASE,
)
"""What opens a turn that goes on from the one before."""
ASKING_WORD = (
    r"(?:(?:a|con|da|di|in|per|su|entro|fra|tra)\s+)?(?:(?:che\s+)?cos['’]\s?è|(?:che\s+)?cosa|chi|quali|quale|qual|quando"
    r"|quant[oaie]|dove|come|perch[eé]|when|who|where|how|what|which|why)"
)
"""Regular expression, as text: the words that open what is asked."""
ASKS_OF_A_NOUN = re.compile(r"^(?:quant[eia]|quali|quale|which|how many)\s+\w{4,}", re.IGNORECASE)
_AND_MORE = re.compile(rf"\s*(?:[,;]\s*)?\b(?:e|ed|and)\s+{ASKING_WORD}\b.*$", re.IGNORECASE | re.DOTALL)
_THERE_IS = re.compile(
    r"\s+(?:ci\s+(?:sono|saranno|sarà|sara)|c['’]è|esistono|avete|are there)\b|\s+sono$", re.IGNORECASE
)
_THERE_IS_FIRST = re.compile(
    r"^(?:ci\s+(?:sono|saranno|sarà|sara)|c['’]è|esist\w+|(?:sono|è)\s+previst\w|avete|(?:is|are) there)\s+",
    re.IGNORECASE,
)
_WHAT_THERE_IS = re.compile(r"^che\s+(?=\w{4,}\s+(?:ci\s+(?:sono|saranno)|c['’]è|esistono)\b)", re.IGNORECASE)
_ASKED_LAST = re.compile(r"\s+(?:(?:che\s+)?cos(?:['’]\s?è|a\s+(?:è|sono))|,?\s*(?:vero|giusto))$", re.IGNORECASE)
_OWN_SUBJECT = re.compile(
    r"\b(?:(?:il|lo|la|i|gli|le|un|una|uno|the|(?:de|ne|a|su|da)(?:l|llo|lla|i|gli|lle))\s+|(?:d?[eu]?ll|un|l)['’])\w{3,}"
    r"|[A-Z]{2,}|\d|(?<=\s)[A-Z][a-zà-ù]+",
)
_CLITIC = re.compile(
    rf"^(?:{ASKING_WORD}|che)(?:\s+\w{{4,}})?\s+(?:(?:lo|la|li|le|ne|ci)\s|l['’])\s?(?:ha|hanno)?\s?\w+$", re.IGNORECASE
)
_NAME = re.compile(
    r"\bDriver\s+\d+\b|\b[A-Z][A-Z0-9-]{2,}(?:\s+\d+)?\b|\b[A-Z]\d\b"
    r"|\b(?!(?:Il|Lo|La|I|Gli|Le|Un|Uno|Una|The)\b|Citt|Comun|Pian|Ente\b|Region|Che\b|Chi\b|Cosa|Qual|Quant|Come\b|Dove|Quando"
    r"|What|Who|How|Which|Where|When)"
    r"[A-Z][\w’'-]+(?:\s+(?:(?:per\s+il|di|del|della|dell['’]|dei)\s*)?[A-Z][\w’'-]+)*"
)
_TELLS_OF = re.compile(
    r"^(?:(?:mi|ci)\s+)?(?:(?:sai|puoi|potresti|vorrei|voglio)\s+)?(?:parl|raccont|spieg|illustr|descriv|di(?:mmi|cci|rmi|ci)\b|sapere|tell)"
    r"\w*\s+(?:(?:me|us)\s+)?(?:(?:qualcosa|di più|tutto|qualcosa di più|something|more)\s+)?"
    r"(?:(?:di|su|about)\s+(?:the\s+)?|(?=(?:de|su)(?:l|llo|lla|i|gli|lle|ll['’])(?:\s|(?<=['’])))|(?=(?:il|lo|la|i|gli|le)\s|l['’]))",
    re.IGNORECASE,
)
"""Before what one wants to be told of ("parlami del gemello digitale")."""
_WANTED_DEED = re.compile(
    r"\b(?:faccio|facciamo|si fa|posso|possiamo|devo|dobbiamo|si può)\s+(?:(?:a|per)\s+)?(?:fare?\s+)?"
    r"(?P<what>\w+(?:are|ere|ire|rre|rsi|rmi)\b.{3,})",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:di|a|ad|in)\s+$")
_ARTICLED = re.compile(r"\b(?:de|ne|a|su|da)(?:l|llo|lla|i|gli|lle)\s+\w{4,}")
_ARTICLE = re.compile(r"\b(?:(?:il|lo|la|i|gli|le|un|una|uno|the)\s+|(?:un|l)['’])\w{3,}", re.IGNORECASE)
_CONTRACTED = re.compile(r"^(?:de|a|su|ne|da)(?P<article>l|llo|lla|i|gli|lle|ll['’])(?=\s|(?<=['’]))", re.IGNORECASE)
_ARTICLES = {"l": "il", "llo": "lo", "lla": "la", "lle": "le", "ll'": "l'"}
_OF_ARTICLE = {
    "il": "del ",
    "lo": "dello ",
    "la": "della ",
    "i": "dei ",
    "gli": "degli ",
    "le": "delle ",
    "l'": "dell'",
}
_OPENING_ARTICLE = re.compile(r"^(?:(?P<article>il|lo|la|i|gli|le)\s+|(?P<elided>l)['’]\s?)", re.IGNORECASE)


def subject_of(question: str) -> str:
    """What a question is about: the names in it, or else itself without its words of asking."""
    question = _AND_MORE.sub("", question)
    if told := _TELLS_OF.match(question):
        question = without_preposition(question[told.end() :])
    found = [match for match in _NAME.finditer(question) if match.start() or match.group().isupper()]
    names = [match.group() for match in found]
    if names and not all(_is_a_place_of(match, question) for match in found):
        return " ".join(dict.fromkeys(names[:MAX_NAMES]))
    rest = re.sub(
        rf"^\W*{ASKING_WORD}\s*(?:(?:è|e'|sono|significa|serve|fa)(?=\s|$))?\s*", "", question, flags=re.IGNORECASE
    )
    rest = _ASKED_LAST.sub("", re.sub(r"\s*\(.*\)", "", rest).strip(" ?!."))
    what = _WHAT_THERE_IS.match(rest)
    rest = rest[what.end() :] if what else rest
    if is_noun := bool(what or ASKS_OF_A_NOUN.match(question) or _THERE_IS_FIRST.match(rest)):
        rest = _THERE_IS_FIRST.sub("", _THERE_IS.sub("", rest))
    if deed := _WANTED_DEED.search(rest):
        return deed["what"]
    rest = without_preposition(rest)
    phrase = None if is_noun else _ARTICLE.search(rest)
    return (rest[phrase.start() :] if phrase else rest) or question.strip(" ?!.")


def asks_twice(question: str) -> bool:
    """True for "quanti posti ci saranno e dove?": a second question follows the first."""
    return bool(_AND_MORE.search(question))


def _is_a_place_of(name: re.Match[str], question: str) -> bool:
    """True for a name that only says whose or where a thing is, named before it ("la cabina di regia … di Bologna")."""
    before = question[: name.start()]
    return bool(_OF.search(before)) and bool(_ARTICLE.search(before) or _ARTICLED.search(before))


def without_preposition(phrase: str) -> str:
    """ "il parco sud" for "del parco sud"; a phrase that opens with no contracted article as it is."""
    match = _CONTRACTED.match(phrase)
    if not match:
        return phrase
    article = match["article"].lower().replace("’", "'")
    return f"{_ARTICLES.get(article, article)}{phrase[match.end() :]}"


def of(subject: str) -> str:
    """The subject as what something is of: "del Driver 4", "della rete duale", "di DECIWATT"."""
    if subject.startswith("Driver "):
        return f"del {subject}"
    match = _OPENING_ARTICLE.match(subject)
    if not match:
        return f"di {subject}"
    article = (match["article"] or "l'").lower()
    return f"{_OF_ARTICLE[article]}{subject[match.end() :]}"


def has_own_subject(question: str) -> bool:
    """True when a question names something beside its words of asking ("chi la attua" doesn't)."""
    plain = question.strip(" ?!.")
    return bool(_OWN_SUBJECT.search(OPENER.sub("", plain))) and not _CLITIC.match(plain)


def names_something(question: str) -> bool:
    """True where a name stands in a question, but for a capital that opens it."""
    return any(match.start() or match.group().isupper() for match in _NAME.finditer(question))
