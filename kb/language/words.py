"""Words as search sees them: folded, cut at elisions, laws and articles whole, stemmed for Italian."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

APOSTROPHES = "'’‘ʼ`´′＇"
PLAIN_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
"""Gives every apostrophe of a text the plain form, in its place."""
_PLAIN_FORMS = (
    *((char, "'") for char in APOSTROPHES if char != "'"),
    *((char, "-") for char in "‐‑‒–—−"),
    ("\u00ad", ""),
)
"""Characters and what stands for them; the one in ASCII is the backtick."""
_TYPED_ACCENT = re.compile(r"(?<=[aeiou])'(?![a-z0-9])")

_ELISIONS = frozenset(
    "l un dell all dall nell sull coll d c s n m t v quell quest bell sant tutt anch com dov cos quant senz mezz "
    "ciascun nessun alcun qualcun gl ch pell buon grand altr trent vent quarant cinquant sessant".split()
)
_SAME_WORD = {"art": "articolo", "artt": "articolo", "articoli": "articolo", "commi": "comma"}

_TOKEN = re.compile(
    r"""
      [a-z][a-z0-9]*(?![a-z0-9.'])                                             # most words, tried first
    | \d+-(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|decies)\b   # articles: 5-bis
    | \d{1,3}(?:\.\d{3})+(?:,\d+)?(?:\ ?%)?(?!\d)                              # 1.250.000
    | \d+(?:[.,/]\d+)*(?:\ ?%)?(?![a-z])                                       # 42/2004, 25%, 3,5, 5.2
    | [a-z]{1,3}(?:\.[a-z]{1,3})+(?![a-z])                                     # n.t.a., d.lgs., re.mix
    | [a-z]+'(?=[a-z0-9])                                                      # dell'
    | [a-z0-9]+'?
    """,
    re.VERBOSE,
)

# Words that Snowball gives the stem of another subject: "comunità" is no "Comune", "casa" no "caso".
_OWN_STEM = {"comunita": "comunita", "casa": "casa", "case": "casa"}

STOP_WORDS: frozenset[str] = frozenset(
    """
    a ad agli ai al alla alle allo anche ancora avere aveva avevano c che chi ci cio circa coi col come con contro cosa
    cosi cui d da dagli dai dal dalla dalle dallo degli dei del della delle dello dentro di dove e ed ecco era erano
    essa esse essere essi esso fa fin finche fino fra gia gli ha hai hanno ho i il in inoltre io invece l la le lei li
    lo loro lui ma me mentre mi mia mie miei mio molto ne negli nei nel nella nelle nello no noi non nostra nostre
    nostri nostro o od ogni oltre oppure per perche pero piu poi presso prima proprio qua qual quale quali qualche
    quando quanta quante quanti quanto quel quella quelle quelli quello questa queste questi questo qui quindi s sara
    saranno se sei sempre senza si sia siamo siano siete sono stata state stati stato stessa stesso su sua sue sugli
    sui sul sulla sulle sullo suo suoi t tale tali tra tu tua tue tuo tuoi tutta tutte tutti tutto un una uno v va vi
    viene vengono voi vostra vostre vostri vostro
    about an and are as at be been by can did do does for from has have how if into is it its many much of on or that
    the their there these they this to was were what when where which who whom why will with you your
    """.split()
)
"""Folded words that carry no subject, Italian and English; content words that look alike are left out."""


_KEPT_CHARS = 600


def fold(text: str) -> str:
    """
    The text in lowercase without accents, with one kind of apostrophe and hyphen.

    An accent typed as an apostrophe goes too: "Mobilita'" and "mobilità" fold alike.
    """
    return _fold_kept(text) if len(text) <= _KEPT_CHARS else _fold(text)


@lru_cache(maxsize=8192)
def _fold_kept(text: str) -> str:
    # A sentence that is found again is folded again, by each test that it is put to.
    return _fold(text)


def _fold(text: str) -> str:
    if not text.isascii() or "`" in text:
        # One pass of C for each character to be replaced is a fifth of the time of str.translate.
        for char, plain in _PLAIN_FORMS:
            text = text.replace(char, plain)
    folded = unicodedata.normalize("NFKD", text.casefold())
    if not folded.isascii():
        for char in set(folded):
            if unicodedata.combining(char):
                folded = folded.replace(char, "")
    return _TYPED_ACCENT.sub("", folded)


def tokenize(text: str) -> list[str]:
    """
    The folded words and numbers of a text, in order.

    Kept whole: single digits, "5-bis", "42/2004", "25%" (also written "25 %"), "3,5"; thousands lose their dots.
    Dotted acronyms lose theirs ("N.T.A." → "nta", "Re.Mix" → "remix", "L.R." = "LR"). Elided articles and
    prepositions are cut ("dell'articolo" → "articolo"); other hyphenated words are split ("radio-base" = "radio base").
    "art." and "artt." become "articolo".
    """
    return [word for found in _TOKEN.findall(fold(text)) if (word := _word(found))]


@lru_cache(maxsize=50_000)
def _word(found: str) -> str:
    """The token as it is indexed; nothing for an elided article or preposition."""
    token = found.removesuffix("'")
    if token != found and token in _ELISIONS:
        return ""
    return _SAME_WORD.get(token) or (token if token.isalpha() else _plain(token))


def _plain(token: str) -> str:
    if token[0].isdigit():
        token = token.replace(" ", "")
        return token.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?%?", token) else token
    return token.replace(".", "")


def stem(tokens: Iterable[str]) -> list[str]:
    """
    The Italian stems of folded tokens, one a token, in order; tokens with a digit stay as they are.

    "comunita" (comunità) and "comuni" keep different stems.
    """
    return [_stem_word(token) for token in tokens]


def content_stems(text: str) -> list[str]:
    """The stems of a text's words and numbers, in order, stop words left out: what is indexed and looked up of it."""
    return stem(token for token in tokenize(text) if token not in STOP_WORDS)


@lru_cache(maxsize=50_000)
def _stem_word(token: str) -> str:
    if (own := _OWN_STEM.get(token)) is not None:
        return own
    return token if any(char.isdigit() for char in token) else str(_stemmer().stemWord(token))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("italian")
