"""The bot, put together and run until it is told to stop."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from telegram import Bot, BotCommand
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import Application

from bot.client import Source
from bot.handlers.menu import COMMANDS
from bot.handlers.table import WANTED, add_handlers
from bot.keys import Keys
from bot.limits import Pace, People
from bot.local import LocalSource
from bot.order import ChatOrder
from bot.receiver import AnyApplication, Receiver
from bot.sources import make_source
from bot.store import BotStore
from bot.turn import Office
from bot.webhook import Webhook
from kb.errors import BussolaError, InputError
from kb.releases.folders import in_use
from kb.settings import Settings
from prompts.bot import load_bot_replies
from prompts.replies import LANGUAGES

logger = logging.getLogger("bussola.bot")

Receive = Callable[[Receiver, Bot, Settings], Awaitable[None]]
"""Takes updates in until it is cancelled."""

GOODBYE_S = 15.0  # how long answers under way may take once a stop is asked
HOUSE_EVERY_S = 3600.0
CONNECTIONS = 32


def run(settings: Settings) -> None:
    """
    Run the bot until SIGINT or SIGTERM.

    Raises:
        InputError: Telegram does not know the token, or the webhook's port is taken.
        NotFound, ReleaseError, EmbedderError: there is no release to answer from.
        StoreError: the bot's memory can't be used.
    """
    write_logs()
    settle_library()
    asyncio.run(serve(settings))


def settle_library() -> None:
    """The library tells waits in its coming way, since the old one warns, and logs nothing: it would hold the token."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def write_logs() -> None:
    """Our own lines on standard error."""
    line = logging.StreamHandler()
    line.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger("bussola").addHandler(line)
    logging.getLogger("bussola").setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # of the webhook: what people write


async def serve(settings: Settings) -> None:
    """Open the parts, answer what waits, and receive until a stop is asked."""
    source = make_source(settings)
    try:
        with only_bot(settings.home), opened_office(settings, source) as office:
            if isinstance(source, LocalSource):
                logger.info("versione dei documenti: %s", await source.open())
            await converse(office, _stop_signal(), _receive)
    finally:
        await source.close()


@contextmanager
def only_bot(home: Path) -> Iterator[None]:
    """
    While the block runs, no other process is the bot of this home: two would answer everything twice.

    Raises:
        InputError: another is.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "bot.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"il bot di {home} è già attivo in un altro processo («bussola bot», o «bussola serve» con "
                "BUSSOLA_TELEGRAM_WEBHOOK_URL): ferma quello."
            ) from None
        with in_use(home):
            yield


@contextmanager
def opened_office(settings: Settings, source: Source) -> Iterator[Office]:
    """
    What every turn shares, its memory open while the block runs.

    Raises:
        StoreError: the memory or its key can't be used.
    """
    store = BotStore(settings.home / "bot.sqlite3")
    office = Office(settings, store, source, Keys(settings.home), People(settings.telegram_questions_per_minute))
    try:
        store.expire(days=settings.telegram_retention_days)
        office.keys.hide(0)  # a memory or key that can't be read is told now, not at the first message
        yield office
    finally:
        store.close()


def build_application(office: Office, order: ChatOrder) -> AnyApplication:
    """The library's application with our pace and order; nothing is opened."""
    settings = office.settings
    pace = Pace(
        per_second=settings.telegram_messages_per_second,
        pause_s=settings.telegram_chat_pause_s,
        may_leave=office.caught_up,
    )
    address, timeout_s = settings.telegram_api_url.rstrip("/"), settings.telegram_timeout_s
    application: AnyApplication = (
        Application.builder()
        .token(settings.telegram_token.get_secret_value())
        .base_url(f"{address}/bot")
        .base_file_url(f"{address}/file/bot")
        .updater(None)
        .job_queue(None)
        .rate_limiter(pace)
        .concurrent_updates(order)
        .connection_pool_size(CONNECTIONS)
        .read_timeout(timeout_s)
        .connect_timeout(timeout_s)
        .write_timeout(timeout_s)
        .pool_timeout(timeout_s)
        .build()
    )
    add_handlers(application, office)
    return application


