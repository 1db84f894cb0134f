"""Answers of a running API."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import httpx

from bot.client import PICTURE_WIDTH, Json, OnSentences, Picture, Rating, Unavailable, heed_nothing

logger = logging.getLogger("bussola.bot")

PATIENCE_S = 20.0  # an API that restarts is back within that
FIRST_WAIT_S = 0.2
AT_ONCE = 4  # questions that one API is asked at a time
EVENTS = "text/event-stream"
MARKED = "X-Quote-Marked"


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

    async def ask(self, question: str, history: Sequence[str], *, on_sentences: OnSentences = heed_nothing) -> Json:
        """The answer of POST /v1/ask, its sentences as they come; an API that can't send them apart sends it whole."""
        body = {"question": question, "history": [*history]}

        async def listen() -> Json:
            headers = {"Accept": f"{EVENTS}, application/json"}
            async with self._http.stream("POST", "/v1/ask", json=body, headers=headers) as reply:
                if reply.headers.get("Content-Type", "").startswith(EVENTS):
                    return await _read_events(reply.aiter_lines(), on_sentences)
                await reply.aread()
                return _read_json(reply)

        return await self._patiently(listen, "/v1/ask", needs="status")

    async def search(self, query: str, *, count: int) -> list[Json]:
        """The passages of GET /v1/search, each with its document's title."""
        found = await self._get("/v1/search", needs="passages", params={"q": query, "k": count})
        return list(found["passages"])

    async def examples(self, language: str) -> list[str]:
        """The questions of GET /v1/examples, asked for once."""
        reply = await self._once("GET", "/v1/examples", params={"language": language})
        return [str(one) for one in _read_json(reply)["questions"]] if reply is not None and reply.is_success else []

    async def documents(self) -> Json:
        """The documents of GET /v1/documents."""
        return await self._get("/v1/documents", needs="documents")

    async def differences(self) -> Json | None:
        """What GET /v1/diff tells; None where the API knows no release before."""
        reply = await self._once("GET", "/v1/diff")
        return _read_json(reply) if reply is not None and reply.is_success else None

    async def picture(self, citation: Mapping[str, Any], release: str) -> Picture | None:
        """The picture of GET /v1/pages, which shows the pages of the release that serves alone."""
        listed = await self._once("GET", "/v1/documents")
        if listed is None or not listed.is_success or _read_json(listed).get("release") != release:
            return None
        asked = {"start": citation["start"], "end": citation["end"], "width": PICTURE_WIDTH}
        reply = await self._once("GET", f"/v1/pages/{citation['document']}/{citation['page_index']}.png", params=asked)
        if reply is None or not reply.is_success:
            return None
        return Picture(reply.content, is_marked=reply.headers.get(MARKED) == "true")

    async def rate(self, rating: Rating) -> None:
        """POST /v1/feedback, once."""
        body = {name: value for name, value in asdict(rating).items() if value is not None}
        reply = await self._once("POST", "/v1/feedback", json=body)
        if reply is None or not reply.is_success:
            logger.warning(
                "un giudizio non è stato preso dall'API (%s)", reply.status_code if reply else "non risponde"
            )

    async def forget(self, ratings: Sequence[Rating]) -> int:
        """DELETE /v1/feedback for each, once."""
        gone = 0
        for rating in ratings:
            reply = await self._once("DELETE", "/v1/feedback", json={"answer": rating.answer, "key": rating.key})
            if reply is not None and reply.is_success:
                gone += int(_read_json(reply).get("erased", 0))
            else:
                logger.warning("un giudizio non è stato cancellato dall'API: si cancella alla sua scadenza")
        return gone

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _once(self, method: str, path: str, **request: Any) -> httpx.Response | None:
        """The reply, whatever it says; None where there is none."""
        try:
            return await self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            logger.warning("l'API non risponde a %s (%s)", path.partition("?")[0], type(error).__name__)
            return None

    async def _get(self, path: str, *, needs: str, **request: Any) -> Json:
        async def fetch() -> Json:
            return _read_json(await self._http.get(path, **request))

        return await self._patiently(fetch, path, needs=needs)

    async def _patiently(self, fetch: Callable[[], Awaitable[Json]], path: str, *, needs: str) -> Json:
        """The object that the API gives; faults that may pass are tried again for a while."""
        until, wait_s = time.monotonic() + self._patience_s, FIRST_WAIT_S
        while True:
            try:
                async with self._places:
                    read = await fetch()
                if needs in read:
                    return read
                reason = str(read.get("status", "risposta illeggibile"))
            except (httpx.HTTPError, ValueError) as error:
                reason = str(error) if type(error) is ValueError else type(error).__name__
            if time.monotonic() + wait_s > until:
                raise Unavailable(
                    f"l'API {self._http.base_url} non risponde a {path} ({reason}): controlla BUSSOLA_API_URL."
                )
            await asyncio.sleep(wait_s)
            wait_s *= 2


def _read_json(reply: httpx.Response) -> Json:
    """
    The object in a reply.

    Raises:
        ValueError: the reply is a fault, or holds no object.
    """
    if reply.status_code != httpx.codes.OK:
        raise ValueError(f"stato {reply.status_code}")
    read = reply.json()
    if not isinstance(read, dict):
        raise ValueError("risposta illeggibile")
    return read


async def _read_events(lines: AsyncIterator[str], on_sentences: OnSentences) -> Json:
    """
    The answer at the end of a stream of events, its sentences told on the way.

    Raises:
        ValueError: the stream ends without an answer.
    """
    name, sentences = "", list[Json]()
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data" and name == "answer":
            return dict(json.loads(value))
        elif field == "data" and name == "sentence":
            sentences.append(json.loads(value)["sentence"])
            on_sentences([*sentences])
    raise ValueError("flusso interrotto")
