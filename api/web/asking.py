"""The question page: the box, the answer under it, whole or sentence by sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import events
from api.desk import Desk
from api.problems import RequestFault, TooSlow, Unready
from api.questions import check_history, check_question
from api.web import words
from api.web.language import ENGLISH, language_of, translate
from api.web.pages import pages_of

router = APIRouter(include_in_schema=False)

MOST_TURNS = 6
"""Earlier questions that the page keeps, the last ones; they stand in its address."""

Earlier = Annotated[list[str], Query(alias="prima")]


@router.get("/")
async def home(request: Request, q: str | None = None, prima: Earlier = []) -> Response:  # noqa: B006 - FastAPI copies it
    """The question box and, for ?q=, the answer; as events for whoever asks for them."""
    most_chars = request.app.state.settings.max_question_chars
    history = tuple(prima[-MOST_TURNS:])
    examples = await _examples(request)
    if q is None:
        return _show(request, examples)
    try:
        question = check_question(q, field=translate("Domanda", language_of(request)), most_chars=most_chars)
        history = check_history(history, most_chars=most_chars)
    except RequestFault as error:
        return _show(request, examples, question=q, fault=error.fault.told_in(language_of(request)))
    if events.MEDIA_TYPE in request.headers.get("accept", ""):
        return await _stream(request, question, history, examples)
    from kb.answering.serialize import answer_to_json

    desk: Desk = request.app.state.desk
    answer = await desk.run(lambda assistant: answer_to_json(assistant.ask(question, history=history)))
    return _show(request, examples, question=question, history=history, answer=answer)


async def _examples(request: Request) -> tuple[str, ...]:
    """Questions that what serves answers; none while nothing serves, since the page itself is always shown."""
    desk: Desk = request.app.state.desk
    language = language_of(request)
    wished = words.EXAMPLES_IN_ENGLISH if language == ENGLISH else words.EXAMPLES
    try:
        return await desk.run(lambda assistant: assistant.examples(wished, language=language))
    except (Unready, TooSlow):
        return ()


async def _stream(request: Request, question: str, history: tuple[str, ...], examples: tuple[str, ...]) -> Response:
    """Events "sentence" with a paragraph's HTML as each is verified, then "answer" with the page's main part."""
    desk: Desk = request.app.state.desk
    made = desk.stream(lambda assistant: events.answer_events(assistant, question, history=history))

    async def drawn() -> AsyncIterator[events.Event]:
        pages = pages_of(request)
        async for name, data in made:
            if name == "sentence":
                yield name, {"html": pages.render("_frase.html", request=request, sentence=data["sentence"])}
            else:
                shown = answer_values(data, history=history, request=request)
                shown |= _box(request, question, history) | {"examples": examples}
                yield name, {"html": pages.render("_domanda.html", request=request, **shown)}

    return await events.stream_events(request, drawn())


def answer_values(
    answer: dict[str, Any], *, history: Sequence[str], request: Request, lasts: bool | None = None
) -> dict[str, Any]:
    """What the templates of an answer show; answer is the contract's JSON, lasts whether it has an address."""
    return {
        "answer": answer,
        "lasts": answer["id"] not in request.app.state.unkept if lasts is None else lasts,
        "history": tuple(history),
        "history_query": [("prima", turn) for turn in history],
        "following": [*history, answer["question"]][-MOST_TURNS:],
        "contact": request.app.state.settings.contact,
        "thanks": "grazie" in request.query_params,
    }


def _box(request: Request, question: str, history: tuple[str, ...]) -> dict[str, Any]:
    most_chars = request.app.state.settings.max_question_chars
    return {"question": question, "history": history, "most_chars": most_chars, "fault": ""}


def _show(
    request: Request,
    examples: tuple[str, ...],
    *,
    question: str = "",
    history: tuple[str, ...] = (),
    answer: dict[str, Any] | None = None,
    fault: str = "",
) -> Response:
    shown = _box(request, question, history) | {"answer": answer, "fault": fault, "examples": examples}
    if answer is not None:
        shown |= answer_values(answer, history=history, request=request)
    return pages_of(request).show(request, "domanda.html", status=422 if fault else 200, **shown)
