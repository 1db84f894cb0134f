"""The documents, and a page of one: its text with the quote marked and, where the original is kept, its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.desk import Desk
from api.routes.documents import DocumentId, PageIndex, find_document, find_page, list_documents
from api.routes.releases import release as told_release
from api.web import words
from api.web.citing import page_link
from api.web.pages import pages_of
from api.web.reading import mark_page
from kb.records import Document, Page

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.releases.store import ReleaseStore

router = APIRouter(prefix="/documenti", include_in_schema=False)

Offset = Annotated[int | None, Query(ge=0, le=10_000_000)]
Release = Annotated[str | None, Query(max_length=20)]


@router.get("")
async def documents_page(request: Request) -> Response:
    """The documents that answers come from."""
    listed = await request.app.state.desk.run(list_documents)
    groups = [
        (title, note, [one for one in listed["documents"] if one["kind"] in kinds])
        for title, note, kinds in words.DOCUMENT_GROUPS
    ]
    return pages_of(request).show(request, "documenti.html", groups=groups, release=listed["release"])


@router.get("/{document_id}")
async def document_page(request: Request, document_id: DocumentId) -> Response:
    """What is known of a document, and its pages."""
    shown = await request.app.state.desk.run(lambda assistant: _read_document(assistant, document_id))
    return pages_of(request).show(request, "documento.html", **shown)


@router.get("/{document_id}/pagine/{index}")
async def page(
    request: Request,
    document_id: DocumentId,
    index: PageIndex,
    start: Offset = None,
    end: Offset = None,
    release: Release = None,
) -> Response:
    """A page; characters start to end, if given, are marked. With a release, as it stood in that one."""
    desk: Desk = request.app.state.desk
    shown = await desk.run(lambda assistant: _read(request, assistant, document_id, index, release))
    stretch = (start, end) if start is not None and end is not None else (0, 0)
    blocks = mark_page(shown["page"], *stretch)
    is_marked = any(piece.marked for block in blocks for piece in block.pieces)
    return pages_of(request).show(
        request, "pagina.html", **shown, blocks=blocks, start=stretch[0], end=stretch[1], is_marked=is_marked
    )


def _read_document(assistant: Assistant, document_id: str) -> dict[str, Any]:
    document = find_document(assistant, document_id)
    headings: dict[int, list[str]] = {}
    for passage in assistant.release.passages:
        if passage.document == document_id and passage.section:
            for index in dict.fromkeys(span.page_index for span in passage.spans):
                named = headings.setdefault(index, [])
                named += [passage.section[-1]] if passage.section[-1] not in named else []
    return {
        "document": document,
        "pages": assistant.release.pages(document_id),
        "headings": headings,
        "release": assistant.release.id,
    }


def _read(request: Request, assistant: Assistant, document_id: str, index: int, wanted: str | None) -> dict[str, Any]:
    serving = assistant.release.id
    if wanted is None or wanted == serving:
        document, found = find_page(assistant, document_id, index)
        last = len(assistant.release.pages(document_id))
        picture = _has_picture(request, document)
        return {"document": document, "page": found, "last": last, "has_picture": picture, "older": None, "now": None}
    store: ReleaseStore = request.app.state.store
    id_ = told_release(request, wanted)["release"]  # refuses what was never published
    with store.open(id_) as opened:
        found = opened.page(document_id, index)
        last = len(opened.pages(document_id))
        document = opened.documents[document_id]
    still = _same_page(assistant, document_id, found)
    return {"document": document, "page": found, "last": last, "has_picture": False, "older": id_, "now": still}


def _same_page(assistant: Assistant, document_id: str, then: Page) -> str | None:
    """Where the document's page of that index is shown now; None where there is none."""
    if document_id not in assistant.release.documents:
        return None
    is_there = then.index <= len(assistant.release.pages(document_id))
    return page_link(document_id, then.index) if is_there else None


def _has_picture(request: Request, document: Document) -> bool:
    from ingest.picturing import is_pdf
    from ingest.sources import SourceStore

    path = SourceStore(request.app.state.settings.home).find(document)
    return path is not None and is_pdf(path)
