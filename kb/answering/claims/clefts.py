"""Clefts: "sono i Comuni ad assicurare la rete" read as "i Comuni assicurano la rete", so that who does it is seen."""

from __future__ import annotations

import re

from kb.language.verbs import read_verb

_CLEFT = re.compile(
    r"(?P<be>\b[Ss]ono|\b[Ss]arà|\b[Ss]aranno|\b[Ee]rano?|(?<![\w'’])[Èè])\s+"
    r"(?P<who>(?:(?:il|lo|la|i|gli|le|un|uno|una)\s|l['’]|un['’]|[A-ZÈ])[^,;:.()]{1,80}?)\s+"
    r"(?:a|ad)\s+(?P<deed>\w{3,}(?:are|ere|ire|rre|arsi|ersi|irsi))\b"
)
_SINGULAR = {"are": ("a",), "ere": ("e",), "ire": ("isce", "e"), "rre": ("ce", "ne")}
_PLURAL = {"are": ("ano",), "ere": ("ono",), "ire": ("iscono", "ono"), "rre": ("cono", "ngono")}


def read_cleft(text: str) -> str:
    """The text with each cleft read as a plain clause; as it is where it has none."""
    return _CLEFT.sub(_plain, text)


def _plain(cleft: re.Match[str]) -> str:
    several = cleft["be"].lower() in ("sono", "saranno", "erano")
    deed = cleft["deed"].lower()
    reflexive = deed.endswith("si")
    infinitive = deed[:-2] + "e" if reflexive else deed
    root = infinitive[:-3]
    for ending in (_PLURAL if several else _SINGULAR)[infinitive[-3:]]:
        form = read_verb(root + ending)
        if form is not None and form.infinitive == infinitive:
            return f"{cleft['who']} {'si ' if reflexive else ''}{root}{ending}"
    return cleft.group()
