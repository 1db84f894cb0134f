"""`bussola ingest`: documents in, a candidate release out."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from kb.errors import InputError

if TYPE_CHECKING:
    from ingest.gathered import Gathered
    from ingest.intake import Order
    from kb.releases.manifest import Manifest


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--title", metavar="T", help="Titolo del documento (uno solo per volta).")
@click.option("--kind", metavar="K", help="Tipo: plan, territorial_plan, mobility_plan, driver_record, guide, other.")
@click.option("--edition", metavar="E", help="Edizione, per esempio 2022-2024: edizioni diverse restano distinte.")
@click.option("--date", metavar="D", help="Data del documento, AAAA-MM-GG.")
@click.option("--url", metavar="U", help="Indirizzo pubblico del documento, citato nelle risposte.")
@click.option("--status", metavar="S", help="Stato: in_force (in vigore), superseded (superato), draft (bozza).")
@click.option("--publisher", metavar="P", help="Ente che pubblica il documento.")
@click.option("--remove", metavar="DOCUMENTO", multiple=True, help="Toglie un documento; si può ripetere.")
@click.option("--fresh", is_flag=True, help="Parte da zero invece che dalla versione pubblicata.")
@click.option("--password", metavar="P", help="Password dei PDF protetti.")
@click.option("--ocr", is_flag=True, help="Legge con Tesseract le pagine PDF senza testo (scansioni).")
@click.option(
    "--allow-screened", is_flag=True, help="Ammette i testi sospetti (nascosti, istruzioni) dopo un controllo."
)
@click.option("--json", "as_json", is_flag=True, help="Scrive il resoconto come un oggetto JSON.")
def ingest(  # noqa: PLR0913 - one parameter an option, as click passes them
    *,
    paths: tuple[Path, ...],
    title: str | None,
    kind: str | None,
    edition: str | None,
    date: str | None,
    url: str | None,
    status: str | None,
    publisher: str | None,
    remove: tuple[str, ...],
    fresh: bool,
    password: str | None,
    ocr: bool,
    allow_screened: bool,
    as_json: bool,
) -> None:
    """
    Legge i documenti indicati (file, cartelle, archivi zip) e costruisce una versione candidata.

    La candidata contiene ciò che è pubblicato (la prima volta il corpus distribuito con Bussola; niente con --fresh),
    meno ciò che si toglie, più questi documenti. Non entra in uso finché non la pubblichi con «bussola publish».

    Formati: PDF, Word (.docx), OpenDocument (.odt), HTML, Markdown, reStructuredText, testo, schede YAML, buste
    firmate (.p7m, la firma non viene verificata) e archivi .zip.

    Un file con il nome di un documento già presente lo sostituisce, e ne tiene titolo, tipo, ente e indirizzo se non
    ne indichi altri (il titolo cambia se il file ne dice uno nuovo); uno con lo stesso contenuto, anche se rinominato,
    non si aggiunge due volte. Con --edition le edizioni restano affiancate: la più recente è in vigore, le altre
    diventano superate (lo stato che indichi con --status resta com'è).

    Alla fine scrive un resoconto, anche come pagina HTML con una miniatura di ogni pagina dubbia. I testi nascosti e
    le istruzioni rivolte a un modello vengono segnalati e restano fuori, salvo --allow-screened.
    """
    from ingest.documents import Facts
    from ingest.intake import Order
    from ingest.readers.document import Wish

    if fresh and not paths:
        raise InputError("con --fresh indica almeno un documento o una cartella da leggere.")
    if ocr:
        _check_ocr()
    facts = Facts(title, kind, edition, date, url, status, publisher)
    wish = Wish(password=password, ocr=ocr, pictures=True)
    _show(*_run(Order(paths, facts, remove, fresh, wish, allow_screened)), as_json=as_json)


def _check_ocr() -> None:
    from ingest.readers.tesseract import check_tesseract

    check_tesseract()


def _show(gathered: Gathered, manifest: Manifest, page: Path | None, *, as_json: bool) -> None:
    from ingest.report import describe, write_report

    if as_json:
        click.echo(json.dumps(describe(gathered, manifest, page), ensure_ascii=False))
    else:
        click.echo(write_report(gathered, manifest))
    if page is not None:
        click.echo(f"Resoconto con le pagine dubbie: {page}", err=True)


@contextmanager
def stopped_cleanly() -> Iterator[None]:
    """While the context lasts a request to end (SIGTERM) is like Ctrl-C: processes and temporary files go with it."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(order: Order) -> tuple[Gathered, Manifest, Path | None]:
    from ingest.intake import gather
    from ingest.progress import show_progress
    from ingest.reading_process import ReadingProcess
    from ingest.report_page import save_report
    from ingest.sources import SourceStore
    from kb.settings import load_settings
    from kb.wiring import build, release_store

    settings = load_settings()
    store = release_store(settings)
    if not order.paths and not order.remove and store.published() is not None:
        raise InputError("indica almeno un documento o una cartella da leggere, oppure --remove DOCUMENTO.")
    with stopped_cleanly(), show_progress() as progress, ReadingProcess() as reader:
        if order.paths:
            reader.start()
        keep = SourceStore(settings.home).keep
        gathered = gather(order, store, progress, read=reader.read, keep=keep)
        manifest = build(settings, gathered.intake(), progress)
    return gathered, manifest, save_report(gathered, manifest, settings.home)
