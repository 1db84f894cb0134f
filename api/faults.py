"""Every fault's way out: a page for a person's browser, problem+json for a program."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from api.auth import caller_of
from api.english import prefers_english, said_in
from api.problems import (
    FieldFault,
    Problem,
    RequestFault,
    TooOften,
    UnknownKey,
    printable,
    read_faults,
    status_of,
    title_of,
    told_outside,
)
from api.web.language import ENGLISH, ITALIAN, language_of
from api.web.pages import capital
from api.web.staff.session import is_in_area
from kb.errors import BussolaError, disk_fault
from kb.keys import Role

if TYPE_CHECKING:
    from api.web.pages import Pages

logger = logging.getLogger("bussola.api")

RETRY_AFTER_S = "5"
PROGRAM_PATHS = ("/v1/", "/mcp", "/metrics", "/healthz", "/readyz", "/openapi.json")

DETAILS = {
    400: "Il corpo della richiesta non si legge: manda JSON in UTF-8.",
    404: "L'indirizzo «{path}» non esiste: vedi la pagina iniziale / o la documentazione /docs.",
    405: "L'indirizzo «{path}» non ammette {method}: vedi /docs.",
    408: "Il corpo della richiesta non è arrivato in tempo: mandala di nuovo.",
    413: "La richiesta supera {limit} byte: accorcia la domanda o manda meno domande precedenti.",
    500: "Si è verificato un errore nel servizio: riprova e, se si ripete, segnala il codice {request_id}.",
}

NO_PAGE = "La pagina «{path}» non esiste: controlla l'indirizzo, o riparti dalle domande."
"""The 404 of a person's browser."""

LIST_OF_RELEASES = ("«bussola releases»", "/v1/releases")
"""What a sentence made for the terminal names, and what stands for it here."""

METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def hold_faults(app: FastAPI) -> None:
    """Make every expected fault of the app leave through answer_fault."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BussolaError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OSError, _disk)


def answer_error(request: Request, error: BussolaError) -> Response:
    """The response that tells an error of ours."""
    faults = (error.fault,) if isinstance(error, RequestFault) else ()
    response = answer_fault(request, status_of(error), detail_of(request, error), faults)
    if isinstance(error, TooOften):
        response.headers["Retry-After"] = str(error.wait_s)
    if isinstance(error, UnknownKey):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def detail_of(request: Request, error: BussolaError) -> str:
    """What whoever asks is told of an error of ours; where the service's own data lie is for staff and the log."""
    outside = told_outside(error, request.app.state.settings.home)
    if outside == str(error):
        return outside
    logger.error("%s id=%s", error, request.scope.get("state", {}).get("request_id", ""))
    return str(error) if _is_staff(request) else outside


def answer_fault(request: Request, status: int, detail: str, faults: Sequence[FieldFault] = ()) -> Response:
    """The response that tells the fault, in the form and the language that whoever asks can read."""
    headers = {"Retry-After": RETRY_AFTER_S} if status in (503, 504) else {}
    told = problem_of(request, status, detail, faults)
    if _is_person(request):
        pages: Pages = request.app.state.pages
        shown = {"status": status, "title": told.title, "request_id": told.request_id}
        # A field's fault is told in the page's language; the page translates the rest, or marks it as Italian.
        shown |= {"detail": told.detail if faults else detail, "is_told": bool(faults)}
        page = pages.render("errore.html", request=request, **shown)
        return Response(page, status_code=status, headers=headers, media_type="text/html")
    headers |= {"Content-Language": _language_of(request), "Vary": "Accept-Language"}
    return told.response(headers)


def problem_of(request: Request, status: int, detail: str, faults: Sequence[FieldFault] = ()) -> Problem:
    """The fault, told in Italian, as the problem that this request is answered with."""
    language = _language_of(request)
    told = tuple(fault.said_in(language) for fault in faults)
    text = told[0].sentence(language) if told else said_in(language, detail)
    text = capital(text).replace(*LIST_OF_RELEASES)
    request_id = str(request.scope.get("state", {}).get("request_id", ""))
    return Problem(said_in(language, title_of(status)), status, text, request_id, told)


def standard_detail(request: Request, status: int) -> str:
    """Our words for a status that the framework raised."""
    state = request.app.state
    if status == 413 and (limit := state.large_bodies.get(request.url.path)):
        return f"I file superano {limit // 2**20} MB in tutto: caricane meno per volta."
    text = NO_PAGE if status == 404 and _is_person(request) else DETAILS.get(status, title_of(status) + ".")
    return text.format(
        path=printable(request.scope["path"]),
        method=request.method,
        limit=state.most_body_bytes,
        request_id=request.scope.get("state", {}).get("request_id", ""),
    )


def _language_of(request: Request) -> str:
    """A page's language is its address's; programs say theirs in Accept-Language."""
    language = language_of(request)
    if language == ITALIAN and not _is_person(request) and prefers_english(request.headers.get("accept-language", "")):
        return ENGLISH
    return language


def _is_person(request: Request) -> bool:
    return not request.url.path.startswith(PROGRAM_PATHS) and "text/html" in request.headers.get("accept", "")


def _is_staff(request: Request) -> bool:
    return caller_of(request).role.covers(Role.STAFF) or is_in_area(request.url.path)


def _is_other_format(request: Request) -> bool:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(given) and given != "application/json" and not given.endswith("+json")


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = read_faults(error.errors())
    if faults[0].field == "body" and _is_other_format(request):
        given = request.headers.get("content-type", "")[:80]
        return answer_fault(request, 415, f"Il formato «{given}» non si legge: manda Content-Type: application/json.")
    return answer_fault(request, 422, faults[0].sentence(), faults)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, BussolaError)
    return answer_error(request, error)


async def _disk(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    told = disk_fault(error)
    if told is None:
        raise error
    return answer_error(request, told)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = answer_fault(request, error.status_code, standard_detail(request, error.status_code))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    if error.status_code == 405 and (methods := _methods_at(request)):
        response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def _methods_at(request: Request) -> set[str]:
    """Every method that an address of the API takes; the framework tells those of its first route alone."""
    paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    matching = (item for path, item in paths.items() if compile_path(path)[0].match(request.url.path))
    return {name.upper() for item in matching for name in item if name in METHODS}
