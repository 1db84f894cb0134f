"""GET /metrics: the service's figures for Prometheus."""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from api.auth import caller_of, needs
from kb.keys import Role

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The figures, for whoever asks from this machine or with a staff key."""
    if not _is_here(request) and not caller_of(request).role.covers(Role.STAFF):
        await needs(Role.STAFF)(request)
    told = request.app.state.measures.tell(receipts_lost=request.app.state.receipts.lost)
    return Response(told, media_type=CONTENT_TYPE_LATEST)


def _is_here(request: Request) -> bool:
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
