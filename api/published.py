"""What answers from what is published: the source of the web's desk, and a desk of its own for other doors."""

from __future__ import annotations

import logging
from functools import cache, partial
from typing import TYPE_CHECKING

from api.desk import MARGIN_S, AssistantSource, Desk, Published
from kb.releases.manifest import damaged
from kb.releases.opened import changed_file
from kb.settings import Settings
from kb.wiring import open_receipts, release_store

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

logger = logging.getLogger("bussola.api")


def published_desk(settings: Settings, *, channel: str) -> Desk:
    """A desk that answers from what is published, without the web: its answers leave receipts of that channel."""
    source, published = published_source(settings)
    keep = partial(open_receipts(settings).keep, channel=channel)
    return Desk(source, timeout_s=settings.llm_timeout_s + MARGIN_S, on_answer=keep, published=published)


def published_source(settings: Settings) -> tuple[AssistantSource, Published]:
    """How to open what is published, and how to tell which release that is."""
    from kb.wiring import make_embedder, open_assistant

    model = cache(lambda: make_embedder(settings, asking=True))  # loaded once: the model outlives the releases

    def source() -> Assistant:
        assistant = open_assistant(settings, embedder=model())
        release = assistant.release
        if changed := changed_file(release.folder, release.manifest):
            # Pages and passages are checked wherever they are read: what is quoted stays right, what is found may not.
            logger.error("%s", damaged(release.id, f"{changed} non è quello che fu scritto"))
        return assistant

    return source, release_store(settings).published
