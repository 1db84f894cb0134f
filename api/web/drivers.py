"""The Drivers' pages and the crosswalk, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.desk import Desk
from api.problems import printable
from api.routes.drivers import FIRST, LAST
from api.web.citing import page_link
from api.web.language import language_of
from api.web.pages import pages_of
from api.web.picture import draw_crosswalk
from kb.corpus.crosswalk import Link, Relation, cross
from kb.errors import BussolaError, NotFound
from kb.records import DocumentKind

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.corpus.records import DriverRecord

router = APIRouter(include_in_schema=False)

DRAWN = (Relation.INSTRUMENT, Relation.ACTOR, Relation.MISSION, Relation.TARGET)
Number = Annotated[str, Path(max_length=20)]


@router.get("/driver")
def drivers_page(request: Request) -> Response:
    """The ten Drivers."""
    return pages_of(request).show(request, "driver_elenco.html", records=_records())


@router.get("/driver/{number}")
async def driver_page(request: Request, number: Number) -> Response:
    """One Driver's record as a page, with where the plan says it."""
    record = _record(number)
    desk: Desk = request.app.state.desk
    try:
        sources = await desk.run(lambda assistant: _sources(assistant, record))
    except BussolaError:  # the record is read without the documents too
        sources = {"record": None, "pages": []}
    links = cross([record])
    shown = {"record": record, "sources": sources, "picture": _picture(request, links), "links": links}
    return pages_of(request).show(request, "driver.html", **shown, first=FIRST, last=LAST)


def _record(number: str) -> DriverRecord:
    """
    The record of the Driver that an address names.

    Raises:
        NotFound: there is no Driver of that number.
    """
    for one in _records():
        if str(one.number) == number:
            return one
    raise NotFound(f"Il Driver «{printable(number)}» non esiste: scegline uno da {FIRST} a {LAST}, in /driver.")


@router.get("/incroci")
def crosswalk_page(
    request: Request,
    driver: Annotated[str, Query(pattern=r"^([1-9]|10)?$")] = "",
    relation: Relation | str = "",
) -> Response:
    """What each Driver goes with, as a table and a picture; a Driver and a kind of link narrow both."""
    kept = [
        link for link in cross(_records()) if driver in ("", str(link.driver)) and relation in ("", link.relation.value)
    ]
    shown = {"links": kept, "picture": _picture(request, kept), "driver": driver, "relation": str(relation)}
    return pages_of(request).show(request, "incroci.html", **shown)


def _records() -> Sequence[DriverRecord]:
    from kb.corpus.records import load_drivers

    return load_drivers()


def _picture(request: Request, links: Sequence[Link]) -> Any:
    drawn = [link for link in links if link.relation in DRAWN]
    return draw_crosswalk(drawn, language=language_of(request)) if drawn else None


def _sources(assistant: Assistant, record: DriverRecord) -> dict[str, Any]:
    """The document that holds the record, and the plan's pages by their printed number."""
    release = assistant.release
    own = next(
        (
            one.id
            for one in release.documents.values()
            if one.kind is DocumentKind.DRIVER_RECORD and one.id.endswith(f"{record.number:02}")
        ),
        None,
    )
    plans = [one for one in release.documents.values() if one.kind is DocumentKind.PLAN]
    pages = [
        {"label": label, "title": plan.title, "address": page_link(plan.id, page.index)}
        for plan in plans
        for label in record.plan_pages
        for page in release.pages(plan.id)
        if page.label == label
    ]
    return {"record": page_link(own, 1) if own else None, "pages": pages}
