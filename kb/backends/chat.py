"""Chat models through LlamaIndex's LLM interface: any OpenAI-compatible address, bounded in time, size and patience."""

from __future__ import annotations

import importlib
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.errors import ModelError, ModelPaused, ModelReplyError, ModelSlow
from kb.ports import ChatPrompt

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

LONGEST_REPLY = 8_000
"""Characters; an answer of a few sentences is a tenth of this."""
MAX_TOKENS = 400
"""Tokens that the model is asked to stop at: some six Italian sentences with their markers."""
FAILURES = 3
"""Failures in a row after which the model is left alone."""
PAUSE_S = 60.0
"""Seconds that it is then left alone."""

_OUT_OF_FORM = (ValueError, TypeError, AttributeError, LookupError)
"""What the libraries raise on a reply of another shape than they expect; JSON and validation errors are ValueErrors."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a chat model answers."""

    url: str
    model: str
    key: str = ""


def named_address(url: str, model: str, key: str) -> Callable[[], Address]:
    """
    A server's address, as the settings name it.

    Raises:
        ModelError: the address is no http(s) address, or the model has no name.
    """
    if not url.startswith(("http://", "https://")):
        raise ModelError(
            f"BUSSOLA_LLM_URL vale «{url}», che non è un indirizzo http: per esempio http://127.0.0.1:8080/v1."
        )
    if not model:
        raise ModelError(f"BUSSOLA_LLM_URL vale «{url}» ma BUSSOLA_LLM_MODEL è vuota: indica il nome del modello.")
    address = Address(url.rstrip("/"), model, key)
    return lambda: address


