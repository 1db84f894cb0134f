"""Every page for people, in one router, and what the pages need of the app."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from api.web import answers, asking, changes, documents, drivers, notices, searching
from api.web.pages import Pages, send_to
from api.web.staff import area, releases, voices
from api.web.staff.jobs import Jobs
from api.web.staff.session import PATH, LoggedOut, Sessions
from api.web.staff.uploads import MOST_BYTES
from kb.keys import KeyRing
from kb.settings import Settings

ROUTERS = tuple(
    module.router
    for module in (asking, answers, searching, documents, drivers, changes, notices, area, releases, voices)
)
router = APIRouter(include_in_schema=False)
for part in ROUTERS:
    router.include_router(part)

LARGE_BODIES = {f"{PATH}/documenti": MOST_BYTES}
"""Bytes that a body may have, by path, where it is more than elsewhere: nothing of it is read before the session is."""


def furnish(app: FastAPI, settings: Settings, keys: KeyRing) -> None:
    """Give the app its templates, and the staff's sessions and jobs."""
    app.state.pages = Pages()
    app.state.sessions = Sessions(settings.home, keys)
    app.state.jobs = Jobs(settings)
    app.add_exception_handler(LoggedOut, _show_login)


async def _show_login(request: Request, error: Exception) -> Response:
    if request.method == "GET" and request.url.path == PATH:
        return send_to(request, f"{PATH}/accesso")
    pages: Pages = request.app.state.pages
    return pages.show(request, "personale/accesso.html", status=401, fault=str(error))
