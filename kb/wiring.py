"""The parts, chosen: the only place that knows which real part stands behind a port."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import BussolaError, StoreError
from kb.ports import ChatModel, Embedder, Guest, LexicalIndex, Progress, VectorIndex, no_progress
from kb.releases.build import Intake, build_release
from kb.releases.manifest import Manifest
from kb.releases.opened import OpenRelease
from kb.releases.parts import GrownIndex, IndexParts
from kb.releases.store import ReleaseStore
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.answering.assistant import Assistant
    from kb.answering.receipts import ReceiptBook
    from kb.ledger import Ledger


@cache
def index_parts(chroma_url: str = "", lexical_url: str = "") -> IndexParts:
    """
    Chroma for vectors and BM25 for words, each in the release's folder or at the address of a server.

    New releases are built on the server where there is one; those built before in the folder go on serving from it.
    """
    from kb.answering.weighing.decision import shipped_decision
    from kb.answering.weighing.weights import keep_weights
    from kb.retrieval.encoder import encode_passages
    from kb.retrieval.lexical import LEXICAL
    from kb.retrieval.ranker import shipped_weights
    from kb.retrieval.search_text import search_text
    from kb.retrieval.tokens import TOKENS

    return IndexParts(
        create_vectors=_create_chroma,
        open_vectors=partial(_open_chroma, url=chroma_url),
        create_for=partial(_create_on_server, url=chroma_url) if chroma_url else None,
        copy_vectors=None if chroma_url else _copy_chroma,
        discard_vectors=partial(_discard_vectors, url=chroma_url),
        build_lexical=_build_bm25,
        load_lexical=partial(_load_bm25, url=lexical_url),
        check_lexical=partial(_check_lexical, url=lexical_url),
        discard_lexical=partial(_discard_lexical, url=lexical_url),
        keep_lexical=partial(_keep_lexical, url=lexical_url),
        keep_lexical_again=partial(_keep_lexical_again, url=lexical_url),
        search_text=search_text,
        lexical_fingerprint=LEXICAL,
        encode=encode_passages,
        encoder_fingerprint=TOKENS,
        weights=shipped_weights() | {"decision": shipped_decision()},
        keep_counts=keep_weights,
    )


def parts_for(settings: Settings) -> IndexParts:
    """The index parts that the settings name."""
    return index_parts(settings.chroma_url, settings.lexical_url) if _has_servers(settings) else index_parts()


def _has_servers(settings: Settings) -> bool:
    return bool(settings.chroma_url or settings.lexical_url)


def make_embedder(settings: Settings, *, asking: bool = False) -> Embedder:
    """
    The embedder that the settings name, reusing the vectors of texts that it has seen before.

    One for asking keeps the words of passages found, too.

    Raises:
        EmbedderError: the model can't be loaded.
    """
    from kb.backends.light import open_light_embedder
    from kb.backends.vector_cache import CachedEmbedder

    embedder = open_light_embedder(settings.embed_model, settings.home)
    return CachedEmbedder(embedder, settings.home / "cache", keeps_tokens=asking)


def release_store(settings: Settings) -> ReleaseStore:
    """The releases of the home folder; nothing is read until it is asked for."""
    return ReleaseStore(settings.home, database_url=settings.database_url, parts=partial(parts_for, settings))


def open_ledger(settings: Settings) -> Ledger:
    """The publication log and the receipts."""
    from kb.ledger import Ledger, ledger_url

    return Ledger(ledger_url(settings.home, settings.database_url))


def open_receipts(settings: Settings) -> ReceiptBook:
    """Where answers leave their receipts; nothing is opened until the first."""
    from kb.answering.receipts import ReceiptBook

    return ReceiptBook(open_ledger(settings), settings)


def open_release(settings: Settings, id: str | None = None) -> OpenRelease:
    """
    The release of that id (the beginning of one is enough), or the published one.

    Raises:
        NotFound: there is no such release, or nothing is published.
        ReleaseError: it is damaged.
    """
    return release_store(settings).open(id)


@cache
def make_chat_model(settings: Settings) -> ChatModel | None:
    """
    The chat model that the settings name, None where they name none; one a process, since a local one is large.

    Raises:
        ModelError: the settings name one that can't be used.
    """
    from kb.backends.chat import OpenAICompatibleModel, named_address

    if settings.llm_url:
        address = named_address(settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value())
    elif settings.llm_gguf:
        from kb.backends.local_model import LocalModel

        address = LocalModel(Path(settings.llm_gguf).expanduser()).address
    else:
        return None
    return OpenAICompatibleModel(address, timeout_s=settings.llm_timeout_s, context_chars=settings.llm_context_chars)


def open_assistant(settings: Settings, id: str | None = None, *, embedder: Embedder | None = None) -> Assistant:
    """
    The assistant that answers from a release; an embedder that is loaded already may be given.

    Raises:
        NotFound: there is no such release, or nothing is published.
        ReleaseError: the release is damaged, or was built with another embedding model.
        EmbedderError: the model can't be loaded.
        ModelError: the settings name a chat model that can't be used.
    """
    from kb.answering.assistant import Assistant
    from kb.backends.allocator import share_arenas

    share_arenas()
    chat = make_chat_model(settings)
    release = open_release(settings, id)
    try:
        embedder = embedder or make_embedder(settings, asking=True)
        release.check_embedder(embedder)
    except BussolaError:
        release.close()
        raise
    return Assistant(release, embedder, settings, chat=chat)


def build(settings: Settings, intake: Intake, progress: Progress = no_progress) -> Manifest:
    """
    The manifest of the release that an intake makes; see build_release.

    Raises:
        ReleaseError, EmbedderError, StoreError: nothing was saved.
    """
    return build_release(
        intake,
        store=release_store(settings),
        embedder=make_embedder(settings),
        progress=progress,
    )


def open_guests(places: Sequence[str], settings: Settings) -> list[Guest]:
    """
    Those that the settings want among the guests at these places ("module:function" that gives one, or None).

    Raises:
        InputError: one can't be taken in with these settings.
    """
    opened = []
    for place in places:
        module, _, name = place.partition(":")
        opened.append(getattr(importlib.import_module(module), name)(settings))
    return [guest for guest in opened if guest is not None]


def _create_chroma(folder: Path) -> VectorIndex:
    from kb.backends.chroma import ChromaIndex

    return ChromaIndex.create(folder)


def _copy_chroma(source: Path, folder: Path) -> GrownIndex:
    from kb.backends.chroma import ChromaIndex

    return ChromaIndex.copy(source, folder)


def _create_on_server(folder: Path, release: str, *, url: str) -> VectorIndex:
    from kb.backends.chroma_server import ChromaServerIndex

    return ChromaServerIndex.create_on(folder, url, release=release)


def _open_chroma(folder: Path, *, url: str) -> VectorIndex:
    from kb.backends.chroma_server import ChromaServerIndex, is_on_server

    if not is_on_server(folder):
        from kb.backends.chroma import ChromaIndex

        return ChromaIndex.open(folder)
    _ask_for_address(folder, url)
    return ChromaServerIndex.open_on(folder, url)


def _discard_vectors(folder: Path, *, url: str) -> None:
    from kb.backends.chroma_server import is_on_server, remove_collection

    if is_on_server(folder):
        _ask_for_address(folder, url)
        remove_collection(folder, url)


def _ask_for_address(folder: Path, url: str) -> None:
    if not url:
        raise StoreError(
            f"i vettori di «{folder}» sono su un server Chroma: scrivi il suo indirizzo in BUSSOLA_CHROMA_URL."
        )


def _build_bm25(ids: Sequence[str], texts: Sequence[str]) -> LexicalIndex:
    from kb.retrieval.lexical import Bm25Index

    return Bm25Index.build(ids, texts)


def _load_bm25(folder: Path, *, url: str) -> LexicalIndex:
    if _has_words_elsewhere(folder, url):
        from kb.backends.postgresql_lexical import open_on_server

        return open_on_server(folder, url)
    from kb.retrieval.lexical import Bm25Index

    return Bm25Index.load(folder)


def _keep_lexical(index: LexicalIndex, folder: Path, release: str, *, url: str) -> None:
    if not url:
        index.save(folder)
        return
    from kb.backends.postgresql_lexical import keep_on_server

    keep_on_server(index, folder, url, release=release)


def _keep_lexical_again(index: LexicalIndex, folder: Path, *, url: str) -> None:
    from kb.backends.postgresql_lexical import write_again

    write_again(index, folder, url)


def _check_lexical(folder: Path, *, url: str) -> None:
    if not _was_kept_elsewhere(folder):
        return
    from kb.backends.postgresql_lexical import check_in_folder, check_on_server

    if _has_words_elsewhere(folder, url):
        check_on_server(folder, url)
    else:
        check_in_folder(folder)


def _discard_lexical(folder: Path, *, url: str) -> None:
    if _has_words_elsewhere(folder, url) or (url and _was_kept_elsewhere(folder)):
        from kb.backends.postgresql_lexical import remove_tables

        remove_tables(folder, url)


def _was_kept_elsewhere(folder: Path) -> bool:
    from kb.retrieval.postings import POINTER

    return (folder / POINTER).is_file()


def _has_words_elsewhere(folder: Path, url: str) -> bool:
    from kb.retrieval.postings import is_on_server

    if is_on_server(folder) and not url:
        raise StoreError(
            f"le parole di «{folder}» sono su un server PostgreSQL: scrivi il suo indirizzo in BUSSOLA_LEXICAL_URL."
        )
    return is_on_server(folder)
