"""Server-sent events: an answer as it is made, and a fault that comes after the first event."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import StreamingResponse

from api.faults import detail_of, problem_of, standard_detail
from api.problems import status_of
from kb.errors import BussolaError
from kb.records import Answer, SentenceEvent

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

logger = logging.getLogger("bussola.api")

MEDIA_TYPE = "text/event-stream"


def told_events(*names: str) -> dict[str, Any]:
    """The schema of one event of a stream, which is how OpenAPI before 3.2 tells a stream; no names: data alone."""
    event = {"event": {"type": "string", "enum": list(names)}} if names else {}
    data = {"data": {"type": "string", "description": "JSON."}}
    return {"type": "object", "properties": event | data, "required": [*event, "data"]}


Event = tuple[str, Any]
"""An event's name and its data."""


def answer_events(assistant: Assistant, question: str, **options: Any) -> Iterator[Event]:
    """("sentence", {sentence, citations}) for each sentence as it is verified, then ("answer", the contract's JSON)."""
    from kb.answering.serialize import answer_to_json

    for made in assistant.stream(question, **options):
        if isinstance(made, Answer):
            yield "answer", answer_to_json(made)
        else:
            assert isinstance(made, SentenceEvent)
            sentence = made.sentence
            yield (
                "sentence",
                {
                    "sentence": {
                        "text": sentence.text,
                        "citations": list(sentence.citations),
                        "support": round(sentence.support, 4),
                    },
                    "citations": [{**asdict(cited), "section": list(cited.section)} for cited in made.citations],
                },
            )


async def stream_events(request: Request, events: AsyncIterator[Event]) -> StreamingResponse:
    """
    A response that sends each event as it comes; what fails before the first is raised, later it is an event "error".
    """
    first = await anext(events)
    return StreamingResponse(_written(request, first, events), media_type=MEDIA_TYPE)


async def _written(request: Request, first: Event, rest: AsyncIterator[Event]) -> AsyncIterator[str]:
    yield write_event(*first)
    try:
        async for name, data in rest:
            yield write_event(name, data)
    except BussolaError as error:
        yield write_event("error", problem_of(request, status_of(error), detail_of(request, error)).members())
    except Exception as error:  # the outer door: the status is sent already, so the fault goes as an event
        logger.error("errore imprevisto %s in un flusso id=%s", type(error).__name__, _request_id(request))
        yield write_event("error", problem_of(request, 500, standard_detail(request, 500)).members())


def write_event(name: str, data: object) -> str:
    """An event on the wire; JSON holds no line break, so one data line is enough."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
