"""
A Bot API of our own, over HTTP, for tests: it keeps Telegram's limits, and breaks down as it is told.

It is strict where Telegram is (bot.testing_rules), and refuses edits of messages that are not there or don't change.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.testing_rules import LONGEST_CAPTION, Refusal, check_parameters, check_photo, check_text, read_buttons
from kb.testing import Found, wait_until

TOKEN = "123456:AAprovaprovaprovaprova"
BOT = {"id": 123456, "is_bot": True, "first_name": "Bussola", "username": "BussolaProvaBot"}
BOT |= {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}
SUPERGROUPS_FROM = -1_000_000_000_000

QUICK = {"telegram_chat_pause_s": "0", "telegram_timeout_s": "30", "telegram_messages_per_second": "300"}
"""Settings of a bot that need not spare Telegram."""


@dataclass
class Call:
    """A request that was let in."""

    method: str
    data: dict[str, Any]
    at: float


@dataclass
class Fault:
    """What goes wrong with a request: an HTTP status, a body, or nothing at all; before or after it was done."""

    status: int = 200
    body: str | None = None
    retry_after: int = 0
    hang_s: float = 0.0
    done_first: bool = False


Faults = Callable[[str, dict[str, Any]], Fault | None]
"""Asked at each request, by method and data; None lets it through."""


@dataclass
class Sent:
    """A message of the bot as it stands now."""

    message_id: int
    chat_id: int
    html: str
    text: str
    buttons: list[list[dict[str, Any]]]
    reply_to: int | None
    edits: int = 0
    photo: bytes | None = None


@dataclass
class FakeTelegram:
    """The state behind the server; used from the test's thread and the server's."""

    faults: Faults = lambda _method, _data: None
    has_drafts: bool = True
    calls: list[Call] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    sent: dict[int, dict[int, Sent]] = field(default_factory=lambda: defaultdict(dict))  # by chat, by number
    blocked: set[int] = field(default_factory=set)
    webhook: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)  # by file id
    keep_calls: bool = True
    address: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._updates: dict[int, dict[str, Any]] = {}
        self._update_ids = itertools.count(1000)
        self._numbers: dict[int, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._arrived = threading.Event()

    # What people do

    def write(self, chat_id: int, text: str | None = None, **more: Any) -> int:
        """A person writes in a chat; the message's number. More keys join the message (photo, entities, …)."""
        with self._lock:
            message = self.message(chat_id, text, **more)
            self.push({"message": message})
            return int(message["message_id"])

    def message(self, chat_id: int, text: str | None = None, **more: Any) -> dict[str, Any]:
        """A message as Telegram tells of it."""
        message_id = more.pop("message_id", None) or self._next_number(chat_id)
        person = {"id": abs(chat_id) % 10_000 + 1, "is_bot": False, "first_name": "Ada Prova"}
        person["language_code"] = more.pop("language_code", "it")
        kind = "private" if chat_id > 0 else "supergroup" if chat_id <= SUPERGROUPS_FROM else "group"
        chat = {"id": chat_id, "type": kind} | ({"title": "Gruppo"} if chat_id < 0 else {"first_name": "Ada Prova"})
        message = {"message_id": message_id, "date": int(time.time()), "chat": chat, "from": person}
        if text is not None:
            message["text"] = text
            command = re.match(r"/\S+", text)
            if command:
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
        return message | more

    def tap(self, sent: Sent, label: str) -> int:
        """A person taps the button of a message whose label holds these words; the update's number."""
        with self._lock:
            data = next(b["callback_data"] for row in sent.buttons for b in row if label in b["text"])
            return self.tap_data(sent, data)

    def tap_data(self, sent: Sent, data: str) -> int:
        """A person taps a button that carries this data."""
        shown = self.message(sent.chat_id, sent.text, message_id=sent.message_id)
        shown["from"] = BOT
        if sent.buttons:
            shown["reply_markup"] = {"inline_keyboard": sent.buttons}
        person = {
            "id": abs(sent.chat_id) % 10_000 + 1,
            "is_bot": False,
            "first_name": "Ada Prova",
            "language_code": "it",
        }
        query = {"id": str(time.time_ns()), "from": person, "message": shown, "chat_instance": "1", "data": data}
        return self.push({"callback_query": query})

    def push(self, body: dict[str, Any], *, update_id: int | None = None) -> int:
        """Put an update in the queue; its number."""
        with self._lock:
            number = next(self._update_ids) if update_id is None else update_id
            self._updates[number] = {"update_id": number} | body
            self._arrived.set()
            return number

    def waiting(self) -> int:
        """How many updates the bot has not confirmed."""
        with self._lock:
            return len(self._updates)

    # What the bot did

    def texts(self, chat_id: int) -> list[str]:
        """What the bot's messages of a chat say now, oldest first, without tags."""
        return [sent.text for sent in self.messages(chat_id)]

    def messages(self, chat_id: int) -> list[Sent]:
        """The bot's messages of a chat, oldest first."""
        with self._lock:
            return sorted(self.sent[chat_id].values(), key=lambda sent: sent.message_id)

    def said(self, chat_id: int, count: int = 1) -> list[Sent]:
        """The bot's messages of a chat, once there are that many."""
        self.wait_for(lambda: len(self.messages(chat_id)) >= count)
        return self.messages(chat_id)

    def toasts(self) -> list[str]:
        """What taps were answered with, oldest first."""
        return [call.data.get("text", "") for call in self.calls if call.method == "answerCallbackQuery"]

    def times_called(self, method: str) -> int:
        """How many requests of that kind were let in."""
        return sum(call.method == method for call in self.calls)

    def wait_for(self, what: Callable[[], Found], *, timeout_s: float = 120.0, pause_s: float = 0.01) -> Found:
        """What the function gives, as soon as it is true; AssertionError when it never is."""
        try:
            return wait_until(what, timeout_s=timeout_s, pause_s=pause_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; refused: {self.refused[-3:]}; last calls: {self.calls[-5:]}") from None

    # What the server does

    async def handle(self, method: str, data: dict[str, Any]) -> tuple[int, str]:
        """Status and body for a request."""
        if method == "getUpdates":
            fault = self.faults(method, data)
            return _failed(fault) if fault and not fault.hang_s else await self._get_updates(data)
        with self._lock:
            if self.keep_calls:
                self.calls.append(Call(method, data, time.monotonic()))
        fault = self.faults(method, data)
        if fault is None:
            return self._do(method, data)
        if fault.done_first:
            self._do(method, data)
        if fault.hang_s:
            await asyncio.sleep(fault.hang_s)
        return _failed(fault)

    def _do(self, method: str, data: dict[str, Any]) -> tuple[int, str]:
        with self._lock:
            try:
                check_parameters(method, data)
                work: Callable[[dict[str, Any]], Any] | None = getattr(self, f"_{method}", None)
                result = work(data) if work else True
            except Refusal as refusal:
                self.refused.append(f"{method}: {refusal.description}")
                body = {"ok": False, "error_code": refusal.status, "description": refusal.description}
                return refusal.status, json.dumps(
                    body | ({"parameters": refusal.parameters} if refusal.parameters else {})
                )
        return 200, json.dumps({"ok": True, "result": result})

    async def _get_updates(self, data: dict[str, Any]) -> tuple[int, str]:
        check_parameters("getUpdates", data)
        offset, until = int(data.get("offset", 0)), time.monotonic() + min(float(data.get("timeout", 0)), 2.0)
        while True:
            with self._lock:
                for number in [n for n in self._updates if n < offset]:
                    del self._updates[number]
                found = [self._updates[n] for n in sorted(self._updates)][: int(data.get("limit", 100))]
                self._arrived.clear()
            if found or time.monotonic() > until:
                return 200, json.dumps({"ok": True, "result": found})
            await asyncio.sleep(0.005)

    def _getMe(self, _data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the API's own name, as those below
        return BOT

    def _setWebhook(self, data: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = data
        return True

    def _deleteWebhook(self, _data: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = {}
        return True

    def _sendMessageDraft(self, data: dict[str, Any]) -> bool:  # noqa: N802
        if not self.has_drafts or int(data["chat_id"]) < 0:
            raise Refusal(400, "Bad Request: drafts are not allowed in this chat")
        if int(data["draft_id"]) == 0:
            raise Refusal(400, "Bad Request: DRAFT_ID_INVALID")
        return True

    def _sendMessage(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat_id = int(data["chat_id"])
        reply = json.loads(data["reply_parameters"])["message_id"] if "reply_parameters" in data else None
        return self._take(Sent(0, chat_id, data["text"], check_text(data), read_buttons(data), reply))

    def _sendPhoto(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        photo, chat_id = data["photo"], int(data["chat_id"])
        if isinstance(photo, str):
            if photo not in self.files:
                raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
            photo = self.files[photo]
        check_photo(photo)
        caption = check_text({**data, "text": data["caption"]}, longest=LONGEST_CAPTION)
        sent = self._take(Sent(0, chat_id, data["caption"], caption, read_buttons(data), None, photo=photo))
        file_id = f"foto-{len(self.files)}"
        self.files[file_id] = photo
        size = {"width": 1, "height": 1, "file_size": len(photo)}
        return sent | {"photo": [{"file_id": file_id, "file_unique_id": file_id, **size}]}

    def _getWebhookInfo(self, _data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    def _take(self, sent: Sent) -> dict[str, Any]:
        if sent.chat_id in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        sent.message_id = self._next_number(sent.chat_id)
        self.sent[sent.chat_id][sent.message_id] = sent
        return self._told(sent)

    def _editMessageText(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        sent = self._mine(data)
        text, buttons = check_text(data), read_buttons(data)
        if (data["text"], buttons) == (sent.html, sent.buttons):
            raise Refusal(400, "Bad Request: message is not modified")
        sent.html, sent.text, sent.buttons, sent.edits = data["text"], text, buttons, sent.edits + 1
        return self._told(sent)

    def _editMessageReplyMarkup(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        sent, buttons = self._mine(data), read_buttons(data)
        if buttons == sent.buttons:
            raise Refusal(400, "Bad Request: message is not modified")
        sent.buttons, sent.edits = buttons, sent.edits + 1
        return self._told(sent)

    def _mine(self, data: dict[str, Any]) -> Sent:
        found = self.sent[int(data["chat_id"])].get(int(data["message_id"]))
        if found is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        return found

    def _told(self, sent: Sent) -> dict[str, Any]:
        return self.message(sent.chat_id, sent.text, message_id=sent.message_id) | {"from": BOT}

    def _next_number(self, chat_id: int) -> int:
        return next(self._numbers[chat_id if chat_id <= SUPERGROUPS_FROM else 0])


async def read_form(request: Request) -> dict[str, Any]:
    """A request's parameters, files as bytes."""
    if request.headers.get("Content-Type", "").startswith("multipart/"):
        async with request.form() as form:
            return {name: value if isinstance(value, str) else await value.read() for name, value in form.items()}
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _failed(fault: Fault) -> tuple[int, str]:
    if fault.body is not None:
        return fault.status, fault.body
    body: dict[str, Any] = {"ok": False, "error_code": fault.status, "description": "Internal Server Error"}
    if fault.retry_after:
        body |= {"description": f"Too Many Requests: retry after {fault.retry_after}"}
        body["parameters"] = {"retry_after": fault.retry_after}
    return fault.status, json.dumps(body)


@contextmanager
def serving_telegram(telegram: FakeTelegram) -> Iterator[FakeTelegram]:
    """The fake, listening at its address while the block runs."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        _, _, rest = request.url.path.partition("/bot")
        token, _, method = rest.partition("/")
        if token != TOKEN:
            status, body = 401, json.dumps({"ok": False, "error_code": 401, "description": "Unauthorized"})
        else:
            try:
                data = await read_form(request)
            except ClientDisconnect:  # a killed bot leaves requests half sent
                return
            status, body = await telegram.handle(method, data)
        await Response(body, status, media_type="application/json")(scope, receive, send)

    with serving(app) as telegram.address:
        yield telegram


@contextmanager
def serving(app: Any, *, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """The address of an ASGI application that listens in a thread of its own."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan=lifespan, timeout_graceful_shutdown=1
    )
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listening.close()


@contextmanager
def running_bot(telegram: FakeTelegram, home: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`bussola bot` as a process of its own, with these settings; asked to stop at the end, if it still runs."""
    given = {"home": str(home), "telegram_token": TOKEN, "telegram_api_url": telegram.address, **QUICK, **settings}
    environment = {**os.environ, **{f"BUSSOLA_{name.upper()}": value for name, value in given.items()}}
    log = (home / "bot.log").open("a", encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-m", "bussola", "bot"], stderr=log, text=True, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()
