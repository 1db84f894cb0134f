"""GET /v1/documents and their pages: the text that quotes' offsets refer to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.desk import Desk
from api.listing import LISTED, Asked
from api.routes.openapi import PROBLEMS
from api.schemas import DocumentsOut, PageOut, PagesOut
from kb.errors import NotFound

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.records import Document, Page

router = APIRouter(prefix="/v1", tags=["Documenti"])

PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "L'immagine; X-Quote-Marked dice se la citazione è stata trovata ed evidenziata.",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {"X-Quote-Marked": {"schema": {"type": "string", "enum": ["true", "false"]}}},
    }
}
LAST_OFFSET = 10_000_000
LAST_PAGE_INDEX = 100_000  # no document has more; keeps absurd numbers out of the lookup
DocumentId = Annotated[str, Path(description="Identificativo del documento.", examples=["driver-08"])]
PageIndex = Annotated[int, Path(ge=1, le=LAST_PAGE_INDEX, description="Indice della pagina, da 1.", examples=[1])]


@router.get(
    "/documents",
    response_model=DocumentsOut,
    responses=PROBLEMS | LISTED,
    summary="I documenti in servizio",
    description="Ogni documento della versione che risponde, per titolo.",
)
async def documents(request: Request, response: Response, piece: Asked) -> dict[str, Any]:
    """Every document of the release that serves."""
    desk: Desk = request.app.state.desk
    listed = await desk.run(list_documents)
    return listed | {"documents": piece.cut(listed["documents"], request, response)}


@router.get(
    "/documents/{document_id}/pages",
    response_model=PagesOut,
    responses=PROBLEMS | LISTED,
    summary="Le pagine di un documento",
    description="Il testo di ogni pagina, in ordine.",
)
async def pages(request: Request, response: Response, document_id: DocumentId, piece: Asked) -> dict[str, Any]:
    """The pages of a document, in order."""
    desk: Desk = request.app.state.desk
    _, found = await desk.run(lambda assistant: find_pages(assistant, document_id))
    return {"pages": [_told(page) for page in piece.cut(found, request, response)]}


@router.get(
    "/documents/{document_id}/pages/{index}",
    response_model=PageOut,
    responses=PROBLEMS,
    summary="Il testo di una pagina",
    description="Il testo a cui si riferiscono start ed end delle citazioni, e il numero stampato sulla pagina.",
)
async def page(request: Request, document_id: DocumentId, index: PageIndex) -> dict[str, Any]:
    """One page's text and printed label."""
    desk: Desk = request.app.state.desk
    _, found = await desk.run(lambda assistant: find_page(assistant, document_id, index))
    return _told(found)


def _told(page: Page) -> dict[str, Any]:
    return {
        "document": page.document,
        "index": page.index,
        "label": page.label,
        "readable": page.readable,
        "text": page.text,
    }


@router.get(
    "/pages/{document_id}/{index}.png",
    responses=PROBLEMS | PICTURE,
    response_class=Response,
    summary="Una pagina come immagine",
    description="La pagina del PDF com'è stampata, con la citazione da start a end evidenziata. Per gli altri formati, "
    "e per i documenti di cui non è conservato l'originale, c'è il testo.",
)
async def picture(
    request: Request,
    document_id: DocumentId,
    index: PageIndex,
    start: Annotated[int, Query(ge=0, le=LAST_OFFSET, description="Dove comincia la citazione nel testo.")] = 0,
    end: Annotated[int, Query(ge=0, le=LAST_OFFSET, description="Dove finisce; 0: niente da evidenziare.")] = 0,
    width: Annotated[int, Query(ge=200, le=2400, description="Larghezza in punti.")] = 1000,
) -> Response:
    """The PDF page as a picture, the quote marked."""
    desk: Desk = request.app.state.desk
    document, found = await desk.run(lambda assistant: find_page(assistant, document_id, index))
    image, is_marked = await request.app.state.drawing.draw(document, found, (start, end), width)
    return Response(image, media_type="image/png", headers={"X-Quote-Marked": "true" if is_marked else "false"})


def list_documents(assistant: Assistant) -> dict[str, Any]:
    """The release and its documents, by title, "Driver 2" before "Driver 10"."""
    release = assistant.release
    listed = sorted(release.documents.values(), key=lambda document: (_natural(document.title), document.id))
    names = ("id", "title", "kind", "edition", "date", "publisher", "url", "status")
    return {
        "release": release.id,
        "documents": [
            {name: getattr(document, name) for name in names} | {"pages": len(release.pages(document.id))}
            for document in listed
        ],
    }


def _natural(title: str) -> list[str | int]:
    # Splitting keeps the digits at odd places, so that like is compared with like.
    return [int(part) if at % 2 else part for at, part in enumerate(re.split(r"(\d+)", title.casefold()))]


def find_page(assistant: Assistant, document_id: str, index: int) -> tuple[Document, Page]:
    """
    The document and its page.

    Raises:
        NotFound: the release has no such document or page.
    """
    return find_document(assistant, document_id), assistant.release.page(document_id, index)


def find_pages(assistant: Assistant, document_id: str) -> tuple[Document, tuple[Page, ...]]:
    """
    The document and its pages in order.

    Raises:
        NotFound: the release has no such document.
    """
    return find_document(assistant, document_id), tuple(assistant.release.pages(document_id))


def find_document(assistant: Assistant, document_id: str) -> Document:
    """
    The document of that id in the release that serves.

    Raises:
        NotFound: it has none.
    """
    document = assistant.release.documents.get(document_id)
    if document is None:
        raise NotFound(
            f"Il documento «{document_id[:80]}» non è nella versione in servizio: vedi l'elenco in /v1/documents."
        )
    return document
