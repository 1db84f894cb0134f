"""What answers from what is published: the source of the web's desk, and a desk of its own for other doors."""

from __future__ import annotations

from functools import cache, partial

from api.desk import MARGIN_S, AssistantSource, Desk, Published
from kb.settings import Settings
from kb.wiring import open_receipts, release_store


def published_desk(settings: Settings, *, channel: str) -> Desk:
    """A desk that answers from what is published, without the web: its answers leave receipts of that channel."""
    source, published = published_source(settings)
    keep = partial(open_receipts(settings).keep, channel=channel)
    return Desk(source, timeout_s=settings.llm_timeout_s + MARGIN_S, on_answer=keep, published=published)


def published_source(settings: Settings) -> tuple[AssistantSource, Published]:
    """How to open what is published, and how to tell which release that is."""
    from kb.wiring import make_embedder, open_assistant

    model = cache(lambda: make_embedder(settings, asking=True))  # loaded once: the model outlives the releases
    return lambda: open_assistant(settings, embedder=model()), release_store(settings).published
