"""The assistant behind the desk: opened once, warmed up, and asked by at most a few threads at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, TypeVar

from api.problems import TooSlow, Unready
from kb.errors import BussolaError

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant

logger = logging.getLogger("bussola.api")

Given = TypeVar("Given")
AssistantSource = Callable[[], "Assistant"]
OnFailure = Callable[[BaseException], None]


def stay_unready(_error: BaseException) -> None:
    """Keep running: /readyz says why no answer can be given."""


THREADS = 2  # an answer is bound by the processor; more threads would only make each slower
MOST_WAITING = 32  # beyond this a person would wait longer than a request may take
WARM_UP_QUESTION = "Quanti sono i Driver dell'Agenda strategica?"


class Desk:
    """
    Opens the assistant in the background and hands it blocking work.

    The event loop never blocks: work runs in THREADS threads, at most MOST_WAITING more wait,
    and whoever asks waits timeout_s at most.
    """

    def __init__(self, source: AssistantSource, *, timeout_s: float, on_failure: OnFailure = stay_unready) -> None:
        self._source = source
        self._on_failure = on_failure
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="bussola-desk")
        self._places = BoundedSemaphore(THREADS + MOST_WAITING)
        self._assistant: Assistant | None = None
        self._opening: asyncio.Future[Assistant] | None = None
        self.reason = "il servizio si sta avviando"

    def open(self) -> None:
        """Begin to open and warm the assistant; returns at once."""
        loop = asyncio.get_running_loop()
        self._opening = loop.run_in_executor(self._threads, self._open_warm)
        self._opening.add_done_callback(self._opened)

    async def close(self) -> None:
        """Wait for the answers under way, then free the release."""
        await asyncio.get_running_loop().run_in_executor(None, self._shut)

    @property
    def assistant(self) -> Assistant:
        """
        The assistant, open and warm.

        Raises:
            Unready: it is still opening, or could not be opened.
        """
        if self._assistant is None:
            raise Unready(f"Bussola non può ancora rispondere ({self.reason}): riprova tra qualche secondo.")
        return self._assistant

    async def run(self, work: Callable[[Assistant], Given]) -> Given:
        """
        What the work returns, run in a thread.

        Raises:
            Unready: no assistant is open, or too many requests wait.
            TooSlow: it took longer than timeout_s; the thread ends its work, nobody waits for it.
        """
        assistant = self.assistant
        if not self._places.acquire(blocking=False):
            raise Unready(f"{MOST_WAITING} richieste sono già in attesa: riprova tra qualche secondo.")
        future = self._threads.submit(work, assistant)
        future.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._timeout_s)
        except TimeoutError:
            raise TooSlow(f"La risposta ha richiesto più di {self._timeout_s:g} secondi: riprova tra poco.") from None

    def _open_warm(self) -> Assistant:
        assistant = self._source()
        _warm(assistant)
        return assistant

    def _opened(self, opening: asyncio.Future[Assistant]) -> None:
        if opening.cancelled():
            return
        error = opening.exception()
        if error is None:
            self._assistant = opening.result()
            logger.info("pronta: versione %s", self._assistant.release.id)
        else:
            self.reason = str(error) if isinstance(error, BussolaError) else "errore interno all'apertura"
            logger.error("la versione non si apre: %s (%s)", self.reason, type(error).__name__)
            self._on_failure(error)

    def _shut(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._assistant is not None:
            self._assistant.release.close()
            self._assistant = None


def _warm(assistant: Assistant) -> None:
    """Ask once what nobody asked: it leaves no receipt."""
    keep, assistant.on_answer = assistant.on_answer, None
    assistant.ask(WARM_UP_QUESTION)
    assistant.on_answer = keep
