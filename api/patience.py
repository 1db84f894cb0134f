"""How long, and for how much, the server waits on a connection: a balancer before it has limits of its own."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S = 15.0  # a request's line and headers, from its first byte, or from the connection
MOST_HEAD_BYTES = 64 * 1024
TAKEN_WITHIN_S = 60.0  # what was written, by a client that reads; some 64 KB wait at a time

TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """
    uvicorn's own, which would keep a head of any size for ever, and wait for ever on a client that reads nothing.

    Bodies have their limits in api.doorway.
    """

    _is_in_head = True
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None
    _writing_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_WITHIN_S, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any longer."""
        _stop(self._head_timer)
        _stop(self._writing_timer)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless a head has become too large."""
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._is_in_head and self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._is_in_head, self._head_bytes = True, 0
        self._head_timer = self._head_timer or self.loop.call_later(HEAD_WITHIN_S, self.transport.abort)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._is_in_head = False
        _stop(self._head_timer)
        self._head_timer = None
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """Too much was written that the client did not read yet."""
        super().pause_writing()
        self._writing_timer = self.loop.call_later(TAKEN_WITHIN_S, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads."""
        _stop(self._writing_timer)
        super().resume_writing()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: a request for another protocol is answered as what it is else, and fills no log."""


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
