"""Errors as application/problem+json (RFC 9457): the field, the value and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi.responses import JSONResponse

from api.english import said_in
from api.web.language import ENGLISH, ITALIAN
from kb.errors import BussolaError, EmbedderError, InputError, ModelError, NotFound, StoreError

MEDIA_TYPE = "application/problem+json"
LONGEST_VALUE_CHARS = 80

UNUSABLE = "il servizio non riesce a usare i suoi dati: riprova tra qualche minuto."
"""What a citizen is told of a database, a model or a disk that fails."""

TITLES = {
    400: "Richiesta illeggibile",
    401: "Chiave non valida",
    403: "Non consentito",
    404: "Non trovato",
    405: "Metodo non ammesso",
    408: "Richiesta interrotta",
    409: "Conflitto",
    413: "Richiesta troppo grande",
    415: "Formato non ammesso",
    422: "Richiesta non valida",
    429: "Troppe richieste",
    500: "Errore interno",
    503: "Servizio non disponibile",
    504: "Tempo scaduto",
}

REMEDIES: dict[str, tuple[str, str]] = {
    "missing": ("manca", "aggiungi questo campo"),
    "extra_forbidden": ("non è un campo conosciuto", "toglilo, o vedi i campi ammessi in /docs"),
    "string_type": ("non è un testo", "manda un testo tra virgolette"),
    "string_unicode": ("contiene caratteri non validi", "manda un testo in UTF-8"),
    "string_too_short": ("è vuoto", "scrivi almeno un carattere"),
    "string_too_long": ("è troppo lungo", "usa al più {max_length} caratteri"),
    "string_pattern_mismatch": ("non ha la forma giusta", "usa la forma {pattern}"),
    "list_type": ("non è un elenco", "manda un elenco, anche vuoto: []"),
    "too_long": ("ha troppi elementi", "mandane al più {max_length}"),
    "int_type": ("non è un numero intero", "manda un numero intero"),
    "int_parsing": ("non è un numero intero", "manda un numero intero"),
    "int_parsing_size": ("è un numero troppo grande", "manda un numero più piccolo"),
    "int_from_float": ("non è un numero intero", "manda un numero intero"),
    "greater_than_equal": ("è troppo piccolo", "manda almeno {ge}"),
    "less_than_equal": ("è troppo grande", "manda al più {le}"),
    "enum": ("non è tra i valori ammessi", "scegli tra {expected}"),
    "model_attributes_type": (
        "non è un oggetto JSON",
        'manda un oggetto come {"question": "…"} con Content-Type: application/json',
    ),
    "json_invalid": ("non è JSON valido", "controlla virgolette, virgole e parentesi"),
}
"""By pydantic's error type: what is wrong, and what to do; braces are filled from the error's context."""

FORMS = {
    r"^([1-9]|10)?$": "usa un numero da 1 a 10",
    r"^(M[1-6])?$": "usa una missione da M1 a M6",
    r"^M[1-6]$": "usa una missione da M1 a M6",
    r"^\d{4}-\d{2}-\d{2}$|^$": "usa un giorno come 2026-11-01",
    r"^ans_[0-9a-z]{1,60}$": "usa il codice di una risposta, come ans_0123456789abcdef",
}
"""By pattern: what a text of that form is, for people."""


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field of a request."""

    field: str
    value: str
    problem: str
    remedy: str

    def sentence(self, language: str = ITALIAN) -> str:
        """The fault as one line for a person, in the language that its problem and remedy are in."""
        shown = f" («{self.value}»)" if self.value else ""
        field = "The field" if language == ENGLISH else "Il campo"
        return f"{field} «{self.field}»{shown} {self.problem}: {self.remedy}."

    def told_in(self, language: str) -> str:
        """The fault, which is in Italian, as one line in that language."""
        return self.said_in(language).sentence(language)

    def said_in(self, language: str) -> FieldFault:
        """The same fault, which is in Italian, in that language."""
        return replace(self, problem=said_in(language, self.problem), remedy=said_in(language, self.remedy))


