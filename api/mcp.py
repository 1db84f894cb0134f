"""The MCP server: desktop assistants ask, search and read through it, on standard input or at /mcp."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from api.plain_text import write_answer
from api.problems import told_outside
from api.published import published_desk
from api.questions import check_history, check_question
from kb.errors import BussolaError, NotFound
from kb.records import AnswerMode, DocumentKind, PassageFilter
from kb.settings import Settings
from kb.wiring import open_ledger, release_store
from prompts.replies import name_page

if TYPE_CHECKING:
    from api.desk import Desk
    from kb.answering.assistant import Assistant

logger = logging.getLogger("bussola.api")

Given = TypeVar("Given")

INSTRUCTIONS = """
Bussola risponde sul Piano strategico della Città metropolitana di Milano con citazioni testuali verificate.
Usa «ask» per una domanda e riporta le frasi con il loro numero di fonte, senza aggiungere cifre o nomi che non ci
sono: se Bussola dice che i documenti non lo dicono, è questa la risposta. Con «search» e «page» leggi i passaggi e le
pagine, con «driver» una scheda, con «diff» che cosa è cambiato tra due versioni.
"""
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
LONGEST_HISTORY = 20
OPENING_S = 45.0  # clients give a tool about a minute


class Working(Protocol):
    """Whoever hands work to the assistant; see api.desk.Desk."""

    async def wait_ready(self, within_s: float) -> None:
        """Return once work is taken, or it is known that it will not be, or the time is over."""

    async def run(self, work: Callable[[Assistant], Given]) -> Given:
        """What the work returns."""


DeskSource = Callable[[], Working]


def make_server(
    desk: DeskSource, settings: Settings, *, life: Callable[[Any], AbstractAsyncContextManager[None]] | None = None
) -> MCPServer[Any]:
    """
    The server with its five tools; desk is asked for at each use.

    Args: life is the server's own life, for one that opens the desk itself.
    """
    server: MCPServer[Any] = MCPServer(
        "bussola",
        title="Bussola",
        instructions=INSTRUCTIONS,
        version=version("bussola"),
        log_level="WARNING",
        lifespan=life,
    )
    tools = Tools(desk, settings)
    for work in (tools.ask, tools.search, tools.page, tools.driver, tools.diff):
        server.add_tool(work, annotations=READS, structured_output=False)
    return server


def serve_stdio(settings: Settings) -> None:
    """Serve one client on standard input and output until it goes; answers come from what is published."""
    desk: Desk = published_desk(settings, channel="mcp")

    @asynccontextmanager
    async def life(_server: Any) -> AsyncIterator[None]:
        desk.open()
        yield
        await desk.close()

    make_server(lambda: desk, settings, life=life).run("stdio")


class Tools:
    """The tools; each method's docstring and parameters are what a client is told."""

    def __init__(self, desk: DeskSource, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._store = release_store(settings)
        self._ledger = open_ledger(settings)

    async def ask(
        self,
        question: Annotated[str, Field(description="La domanda, in italiano o in inglese.")],
        history: Annotated[
            list[str], Field(max_length=LONGEST_HISTORY, description="Le domande precedenti, dalla più vecchia.")
        ] = [],  # noqa: B006  # the schema's default; never changed
        mode: Annotated[
            AnswerMode | None, Field(description="extractive o generated; se manca decide Bussola.")
        ] = None,
    ) -> CallToolResult:
        """Risponde a una domanda sul Piano strategico, con frasi sostenute da citazioni testuali e pagina."""
        from kb.answering.serialize import answer_to_json

        with _told_as_tool_error(self._settings.home):
            most_chars = self._settings.max_question_chars
            asked = check_question(question, field="question", most_chars=most_chars)
            turns = check_history(history, most_chars=most_chars)
            answer = await self._run(lambda one: one.ask(asked, history=turns, mode=mode))
        return _result(write_answer(answer), answer_to_json(answer))

    async def search(
        self,
        query: Annotated[str, Field(description="Parole da cercare.")],
        count: Annotated[int, Field(ge=1, le=50, description="Quanti passaggi, al più.")] = 5,
        driver: Annotated[int | None, Field(ge=1, le=10, description="Solo questo Driver.")] = None,
        document: Annotated[str | None, Field(description="Solo questo documento.")] = None,
        kind: Annotated[DocumentKind | None, Field(description="Solo documenti di questo tipo.")] = None,
        article: Annotated[str | None, Field(max_length=20, description="Solo questo articolo.")] = None,
    ) -> CallToolResult:
        """Cerca passaggi nei documenti, dal più pertinente, alla lettera."""
        with _told_as_tool_error(self._settings.home):
            text = check_question(query, field="query", most_chars=self._settings.max_question_chars)
            narrow = PassageFilter(driver, document, kind, None, article)
            found = await self._run(lambda one: _search(one, text, count, narrow))
        pages = [name_page(one["page_label"], one["page_index"]) for one in found]
        lines = [f"{one['document']}, {page}: {one['text']}" for one, page in zip(found, pages, strict=True)]
        return _result("\n\n".join(lines) or "Nessun passaggio.", {"passages": found})

    async def page(
        self,
        document: Annotated[str, Field(description="L'identificativo del documento.")],
        index: Annotated[int, Field(ge=1, description="L'indice della pagina nel file, da 1.")],
    ) -> CallToolResult:
        """Legge una pagina di un documento, alla lettera."""
        from api.routes.documents import find_page

        with _told_as_tool_error(self._settings.home):
            about, page = await self._run(lambda one: find_page(one, document, index))
        told = {"document": about.id, "title": about.title, "page_index": page.index, "page_label": page.label}
        return _result(page.text, told | {"readable": page.readable, "text": page.text})

    async def driver(
        self, number: Annotated[int, Field(ge=1, le=10, description="Il numero del Driver, da 1 a 10.")]
    ) -> CallToolResult:
        """Dà la scheda di un Driver: scopo, azioni, obiettivi, attori, strumenti, missioni, pagine del Piano."""
        from api.routes.drivers import driver

        told = driver(number)
        aim = " ".join(told["aim"])
        return _result(f"Driver {told['number']} | {told['title']}. {aim}", told)

    async def diff(
        self,
        before: Annotated[str, Field(max_length=20, description="Una versione; vuoto: quella prima.")] = "",
        after: Annotated[str, Field(max_length=20, description="Una versione; vuoto: quella in servizio.")] = "",
    ) -> CallToolResult:
        """Dice che cosa cambia tra due versioni pubblicate: documenti e cifre («25% → 27%, Driver 2, p. 109»)."""
        with _told_as_tool_error(self._settings.home):
            told = await self._run(lambda _one: self._compare(before, after))
        lines = [figure["line"] for figure in told["figures"]]
        changed = [f"{one['change']}: {one['title']}" for one in told["documents"]]
        return _result("\n".join([*changed, *lines]) or "Non è cambiato nulla che si legga.", told)

    async def _run(self, work: Callable[[Assistant], Given]) -> Given:
        desk = self._desk()
        await desk.wait_ready(OPENING_S)  # a client that starts the server asks at once
        return await desk.run(work)

    def _compare(self, before: str, after: str) -> dict[str, Any]:
        from kb.releases.compare import compare

        earlier = before or self._store.previous()
        if earlier is None:
            raise NotFound("non c'è una versione precedente con cui confrontare: indicane una con before.")
        with (
            self._store.open(self._once_published(earlier)) as old,
            self._store.open(self._once_published(after or None)) as new,
        ):
            return compare(old, new).to_json()

    def _once_published(self, id_: str | None) -> str:
        found = self._store.resolve(id_)
        if found != self._store.published() and found not in {line.release for line in self._ledger.publications()}:
            raise NotFound(f"la versione {found} non è mai stata pubblicata: confronta quelle pubblicate.")
        return found


def _search(assistant: Assistant, text: str, count: int, narrow: PassageFilter) -> list[dict[str, Any]]:
    from kb.answering.serialize import scored_passage_to_json

    release = assistant.release
    return [
        scored_passage_to_json(
            one, page_label=release.page(one.passage.document, one.passage.spans[0].page_index).label
        )
        for one in assistant.search(text, count=count, narrow=narrow).passages
    ]


def _result(text: str, structured: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], structured_content=structured)


@contextmanager
def _told_as_tool_error(home: Path) -> Iterator[None]:
    """Turns our errors into the tool's own, which a client shows."""
    try:
        yield
    except BussolaError as error:
        told = told_outside(error, home)
        if told != str(error):
            logger.error("%s", error)
        raise ToolError(told) from error
