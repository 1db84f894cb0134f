"""`bussola serve`: the API and the web pages, until it is stopped; `bussola mcp`: the tools, for one client."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Sequence
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kb.errors import InputError
from kb.releases.folders import in_use
from kb.settings import Settings, load_settings

if TYPE_CHECKING:
    import uvicorn

    from kb.ports import Guest

MOST_WORKERS = 32
WAITING_CONNECTIONS = 128
GOODBYE_S = 10  # how long answers under way may take once a stop is asked


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Indirizzo su cui ascoltare.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Porta; 0: una libera.")
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    default=1,
    show_default=True,
    help="Processi che rispondono; ciascuno tiene in memoria il proprio modello.",
)
@click.pass_obj
def serve(guests: tuple[str, ...] | None, host: str, port: int, workers: int) -> None:
    """
    Avvia l'API e le pagine web, fino a Ctrl+C.

    La pagina delle domande è all'indirizzo che viene scritto all'avvio; la documentazione dell'API è in /docs.
    Serve una versione pubblicata («bussola publish»).

    Con BUSSOLA_TELEGRAM_TOKEN e BUSSOLA_TELEGRAM_WEBHOOK_URL anche il bot Telegram sta qui, al percorso di
    quell'indirizzo; con più processi, o con BUSSOLA_API_URL, va avviato a parte («bussola bot»).
    """
    from kb.wiring import open_guests, release_store

    settings = load_settings()
    release = release_store(settings).resolve(None)
    taken_in = open_guests(guests or (), settings) if workers == 1 else []
    listening = listen(host, port)
    click.echo(f"Bussola ascolta su {address_of(listening)} (versione {release}). Ctrl+C per fermarla.", err=True)
    for stop in (signal.SIGTERM, signal.SIGINT):  # the second is ignored by what a shell starts in the background
        signal.signal(stop, _interrupt)
    try:
        with in_use(settings.home):
            if workers > 1:
                _serve_in_processes(listening, settings, workers)
            else:
                _serve_here(listening, settings, taken_in)
    except KeyboardInterrupt:
        click.echo("Bussola si è fermata.", err=True)


@click.command()
def mcp() -> None:
    """
    Avvia il server MCP su ingresso e uscita standard, per gli assistenti da scrivania.

    Nel programma che lo usa indica come comando «bussola mcp». Lo stesso server risponde anche via HTTP all'indirizzo
    /mcp di «bussola serve». Serve una versione pubblicata («bussola publish»).
    """
    from kb.wiring import release_store

    settings = load_settings()
    release_store(settings).resolve(None)
    from api.mcp import serve_stdio

    with in_use(settings.home):
        serve_stdio(settings)


def listen(host: str, port: int) -> socket.socket:
    """
    A socket that already listens there.

    Raises:
        InputError: the port is taken or not allowed, or the address is not of this machine.
    """
    if not host.strip():  # the system would listen for the whole network
        raise InputError("--host è vuoto: scrivi un indirizzo, per esempio 127.0.0.1 (solo questa macchina).")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(WAITING_CONNECTIONS)
    except OSError as error:
        opened.close()
        raise InputError(_why_not(error, host, port)) from None
    opened.set_inheritable(True)
    return opened


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"la porta {port} di {host} è già occupata: ferma l'altro programma o scegline un'altra con --port."
    if error.errno == errno.EACCES:
        return f"la porta {port} è riservata al sistema: scegline una da 1024 in su con --port."
    return f"l'indirizzo «{host}» non è di questa macchina ({error.strerror}): correggi --host."


def _serve_here(listening: socket.socket, settings: Settings, guests: Sequence[Guest]) -> None:
    import uvicorn

    from api.app import published_app

    failures: list[BaseException] = []

    def give_up(error: BaseException) -> None:
        failures.append(error)
        server.should_exit = True

    app = published_app(settings, on_failure=give_up, guests=guests)
    server = uvicorn.Server(_config(app, settings))
    server.run(sockets=[listening])
    if failures:
        raise failures[0]


def _serve_in_processes(listening: socket.socket, settings: Settings, workers: int) -> None:
    from uvicorn.supervisors import Multiprocess

    from api.measures import SHARED_FOLDER

    config = _config("api.app:serving_app", settings, factory=True, workers=workers)
    with TemporaryDirectory(prefix="bussola-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder  # before the processes start: /metrics tells of all of them
        Multiprocess(config, sockets=[listening]).run()


def _config(app: Any, settings: Settings, **options: Any) -> uvicorn.Config:
    import uvicorn

    from api.logs import logging_plan
    from api.patience import PatientProtocol

    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        access_log=False,
        log_config=logging_plan(settings.log_format),
        server_header=False,
        timeout_graceful_shutdown=GOODBYE_S,
        **options,
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
