"""GET /healthz and /readyz: for whoever keeps the service running."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.routes.openapi import UNREADY
from api.schemas import HealthOut, ReadyOut

router = APIRouter(tags=["Stato del servizio"])


@router.get(
    "/healthz",
    response_model=HealthOut,
    summary="Il processo è vivo?",
    description="Risponde finché il processo è vivo.",
)
async def healthz() -> dict[str, str]:
    """Says ok as long as the process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    response_model=ReadyOut,
    responses=UNREADY,
    summary="Il servizio può rispondere?",
    description="La versione dei documenti in servizio; 503, con il motivo, finché non ce n'è una.",
)
async def readyz(request: Request) -> dict[str, str]:
    """The release that serves; 503 with the reason while none does."""
    return {"status": "ok", "release": request.app.state.desk.assistant.release.id}
