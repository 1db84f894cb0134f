"""The pages for people: the question box, a document's page with the quote marked, the list of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.desk import Desk
from api.limits import check_question
from api.problems import RequestFault
from api.routes.documents import DocumentId, PageIndex, find_page, list_documents
from api.web.pages import EXAMPLES, Pages
from api.web.reading import mark_page

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

router = APIRouter(include_in_schema=False)

Offset = Annotated[int | None, Query(ge=0, le=10_000_000)]


@router.get("/")
async def home(request: Request, q: str | None = None) -> HTMLResponse:
    """The question box and, for ?q=, the answer under it."""
    pages: Pages = request.app.state.pages
    desk: Desk = request.app.state.desk
    most_chars = request.app.state.settings.max_question_chars
    shown = {"question": q or "", "examples": EXAMPLES, "most_chars": most_chars, "answer": None, "fault": None}
    if q is None:
        return HTMLResponse(pages.render("domanda.html", **shown))
    try:
        question = check_question(q, field="Domanda", most_chars=most_chars)
    except RequestFault as error:
        shown["fault"] = error.fault
        return HTMLResponse(pages.render("domanda.html", **shown), status_code=422)
    answer = await desk.run(lambda assistant: assistant.ask(question))
    return HTMLResponse(pages.render("domanda.html", **shown | {"answer": answer}))


@router.get("/documenti")
async def documents(request: Request) -> HTMLResponse:
    """The documents that answers come from."""
    listed = await request.app.state.desk.run(list_documents)
    return HTMLResponse(request.app.state.pages.render("documenti.html", **listed))


@router.get("/documenti/{document_id}/pagine/{index}")
async def page(
    request: Request, document_id: DocumentId, index: PageIndex, da: Offset = None, a: Offset = None
) -> HTMLResponse:
    """A page's text; characters da to a, if given, are marked."""
    desk: Desk = request.app.state.desk
    shown = await desk.run(lambda assistant: _read(assistant, document_id, index))
    start, end = (da, a) if da is not None and a is not None else (0, 0)
    blocks = mark_page(shown["page"], start, end)
    return HTMLResponse(request.app.state.pages.render("pagina.html", **shown, blocks=blocks))


def _read(assistant: Assistant, document_id: str, index: int) -> dict[str, Any]:
    document, page = find_page(assistant, document_id, index)
    return {"document": document, "page": page, "last": len(assistant.release.pages(document_id))}
