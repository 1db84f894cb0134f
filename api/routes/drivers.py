"""GET /v1/drivers: the ten Drivers as data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from api.routes.openapi import PROBLEMS
from api.schemas import DriversOut

router = APIRouter(prefix="/v1/drivers", tags=["Driver"])


@router.get(
    "",
    response_model=DriversOut,
    responses=PROBLEMS,
    summary="Le schede dei dieci Driver",
    description="Un campo che il Piano non dice è vuoto, e il perché è in not_stated.",
)
def drivers() -> dict[str, Any]:
    """The shipped driver records, by number; run in the framework's own threads, since it reads files."""
    from kb.corpus.records import load_drivers

    return {"drivers": [asdict(record) for record in load_drivers()]}
