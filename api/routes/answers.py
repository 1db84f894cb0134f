"""Receipts of answers, their replay, ratings and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import needs
from api.desk import Desk
from api.listing import LISTED, Asked
from api.routes.openapi import PROBLEMS, WITH_KEY
from api.schemas_releases import (
    ErasedOut,
    FeedbackIn,
    FeedbackOut,
    GapsOut,
    ReceiptOut,
    ReceiptsOut,
    ReplayOut,
    RetractIn,
)
from kb.errors import NotFound
from kb.keys import Role
from kb.records import AnswerStatus

if TYPE_CHECKING:
    from evals.gaps import Gap
    from kb.answering.assistant import Assistant
    from kb.ledger import Ledger, Receipt
    from kb.releases.store import ReleaseStore
    from kb.settings import Settings

router = APIRouter(prefix="/v1", tags=["Risposte date"])

AnswerId = Annotated[str, Path(max_length=64, description="L'id della risposta.", examples=["ans_0123456789abcdef"])]
Since = Annotated[
    str, Query(pattern=r"^\d{4}-\d{2}-\d{2}$|^$", description="Solo da questo giorno in poi.", examples=["2026-11-01"])
]


@router.get(
    "/receipts",
    response_model=ReceiptsOut,
    responses=PROBLEMS | WITH_KEY | LISTED,
    dependencies=[Depends(needs(Role.STAFF))],
    summary="Le ricevute",
    description="Le risposte date, dalla più recente, senza dati personali. Serve una chiave staff.",
)
def receipts(
    request: Request,
    response: Response,
    piece: Asked,
    status: Annotated[AnswerStatus | None, Query(description="Solo con questo esito.")] = None,
    since: Since = "",
) -> dict[str, Any]:
    """Receipts, newest first."""
    ledger: Ledger = request.app.state.ledger
    statuses = (status.value,) if status else ()
    found = ledger.receipts(statuses=statuses, since=since, count=piece.offset + piece.limit + 1)
    return {"receipts": [_receipt(one) for one in piece.cut(found, request, response, whole=False)]}


@router.get(
    "/receipts/{answer_id}",
    response_model=ReceiptOut,
    responses=PROBLEMS,
    summary="La ricevuta di una risposta",
    description="Una risposta data, come fu data: la base di un indirizzo che dura.",
)
def receipt(request: Request, answer_id: AnswerId) -> dict[str, Any]:
    """The receipt of one answer."""
    ledger: Ledger = request.app.state.ledger
    return _receipt(ledger.receipt(answer_id))


@router.post(
    "/receipts/{answer_id}/replay",
    response_model=ReplayOut,
    responses=PROBLEMS | WITH_KEY,
    dependencies=[Depends(needs(Role.OFFICER))],
    summary="Ripeti una risposta",
    description="La domanda della ricevuta posta di nuovo alla stessa versione, o a release, e che cosa cambia. Serve "
    "una chiave officer.",
)
async def replay_answer(
    request: Request,
    answer_id: AnswerId,
    release: Annotated[str | None, Query(max_length=20, description="Un'altra versione; basta l'inizio.")] = None,
) -> dict[str, Any]:
    """The answer given again, compared part by part."""
    desk: Desk = request.app.state.desk
    state = request.app.state
    return await desk.run(lambda serving: _replay(serving, state.ledger.receipt(answer_id), release, state))


@router.post(
    "/feedback",
    response_model=FeedbackOut,
    responses=PROBLEMS,
    status_code=201,
    summary="Giudica una risposta",
    description="Un giudizio su una risposta, con il motivo; non si conserva chi l'ha dato.",
)
def feedback(request: Request, given: FeedbackIn) -> dict[str, Any]:
    """Keep a rating."""
    ledger: Ledger = request.app.state.ledger
    ledger.add_feedback(
        given.answer, given.verdict, reason=given.reason, comment=given.comment, channel="api", key=given.key
    )
    return {"answer": given.answer, "verdict": given.verdict, "reason": given.reason}


@router.delete(
    "/feedback",
    response_model=ErasedOut,
    responses=PROBLEMS,
    summary="Ritira un giudizio",
    description="Cancella il giudizio che fu dato con quella chiave: solo chi l'ha scelta la conosce.",
)
def retract(request: Request, given: RetractIn) -> dict[str, Any]:
    """Erase a rating."""
    ledger: Ledger = request.app.state.ledger
    return {"erased": ledger.erase_feedback([(given.answer, given.key)], channel="api")}


@router.get(
    "/gaps",
    response_model=GapsOut,
    responses=PROBLEMS | WITH_KEY | LISTED,
    dependencies=[Depends(needs(Role.STAFF))],
    summary="Le lacune",
    description="Le domande senza risposta o giudicate male, raggruppate per significato, con il punto dei documenti "
    "più vicino. Serve una chiave staff.",
)
async def gaps(request: Request, response: Response, piece: Asked, since: Since = "") -> dict[str, Any]:
    """What people ask and do not get."""
    from evals.gaps import collect_questions, find_gaps

    desk: Desk = request.app.state.desk
    ledger: Ledger = request.app.state.ledger

    def find(assistant: Assistant) -> tuple[int, list[Gap]]:
        questions = collect_questions(ledger, since)
        return len(questions), find_gaps(questions, assistant)

    asked, found = await desk.run(find)
    return {"questions": asked, "gaps": [gap.to_json() for gap in piece.cut(found, request, response)]}


def _receipt(kept: Receipt) -> dict[str, Any]:
    body = kept.body
    return {
        "answer": kept.answer,
        "release": kept.release,
        "status": kept.status,
        "created_at": kept.created_at,
        "channel": kept.channel,
        "times": kept.times,
        "history": list(body.get("history", ())),
        "settings": dict(body.get("settings", {})),
        "given": dict(body.get("answer", {})),
    }


def _replay(serving: Assistant, kept: Receipt, release: str | None, state: Any) -> dict[str, Any]:
    from kb.answering.replay import kept_answer, replay, settings_then
    from kb.wiring import open_assistant

    kept_answer(kept)  # before a release is opened: a receipt that can't be replayed is told at once
    settings: Settings = settings_then(kept, state.settings)
    assistant = open_assistant(settings, _release(kept, state.store, release), embedder=serving.tools.embedder)
    try:
        return replay(kept, assistant).to_json()
    finally:
        assistant.release.close()


def _release(kept: Receipt, store: ReleaseStore, wanted: str | None) -> str:
    if wanted is not None:
        return store.resolve(wanted)
    if not store.folder(kept.release).is_dir():
        raise NotFound(
            f"la versione {kept.release}, da cui viene la risposta «{kept.answer}», non c'è più: indicane un'altra con "
            "release (l'elenco è in /v1/releases)."
        )
    return kept.release
