"""`bussola backup` and `bussola restore`: the home folder in one file, and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kb.ports import Progress
from kb.settings import Settings, load_settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--with-cache", is_flag=True, help="Salva anche le parti che si possono ricalcolare (cache).")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def backup(file: Path, with_cache: bool, as_json: bool) -> None:
    """
    Salva in FILE (.tar.gz) tutto ciò che sta in BUSSOLA_HOME: versioni, registro, rapporti.

    Si può fare mentre Bussola è in servizio. FILE nasce intero o non nasce. Anche il registro nel database di
    BUSSOLA_DATABASE_URL vi entra, com'è in un solo istante.
    """
    from kb.backup.saving import save

    settings = load_settings()
    with _shown() as progress:
        contents = save(
            settings.home, file, database_url=settings.database_url, with_cache=with_cache, progress=progress
        )
    size = file.stat().st_size
    if as_json:
        told = {"file": str(file), "bytes": size, "files": len(contents.files), "published": contents.published}
        click.echo(json.dumps({**told, "notes": []}, ensure_ascii=False))
        return
    click.echo(f"Copia salvata in {file}: {len(contents.files)} file, {size / 1e6:.1f} MB.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Mette da parte quello che c'è in BUSSOLA_HOME, se non è vuota.")
@click.option("--json", "as_json", is_flag=True, help="Scrive un oggetto JSON.")
def restore(file: Path, force: bool, as_json: bool) -> None:
    """
    Rimette in BUSSOLA_HOME quello che «bussola backup» ha salvato in FILE.

    Prima ferma Bussola. Ogni file è controllato prima di toccare qualcosa; quello che c'era è messo da parte, non
    cancellato. Il registro va nel database di BUSSOLA_DATABASE_URL, se è indicato, o in BUSSOLA_HOME; gli indici dei
    vettori che stavano su un server Chroma sono rifatti su quello di BUSSOLA_CHROMA_URL, o in BUSSOLA_HOME; quelli
    delle parole che stavano su PostgreSQL, nel database di BUSSOLA_LEXICAL_URL, o in BUSSOLA_HOME.
    """
    from kb.backup.restoring import restore as put_back

    settings = load_settings()
    with _shown() as progress:
        done = put_back(file, settings.home, database_url=settings.database_url, force=force, progress=progress)
        made_again = _revive(settings, progress)
    contents, aside = done.contents, str(done.set_aside) if done.set_aside else None
    if as_json:
        told: dict[str, object] = {"home": str(settings.home), "files": len(contents.files)}
        told |= {"published": contents.published}
        told |= {"created_at": contents.created_at, "set_aside": aside, "ledger_rows": done.rows}
        told |= {"indexes_made_again": made_again}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"Ripristinata in {settings.home} la copia del {contents.created_at}: {len(contents.files)} file.")
    if done.rows is not None:
        click.echo(f"Righe del registro: {done.rows}.")
    for release in made_again:
        click.echo(f"Indici rifatti: {release}.")
    if aside:
        click.echo(f"Quello che c'era prima è in {aside}: cancellalo quando sei sicuro.")
    click.echo("Controlla con «bussola doctor», poi riavvia il servizio.")


def _revive(settings: Settings, progress: Progress) -> list[str]:
    """The releases whose vectors or words lay on a server that has them no longer, and that have them again."""
    from kb.backends.chroma_server import is_on_server as has_vectors_away
    from kb.releases.parts import VECTORS, WORDS
    from kb.releases.vectors import revive_index, revive_words
    from kb.retrieval.postings import is_on_server as has_words_away
    from kb.wiring import parts_for, release_store

    store, parts, made = release_store(settings), parts_for(settings), []
    for folder in map(store.folder, store.ids()):
        is_made = has_vectors_away(folder / VECTORS) and revive_index(folder, parts=parts, progress=progress)
        if has_words_away(folder / WORDS):
            is_made = revive_words(folder, parts=parts) or is_made
        made += [folder.name] if is_made else []
    return made


@contextmanager
def _shown() -> Iterator[Progress]:
    """A bar on standard error for a person who watches."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=100, label="Bussola", file=sys.stderr, hidden=hidden) as bar:

        def progress(_what: str, done: int, total: int) -> None:
            bar.update(100 * done // max(total, 1) - bar.pos)

        yield progress
