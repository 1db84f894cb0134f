"""The application: routes, pages and the desk behind them; nothing is opened before it starts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from api.assets import mount_assets
from api.auth import Porter
from api.desk import MARGIN_S, AssistantSource, Desk, OnFailure, Published, nothing_newer, stay_unready
from api.doorway import Doorway
from api.faults import hold_faults
from api.mcp import make_server
from api.measures import Measures
from api.pictures import Drawing
from api.published import published_source
from api.routes import answers, asking, chat, documents, drivers, health, measuring, openapi, releases
from api.routes.openapi import describe
from api.routes.releases import remember_comparisons
from api.tagging import Tagging
from api.turnstile import Pace, Turnstile, as_guest
from api.unkept import Unkept
from api.web import site
from api.web.language import Tongue
from api.web.site import LARGE_BODIES, furnish
from ingest.sources import SourceStore
from kb.keys import KeyRing
from kb.ports import Guest
from kb.records import Answer
from kb.settings import Settings, load_settings
from kb.wiring import open_ledger, open_receipts, release_store

MOST_BODY_BYTES = 256 * 1024
COMPRESSED_FROM_BYTES = 1000
CHANNEL = "api"  # where receipts say that the question was asked

ROUTERS = tuple(
    module.router for module in (asking, documents, drivers, releases, answers, chat, health, measuring, openapi, site)
)

# The service may be called by any name; it is Doorway and the closed CORS that keep other sites' pages out.
OPEN_TO_ANY_NAME = TransportSecuritySettings(enable_dns_rebinding_protection=False)

DESCRIPTION = """
Risponde alle domande sul Piano strategico della Città metropolitana di Milano. Ogni frase è sostenuta da una
citazione testuale, con documento e pagina. Progetto dimostrativo: non è un sito ufficiale dell'Ente.
"""

ABOUT: Mapping[str, Any] = {
    "title": "Bussola",
    "summary": "Risposte con citazione sul Piano strategico metropolitano",
    "description": DESCRIPTION,
}


def create_app(
    assistant_source: AssistantSource,
    settings: Settings,
    *,
    on_failure: OnFailure = stay_unready,
    published: Published = nothing_newer,
    guests: Sequence[Guest] = (),
) -> FastAPI:
    """
    The API and its pages; the assistant is opened in the background once the server has started.

    Every answer leaves a receipt. on_failure is called with the error if the assistant can't be opened; by default the
    service stays up and says why in /readyz.
    Guests are reached at their paths and work from the start to the end of the service.
    published names the release to serve: whenever it is another one, assistant_source is asked again and replaces it.
    """

    receipts, measures, unkept = open_receipts(settings), Measures(), Unkept()
    tools = make_server(lambda: app.state.desk, settings)

    def keep_and_count(answer: Answer) -> None:
        unkept.note(answer.id, kept=receipts.keep(answer, channel=CHANNEL))
        measures.count_answer(answer)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        desk = Desk(
            assistant_source,
            timeout_s=settings.llm_timeout_s + MARGIN_S,
            on_answer=keep_and_count,
            on_failure=on_failure,
            published=published,
            measures=measures,
        )
        app.state.desk = desk
        desk.open()
        async with tools.session_manager.run(), AsyncExitStack() as staying:
            for guest in guests:
                await staying.enter_async_context(guest.staying(as_guest(app)))
            yield
        await desk.close()
        receipts.close()
        app.state.pace.close()

    app = FastAPI(version=version("bussola"), lifespan=life, docs_url=None, redoc_url=None, **ABOUT)
    _hold_parts(app, settings)
    app.state.receipts, app.state.measures, app.state.unkept = receipts, measures, unkept
    hold_faults(app)
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes += tools.streamable_http_app(stateless_http=True, transport_security=OPEN_TO_ANY_NAME).routes
    app.router.routes += [Route(guest.path, guest, include_in_schema=False) for guest in guests]
    describe(app)
    mount_assets(app)
    _stack_middleware(app, settings, guests)
    return app


def _hold_parts(app: FastAPI, settings: Settings) -> None:
    """What the routes use; nothing is opened."""
    app.state.settings = settings
    app.state.most_body_bytes = MOST_BODY_BYTES
    app.state.large_bodies = LARGE_BODIES
    app.state.ledger = open_ledger(settings)
    app.state.store = release_store(settings)
    app.state.drawing = Drawing(SourceStore(settings.home))
    app.state.pace = Pace(settings)
    app.state.compared = remember_comparisons(app.state.store)


def _stack_middleware(app: FastAPI, settings: Settings, guests: Sequence[Guest]) -> None:
    """What every request passes, the innermost first."""
    furnish(app, settings, KeyRing(app.state.ledger))
    app.add_middleware(Tagging)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM_BYTES)
    paths = frozenset(guest.path for guest in guests)
    app.add_middleware(Turnstile, porter=Porter(KeyRing(app.state.ledger)), pace=app.state.pace, guest_paths=paths)
    if origins := [origin.strip() for origin in settings.api_cors_origins.split(",") if origin.strip()]:
        app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"])
    app.add_middleware(Doorway, most_body_bytes=MOST_BODY_BYTES, large_bodies=LARGE_BODIES, measures=app.state.measures)
    app.add_middleware(Tongue)  # outermost: limits, logs and measures are those of the page, whatever its language


def published_app(settings: Settings, *, on_failure: OnFailure = stay_unready, guests: Sequence[Guest] = ()) -> FastAPI:
    """The application that answers from what is published, now and after each publishing."""
    source, published = published_source(settings)
    return create_app(source, settings, on_failure=on_failure, published=published, guests=guests)


def serving_app() -> FastAPI:
    """The application of this process's settings, for servers that start several processes."""
    return published_app(load_settings())
