"""The search page: facets, the words looked for marked, why each passage ranks; the same as CSV and Markdown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.desk import Desk
from api.problems import RequestFault
from api.questions import check_question
from api.web.citing import cite, source_link
from api.web.exports import as_csv, as_markdown
from api.web.language import language_of, translate
from api.web.pages import pages_of, with_query
from kb.records import Document, DocumentKind, Passage, PassageFilter, ScoredPassage

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

router = APIRouter(include_in_schema=False)

SHOWN = 10
DEEPEST = 100
"""Passages that are ranked and counted; nobody reads further, and a facet narrows better."""

Stretch = tuple[int, int]


class Search(BaseModel):
    """What is searched, as the page's address says it; empty texts leave a facet open."""

    model_config = ConfigDict(frozen=True)

    q: str = ""
    documento: str = Field(default="", max_length=200)
    driver: str = Field(default="", pattern=r"^([1-9]|10)?$")
    tipo: str = Field(default="", max_length=40)
    missione: str = Field(default="", pattern=r"^(M[1-6])?$")
    articolo: str = Field(default="", max_length=20)
    pagina: int = Field(default=1, ge=1, le=10)

    def narrow(self) -> PassageFilter:
        """The facets as a filter."""
        return PassageFilter(
            driver=int(self.driver) if self.driver else None,
            document=self.documento or None,
            kind=DocumentKind(self.tipo) if self.tipo in list(DocumentKind) else None,
            mission=self.missione or None,
            article=self.articolo.strip().lower().removeprefix("art.").removeprefix("articolo").strip() or None,
        )

    def address(self, path: str = "/cerca", **changed: Any) -> str:
        """Where this search, or one that differs so, is shown."""
        return with_query(path, {**self.model_dump(exclude={"pagina"}), **changed})


@dataclass(frozen=True)
class Found:
    """A passage as the page shows it."""

    passage: Passage
    place: dict[str, Any]
    pieces: tuple[tuple[str, bool], ...]  # its text, cut where words are marked
    why: str
    start: int
    end: int


Asked = Annotated[Search, Query()]


@router.get("/cerca")
async def search_page(request: Request, asked: Asked) -> Response:
    """The form and, where something is asked, the passages found, ten a page."""
    desk: Desk = request.app.state.desk
    try:
        asked = _checked(request, asked)
    except RequestFault as error:
        return _show(
            request,
            asked,
            fault=error.fault.told_in(language_of(request)),
            status=422,
            documents=await desk.run(_documents),
        )
    found, documents = await desk.run(lambda assistant: (find(assistant, asked), _documents(assistant)))
    return _show(request, asked, documents=documents, found=found)


@router.get("/cerca.csv")
async def search_csv(request: Request, asked: Asked) -> Response:
    """The passages found, for a spreadsheet."""
    found = await _find(request, asked)
    headers = {"Content-Disposition": 'attachment; filename="bussola-ricerca.csv"'}
    return Response(as_csv(_rows(request, found)), media_type="text/csv", headers=headers)


@router.get("/cerca.md")
async def search_markdown(request: Request, asked: Asked) -> Response:
    """The passages found, as text to paste."""
    found = await _find(request, asked)
    title = asked.q or "Passaggi"
    headers = {"Content-Disposition": 'attachment; filename="bussola-ricerca.md"'}
    return Response(as_markdown(title, _rows(request, found)), media_type="text/markdown", headers=headers)


def find(assistant: Assistant, asked: Search) -> list[Found]:
    """
    What a search finds, best first, at most DEEPEST; without words, what the facets hold in the documents' order.

    Nothing where nothing is asked.
    """
    from kb.retrieval.explain import explain

    release, narrow = assistant.release, asked.narrow()
    if not asked.q:
        listed = [] if narrow.is_open() else _listed(assistant, narrow)
        return [_found(assistant, ScoredPassage(one, 0.0), (), "") for one in listed]
    result = assistant.search(asked.q, count=DEEPEST, narrow=narrow)
    told = explain(result.passages, reading=result.reading, documents=release.documents)
    return [_found(assistant, one, why.highlights, why.why) for one, why in zip(result.passages, told, strict=True)]


async def _find(request: Request, asked: Search) -> list[Found]:
    desk: Desk = request.app.state.desk
    checked = _checked(request, asked)
    return await desk.run(lambda assistant: find(assistant, checked))


