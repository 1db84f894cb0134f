"""How the OpenAPI page tells errors, and the pages that show the schema, which need no network."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from pydantic.json_schema import models_json_schema
from starlette.responses import HTMLResponse

from api.problems import MEDIA_TYPE, TITLES
from api.schemas import ProblemOut
from api.web.language import language_of
from api.web.reference import read_operations
from kb.settings import Settings

router = APIRouter()

WAIT = {"Retry-After": {"description": "Dopo quanti secondi riprovare.", "schema": {"type": "integer"}}}

MANNERS = """
**Per cominciare.** `GET /v1/search?q=consumo di suolo&driver=2` trova i passaggi; `cite` è come si citano,
`GET /v1/pages/{document}/{page_index}.png?start=…&end=…` ne mostra la pagina. `POST /v1/ask` risponde a una domanda.

**Chiavi.** Per domande e ricerche non servono. Chi ne ha una («bussola keys add», o l'area personale) la manda come
`Authorization: Bearer CHIAVE`.

**Limiti.** Senza chiave {citizen} per indirizzo; con una chiave officer {officer}, staff
{staff}. Oltre, la risposta è 429 e `Retry-After` dice quanti secondi aspettare.
"""


def _told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    schema = {"schema": {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}}
    content = {"content": {MEDIA_TYPE: schema}}
    return {
        status: {"description": TITLES[status], **content, **({"headers": WAIT} if status in (429, 503, 504) else {})}
        for status in statuses
    }


PROBLEMS = _told(400, 401, 404, 405, 408, 413, 415, 422, 429, 500, 503, 504)
"""The faults of any route: those of the way in, and those of whoever asks the assistant."""

WITH_KEY = _told(403)
"""The fault of a route that needs a key besides those of any route."""

UNREADY = _told(503)

KEY = "chiave"
KEY_IS = "Una chiave di «bussola keys»; i cittadini non ne hanno bisogno."
NEED_A_KEY = (
    ("/v1/receipts", "get"),
    ("/v1/receipts/{answer_id}/replay", "post"),
    ("/v1/gaps", "get"),
)
"""Where nobody gets in without a key; elsewhere a key opens more, or makes room for more requests."""


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The API's own page, made from its schema; works without scripts."""
    told = {"address": str(request.base_url), "language": language_of(request)}
    operations = read_operations(request.app.openapi(), **told)
    limits = limits_of(request.app.state.settings)
    page: HTMLResponse = request.app.state.pages.show(request, "api.html", operations=operations, limits=limits)
    return page


def describe(app: FastAPI) -> None:
    """Make the app's schema hold the problem that every route's errors point to."""
    written = app.openapi

    def with_problems() -> dict[str, Any]:
        schema = written()
        schema["info"]["description"] = f"{app.description.strip()}\n{_manners(app.state.settings)}"
        _, told = models_json_schema([(ProblemOut, "serialization")], ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= told["$defs"]
        for question in _questions(schema):
            question["maxLength"] = app.state.settings.max_question_chars
        schema["components"]["securitySchemes"] = {KEY: {"type": "http", "scheme": "bearer", "description": KEY_IS}}
        for path, methods in schema["paths"].items():
            for told in methods.values():
                told["security"] = [{KEY: []}] if (path, *methods) in NEED_A_KEY else [{}, {KEY: []}]
        return schema

    app.openapi = with_problems  # type: ignore[method-assign]  # the framework's own way to extend the schema


def limits_of(settings: Settings) -> dict[str, str]:
    """How many requests each role may make, as the settings write it, by the role's name."""
    return {
        "citizen": settings.api_limit_citizen,
        "officer": settings.api_limit_officer,
        "staff": settings.api_limit_staff,
    }


def _manners(settings: Settings) -> str:
    text = MANNERS
    for role, limit in limits_of(settings).items():
        text = text.replace(f"{{{role}}}", limit)
    return text


def _questions(schema: dict[str, Any]) -> list[dict[str, Any]]:
    asked = schema["components"]["schemas"]["AskRequest"]["properties"]
    words = [each["schema"] for each in schema["paths"]["/v1/search"]["get"]["parameters"] if each["name"] == "q"]
    said, parts = schema["components"]["schemas"]["Message"]["anyOf"][0]["properties"]["content"]["anyOf"]
    parts["minItems"] = 1
    part = schema["components"]["schemas"]["TextPart"]["properties"]["text"]
    return [asked["question"], asked["history"]["items"], said, part, *words]
