"""`bussola releases` and `bussola show`: which knowledge bases there are, and what is in one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from kb.errors import ReleaseError
from kb.records import DocumentStatus
from kb.releases.summary import release_summary

if TYPE_CHECKING:
    from kb.ledger import PublicationLine
    from kb.releases.manifest import DocumentEntry, Manifest
    from kb.releases.store import ReleaseStore

STATUS_WORDS = {
    DocumentStatus.IN_FORCE: "in vigore",
    DocumentStatus.SUPERSEDED: "superato",
    DocumentStatus.DRAFT: "bozza",
}

OVERRIDDEN = "overridden"
GATE_WORDS = {
    "passed": "valutazione superata",
    "failed": "valutazione non superata",
    OVERRIDDEN: "valutazione NON superata, pubblicata per decisione motivata",
    "not_applied": "senza valutazione",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def releases(as_json: bool) -> None:
    """Elenca le versioni della base di conoscenza, dalla più recente; l'asterisco segna quella pubblicata."""
    store = _store()
    found, published, damaged = store.manifests(), _published(store), store.damaged_ids()
    log = _publications() if found else {}
    if as_json:
        lines = [release_summary(manifest, published, log.get(manifest.id)) for manifest in found]
        _print_json({"published": published, "releases": lines, "damaged": damaged})
        return
    if not found and not damaged:
        click.echo("Non c'è ancora alcuna versione: costruiscine una con «bussola ingest».")
        return
    titles = ("", "VERSIONE", "COSTRUITA", "DOCUMENTI", "PAGINE", "PASSAGGI")
    _print_table(titles, [_release_row(manifest, published) for manifest in found], numbers=(3, 4, 5))
    for manifest in found:
        if (line := log.get(manifest.id)) is not None and line.gate == OVERRIDDEN:
            click.echo(f"\n{manifest.id}: {_publication_text(line)}")
    for id_ in damaged:
        click.echo(f"{'*' if id_ == published else ' '}  {id_}  danneggiata: ricostruiscila con «bussola ingest»")
    click.echo("\n* pubblicata" if published else "\nNessuna è pubblicata: scegline una con «bussola publish ID».")


@click.command()
@click.argument("release", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def show(release: str, as_json: bool) -> None:
    """Mostra che cosa contiene la versione ID: documenti, pagine, passaggi e impostazioni (basta l'inizio di ID)."""
    from kb.releases.opened import read_manifest

    store = _store()
    manifest = read_manifest(store.folder(store.resolve(release)))
    log = _publications()
    if as_json:
        _print_json(_whole(manifest, _published(store), log))
        return
    _print_release(manifest, store, log.get(manifest.id))


def _print_release(manifest: Manifest, store: ReleaseStore, line: PublicationLine | None) -> None:
    mark = "in uso" if manifest.id == _published(store) else "non più in uso" if line else "mai pubblicata"
    click.echo(f"Versione {manifest.id} ({mark}), costruita il {_local_time(manifest.created_at)}")
    if line is not None:
        text = _publication_text(line)
        click.echo(text[0].upper() + text[1:])
    click.echo(f"{len(manifest.documents)} documenti, {manifest.pages} pagine, {manifest.passages} passaggi\n")
    titles = ("DOCUMENTO", "PAGINE", "ILLEGGIBILI", "PASSAGGI", "STATO", "EDIZIONE", "TITOLO")
    _print_table(titles, [_document_row(entry) for entry in manifest.documents], numbers=(1, 2, 3))
    click.echo("\nCostruita con:")
    _print_table(("", ""), sorted(manifest.fingerprints.items()))


def _release_row(manifest: Manifest, published: str | None) -> tuple[str, ...]:
    mark = "*" if manifest.id == published else ""
    counts = (len(manifest.documents), manifest.pages, manifest.passages)
    return (mark, manifest.id, _local_time(manifest.created_at), *map(str, counts))


def _document_row(entry: DocumentEntry) -> tuple[str, ...]:
    document = entry.document
    counts = (entry.pages, entry.unreadable_pages, entry.passages)
    about = (STATUS_WORDS[document.status], document.edition or "", document.title)
    return (document.id, *map(str, counts), *about)


def _store() -> ReleaseStore:
    from kb.settings import load_settings
    from kb.wiring import release_store

    return release_store(load_settings())


def _published(store: ReleaseStore) -> str | None:
    """What serves; a spoilt pointer is said, and does not hide the list that mends it."""
    try:
        return store.published()
    except ReleaseError as error:
        click.echo(f"bussola: {error}", err=True)
        return None


def _publications() -> dict[str, PublicationLine]:
    """The newest publication of each release; rolling back to one is no decision on it."""
    from kb.settings import load_settings
    from kb.wiring import open_ledger

    ledger = open_ledger(load_settings())
    try:
        lines = [line for line in ledger.publications() if line.kind == "publish"]
    finally:
        ledger.close()
    return {line.release: line for line in reversed(lines)}


def _publication_text(line: PublicationLine) -> str:
    who = f" da {line.who}" if line.who else ""
    text = f"pubblicata il {_local_time(line.at)}{who}, {GATE_WORDS.get(line.gate, line.gate)}"
    return f"{text}; motivo: «{line.why}»" if line.why else text


def _whole(manifest: Manifest, published: str | None, log: Mapping[str, PublicationLine]) -> dict[str, Any]:
    return {
        **release_summary(manifest, published, log.get(manifest.id)),
        "documents": [_document(entry) for entry in manifest.documents],
        "fingerprints": dict(manifest.fingerprints),
    }


def _document(entry: DocumentEntry) -> dict[str, Any]:
    document = entry.document
    return {
        "document": document.id,
        "title": document.title,
        "kind": document.kind.value,
        "edition": document.edition,
        "date": document.date,
        "publisher": document.publisher,
        "url": document.url,
        "status": document.status.value,
        "source": document.source,
        "sha256": document.sha256,
        "pages": entry.pages,
        "passages": entry.passages,
        "unreadable_pages": entry.unreadable_pages,
    }


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def _print_table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()) -> None:
    """Columns as wide as their widest cell, two blanks between; never cut, so that a pipe gets everything."""
    lines = [titles, *rows] if any(titles) else list(rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    for line in lines:
        cells = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _local_time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%d/%m/%Y %H:%M")