class OpenAICompatibleModel:
    """A chat model at an OpenAI-compatible address; safe to use from several threads."""

    def __init__(
        self,
        address: Callable[[], Address],
        *,
        timeout_s: float,
        context_chars: int,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
    ) -> None:
        """address is called at each reply, within its time: a local model is loaded there and goes on loading."""
        from pybreaker import CircuitBreaker

        self._address = address
        self._timeout_s = timeout_s
        self._context_chars = context_chars
        self._takes_schema = True
        self._breaker = CircuitBreaker(
            fail_max=failures, reset_timeout=pause_s, exclude=[GeneratorExit], throw_new_error_on_trip=False
        )

    @property
    def context_chars(self) -> int:
        """Characters of passages that it is shown, at most."""
        return self._context_chars

    def write(self, prompt: ChatPrompt) -> Generator[str, None, None]:
        """The reply piece by piece; see kb.ports.ChatModel."""
        from pybreaker import CircuitBreakerError

        try:
            with self._breaker.calling():
                yield from self._bounded(prompt)
        except CircuitBreakerError:
            raise ModelPaused(
                f"il modello di conversazione non ha risposto per {self._breaker.fail_max} volte di seguito: "
                f"lo si richiama fra {self._breaker.reset_timeout:g} secondi."
            ) from None

    def _bounded(self, prompt: ChatPrompt) -> Iterator[str]:
        """
        The pieces, read by a thread of their own.

        A model that takes long to load, a name that never resolves or headers that come byte by byte hold that thread,
        never the person who waits; closing the client then takes the connection from under it.
        """
        _load_libraries()  # seconds the first time, which are not the model's
        client = _client(self._timeout_s)
        pieces: queue.Queue[str | Exception | None] = queue.Queue()
        deadline = time.monotonic() + self._timeout_s
        threading.Thread(target=self._read, args=(prompt, client, pieces), daemon=True).start()
        size = 0
        try:
            while (piece := self._next(pieces, deadline)) is not None:
                size += len(piece)
                if size > LONGEST_REPLY:
                    raise ModelReplyError(
                        f"il modello di conversazione ha scritto più di {LONGEST_REPLY} caratteri: usane un altro."
                    )
                yield piece
        finally:
            client.close()

    def _next(self, pieces: queue.Queue[str | Exception | None], deadline: float) -> str | None:
        try:
            piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise self._slow() from None
        if isinstance(piece, Exception):
            raise self._ours(piece) from piece
        return piece

    def _read(self, prompt: ChatPrompt, client: httpx.Client, pieces: queue.Queue[str | Exception | None]) -> None:
        try:
            for piece in self._pieces(prompt, self._address(), client):
                pieces.put(piece)
        except Exception as error:  # handed over to the thread that waits, which tells ours from defects
            pieces.put(error)
        pieces.put(None)

    def _pieces(self, prompt: ChatPrompt, address: Address, client: httpx.Client) -> Iterator[str]:
        from openai import BadRequestError, UnprocessableEntityError

        if self._takes_schema:
            try:
                yield from _stream(prompt, _language_model(address, client), _held_to(prompt.schema))
                return
            except (BadRequestError, UnprocessableEntityError):
                # An older server; nothing has been read of its reply yet, since it refused the request.
                self._takes_schema = False
        yield from _stream(prompt, _language_model(address, client), {})

    def _ours(self, error: Exception) -> Exception:
        """The library's error as one of ours; a defect stays as it is."""
        import httpx
        from openai import APIStatusError, APITimeoutError, OpenAIError

        if isinstance(error, ModelError):
            return error
        if isinstance(error, APITimeoutError | httpx.TimeoutException):
            return self._slow()
        if isinstance(error, APIStatusError):
            return ModelError(
                f"il modello di conversazione risponde con l'errore HTTP {error.status_code}: "
                "controlla BUSSOLA_LLM_URL, BUSSOLA_LLM_MODEL e BUSSOLA_LLM_KEY."
            )
        if isinstance(error, OpenAIError | httpx.HTTPError | httpx.InvalidURL | OSError):
            return ModelError(
                "il modello di conversazione non si raggiunge: controlla BUSSOLA_LLM_URL e che il server sia acceso."
            )
        if isinstance(error, _OUT_OF_FORM):
            return ModelReplyError(
                "il server del modello non risponde nella forma di OpenAI: controlla BUSSOLA_LLM_URL."
            )
        return error

    def _slow(self) -> ModelSlow:
        return ModelSlow(
            f"il modello di conversazione non ha finito entro {self._timeout_s:g} secondi: "
            "alza BUSSOLA_LLM_TIMEOUT_S o usane uno più svelto."
        )


def _load_libraries() -> None:
    importlib.import_module("llama_index.llms.openai_like")


def _client(timeout_s: float) -> httpx.Client:
    import httpx

    from kb.backends.chat_transport import BoundedTransport

    return httpx.Client(transport=BoundedTransport(timeout_s=timeout_s), timeout=timeout_s)


def _language_model(address: Address, client: httpx.Client) -> LLM:
    from llama_index.llms.openai_like import OpenAILike

    llm: LLM = OpenAILike(
        model=address.model,
        api_base=address.url,
        api_key=address.key or "-",  # an empty key would be looked for in the environment
        is_chat_model=True,
        max_retries=0,  # the time limit is for all tries together
        max_tokens=MAX_TOKENS,
        temperature=0.0,
        http_client=client,
    )
    return llm


def _stream(prompt: ChatPrompt, llm: LLM, options: Mapping[str, Any]) -> Iterator[str]:
    from llama_index.core.llms import ChatMessage, MessageRole

    messages = [
        ChatMessage(role=MessageRole.SYSTEM, content=prompt.instructions),
        ChatMessage(role=MessageRole.USER, content=prompt.text),
    ]
    for part in llm.stream_chat(messages, **options):
        if part.delta:
            yield part.delta


def _held_to(schema: Mapping[str, object]) -> dict[str, Any]:
    """The request's options that hold the reply to a schema; llama.cpp makes a grammar of it."""
    form = {"name": "risposta", "strict": True, "schema": dict(schema)}
    return {"response_format": {"type": "json_schema", "json_schema": form}}
