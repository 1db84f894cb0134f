"""Recipients: whether a sentence says for whom something is meant ("a chi si rivolge GOL?")."""

from __future__ import annotations

import re

from kb.language.questions import asks_for_whom
from kb.language.words import fold

_PEOPLE = (
    r"(?:popolazion\w+|fasc[ei]|cittadin\w+|disoccupat\w+|giovan\w+|donn[ae]|lavorator\w+|student\w+|alunn\w+|famigli\w+"
    r"|person[ae]|anzian\w+|fragil\w+|utent\w+|utenz\w+|residenti?|impres[ae]|aziend[ae]|operator\w+|privat[io]"
    r"|amministrazion\w+|amministrator\w+|comun[ei]\b(?! di)|comunita|enti|ente|scuol[ae]|istitut[io]|associazion\w+"
    r"|neet|soggett[io]|minor[ei]|bambin\w+|genitor[ei]|disabil[ei]|dipendent[ei]|professionist[ie])"
)
_FOR_THEM = re.compile(
    r"\b(?:a|ad|ai|agli|al|allo|alla|alle|all'|per|verso|raggiungere|tutela d\w+|favore d\w+)\s?"
    r"(?:(?:il|lo|la|i|gli|le|l'|un|uno|una|tutt[ie]|nuov[ie]|su[oaie]i?|propr[io]+)\s?){0,3}(?:\w+ (?:di )?){0,1}"
    + _PEOPLE
)
_MEANT = re.compile(
    r"\b(?:destinatar\w+"
    r"|(?:rivolt|destinat|dedicat|indirizzat|riservat|pensat)[oaie] (?:a|ad|ai|agli|al|alla|alle|per)\b"
    r"|si rivolg\w+ (?:a|ai|agli|al|alla|alle)\b)"
)


def names_recipients(question: str, sentence: str) -> bool:
    """False where it is asked for whom something is meant and a sentence names nobody whom anything is for."""
    if not asks_for_whom(question):
        return True
    said = fold(sentence)
    return bool(_MEANT.search(said) or _FOR_THEM.search(said))
