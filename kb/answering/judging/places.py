"""Places and contacts: whether a sentence says where something is, or how to reach whom."""

from __future__ import annotations

import re

from kb.language.words import fold

_NOT_ITSELF = r"(?!Citt|Comun|Region|Driver|Pian|Ente|Agend)"
"""Before a name: none of what the documents are or whose, which is no place ("al Piano", "a Città metropolitana")."""
_PLACE = re.compile(
    r"\b(?:[Cc]omun[ei]|[Vv]ial?e?|[Pp]iazza|[Qq]uartier[ei]|[Zz]on[ae]|[Pp]arco|[Aa]re[ae]|[Cc]entro|[Ss]ede)\b[^.;:,]{0,25}?\s"
    rf"(?:d[’']|(?:dell|all|nell)[’'])?{_NOT_ITSELF}[A-ZÀ-Ý][a-zà-ù]+"
    rf"|\b(?:ad?|nei pressi di|vicino ad?)\s{_NOT_ITSELF}[A-ZÀ-Ý][a-zà-ù]+"
)
_STREET = re.compile(r"\b(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Pp]iazzale|[Cc]orso|[Ll]argo)\s+(?:[a-z']+\s+){0,3}[A-ZÀ-Ý]")
_AT = (
    r"(?:in|ne[il]|nello|nella|nelle|negli|nell[’']|presso|sul?|sull[oae’']|sulle|sugli|lungo|vicino a\w*|dentro"
    r"|accanto a\w*|attorno a\w*|intorno a\w*|verso|davanti a\w*|fino a\w*|raggiung\w+|local\w+|collocat\w+"
    r"|situat\w+|conferit\w+ a\w*|al|alla|agli)"
)
_WORDS_BETWEEN = r"(?!(?:prim|second|terz|quart)[oa]\b|luogo d|ambito d)(?:(?!che\b|di\b|del\w*\b)[\w’'«]+\s){0,4}?"
_KINDS = (
    r"(?:luogh?[io]|ambiti|are[ae]|spazi|sed[ei]|zon[ae]|territori[oi]?|edific\w+|immobil[ei]|fabbricat[io]|quartier[ei]"
    r"|comuni?|centr[oi]|sit[oi]|piazz[ae]|strad[ae]|scuol[ae]|istitut[oi]|uffic[io]+|sportell[oi]|parc(?:o|hi)"
    r"|perifer\w+|nod[oi]|stazion[ei]|campan[ae]|contenitor[ei]|cassonett[oi]|palestr[ae]|bibliotec(?:a|he)|portale|app"
    r"|negoz[io]+|farmaci[ae]|supermercat[oi]|discaric(?:a|he)|ecocentr[oi]"
    r"|umido|organico|secco|indifferenziato|sacc(?:o|hi)|bidon[ei]|raccoglitor[ei]|cestin[oi]"
    r"|(?:carta|plastica|vetro)(?! d)"
    r"|via|corso|viale)\b"
)
_WHERE = re.compile(
    rf"\b{_AT}\s?{_WORDS_BETWEEN}{_KINDS}|\bdove\b|\bne[il] (?!Driver|Pian|PSTTM|Agend|Campus)[A-Z]{{2,}}"
    r"|\b(?:via|viale|piazza|corso) (?:\w+ ){0,2}[A-ZÀ-Ý]"
)
_PUTS = re.compile(
    r"\b(?:collocat\w+|localizz\w+|situat\w+|ubicat\w+|raggiung\w+|in (?:luoghi|aree|ambiti|spazi|zone|edifici)|dove"
    r"|si trova\w*|ha sede)\b"
)
_PHONE = (
    r"(?<![\d.,:/-])(?!\d{1,2}[.:]\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})"
    r"(?:\+39[ .-]?)?(?:0\d{1,3}|3\d\d|8\d\d|199)[ ./-]?\d(?:[ ./-]?\d){3,}(?!\d)"
)
"""A number that begins as those of telephones do, and is no hour and no date."""
_CONTACT = re.compile(rf"@|\bwww\.|https?://|\b[\w-]+\.(?:it|com|org|eu)\b|{_PHONE}", re.IGNORECASE)


_CHANNELS = (
    (re.compile(r"\b(?:telefon\w*|numero verde|chiam\w+|whatsapp|phone)\b"), re.compile(_PHONE)),
    (re.compile(r"\bpec\b"), re.compile(r"\bpec\b", re.IGNORECASE)),
    (re.compile(r"\b(?:e-?mail|mail|posta elettronica)\b"), re.compile("@")),
    (
        re.compile(r"\b(?:sito|link|pagina web|website)\b"),
        re.compile(r"\bwww\.|https?://|(?<!@)(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:it|com|org|eu)\b", re.IGNORECASE),
    ),
)
"""What a channel is called in a question, and what gives it."""


def names_place(sentence: str, asked: str = "") -> bool:
    """True where a sentence names a Comune, a quarter or a park by its proper name, one that the question lacks."""
    known = fold(asked)
    return any(fold(match.group().split()[-1]) not in known for match in _PLACE.finditer(sentence))


def names_street(sentence: str) -> bool:
    """True where a sentence holds an address."""
    return bool(_STREET.search(sentence))


def says_where(sentence: str) -> bool:
    """True where a sentence says where something is, by a proper name or by the kind of place."""
    return bool(_WHERE.search(sentence)) or names_place(sentence)


def puts_somewhere(sentence: str) -> float:
    """1 where a sentence says where something is put, more than naming a place, else 0."""
    return float(bool(_PUTS.search(sentence)))


def gives_contact(sentence: str, asked: str = "") -> bool:
    """
    True where a sentence holds a telephone number, an e-mail address or a web address.

    Of the channels that a question asks for, one of those.
    """
    wanted = [gives for calls, gives in _CHANNELS if calls.search(fold(asked))]
    return any(gives.search(sentence) for gives in wanted) if wanted else bool(_CONTACT.search(sentence))
