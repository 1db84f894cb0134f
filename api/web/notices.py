"""What a public service tells of itself: privacy, accessibility, artificial intelligence."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.web.pages import pages_of

router = APIRouter(include_in_schema=False)


@router.get("/privacy")
async def privacy(request: Request) -> Response:
    """What is kept of those who ask, for how long, and their rights."""
    return pages_of(request).show(request, "privacy.html", **_shown(request))


@router.get("/accessibilita")
async def accessibility(request: Request) -> Response:
    """The accessibility statement."""
    return pages_of(request).show(request, "accessibilita.html", **_shown(request))


@router.get("/avviso-ia")
async def machine_notice(request: Request) -> Response:
    """That a machine answers, how it does and what it can get wrong."""
    return pages_of(request).show(request, "avviso.html", **_shown(request))


def _shown(request: Request) -> dict[str, Any]:
    settings = request.app.state.settings
    return {
        "contact": settings.contact,
        "retention_days": settings.retention_days,
        "uses_model": bool(settings.llm_url or settings.llm_gguf),
    }
