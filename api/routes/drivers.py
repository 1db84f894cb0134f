"""GET /v1/drivers and /v1/crosswalk: the ten Drivers as data, and what each goes with."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.listing import LISTED, Asked
from api.routes.openapi import PROBLEMS
from api.schemas import CrosswalkOut, DriverOut, DriversOut
from kb.corpus.crosswalk import Relation

if TYPE_CHECKING:
    from kb.corpus.crosswalk import Link

router = APIRouter(prefix="/v1", tags=["Driver"])

FIRST, LAST = 1, 10
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets read accents wrong
COLUMNS = (
    *("driver", "driver_title", "relation", "name", "acronym"),
    *("value", "unit", "qualifier", "sentence", "plan_pages"),
)
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell."""

Driver = Annotated[int | None, Query(ge=FIRST, le=LAST, description="Solo questo Driver (1–10).", examples=[8])]
OfRelation = Annotated[Relation | None, Query(description="Solo questo tipo di legame.")]


@router.get(
    "/drivers",
    response_model=DriversOut,
    responses=PROBLEMS,
    summary="Le schede dei dieci Driver",
    description="Un campo che il Piano non dice è vuoto, e il perché è in not_stated.",
)
def drivers() -> dict[str, Any]:
    """The shipped driver records, by number; run in the framework's own threads, since it reads files."""
    from kb.corpus.records import load_drivers

    return {"drivers": [asdict(record) for record in load_drivers()]}


@router.get(
    "/drivers/{number}",
    response_model=DriverOut,
    responses=PROBLEMS,
    summary="La scheda di un Driver",
    description="Un campo che il Piano non dice è vuoto, e il perché è in not_stated.",
)
def driver(
    number: Annotated[int, Path(ge=FIRST, le=LAST, description="Il numero del Driver (1–10).", examples=[8])],
) -> dict[str, Any]:
    """One driver record."""
    from kb.corpus.records import load_drivers

    return asdict(next(record for record in load_drivers() if record.number == number))


@router.get(
    "/crosswalk",
    response_model=CrosswalkOut,
    responses=PROBLEMS | LISTED,
    summary="I legami dei Driver",
    description="Una riga per ogni strumento, attore, missione del PNRR, obiettivo, legge o programma di un Driver, "
    "con la frase che lo dice.",
)
def crosswalk(
    request: Request, response: Response, piece: Asked, driver: Driver = None, relation: OfRelation = None
) -> dict[str, Any]:
    """The links of the Drivers, Driver after Driver."""
    return {"links": [asdict(link) for link in piece.cut(_links(driver, relation), request, response)]}


@router.get(
    "/crosswalk.csv",
    responses=PROBLEMS | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    response_class=Response,
    summary="I legami dei Driver come CSV",
    description="Le stesse righe di /v1/crosswalk, in UTF-8, con la virgola a separare.",
)
def crosswalk_csv(driver: Driver = None, relation: OfRelation = None) -> Response:
    """The links as a table for spreadsheets."""
    headers = {"Content-Disposition": 'attachment; filename="driver.csv"'}
    return Response(write_csv(_links(driver, relation)), media_type="text/csv", headers=headers)


def write_csv(links: Sequence[Link]) -> str:
    """The links as CSV (RFC 4180); what a spreadsheet would run as a formula is told to be text by an apostrophe."""
    written = io.StringIO()
    written.write(BYTE_ORDER_MARK)
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for link in links:
        told = asdict(link) | {"plan_pages": " ".join(link.plan_pages)}
        table.writerow([_cell(told[column]) for column in COLUMNS])
    return written.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def _links(driver: int | None, relation: Relation | None) -> list[Link]:
    from kb.corpus.crosswalk import cross
    from kb.corpus.records import load_drivers

    return [
        link for link in cross(load_drivers()) if driver in (None, link.driver) and relation in (None, link.relation)
    ]
