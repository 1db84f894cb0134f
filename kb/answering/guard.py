"""Guard: the question's length, control characters and personal data; instructions to a model are set aside."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from kb.answering.forms import order_pattern
from kb.answering.route import tell_talk
from kb.answering.state import State, Tools
from kb.errors import InputError
from kb.language.sentences import split_sentences

_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_PHONE = re.compile(
    r"(?<![\w/.,-])(?:"
    r"(?:(?:\+|00)39[\s.-]?)?(?:3\d{2}|\(?0\d{1,3}\)?)(?:[\s./-]?\d){6,8}"
    r"|\+(?!39)\d{2,3}(?:[\s/-]?\d){7,11}"  # another country's
    r")(?![\w/])"
)
_TAX_CODE = re.compile(r"\b[A-Za-z]{3}[\s-]?[A-Za-z]{3}[\s-]?\d{2}[A-Za-z]\d{2}[\s-]?[A-Za-z]\d{3}[\s-]?[A-Za-z]\b")
_IBAN = re.compile(
    r"\b(?:IT(?:[\s-]?[A-Z0-9]){25}|[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?)\b", re.IGNORECASE
)
_VAT = re.compile(r"\b(?:IT)?\d{11}\b", re.IGNORECASE)

_MARKUP = re.compile(
    r"<(script|style)\b[^<>]{0,200}>[^<]{0,1000}</\1\s*>|<!--[^>]{0,1000}-->"
    r"|</?(?:script|style|html|head|body|title|meta|link|base|div|span|p|br|hr|b|i|u|em|strong|small|a|img|iframe|svg|math|table"
    r"|thead|tbody|tr|t[dh]|[uod]l|li|d[td]|h[1-6]|form|input|button|select|option|textarea|object|embed|video|audio|source"
    r"|details|template|font|center|marquee)\b[^<>]{0,200}>",
    re.IGNORECASE,
)
"""A page's tags, and what of a page is never read: no words of a question."""

UNSEEN = ("Cc", "Cf", "Cs")
"""The categories of control, format and half characters; private and later ones have a shape in some font."""

MASK = "[dato personale]"
# "Il mio codice fiscale è […]: quante antenne ci sono?"
_INTRODUCTION = re.compile(rf"^[^?.!]*{re.escape(MASK)}\s*[:;,–-]+\s*(?=\S+\s+\S+\s+\S)")


_CUT = "\0"
"""Stands where an order was; a control character, so no question holds it."""
_LEADING_IN = re.compile(
    rf"(?:(?<!\w)(?:ah|eh|oh|e|ed|ma|poi|anche|inoltre|infine|ora|adesso|and|but|also|then|now),?\s+)+{_CUT}",
    re.IGNORECASE,
)
"""What only leads in to an order: "Quanti sono? Ah, e d'ora in poi …"."""


def guard(state: State, tools: Tools) -> State:
    """
    The question cleaned: no control characters, personal data masked, orders to a model set aside.

    Raises:
        InputError: the question is empty or longer than BUSSOLA_MAX_QUESTION_CHARS.
    """
    text = clean_text(state.question)
    if not text:
        raise InputError("la domanda è vuota: scrivi che cosa vuoi sapere.")
    if min(len(text), len(state.question)) > tools.max_question_chars:  # composing may make more characters of one
        raise InputError(
            f"la domanda ha {len(text)} caratteri, il massimo è {tools.max_question_chars}: accorciala e riprova."
        )
    masked, kinds = mask_personal_data(text)
    plain = without_markup(masked)
    kept = without_orders(plain)
    # Courtesy around an order is no question: nothing is left to answer.
    cleaned = "" if kept != plain and tell_talk(kept) else without_introduction(kept)
    state = replace(
        state,
        question=masked,
        cleaned=cleaned,
        history=tuple(mask_personal_data(clean_text(turn))[0] for turn in state.history),
        detail={"orders_set_aside": kept != plain, "personal_data": kinds},
    )
    if kinds:
        state = state.noting(
            "personal_data", "Ho tolto dalla domanda i dati personali: non servono per cercare nei documenti."
        )
    return state


def clean_text(text: str) -> str:
    """The text in NFC, on one line, without control or invisible characters; what has no meaning yet may be seen."""
    normal = unicodedata.normalize("NFC", text)
    kept = "".join(char if unicodedata.category(char) not in UNSEEN else " " for char in normal)
    return " ".join(kept.split())


def without_markup(text: str) -> str:
    """The text without tags, comments and scripts of a page; whole where nothing else is said."""
    return " ".join(_MARKUP.sub(" ", text).split()) or text


def without_orders(text: str) -> str:
    """The text without what is addressed to a model; empty where nothing else is said."""
    cut = order_pattern().sub(_CUT, text)
    return " ".join(_LEADING_IN.sub(" ", cut).replace(_CUT, " ").split())


def without_introduction(text: str) -> str:
    """The text without what gives personal data and asks nothing; whole where nothing else is said."""
    if MASK not in text:
        return text
    text = _INTRODUCTION.sub("", text)
    sentences = [text[start:end].strip() for start, end in split_sentences(text)]
    left = [sentence for sentence in sentences if MASK not in sentence or sentence.endswith("?")]
    return " ".join(left) or text


def mask_personal_data(text: str) -> tuple[str, list[str]]:
    """The text with personal data masked, and the kinds found; codes count only when their check digits hold."""
    from stdnum import iban
    from stdnum.it import codicefiscale, iva

    kinds: list[str] = []
    for kind, pattern, is_real in (
        ("email", _EMAIL, lambda _found: True),
        ("iban", _IBAN, iban.is_valid),
        ("tax_code", _TAX_CODE, codicefiscale.is_valid),
        ("vat", _VAT, iva.is_valid),
        ("phone", _PHONE, lambda found: len(re.sub(r"\D", "", found)) >= 9),
    ):

        def mask(match: re.Match[str], kind: str = kind, is_real: object = is_real) -> str:
            if callable(is_real) and is_real(match.group()):
                kinds.append(kind)
                return MASK
            return match.group()

        text = pattern.sub(mask, text)
    return text, sorted(set(kinds))
