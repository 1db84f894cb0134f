"""An answer at an address that lasts, and what a reader thinks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.schemas_releases import LONGEST_COMMENT_CHARS, Reason
from api.web.asking import answer_values
from api.web.forms import check_same_site
from api.web.pages import pages_of, send_to
from kb.errors import BussolaError

if TYPE_CHECKING:
    from kb.ledger import Ledger, Receipt

router = APIRouter(prefix="/risposte", include_in_schema=False)

AnswerId = Annotated[str, Path(max_length=64)]


@router.get("/{answer_id}")
async def answer_page(request: Request, answer_id: AnswerId) -> Response:
    """An answer as it was given."""
    from kb.answering.replay import kept_answer

    ledger: Ledger = request.app.state.ledger
    kept: Receipt = await run_in_threadpool(ledger.receipt, answer_id)
    shown = answer_values(kept_answer(kept), history=kept.body.get("history", ()), request=request, lasts=True)
    return pages_of(request).show(
        request, "risposta.html", **shown, created_at=kept.created_at, is_serving=kept.release == _serving(request)
    )


@router.post("/{answer_id}/giudizio")
async def rate(
    request: Request,
    answer_id: AnswerId,
    verdict: Annotated[Literal["1", "-1"], Form()],
    reason: Annotated[Reason | None, Form()] = None,
    comment: Annotated[str, Form(max_length=LONGEST_COMMENT_CHARS)] = "",
) -> Response:
    """Keep a rating, then show the answer with thanks."""
    check_same_site(request)
    ledger: Ledger = request.app.state.ledger
    is_bad = verdict == "-1"
    await run_in_threadpool(
        ledger.add_feedback,
        answer_id,
        int(verdict),
        reason=reason if is_bad else None,
        comment=comment if is_bad else None,
        channel="web",
    )
    return send_to(request, f"/risposte/{answer_id}?grazie=1#giudizio")


def _serving(request: Request) -> str | None:
    try:
        release: str = request.app.state.desk.assistant.release.id
    except BussolaError:
        return None
    return release
