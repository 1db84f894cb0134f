"""What people think and do not find, and who holds a key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi import Response as Headers
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.listing import Piece
from api.routes.answers import gaps as told_gaps
from api.web.pages import pages_of, send_to
from api.web.staff.area import Staff
from api.web.staff.session import PATH, check_token
from kb.errors import InputError
from kb.keys import KeyRing, Role

if TYPE_CHECKING:
    from kb.ledger import Ledger

router = APIRouter(prefix=PATH, include_in_schema=False)

DAYS = 30
MOST_SHOWN = 200


@router.get("/giudizi")
async def ratings_page(request: Request, staff: Staff) -> Response:
    """What people thought of answers in the last DAYS days, newest first."""
    shown = await run_in_threadpool(_ratings, request.app.state.ledger)
    return pages_of(request).show(request, "personale/giudizi.html", staff=staff, days=DAYS, **shown)


@router.get("/lacune")
async def gaps_page(request: Request, staff: Staff) -> Response:
    """What people asked in the last DAYS days and did not get, grouped by meaning."""
    found = await told_gaps(request, Headers(), Piece(100, 0), since=_since()[:10])
    return pages_of(request).show(request, "personale/lacune.html", staff=staff, days=DAYS, **found)


@router.get("/chiavi")
async def keys_page(request: Request, staff: Staff) -> Response:
    """Every key, and the form for a new one."""
    return await _show_keys(request, staff)


@router.post("/chiavi")
async def add_key(request: Request, staff: Staff) -> Response:
    """A new key, shown this once."""
    async with request.form(max_files=0, max_fields=10) as form:
        check_token(request, form, staff)
        name, role, days = (str(form.get(field, "")) for field in ("name", "role", "days"))
    try:
        if role not in (Role.OFFICER, Role.STAFF) or not days.isdecimal() or len(days) > 5:
            raise InputError("scegli un ruolo e scrivi per quanti giorni la chiave vale, per esempio 365.")
        key, text = await run_in_threadpool(lambda: _ring(request).add(name, Role(role), days=int(days)))
    except InputError as error:
        return await _show_keys(request, staff, fault=str(error), status=422)
    return await _show_keys(request, staff, made=(key.name, text))


@router.post("/chiavi/{key_id}/revoca")
async def revoke_key(request: Request, staff: Staff, key_id: str) -> Response:
    """The key opens nothing any more."""
    async with request.form(max_files=0, max_fields=5) as form:
        check_token(request, form, staff)
    await run_in_threadpool(_ring(request).revoke, key_id)
    return send_to(request, f"{PATH}/chiavi")


async def _show_keys(
    request: Request, staff: Staff, *, made: tuple[str, str] | None = None, fault: str = "", status: int = 200
) -> Response:
    keys = await run_in_threadpool(_ring(request).listed)
    shown = {"keys": keys, "made": made, "fault": fault}
    return pages_of(request).show(request, "personale/chiavi.html", staff=staff, status=status, **shown)


def _ring(request: Request) -> KeyRing:
    return KeyRing(request.app.state.ledger)


def _since() -> str:
    return (datetime.now(UTC) - timedelta(days=DAYS)).isoformat(timespec="seconds")


def _ratings(ledger: Ledger) -> dict[str, Any]:
    lines = list(reversed(ledger.feedback_since(_since())))
    receipts = {
        one.answer: one for one in ledger.receipts(answers=sorted({line.answer for line in lines[:MOST_SHOWN]}))
    }
    return {
        "lines": [
            (line, receipts[line.answer].body.get("answer", {}).get("question", "") if line.answer in receipts else "")
            for line in lines[:MOST_SHOWN]
        ],
        "good": sum(line.verdict > 0 for line in lines),
        "bad": sum(line.verdict < 0 for line in lines),
    }
