"""POST /v1/ask and GET /v1/search: the two ways into the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request

from api.desk import Desk
from api.limits import check_history, check_question
from api.problems import printable
from api.routes.openapi import PROBLEMS
from api.schemas import AnswerOut, AskRequest, SearchOut, SearchQuery
from kb.errors import NotFound
from kb.records import PassageFilter

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

router = APIRouter(prefix="/v1", tags=["Domande e ricerca"])


@router.post(
    "/ask",
    response_model=AnswerOut,
    responses=PROBLEMS,
    summary="Fai una domanda",
    description="Frasi sostenute da citazioni testuali. Anche «not_found» è una risposta: decide il campo status.",
)
async def ask(request: Request, asked: AskRequest) -> dict[str, Any]:
    """The answer to a question, as the contract's JSON."""
    from kb.answering.serialize import answer_to_json

    desk: Desk = request.app.state.desk
    most_chars = request.app.state.settings.max_question_chars
    question = check_question(asked.question, field="question", most_chars=most_chars)
    history = check_history(asked.history, most_chars=most_chars)
    return await desk.run(lambda assistant: answer_to_json(assistant.ask(question, history=history, mode=asked.mode)))


@router.get(
    "/search",
    response_model=SearchOut,
    responses=PROBLEMS,
    summary="Cerca passaggi",
    description="I passaggi dei documenti, dal più pertinente, con ogni punteggio grezzo.",
)
async def search(request: Request, query: Annotated[SearchQuery, Query()]) -> dict[str, Any]:
    """Ranked passages as the contract's JSON."""
    desk: Desk = request.app.state.desk
    text = check_question(query.q, field="q", most_chars=request.app.state.settings.max_question_chars)
    return await desk.run(lambda assistant: {"passages": _search(assistant, text, query)})


def _search(assistant: Assistant, text: str, query: SearchQuery) -> list[dict[str, Any]]:
    from kb.answering.serialize import scored_passage_to_json

    release = assistant.release
    if query.document is not None and query.document not in release.documents:
        known = ", ".join(sorted(release.documents))
        raise NotFound(
            f"Il documento «{printable(query.document)}» non è nella versione in servizio: scegli tra {known}."
        )
    narrow = PassageFilter(query.driver, query.document, query.kind, query.mission, query.article)
    found = assistant.search(text, count=query.k, narrow=narrow)
    return [
        scored_passage_to_json(
            scored,
            page_label=release.page(scored.passage.document, scored.passage.spans[0].page_index).label,
        )
        for scored in found.passages
    ]
