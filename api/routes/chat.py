"""POST /v1/chat/completions and GET /v1/models: the form that chat clients already speak."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import StreamingResponse

from api.desk import Desk
from api.events import MEDIA_TYPE, told_events
from api.faults import detail_of, problem_of, standard_detail
from api.plain_text import write_answer, write_rest, write_sentence
from api.problems import FieldFault, RequestFault, printable, status_of
from api.questions import check_history, check_question
from api.routes.openapi import PROBLEMS
from api.schemas import LONGEST_HISTORY
from api.schemas_chat import MODELS, USER, ChatOut, ChatRequest, ModelOut, ModelsOut
from kb.errors import BussolaError, NotFound
from kb.records import Answer, AnswerMode

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

logger = logging.getLogger("bussola.api")

router = APIRouter(prefix="/v1", tags=["Per altri programmi"])

OWNER = "bussola"
SINCE = 1_767_225_600  # 1 January 2026: clients want a date of each model
NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
DONE = "data: [DONE]\n\n"
CHUNKS: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": told_events()}}}}


@router.get(
    "/models",
    response_model=ModelsOut,
    responses=PROBLEMS,
    summary="I nomi per i programmi di conversazione",
    description="«bussola» risponde come è impostato il servizio; gli altri due fissano il modo.",
)
async def models() -> dict[str, Any]:
    """The names that /v1/chat/completions takes."""
    return {"object": "list", "data": [_model(name) for name in MODELS]}


@router.get(
    "/models/{model}",
    response_model=ModelOut,
    responses=PROBLEMS,
    summary="Un nome per i programmi di conversazione",
    description="Dice se un nome si può chiedere.",
)
async def model(model: Annotated[str, Path(max_length=80, examples=["bussola"])]) -> dict[str, Any]:
    """One of the names."""
    _mode(model)
    return _model(model)


@router.post(
    "/chat/completions",
    response_model=ChatOut,
    responses=PROBLEMS | CHUNKS,
    summary="Una domanda nella forma di OpenAI",
    description="L'ultimo messaggio «user» è la domanda, quelli prima il contesto; i messaggi «system» non contano. Le "
    "fonti sono nel testo e, come dati, in choices[0].message.citations.",
)
async def chat(request: Request, asked: ChatRequest) -> Any:
    """The answer in OpenAI's form, whole or in pieces."""
    mode = _mode(asked.model)
    question, history = _read_messages(request, asked)
    desk: Desk = request.app.state.desk

    if not asked.stream:
        return await desk.run(
            lambda assistant: _whole(assistant.ask(question, history=history, mode=mode), asked.model)
        )
    usage = bool(asked.stream_options and asked.stream_options.include_usage)
    pieces = desk.stream(lambda assistant: _pieces(assistant, question, history, mode))
    first = await anext(pieces)
    return StreamingResponse(_chunks(request, first, pieces, asked.model, usage), media_type=MEDIA_TYPE)


def _read_messages(request: Request, asked: ChatRequest) -> tuple[str, tuple[str, ...]]:
    most_chars = request.app.state.settings.max_question_chars
    said = [(at, message.text()) for at, message in enumerate(asked.messages) if message.role == USER]
    if not said:
        raise RequestFault(
            FieldFault("messages", "", "non contiene domande", 'aggiungi un messaggio con role "user" e la domanda')
        )
    at, text = said[-1]
    question = check_question(text, field=f"messages.{at}.content", most_chars=most_chars)
    earlier = [turn for _at, turn in said[:-1] if len(turn) <= most_chars][-LONGEST_HISTORY:]
    return question, check_history(earlier, most_chars=most_chars)


def _mode(model: str) -> AnswerMode | None:
    if model not in MODELS:
        raise NotFound(f"Il modello «{printable(model)}» non esiste: scegli tra {', '.join(MODELS)}.")
    return MODELS[model]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": SINCE, "owned_by": OWNER}


def _whole(answer: Answer, model: str) -> dict[str, Any]:
    said = _structured(answer)
    message = {"role": "assistant", "content": write_answer(answer), "refusal": None, "citations": said["citations"]}
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": NO_USAGE,
        "bussola": said["bussola"],
    }


def _structured(answer: Answer) -> dict[str, Any]:
    from kb.answering.serialize import answer_to_json

    told = answer_to_json(answer)
    names = ("id", "status", "mode", "language", "release", "notes", "suggestions")
    return {"citations": told["citations"], "bussola": {name: told[name] for name in names}}


def _pieces(
    assistant: Assistant, question: str, history: tuple[str, ...], mode: AnswerMode | None
) -> Iterator[tuple[str, Answer | None]]:
    """Pieces of text and, with the last, the answer; joined they are what is given whole, unless a model writes."""
    sent = 0
    for made in assistant.stream(question, history=history, mode=mode):
        if isinstance(made, Answer):
            yield (f"\n{write_rest(made, sent=sent)}" if sent else write_answer(made)), made
        elif mode is not AnswerMode.EXTRACTIVE and _writes(assistant):
            # Sentences of the documents come all at once, after the notes that belong before them: they can wait.
            yield ("\n" if sent else "") + write_sentence(made.sentence), None
            sent += 1


def _writes(assistant: Assistant) -> bool:
    tools = getattr(assistant, "tools", None)
    return tools is not None and tools.chat is not None


async def _chunks(
    request: Request,
    first: tuple[str, Answer | None],
    rest: AsyncIterator[tuple[str, Answer | None]],
    model: str,
    usage: bool,
) -> AsyncIterator[str]:
    common = {
        "id": f"chatcmpl-{request.scope['state']['request_id']}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": model,
    }
    yield _chunk(common, {"role": "assistant", "content": ""})
    try:
        text, answer = first
        yield _chunk(common, {"content": text})
        async for piece in rest:
            text, answer = piece
            yield _chunk(common, {"content": text})
    except BussolaError as error:
        yield _data({"error": _fault(request, status_of(error), detail_of(request, error))})
        return
    except Exception as error:  # the outer door: the status is sent already
        logger.error("errore imprevisto %s in un flusso id=%s", type(error).__name__, common["id"])
        yield _data({"error": _fault(request, 500, standard_detail(request, 500))})
        return
    assert answer is not None  # the last piece brings it
    said = _structured(answer)
    yield _chunk(common | {"bussola": said["bussola"]}, {"citations": said["citations"]}, finish="stop")
    if usage:
        yield _data(common | {"choices": [], "usage": NO_USAGE})
    yield DONE


def _fault(request: Request, status: int, detail: str) -> dict[str, Any]:
    told = problem_of(request, status, detail).members()
    return {"message": told["detail"], "code": status, **told}


def _chunk(common: dict[str, Any], delta: dict[str, Any], *, finish: str | None = None) -> str:
    return _data(common | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]})


def _data(told: dict[str, Any]) -> str:
    return f"data: {json.dumps(told, ensure_ascii=False)}\n\n"
