"""The bot as a guest of `bussola serve`: its webhook is an address of the API, which also answers its questions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from telegram import Bot

from bot.app import converse, only_bot, opened_office, receive_deliveries, settle_library
from bot.commands import check_settings
from bot.inside import InsideTransport
from bot.receiver import Receiver
from bot.remote import ApiSource
from bot.sources import MARGIN_S
from bot.webhook import Webhook
from kb.errors import BussolaError, InputError
from kb.settings import Settings

logger = logging.getLogger("bussola.bot")

HERE = "http://bussola"  # never looked up: requests go to the host's application directly
RETRY_AFTER_S = "5"


def open_guest(settings: Settings) -> BotGuest | None:
    """
    The bot that the settings ask to be delivered to here; None where it is not to be here.

    That is without a token or a webhook's address, or with BUSSOLA_API_URL: then the bot runs elsewhere.

    Raises:
        InputError: the token, the address or the secret can't be used.
    """
    is_wanted = settings.telegram_token.get_secret_value() and settings.telegram_webhook_url
    if not is_wanted or settings.api_url:
        return None
    check_settings(settings)
    return BotGuest(settings)


class BotGuest:
    """An ASGI application for one path, and what runs behind it while its host does."""

    def __init__(self, settings: Settings) -> None:
        self.path = urlsplit(settings.telegram_webhook_url).path
        if self.path in ("", "/"):
            raise InputError(
                f"BUSSOLA_TELEGRAM_WEBHOOK_URL vale «{settings.telegram_webhook_url}»: aggiungi un percorso, per "
                "esempio /telegram, perché la pagina iniziale è del sito."
            )
        self._settings = settings
        self._webhook: Webhook | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a delivery; 503 until the bot is ready, and Telegram comes again."""
        if self._webhook is None:
            reply = Response(status_code=503, headers={"Retry-After": RETRY_AFTER_S})
            await reply(scope, receive, send)
            return
        await self._webhook(scope, receive, send)

    @asynccontextmanager
    async def staying(self, host: ASGIApp) -> AsyncIterator[None]:
        """While the block runs, converse; questions are asked of the host. A bot that fails does not stop its host."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._converse(host, stop))
        try:
            yield
        finally:
            self._webhook = None
            stop.set()
            await task

    async def _converse(self, host: ASGIApp, stop: asyncio.Event) -> None:
        settle_library()
        timeout_s = self._settings.llm_timeout_s + MARGIN_S
        source = ApiSource(HERE, timeout_s=timeout_s, transport=InsideTransport(host))
        try:
            with only_bot(self._settings.home), opened_office(self._settings, source) as office:
                await converse(office, stop, self._receive)
        except BussolaError as error:
            logger.error("il bot non parte: %s", error)
        except Exception as error:  # the outer door: the API goes on without a bot
            logger.error("il bot si è fermato: %s", type(error).__name__)
        finally:
            self._webhook = None
            await source.close()

    async def _receive(self, receiver: Receiver, bot: Bot, settings: Settings) -> None:
        self._webhook = Webhook(receiver.take_in, settings.telegram_webhook_secret.get_secret_value())
        await receive_deliveries(receiver, bot, settings)
