"""Where answers come from: a running API, or the knowledge base in this process; both give the contract's JSON."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import httpx

from kb.errors import BussolaError, NotFound
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.answering.receipts import ReceiptBook

logger = logging.getLogger("bussola.bot")

T = TypeVar("T")
Json = dict[str, Any]

CHANNEL = "bot"  # where its receipts and ratings come from

MARGIN_S = 20.0  # what an answer may take besides its chat model
PATIENCE_S = 20.0  # an API that restarts is back within that
FIRST_WAIT_S = 0.2
AT_ONCE = 4  # questions that one API is asked at a time
LOOK_EVERY_S = 30.0  # how often a newly published release is looked for


class Unavailable(BussolaError):
    """The documents can't be consulted now."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thought of an answer; who, is not told."""

    answer: str  # its id
    verdict: int  # +1 or -1
    reason: str | None
    key: str  # a later rating of the same key takes its place


class Source(Protocol):
    """Whoever answers."""

    async def ask(self, question: str, history: Sequence[str]) -> Json:
        """
        The answer, as the contract's JSON.

        Raises:
            Unavailable: nobody answers.
        """

    async def search(self, query: str, *, count: int) -> list[Json]:
        """
        The best passages, as the contract's JSON.

        Raises:
            Unavailable: nobody answers.
        """

    async def documents(self) -> Json:
        """
        {"release": id, "documents": [{"id", "title", "edition", …}]} of the release that serves.

        Raises:
            Unavailable: nobody answers.
        """

    async def documents_before(self) -> list[Json] | None:
        """The documents of the release before; None when there is none, or nobody knows."""

    async def rate(self, rating: Rating) -> None:
        """Pass on what a person thought of an answer; a rating that gets lost is logged, and nothing else."""

    async def close(self) -> None:
        """Free what is held."""


class ApiSource:
    """A Bussola API at an address."""

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float,
        patience_s: float = PATIENCE_S,
        key: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.AsyncClient(
            base_url=address.rstrip("/"), headers=headers, timeout=timeout_s, transport=transport
        )
        self._patience_s = patience_s
        self._places = asyncio.Semaphore(AT_ONCE)

    async def ask(self, question: str, history: Sequence[str]) -> Json:
        """The answer of POST /v1/ask."""
        return await self._json("POST", "/v1/ask", needs="status", json={"question": question, "history": [*history]})

    async def search(self, query: str, *, count: int) -> list[Json]:
        """The passages of GET /v1/search, each with its document's title."""
        found = await self._json("GET", "/v1/search", needs="passages", params={"q": query, "k": count})
        titles = {one["id"]: one["title"] for one in (await self.documents())["documents"]}
        return [{**one, "title": titles.get(one["document"], one["document"])} for one in found["passages"]]

    async def documents(self) -> Json:
        """The documents of GET /v1/documents."""
        return await self._json("GET", "/v1/documents", needs="documents")

    async def documents_before(self) -> list[Json] | None:
        """None: an API tells of the release that serves alone; the bot remembers those that it saw."""
        return None

    async def rate(self, rating: Rating) -> None:
        """POST /v1/feedback, once."""
        body = {name: value for name, value in asdict(rating).items() if value is not None}
        try:
            reply = await self._http.post("/v1/feedback", json=body)
        except httpx.HTTPError as error:
            logger.warning("un giudizio non è arrivato all'API (%s)", type(error).__name__)
            return
        if not reply.is_success:
            logger.warning("un giudizio non è stato preso dall'API (stato %d)", reply.status_code)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _json(self, method: str, path: str, *, needs: str, **request: Any) -> Json:
        """The object that the API gives; faults that may pass are tried again for a while."""
        until, wait_s = time.monotonic() + self._patience_s, FIRST_WAIT_S
        while True:
            try:
                async with self._places:
                    reply = await self._http.request(method, path, **request)
                read = reply.json() if reply.status_code == httpx.codes.OK else None
                if isinstance(read, dict) and needs in read:
                    return read
                reason = f"stato {reply.status_code}"
            except (httpx.HTTPError, ValueError) as error:
                reason = type(error).__name__
            if time.monotonic() + wait_s > until:
                raise Unavailable(
                    f"l'API {self._http.base_url} non risponde a {path} ({reason}): controlla BUSSOLA_API_URL."
                )
            await asyncio.sleep(wait_s)
            wait_s *= 2


class LocalSource:
    """
    The published release, in one thread of this process; a newly published one is opened within LOOK_EVERY_S.

    One thread, since an answer is bound by the processor, and so that a release is never closed under a question.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bussola-bot")
        self._assistant: Assistant | None = None
        self._receipts: ReceiptBook | None = None
        self._looked_at = 0.0

    async def open(self) -> str:
        """
        The id of the published release, opened.

        Raises:
            NotFound, ReleaseError, EmbedderError: it can't be.
        """
        return await self._run(lambda: self._current().release.id)

    async def ask(self, question: str, history: Sequence[str]) -> Json:
        """The assistant's answer."""
        from kb.answering.serialize import answer_to_json

        return await self._run_or_unavailable(lambda: answer_to_json(self._current().ask(question, history=history)))

    async def search(self, query: str, *, count: int) -> list[Json]:
        """The assistant's passages, each with its document's title."""
        return await self._run_or_unavailable(lambda: self._search(query, count))

    async def documents(self) -> Json:
        """The documents of the open release."""
        return await self._run_or_unavailable(self._documents)

    async def documents_before(self) -> list[Json] | None:
        """The documents of the release that served before."""
        return await self._run_or_unavailable(self._documents_before)

    async def rate(self, rating: Rating) -> None:
        """Kept in the ledger, beside the answer's receipt; not in the answering thread, which may be at work."""
        await asyncio.to_thread(self._rate, rating)

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

    def _rate(self, rating: Rating) -> None:
        from kb.wiring import open_ledger

        ledger = open_ledger(self._settings)
        try:
            ledger.add_feedback(rating.answer, rating.verdict, reason=rating.reason, channel=CHANNEL, key=rating.key)
        except BussolaError as error:
            logger.warning("un giudizio non è stato conservato: %s", error)
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

    def _documents_before(self) -> list[Json] | None:
        from kb.wiring import open_release, release_store

        store = release_store(self._settings)
        previous = store.previous()
        if previous is None:
            return None
        try:
            with open_release(self._settings, previous) as release:
                return [asdict(one) for one in release.documents.values()]
        except NotFound:  # removed since
            return None

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


def make_source(settings: Settings) -> ApiSource | LocalSource:
    """The API where BUSSOLA_API_URL names one, else the knowledge base in this process."""
    if settings.api_url:
        key = settings.api_key.get_secret_value()
        return ApiSource(settings.api_url, timeout_s=settings.llm_timeout_s + MARGIN_S, key=key)
    return LocalSource(settings)


def changes(
    now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> dict[str, list[Mapping[str, Any]]]:
    """What differs between two releases' documents, by id: "added", "removed" and "changed" (its newer form)."""
    new, old = {one["id"]: one for one in now}, {one["id"]: one for one in before}
    told = ("title", "edition", "date", "status", "sha256")  # an API tells no checksum: then it is None on both sides
    return {
        "added": [one for id_, one in new.items() if id_ not in old],
        "removed": [one for id_, one in old.items() if id_ not in new],
        "changed": [one for id_, one in new.items() if id_ in old and any(one.get(k) != old[id_].get(k) for k in told)],
    }
