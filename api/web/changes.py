"""What changed between two editions of the knowledge base, for those who read the documents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Response as Headers
from starlette.responses import Response

from api.listing import MOST, Piece
from api.routes.releases import diff as told_diff
from api.routes.releases import releases as told_releases
from api.web.citing import page_link
from api.web.pages import pages_of
from kb.errors import NotFound

router = APIRouter(include_in_schema=False)

Side = Annotated[str, Query(max_length=20)]


@router.get("/novita")
async def changes_page(request: Request, prima: Side = "", dopo: Side = "") -> Response:
    """What changed from an edition to another; from the last one to the one that serves unless they are named."""
    known = told_releases(request, Headers(), Piece(MOST, 0))
    try:
        diff: dict[str, Any] | None = await told_diff(request, before=prima or None, after=dopo or None)
    except NotFound:
        if prima or dopo:
            raise
        diff = None  # nothing was published before
    shown = {
        "diff": diff,
        "known": known["releases"],
        "published": known["published"],
        "titles": {one["document"]: one["title"] for one in diff["documents"]} if diff else {},
        "dates": {one["release"]: one["created_at"] for one in known["releases"]},
        "page_of": _address,
    }
    return pages_of(request).show(request, "novita.html", **shown)


def _address(document: str, index: int, release: str) -> str:
    return f"{page_link(document, index)}?release={release}"
