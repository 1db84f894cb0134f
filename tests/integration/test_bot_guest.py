"""`bussola serve` takes the bot in: Telegram delivers to a path of the API, which answers the bot's questions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from bot.app import only_bot
from bot.guest import BotGuest, open_guest
from bot.inside import InsideTransport
from bot.testing import TOKEN, FakeTelegram, serving
from bussola import GUESTS
from kb.errors import InputError
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release, wait_until
from kb.wiring import open_guests

ADA, SECRET = 41, "segreto_123"
QUESTION = "Che cosa riunisce l'Agenzia per la formazione?"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def settings_of(home: Path, telegram: str = "http://127.0.0.1:1", **more: Any) -> Settings:
    given: dict[str, Any] = {
        **{"home": home, "telegram_token": SecretStr(TOKEN), "telegram_api_url": telegram, "telegram_chat_pause_s": 0},
        **{"telegram_webhook_url": "https://bussola.example/telegram", "telegram_webhook_secret": SecretStr(SECRET)},
        **{"api_limit_citizen": "2/minute", **more},
    }
    return Settings(**given)


@contextmanager
def hosting(settings: Settings) -> Iterator[str]:
    """The address of an API with the bot as its guest."""
    guests = open_guests(GUESTS, settings)
    app = create_app(lambda: FakeAssistant(sample_release()), settings, guests=guests)  # type: ignore[arg-type, return-value]
    with serving(app, lifespan="on") as address:
        wait_until(lambda: is_up(address))
        yield address


def is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=120).is_success
    except httpx.HTTPError:
        return False


def deliver(address: str, body: object, secret: str | None = SECRET) -> int:
    headers = {HEADER: secret} if secret else {}
    return httpx.post(f"{address}/telegram", json=body, headers=headers, timeout=120).status_code


def test_deliveries_to_the_api_are_answered_in_order_and_kept_over_a_restart(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    with hosting(settings_of(tmp_path, telegram.address)) as address:
        telegram.wait_for(lambda: telegram.webhook)
        for at in range(5):  # more than a citizen may ask of the API in a minute
            body = {"update_id": at, "message": telegram.message(ADA, f"{QUESTION} {at}")}
            assert deliver(address, body) == 200
            assert deliver(address, body) == 200, "a repetition is taken and not answered"
        telegram.wait_for(lambda: len(telegram.messages(ADA)) == 5)
    telegram.webhook = {}
    with hosting(settings_of(tmp_path, telegram.address)) as address:
        telegram.wait_for(lambda: telegram.webhook)
        deliver(address, {"update_id": 9, "message": telegram.message(ADA, "/aiuto")})
        telegram.wait_for(lambda: len(telegram.messages(ADA)) == 6)

    assert telegram.webhook["url"] == "https://bussola.example/telegram"
    assert telegram.webhook["secret_token"] == SECRET
    assert ["71 Comuni" in text for text in telegram.texts(ADA)] == [True] * 5 + [False]
    assert telegram.texts(ADA)[5].startswith("Come si usa")


@pytest.mark.parametrize("secret", [None, "", "sbagliato", SECRET + "x"])
def test_whoever_does_not_know_the_secret_is_sent_away(
    telegram: FakeTelegram, tmp_path: Path, secret: str | None
) -> None:
    with hosting(settings_of(tmp_path, telegram.address)) as address:
        telegram.wait_for(lambda: telegram.webhook)
        assert deliver(address, {"update_id": 1, "message": telegram.message(ADA, "/aiuto")}, secret) == 403
        assert httpx.get(f"{address}/telegram", timeout=120).status_code == 405
        assert httpx.get(f"{address}/healthz", timeout=120).status_code == 200
        assert "/telegram" not in httpx.get(f"{address}/openapi.json", timeout=120).text

    assert telegram.messages(ADA) == []


def test_until_the_bot_is_ready_telegram_is_asked_to_come_again_and_the_api_serves(tmp_path: Path) -> None:
    with hosting(settings_of(tmp_path)) as address:
        assert deliver(address, {"update_id": 1}) == 503
        assert httpx.get(f"{address}/healthz", timeout=120).status_code == 200


def test_a_home_has_one_bot(telegram: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with only_bot(tmp_path), hosting(settings_of(tmp_path, telegram.address)) as address:
        telegram.wait_for(lambda: "già attivo" in caplog.text)
        assert deliver(address, {"update_id": 1}) == 503

    assert telegram.webhook == {}


@pytest.mark.parametrize(
    "more",
    [{"telegram_token": SecretStr("")}, {"telegram_webhook_url": ""}, {"api_url": "http://altrove"}],
    ids=lambda more: next(iter(more)),
)
def test_only_a_bot_with_a_webhook_here_is_a_guest(tmp_path: Path, more: dict[str, Any]) -> None:
    assert isinstance(open_guest(settings_of(tmp_path)), BotGuest)
    assert open_guest(settings_of(tmp_path, **more)) is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"telegram_webhook_secret": SecretStr("")}, "BUSSOLA_TELEGRAM_WEBHOOK_SECRET"),
        ({"telegram_webhook_url": "https://bussola.example/"}, "aggiungi un percorso"),
        ({"telegram_webhook_url": "http://bussola.example/telegram"}, "https://"),
    ],
)
def test_a_webhook_that_can_not_work_is_told_at_the_start(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        open_guest(settings_of(tmp_path, **more))


def test_a_reply_from_inside_is_read_while_it_is_written() -> None:
    seen, may_end = [], asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["body"] == b"ciao"
        assert (scope["path"], scope["query_string"], scope["method"]) == ("/v1/x", b"a=1", "POST")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"0", "more_body": True})
        await may_end.wait()
        await send({"type": "http.response.body", "body": b"1"})

    async def fail(_scope: Any, _receive: Any, _send: Any) -> None:
        return

    async def go() -> None:
        async with httpx.AsyncClient(transport=InsideTransport(app)) as http:
            async with http.stream("POST", "http://x/v1/x?a=1", content=b"ciao") as reply:
                assert (reply.status_code, reply.headers["a"]) == (200, "b")
                async for part in reply.aiter_bytes():
                    seen.append(part)
                    may_end.set()
            may_end.clear()
            async with asyncio.timeout(60), http.stream("POST", "http://x/v1/x?a=1", content=b"ciao"):
                pass  # leaving early ends the work, which would wait for ever
        async with httpx.AsyncClient(transport=InsideTransport(fail)) as http:
            with pytest.raises(httpx.RemoteProtocolError):
                await http.get("http://x/")

    asyncio.run(go())
    assert seen == [b"0", b"1"]
