"""
Sentences of Italian text, whole at abbreviations, laws, decimals, initials, ellipses, quotations and parentheses.

pysbd was tried first and fails on the cases that matter here: it cuts "art. | 12", "D.Lgs. | n. | 42/2004" and
"L. 77/2020, conv. | con", and does not end a sentence at "ecc." before a capital. These rules are small enough to read.
"""

from __future__ import annotations

import re
from functools import lru_cache

Offsets = tuple[int, int]

LONGEST_WHOLE = 400
"""Characters; a quotation or parenthesis longer than this may be cut at the sentences inside it."""

LONGEST_WORD = 60
"""Characters looked at before a full stop; no abbreviation is longer."""

_NEVER_LAST = frozenset(
    "art artt cfr es pag pagg pg p pp sig sigg dott dr prof proff avv ing arch geom rag on sen n nn nr num vol voll "
    "cap capp par lett all allegg tab tabb fig figg v vd vs ca s d l r c co op rif reg delib del det prot tel ed int "
    "tav tavv inv loc fraz sez tit min max conv mod modd integr lgs legs mons don f lr sost succ circ ord dec gen feb "
    "mar apr mag giu lug ago sett ott nov dic dlgs dpr dpcm dgr dcr gazz uff serv resp coord ss.mm mm".split()
)
_MAY_BE_LAST = frozenset("ecc etc cit seg segg ss sgg spa srl mq mc ml mt km cm ha kg".split())
_STARTERS = frozenset(
    "il lo la i gli le l un uno una in nel nella nelle nei negli nello per con da dal dalla di del della dei delle a "
    "al alla ai alle su sul sulla tra fra e ma se non si questo questa questi queste tale tali ciò inoltre infine "
    "anche come quando dove chi che ogni tutti tutte".split()
)
_END = re.compile(r"(?:\.{2,}|[.!?…])+[»”’\"')\]]*(?=\s|$)")
_WORD_BEFORE = re.compile(r"[^\s«“\"'’(\[]*$")
_NEXT = re.compile(r"[\s«“‘\"'(\[–—•-]*(\w+)?")
_MARKER = re.compile(
    r"[«“\"(\[–—•-]*\s*(?:(?:art|artt|articolo|comma|punto|capitolo|parte|sezione|paragrafo|tav|lett|cap|capo|titolo|allegato|tab|tabella|fig|figura|n)\.?\s*)?"
    r"(?:\d{1,3}(?:\.\d{1,3})*(?:-\w+)?|[a-z]|[IVXLC]{1,5})\.",
    re.IGNORECASE,
)
_PAIRS = {"«": "»", "“": "”", "(": ")", "[": "]"}


def split_sentences(text: str) -> list[Offsets]:
    """
    The offsets of each sentence, in order, without the blanks around it.

    A line break always ends a sentence (page text keeps one only between headings, paragraphs and list items).
    Together they hold every character that is not blank; a text of blanks has none.
    """
    return list(_split(text))


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[Offsets, ...]:
    """The same, kept: the passages of one question come back with the next."""
    found: list[Offsets] = []
    for line in re.finditer(r"[^\n]+", text):
        found += [(line.start() + low, line.start() + high) for low, high in _split_line(line.group())]
    return tuple(found)


def _split_line(line: str) -> list[Offsets]:
    pairs = _bracket_pairs(line)
    found: list[Offsets] = []
    start = len(line) - len(line.lstrip())
    for match in _END.finditer(line):
        if match.end() <= start or not _ends_here(line, start, match, pairs):
            continue
        found.append((start, match.end()))
        start = match.end() + len(line[match.end() :]) - len(line[match.end() :].lstrip())
    end = len(line.rstrip())
    return [*found, (start, end)] if start < end else found


def _ends_here(line: str, start: int, match: re.Match[str], pairs: list[Offsets]) -> bool:
    end = match.end()
    if any(low < end <= high and high - low <= LONGEST_WHOLE for low, high in pairs):
        return False
    if _closes_an_aside(line, start, end, pairs):
        return False
    following = _NEXT.match(line, end)
    word = (following.group(1) if following else None) or ""
    if not word:
        return True
    if word[0].islower():
        return False
    if match.group().startswith(".") and not match.group().startswith(".."):
        return _dot_ends(line[start : match.start() + 1], word)
    return True


def _closes_an_aside(line: str, start: int, end: int, pairs: list[Offsets]) -> bool:
    """A full stop inside a parenthesis that opened within the sentence belongs to the parenthesis."""
    return line[end - 1] in ")]" and any(high == end - 1 and low > start for low, high in pairs)


def _dot_ends(sentence: str, following: str) -> bool:
    if _MARKER.fullmatch(sentence):
        return False
    before = _WORD_BEFORE.search(sentence[-LONGEST_WORD:-1])
    word = before.group() if before else ""
    plain = word.casefold().strip(".,;:")
    if plain.replace(".", "") in _MAY_BE_LAST:
        return not following[0].isdigit()
    if plain in _NEVER_LAST and not (len(word) == 1 and word.isupper()):
        return False
    if (len(word) == 1 and word.isalpha()) or _is_dotted(word):
        return following.casefold() in _STARTERS
    return True


def _is_dotted(word: str) -> bool:
    """True for "D.Lgs", "N.T.A", "S.p.A": short pieces with full stops between."""
    return re.fullmatch(r"[^\W\d]{1,4}(?:\.[^\W\d]{1,4})+", word) is not None


def _bracket_pairs(line: str) -> list[Offsets]:
    pairs: list[Offsets] = []
    open_: list[tuple[str, int]] = []
    straight = [match.start() for match in re.finditer('"', line)]
    if len(straight) % 2 == 0:
        pairs += list(zip(straight[::2], straight[1::2], strict=True))
    for place, char in enumerate(line):
        if char in _PAIRS:
            open_.append((_PAIRS[char], place))
        elif open_ and char in _PAIRS.values():
            _close(char, place, open_, pairs)
    return pairs


def _close(char: str, place: int, open_: list[tuple[str, int]], pairs: list[Offsets]) -> None:
    """Pair a closing sign with the nearest opening one of its kind; signs left open in between are forgotten."""
    for index in range(len(open_) - 1, -1, -1):
        if open_[index][0] == char:
            pairs.append((open_[index][1], place))
            del open_[index:]
            return
