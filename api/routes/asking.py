"""POST /v1/ask and GET /v1/search: the two ways into the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from api import events
from api.desk import Desk
from api.problems import printable
from api.questions import check_history, check_question
from api.routes.openapi import PROBLEMS
from api.schemas import AnswerOut, AskRequest, ExamplesOut, SearchOut, SearchQuery
from api.web.citing import cite
from kb.errors import NotFound
from kb.records import PassageFilter, ScoredPassage
from prompts.replies import load_replies

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

router = APIRouter(prefix="/v1", tags=["Domande e ricerca"])

Language = Annotated[Literal["it", "en"], Query(description="La lingua delle domande: «it» o «en».")]

EVENTS_EXAMPLE = (
    'event: sentence\ndata: {"sentence": {"text": "…", "citations": [1], "support": 0.93}, "citations": [{…}]}\n\n'
    'event: answer\ndata: {"id": "ans_…", "status": "answered", …}\n\n'
)


STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "La risposta; con Accept: text/event-stream un evento «sentence» per frase, poi «answer».",
        "content": {
            events.MEDIA_TYPE: {
                "schema": events.told_events("sentence", "answer", "error"),
                "examples": {"flusso": {"summary": "Come arriva", "description": EVENTS_EXAMPLE}},
            }
        },
    }
}


@router.post(
    "/ask",
    response_model=AnswerOut,
    responses=PROBLEMS | STREAMED,
    summary="Fai una domanda",
    description="Frasi sostenute da citazioni testuali. Anche «not_found» è una risposta: decide il campo status. "
    "Con «Accept: text/event-stream» le frasi arrivano una alla volta, come da /v1/ask/stream.",
)
async def ask(request: Request, asked: AskRequest) -> Any:
    """The answer to a question, as the contract's JSON or as events."""
    if events.MEDIA_TYPE in request.headers.get("accept", ""):
        return await _stream(request, asked)
    from kb.answering.serialize import answer_to_json

    desk: Desk = request.app.state.desk
    question, options = _checked(request, asked)
    return await desk.run(lambda assistant: answer_to_json(assistant.ask(question, **options)))


@router.get(
    "/examples",
    response_model=ExamplesOut,
    responses=PROBLEMS,
    summary="Domande da proporre",
    description="Domande a cui i documenti in servizio rispondono, per chi comincia.",
)
async def examples(request: Request, language: Language = "it") -> dict[str, Any]:
    """Questions to begin with, that the release that serves answers."""
    desk: Desk = request.app.state.desk
    wished = load_replies(language).suggestions

    def offer(assistant: Assistant) -> dict[str, Any]:
        questions = assistant.examples(wished, language=language)
        return {"release": assistant.release.id, "questions": list(questions)}

    return await desk.run(offer)


@router.post(
    "/ask/stream",
    responses=PROBLEMS | {200: {**STREAMED[200], "description": "Un evento «sentence» per frase, poi «answer»."}},
    response_class=StreamingResponse,
    summary="Fai una domanda e ricevi una frase alla volta",
    description="Eventi (server-sent events): «sentence» per ogni frase verificata, con le sue citazioni; «answer» con "
    "la risposta intera, che vale; «error» se qualcosa si interrompe.",
)
async def ask_streaming(request: Request, asked: AskRequest) -> StreamingResponse:
    """The answer sentence by sentence, then whole."""
    return await _stream(request, asked)


async def _stream(request: Request, asked: AskRequest) -> StreamingResponse:
    desk: Desk = request.app.state.desk
    question, options = _checked(request, asked)
    made = desk.stream(lambda assistant: events.answer_events(assistant, question, **options))
    return await events.stream_events(request, made)


def _checked(request: Request, asked: AskRequest) -> tuple[str, dict[str, Any]]:
    most_chars = request.app.state.settings.max_question_chars
    question = check_question(asked.question, field="question", most_chars=most_chars)
    return question, {"history": check_history(asked.history, most_chars=most_chars), "mode": asked.mode}


@router.get(
    "/search",
    response_model=SearchOut,
    responses=PROBLEMS,
    summary="Cerca passaggi",
    description="I passaggi dei documenti, dal più pertinente: come si citano (cite), dove stanno nella pagina (start "
    "ed end, anche per l'immagine), ogni punteggio grezzo.",
)
async def search(request: Request, query: Annotated[SearchQuery, Query()]) -> dict[str, Any]:
    """Ranked passages as the contract's JSON."""
    desk: Desk = request.app.state.desk
    text = check_question(query.q, field="q", most_chars=request.app.state.settings.max_question_chars)
    return await desk.run(lambda assistant: {"passages": _search(assistant, text, query)})


def _search(assistant: Assistant, text: str, query: SearchQuery) -> list[dict[str, Any]]:
    release = assistant.release
    if query.document is not None and query.document not in release.documents:
        known = ", ".join(sorted(release.documents))
        raise NotFound(
            f"Il documento «{printable(query.document)}» non è nella versione in servizio: scegli tra {known}."
        )
    narrow = PassageFilter(query.driver, query.document, query.kind, query.mission, query.article)
    found = assistant.search(text, count=query.offset + query.k, narrow=narrow)
    return [_told(assistant, scored) for scored in found.passages[query.offset :]]


def _told(assistant: Assistant, found: ScoredPassage) -> dict[str, Any]:
    """A passage as the search contract has it, and what an act needs to cite it."""
    from kb.answering.serialize import scored_passage_to_json

    document, span = assistant.release.documents[found.passage.document], found.passage.spans[0]
    label = assistant.release.page(document.id, span.page_index).label
    named = {"title": document.title, "edition": document.edition, "url": document.url}
    told = scored_passage_to_json(found, page_label=label) | named | {"start": span.start, "end": span.end}
    return told | {"cite": cite(told)}
