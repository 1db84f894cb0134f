"""The assistant behind the desk: opened once, warmed up, asked by a few threads, replaced at a publishing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore, Event
from typing import TYPE_CHECKING, TypeVar

from api.measures import Measures
from api.problems import TooSlow, Unready
from api.serving import Serving
from kb.errors import BussolaError, EmbedderError, ModelError, NotFound, ReleaseError, StoreError

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant, OnAnswer

logger = logging.getLogger("bussola.api")

Given = TypeVar("Given")
AssistantSource = Callable[[], "Assistant"]
Published = Callable[[], str | None]
OnFailure = Callable[[BaseException], None]


def stay_unready(_error: BaseException) -> None:
    """Keep running: /readyz says why no answer can be given."""


def nothing_newer() -> str | None:
    """No release beside the one opened at the start."""
    return None


THREADS = 2  # an answer is bound by the processor; more threads would only make each slower
MOST_WAITING = 32  # beyond this a person would wait longer than a request may take
WARM_UP_QUESTION = "Quanti sono i Driver dell'Agenda strategica?"
LOOK_EVERY_S = 0.5  # how often the pointer is read; it is one small file
TRY_AGAIN_S = 60.0  # how long a release that did not open is left alone
MARGIN_S = 10.0  # what an answer may take besides its chat model

INNER_FAULT = "errore interno all'apertura"
REASONS: dict[type[BussolaError], str] = {
    NotFound: "nessuna versione dei documenti è in servizio",
    ReleaseError: "la versione dei documenti non si apre",
    EmbedderError: "il modello dei significati non si carica",
    ModelError: "il modello di conversazione non si carica",
    StoreError: "i dati del servizio non si leggono",
}
"""What whoever asks is told of an assistant that could not be opened; where it lies and why is for the log."""


class Desk:
    """
    Opens the assistant in the background, hands it blocking work, and follows the published release.

    The event loop never blocks: work runs in THREADS threads, at most MOST_WAITING more wait, and whoever asks waits
    timeout_s at most. A newly published release is opened and warmed beside the one that serves; the next work gets
    the new one, and the old one is closed after its last. Work sees one release from its beginning to its end.
    """

    def __init__(
        self,
        source: AssistantSource,
        *,
        timeout_s: float,
        on_answer: OnAnswer | None = None,
        on_failure: OnFailure = stay_unready,
        published: Published = nothing_newer,
        measures: Measures | None = None,
    ) -> None:
        self._source = source
        self._on_answer = on_answer
        self._on_failure = on_failure
        self._published = published
        self._measures = measures or Measures()
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="bussola-desk")
        # One thread opens and closes, so that a release is never opened while it is being closed.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="bussola-keeper")
        self._places = BoundedSemaphore(THREADS + MOST_WAITING)
        self._serving: Serving | None = None
        self._watching: asyncio.Task[None] | None = None
        self._failed: tuple[str, float] | None = None  # release and when
        self.reason = "il servizio si sta avviando"

    def open(self) -> None:
        """Begin to open and warm the assistant; returns at once."""
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def close(self) -> None:
        """Wait for the answers under way, then free the release."""
        if self._watching is not None:
            self._watching.cancel()
        await asyncio.get_running_loop().run_in_executor(None, self._shut)

    async def wait_ready(self, within_s: float) -> None:
        """Return once an assistant serves, or could not be opened, or that many seconds went by."""
        until = asyncio.get_running_loop().time() + within_s
        while self._serving is None and self._failed is None and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.05)

    @property
    def assistant(self) -> Assistant:
        """
        The assistant that serves now; to ask it, use run, which keeps its release open.

        Raises:
            Unready: it is still opening, or could not be opened.
        """
        return self._ready().assistant

    async def run(self, work: Callable[[Assistant], Given]) -> Given:
        """
        What the work returns, run in a thread.

        Raises:
            Unready: no assistant is open, or too many requests wait.
            TooSlow: it took longer than timeout_s; the thread ends its work, nobody waits for it.
        """
        future = self._submit(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._timeout_s)
        except TimeoutError:
            raise self._too_slow() from None

    async def stream(self, work: Callable[[Assistant], Iterator[Given]]) -> AsyncIterator[Given]:
        """
        What the work yields, one after the other as it comes, run in a thread; leaving early ends the work.

        Raises:
            Unready: no assistant is open, or too many requests wait.
            TooSlow: it took longer than timeout_s in all.
        """
        loop = asyncio.get_running_loop()
        found: asyncio.Queue[tuple[Given] | None] = asyncio.Queue()
        left = Event()

        def produce(assistant: Assistant) -> None:
            for item in work(assistant):
                if left.is_set():
                    return
                loop.call_soon_threadsafe(found.put_nowait, (item,))

        future = self._submit(produce)
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(found.put_nowait, None))
        until = loop.time() + self._timeout_s
        try:
            while (item := await asyncio.wait_for(found.get(), max(0.0, until - loop.time()))) is not None:
                yield item[0]
            await asyncio.wrap_future(future)
        except TimeoutError:
            raise self._too_slow() from None
        finally:
            left.set()

    def _submit(self, work: Callable[[Assistant], Given]) -> Future[Given]:
        serving = self._ready()
        if not self._places.acquire(blocking=False):
            raise Unready(f"{MOST_WAITING} richieste sono già in attesa: riprova tra qualche secondo.")
        self._measures.change_under_way(1)
        serving.take()  # on the loop's thread, as switching is: no release is closed in between
        future = self._threads.submit(work, serving.assistant)
        future.add_done_callback(lambda _: self._give_back(serving))
        return future

    def _give_back(self, serving: Serving) -> None:
        self._measures.change_under_way(-1)
        self._places.release()
        serving.give_back()

    def _ready(self) -> Serving:
        if self._serving is None:
            raise Unready(f"Bussola non può ancora rispondere ({self.reason}): riprova tra qualche secondo.")
        return self._serving

    def _too_slow(self) -> TooSlow:
        return TooSlow(f"La risposta ha richiesto più di {self._timeout_s:g} secondi: riprova tra poco.")

    async def _watch(self) -> None:
        await self._open_next()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if await asyncio.get_running_loop().run_in_executor(self._keeper, self._is_behind):
                await self._open_next()

    def _is_behind(self) -> bool:
        try:
            wanted = self._published()
        except (BussolaError, OSError) as error:
            logger.error("la versione pubblicata non si legge: %s", error)
            return False
        if wanted is None or (self._serving and self._serving.assistant.release.id == wanted):
            return False
        failed, at = self._failed or ("", 0.0)
        return failed != wanted or time.monotonic() - at > TRY_AGAIN_S

    async def _open_next(self) -> None:
        try:
            assistant = await asyncio.get_running_loop().run_in_executor(self._keeper, self._open_warm)
        except Exception as error:  # the outer door: a release that can't be opened must not stop the one that serves
            self._say_failed(error)
            return
        before, self._serving = self._serving, Serving(assistant, self._keeper)
        if before is not None:
            self._measures.count_switch()
            before.retire()
        logger.info("pronta: versione %s", assistant.release.id)

    def _open_warm(self) -> Assistant:
        assistant = self._source()
        try:
            _warm(assistant)
        except BaseException:
            assistant.release.close()
            raise
        assistant.on_answer = self._on_answer  # only now: nobody asked the first question
        return assistant

    def _say_failed(self, error: Exception) -> None:
        self.reason = next((told for kind, told in REASONS.items() if isinstance(error, kind)), INNER_FAULT)
        cause = str(error) if isinstance(error, BussolaError) else INNER_FAULT
        logger.error("la versione non si apre: %s (%s)", cause, type(error).__name__)
        self._failed = ("", time.monotonic())
        with suppress(Exception):  # whatever fails here, the failure itself is still told
            self._failed = (self._published() or "", time.monotonic())
        if self._serving is None:
            self._on_failure(error)

    def _shut(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._serving is not None:
            self._serving.retire()
            self._serving = None
        self._keeper.shutdown(wait=True)


def _warm(assistant: Assistant) -> None:
    """Ask once what nobody asked: it leaves no receipt."""
    keep, assistant.on_answer = assistant.on_answer, None
    assistant.ask(WARM_UP_QUESTION)
    assistant.on_answer = keep