async def converse(office: Office, stop: asyncio.Event, receive: Receive) -> None:
    """Answer what waits, then what is received, until the stop; answers under way are finished."""
    order = ChatOrder(office.store.answered)
    application = build_application(office, order)
    await _while_running(_introduce(application), stop)
    if stop.is_set():
        return
    await application.start()
    receiver = Receiver(application, office)
    waiting = await receiver.resume()
    logger.info("il bot @%s è pronto; messaggi in attesa: %d", application.bot.username, waiting)
    keeping = asyncio.create_task(_keep_house(office))
    try:
        await _while_running(receive(receiver, application.bot, office.settings), stop)
    finally:
        keeping.cancel()
        order.stop()
        logger.info("il bot si ferma: finisce le risposte cominciate")
        with suppress(TimeoutError):
            await asyncio.wait_for(application.stop(), GOODBYE_S)
        await application.shutdown()


async def _introduce(application: AnyApplication) -> None:
    """Get to know oneself, waiting for the network as long as it takes, and show menu and descriptions."""
    wait_s = 0.5
    while True:
        try:
            await application.initialize()
            break
        except InvalidToken:
            raise InputError("Telegram non riconosce BUSSOLA_TELEGRAM_TOKEN: ricopialo da @BotFather.") from None
        except (TelegramError, KeyError, TypeError) as error:
            logger.warning("Telegram non risponde (%s): riprovo", type(error).__name__)
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, 30.0)
    for language in LANGUAGES:
        with suppress(TelegramError):  # what is shown from an earlier start stays
            await _show_menu(application, language)


async def _show_menu(application: AnyApplication, language: str) -> None:
    replies = load_bot_replies(language)
    code = None if language == LANGUAGES[0] else language  # Italian is what everybody else sees
    commands = [BotCommand(name, replies.say(f"menu_{name}")) for name in COMMANDS]
    await application.bot.set_my_commands(commands, language_code=code)
    await application.bot.set_my_short_description(replies.say("short_description"), language_code=code)
    await application.bot.set_my_description(replies.say("description"), language_code=code)


async def _receive(receiver: Receiver, bot: Bot, settings: Settings) -> None:
    """Fetch updates, or listen for them at an address of our own."""
    if not settings.telegram_webhook_url:
        await bot.delete_webhook(drop_pending_updates=False)
        await receiver.poll()
        return
    webhook = Webhook(receiver.take_in, settings.telegram_webhook_secret.get_secret_value())
    async with webhook.listening(settings.telegram_webhook_host, settings.telegram_webhook_port):
        await receive_deliveries(receiver, bot, settings)


async def receive_deliveries(receiver: Receiver, bot: Bot, settings: Settings) -> None:
    """
    Have Telegram deliver updates to the webhook's address, until cancelled.

    Raises:
        InputError: Telegram does not take that address.
    """
    receiver.catch_up()
    try:
        await bot.set_webhook(
            settings.telegram_webhook_url,
            allowed_updates=list(WANTED),
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
        )
    except BadRequest as error:
        raise InputError(
            f"Telegram rifiuta l'indirizzo {settings.telegram_webhook_url} ({error.message}): correggi "
            "BUSSOLA_TELEGRAM_WEBHOOK_URL, o toglilo e il bot prende i messaggi da sé."
        ) from None
    await asyncio.Event().wait()


async def _keep_house(office: Office) -> None:
    """At once and then each hour: note which release serves, delete what is older than it may be."""
    while True:
        try:
            listed = await office.source.documents()
            office.store.note_edition(listed["release"], listed["documents"])
            gone = office.store.expire(days=office.settings.telegram_retention_days)
            logger.info("conservazione: cancellate %d righe", gone)
        except BussolaError as error:
            logger.error("%s", error)
        await asyncio.sleep(HOUSE_EVERY_S)


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _while_running(work: Any, stop: asyncio.Event) -> None:
    """Run the work until it ends or a stop is asked; what it raises is raised."""
    task, stopping = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    done, pending = await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for one in pending:
        one.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*pending)
    if task in done:
        task.result()