def _checked(request: Request, asked: Search) -> Search:
    if not asked.q.strip():
        return asked.model_copy(update={"q": ""})
    most_chars = request.app.state.settings.max_question_chars
    field = translate("Parole da cercare", language_of(request))
    return asked.model_copy(update={"q": check_question(asked.q, field=field, most_chars=most_chars)})


def _listed(assistant: Assistant, narrow: PassageFilter) -> list[Passage]:
    from kb.language.words import fold
    from kb.retrieval.references import read_missions

    kinds = {one.id: one.kind for one in assistant.release.documents.values()}
    return [
        one
        for one in assistant.release.passages
        if narrow.driver in (None, one.driver)
        and narrow.document in (None, one.document)
        and narrow.kind in (None, kinds[one.document])
        and narrow.article in (None, (one.article or "").lower())
        and (narrow.mission is None or narrow.mission in read_missions(fold(one.text)))
    ][:DEEPEST]


def _found(assistant: Assistant, one: ScoredPassage, marked: tuple[Stretch, ...], why: str) -> Found:
    passage, span = one.passage, one.passage.spans[0]
    document = assistant.release.documents[passage.document]
    page = assistant.release.page(passage.document, span.page_index)
    place = {
        "document": document.id,
        "title": document.title,
        "edition": document.edition,
        "driver": passage.driver,
        "article": passage.article,
        "page_label": page.label,
        "page_index": span.page_index,
        "start": span.start,
        "end": span.end,
        "section": passage.section,
        "url": document.url,
        "release": assistant.release.id,
    }
    return Found(passage, place, _cut(passage.text, marked), why, span.start, span.end)


def _cut(text: str, marked: tuple[Stretch, ...]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in marked:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return tuple(piece for piece in [*pieces, (text[at:], False)] if piece[0])


def _documents(assistant: Assistant) -> dict[str, Document]:
    return dict(assistant.release.documents)


def _rows(request: Request, found: list[Found]) -> list[dict[str, Any]]:
    base = str(request.base_url).rstrip("/")
    return [
        {
            "citazione": cite(one.place),
            "documento": one.place["title"],
            "sezione": " › ".join(one.place["section"]),
            "testo": one.passage.text,
            "collegamento": base + source_link(one.place, one.place["release"]),
        }
        for one in found
    ]


def _facets(asked: Search, found: list[Found], documents: dict[str, Document]) -> list[dict[str, Any]]:
    """Where the passages found lie, each with how many and the search narrowed to it; what is chosen already is not."""
    counted: list[tuple[str, str, Counter[Any], Any]] = [
        ("documento", "Documento", Counter(one.passage.document for one in found), lambda key: documents[key].title),
        ("driver", "Driver", Counter(one.passage.driver for one in found), lambda key: f"Driver {key}"),
        ("articolo", "Articolo", Counter(one.passage.article for one in found), lambda key: f"art. {key}"),
    ]
    return [
        {
            "title": title,
            "choices": [
                {"name": name(key), "count": count, "address": asked.address(**{field: key})}
                for key, count in counts.most_common(8)
                if key is not None
            ],
        }
        for field, title, counts, name in counted
        if not getattr(asked, field) and any(key is not None for key in counts)
    ]


def _show(
    request: Request,
    asked: Search,
    *,
    documents: dict[str, Document],
    found: list[Found] | None = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    whole, page = found or [], asked.pagina
    first = (page - 1) * SHOWN
    shown = {
        "asked": asked,
        "is_asked": bool(asked.q) or not asked.narrow().is_open(),
        "fault": fault,
        "documents": sorted(documents.values(), key=lambda one: (one.title.casefold(), one.id)),
        "total": len(whole),
        "has_words": not asked.q or any(marked for one in whole for _, marked in one.pieces),
        "deepest": DEEPEST,
        "found": whole[first : first + SHOWN],
        "first": first,
        "facets": _facets(asked, whole, documents) if len(whole) > 1 else [],
        "page": page,
        "last": max(1, -(-len(whole) // SHOWN)),
        "most_chars": request.app.state.settings.max_question_chars,
    }
    return pages_of(request).show(request, "cerca.html", status=status, **shown)
