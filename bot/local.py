"""Answers of the published release, in this process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.client import PICTURE_WIDTH, Json, OnSentences, Picture, Rating, Unavailable, heed_nothing
from kb.errors import BussolaError, NotFound
from kb.records import Answer, Document, Page
from kb.settings import Settings
from prompts.replies import load_replies

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.answering.receipts import ReceiptBook

logger = logging.getLogger("bussola.bot")

T = TypeVar("T")

CHANNEL = "bot"  # where its receipts and ratings come from
LOOK_EVERY_S = 30.0  # how often a newly published release is looked for
DRAWN_AT_ONCE = 2  # each is a process that draws, bound by the processor


class LocalSource:
    """
    The published release, in one thread of this process; a newly published one is opened within LOOK_EVERY_S.

    One thread, since an answer is bound by the processor, and so that a release is never closed under a question.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bussola-bot")
        self._drawing = asyncio.Semaphore(DRAWN_AT_ONCE)
        self._assistant: Assistant | None = None
        self._receipts: ReceiptBook | None = None
        self._looked_at = 0.0
        self._compared: tuple[tuple[str, str], Json] | None = None

    async def open(self) -> str:
        """
        The id of the published release, opened.

        Raises:
            NotFound, ReleaseError, EmbedderError: it can't be.
        """
        return await self._run(lambda: self._current().release.id)

    async def ask(self, question: str, history: Sequence[str], *, on_sentences: OnSentences = heed_nothing) -> Json:
        """The assistant's answer, its sentences as they are verified."""
        loop = asyncio.get_running_loop()

        def tell(sentences: list[Json]) -> None:
            loop.call_soon_threadsafe(on_sentences, sentences)

        return await self._run_or_unavailable(lambda: self._ask(question, history, tell))

    async def search(self, query: str, *, count: int) -> list[Json]:
        """The assistant's passages, each with its document's title."""
        return await self._run_or_unavailable(lambda: self._search(query, count))

    async def examples(self, language: str) -> list[str]:
        """The usual questions that the open release answers, or some made of its headings."""
        wished = load_replies(language).suggestions
        try:
            return await self._run(lambda: [*self._current().examples(wished, language=language)])
        except BussolaError as error:
            logger.warning("gli esempi non si conoscono: %s", error)
            return []

    async def documents(self) -> Json:
        """The documents of the open release."""
        return await self._run_or_unavailable(self._documents)

    async def differences(self) -> Json | None:
        """What changed since the release that served before; compared once."""
        return await self._run_or_unavailable(self._differences)

    async def picture(self, citation: Mapping[str, Any], release: str) -> Picture | None:
        """The page drawn from the original that ingestion kept, of the very file that the release was made from."""
        try:
            document, page = await self._run(lambda: self._cited(citation, release))
            async with self._drawing:
                return await asyncio.to_thread(self._draw, document, page, citation)
        except BussolaError as error:
            logger.info("niente immagine della pagina: %s", error)
            return None

    async def rate(self, rating: Rating) -> None:
        """Kept in the ledger, beside the answer's receipt; not in the answering thread, which may be at work."""
        await asyncio.to_thread(self._rate, rating)

    async def forget(self, ratings: Sequence[Rating]) -> int:
        """Erased from the ledger."""
        return await asyncio.to_thread(self._forget, ratings)

    async def close(self) -> None:
        """Close the release after its last question."""
        await self._run(self._shut)
        self._thread.shutdown()

    def _current(self) -> Assistant:
        from kb.wiring import release_store

        if self._assistant is None:
            self._assistant = self._open_keeping()
            self._looked_at = time.monotonic()
        elif time.monotonic() - self._looked_at > LOOK_EVERY_S:
            self._looked_at = time.monotonic()
            published = release_store(self._settings).published()
            if published not in (None, self._assistant.release.id):
                newer = self._open_keeping()
                self._assistant.release.close()
                self._assistant = newer
        return self._assistant

    def _open_keeping(self) -> Assistant:
        from kb.wiring import open_assistant, open_receipts

        self._receipts = self._receipts or open_receipts(self._settings)
        assistant = open_assistant(self._settings)
        assistant.on_answer = partial(self._receipts.keep, channel=CHANNEL)
        return assistant

    def _ask(self, question: str, history: Sequence[str], tell: OnSentences) -> Json:
        from kb.answering.serialize import answer_to_json

        sentences: list[Json] = []
        for made in self._current().stream(question, history=history):
            if isinstance(made, Answer):
                return answer_to_json(made)
            sentences.append({"text": made.sentence.text, "citations": list(made.sentence.citations)})
            tell([*sentences])
        raise AssertionError("a stream ends with the answer")

    def _rate(self, rating: Rating) -> None:
        from kb.wiring import open_ledger

        ledger = open_ledger(self._settings)
        try:
            ledger.add_feedback(rating.answer, rating.verdict, reason=rating.reason, channel=CHANNEL, key=rating.key)
        except BussolaError as error:
            logger.warning("un giudizio non è stato conservato: %s", error)
        finally:
            ledger.close()

    def _forget(self, ratings: Sequence[Rating]) -> int:
        from kb.wiring import open_ledger

        ledger = open_ledger(self._settings)
        try:
            return ledger.erase_feedback([(one.answer, one.key) for one in ratings], channel=CHANNEL)
        except BussolaError as error:
            logger.warning("i giudizi non sono stati cancellati dal registro: %s", error)
            return 0
        finally:
            ledger.close()

    def _search(self, query: str, count: int) -> list[Json]:
        from kb.answering.serialize import scored_passage_to_json

        assistant = self._current()
        release = assistant.release
        return [
            {
                **scored_passage_to_json(
                    one, page_label=release.page(one.passage.document, one.passage.spans[0].page_index).label
                ),
                "title": release.documents[one.passage.document].title,
            }
            for one in assistant.search(query, count=count).passages
        ]

    def _documents(self) -> Json:
        release = self._current().release
        return {"release": release.id, "documents": [asdict(one) for one in release.documents.values()]}

    def _differences(self) -> Json | None:
        from kb.releases.compare import compare
        from kb.wiring import open_release, release_store

        release = self._current().release
        previous = release_store(self._settings).previous()
        if previous is None:
            return None
        pair = (previous, release.id)
        if self._compared is None or self._compared[0] != pair:
            try:
                with open_release(self._settings, previous) as before:
                    self._compared = (pair, compare(before, release).to_json())
            except NotFound:  # removed since
                return None
        return self._compared[1]

    def _cited(self, citation: Mapping[str, Any], release: str) -> tuple[Document, Page]:
        """The document and page of a citation, as they were in the release that it comes from."""
        from kb.wiring import open_release

        serving = self._current().release
        with nullcontext(serving) if serving.id == release else open_release(self._settings, release) as opened:
            page = opened.page(citation["document"], citation["page_index"])
            return opened.documents[citation["document"]], page

    def _draw(self, document: Document, page: Page, citation: Mapping[str, Any]) -> Picture | None:
        from ingest.picturing import draw_page, is_pdf
        from ingest.sources import SourceStore

        path: Path | None = SourceStore(self._settings.home).find(document)
        if path is None or not is_pdf(path):
            return None
        start, end = int(citation["start"]), int(citation["end"])
        quote = page.text[start:end]
        earlier = page.text[: start + len(quote) - 1].count(quote) if quote.strip() else 0
        return Picture(*draw_page(path, page.index, quote=quote.strip(), earlier=earlier, width=PICTURE_WIDTH))

    def _shut(self) -> None:
        if self._assistant is not None:
            self._assistant.release.close()
            self._assistant = None
        if self._receipts is not None:
            self._receipts.close()

    async def _run_or_unavailable(self, work: Callable[[], T]) -> T:
        try:
            return await self._run(work)
        except BussolaError as error:
            raise Unavailable(str(error)) from error

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
