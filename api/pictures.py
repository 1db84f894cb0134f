"""Pages as pictures, from the original files that ingestion kept; a few are drawn at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from kb.errors import NotFound
from kb.records import Document, Page

AT_ONCE = 2  # each is a process that draws, bound by the processor


class Originals(Protocol):
    """Whoever keeps original files; see ingest.sources."""

    def find(self, document: Document) -> Path | None:
        """The document's file, or None."""


class Drawing:
    """Draws pages of documents whose originals are kept."""

    def __init__(self, originals: Originals) -> None:
        self._originals = originals
        self._places = asyncio.Semaphore(AT_ONCE)

    async def draw(self, document: Document, page: Page, quote: tuple[int, int], width: int) -> tuple[bytes, bool]:
        """
        The page as a PNG, and whether page.text[start:end] was found on it and marked.

        Raises:
            NotFound: the original is not kept or is no PDF, or its page can't be drawn.
            UnreadableFile: drawing took too long.
        """
        async with self._places:
            return await run_in_threadpool(self._draw, document, page, quote, width)

    def _draw(self, document: Document, page: Page, quote: tuple[int, int], width: int) -> tuple[bytes, bool]:
        from ingest.picturing import draw_page, is_pdf

        path = self._originals.find(document)
        where = f"/v1/documents/{document.id}/pages/{page.index}"
        if path is None:
            raise NotFound(
                f"L'originale di «{document.id}» non è conservato: leggi il testo in {where}, o ripeti «bussola "
                "ingest» con il suo file."
            )
        if not is_pdf(path):
            raise NotFound(f"«{document.id}» non è un PDF e non ha immagini: leggi il testo in {where}.")
        start, end = quote
        text = page.text[start:end]
        earlier = page.text[: start + len(text) - 1].count(text) if text.strip() else 0
        return draw_page(path, page.index, quote=text.strip(), earlier=earlier, width=width)