class RequestFault(InputError):
    """A request that is well formed but holds a value that can't be used."""

    def __init__(self, fault: FieldFault) -> None:
        super().__init__(fault.sentence())
        self.fault = fault


class Unready(BussolaError):
    """The service can't answer now: still opening, busy, or without a release."""


class TooSlow(BussolaError):
    """An answer took longer than a request may."""


class UnknownKey(BussolaError):
    """A key is needed, or the one shown does not open."""


class Forbidden(BussolaError):
    """The key's role is not enough."""


class TooOften(BussolaError):
    """Too many requests; wait_s seconds from now one is taken again."""

    def __init__(self, message: str, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s


STATUSES: tuple[tuple[type[BussolaError], int], ...] = (
    (InputError, 422),
    (NotFound, 404),
    (UnknownKey, 401),
    (Forbidden, 403),
    (TooOften, 429),
    (TooSlow, 504),
    (ModelError, 503),
)


def status_of(error: BussolaError) -> int:
    """The HTTP status that says what kind of fault it is."""
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return status
    return 503


def told_outside(error: BussolaError, home: Path) -> str:
    """What an error of ours tells those who are not staff: nothing of where the service's own data lie."""
    tells_a_place = isinstance(error, StoreError | EmbedderError) or str(home) in str(error)
    return UNUSABLE if tells_a_place else str(error)


@dataclass(frozen=True)
class Problem:
    """A fault as a program reads it, in one language."""

    title: str
    status: int
    detail: str
    request_id: str
    errors: tuple[FieldFault, ...] = ()

    def members(self) -> dict[str, Any]:
        """The members of a problem+json."""
        told = {"type": "about:blank", **{name: value for name, value in vars(self).items() if name != "errors"}}
        return told | ({"errors": [vars(fault) for fault in self.errors]} if self.errors else {})

    def response(self, headers: Mapping[str, str]) -> JSONResponse:
        """The problem as a response."""
        return JSONResponse(self.members(), status_code=self.status, headers=dict(headers), media_type=MEDIA_TYPE)


def title_of(status: int) -> str:
    """The status in two or three Italian words; the standard phrase where we have none."""
    return TITLES.get(status) or HTTPStatus(status).phrase


def read_faults(errors: Sequence[Mapping[str, Any]]) -> tuple[FieldFault, ...]:
    """Pydantic's errors as faults in Italian, in their order."""
    return tuple(_read_fault(error) for error in errors)


def _read_fault(error: Mapping[str, Any]) -> FieldFault:
    kind = str(error["type"])
    what, remedy = REMEDIES.get(kind, ("ha un valore non ammesso", "vedi i valori ammessi in /docs"))
    context = {name: str(value).replace(" or ", ", ") for name, value in error.get("ctx", {}).items()}
    if kind == "string_pattern_mismatch":
        remedy = FORMS.get(context.get("pattern", ""), remedy)
    if "{" in remedy and kind != "model_attributes_type":
        remedy = remedy.format_map(context)
    return FieldFault(_field_name(kind, error["loc"]), _shown(kind, error.get("input")), what, remedy)


def _field_name(kind: str, location: Sequence[str | int]) -> str:
    names = [printable(str(part)) for part in location[1:]]
    return "body" if kind == "json_invalid" or not names else ".".join(names)


def _shown(kind: str, value: object) -> str:
    if kind in ("missing", "json_invalid") or isinstance(value, bytes):
        return ""
    return printable(value if isinstance(value, str) else repr(value))


def printable(text: str) -> str:
    """The text as it can be shown in one line: at most LONGEST_VALUE_CHARS, odd characters as �."""
    short = text if len(text) <= LONGEST_VALUE_CHARS else text[: LONGEST_VALUE_CHARS - 1] + "…"
    return "".join(letter if letter.isprintable() else "�" for letter in short)
