"""From documents, pages and passages to a release that is whole, checked and named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from kb.errors import NotFound, ReleaseCheckFailed, ReleaseError
from kb.ports import Embedder, Matrix, Progress, no_progress
from kb.records import Document, Page, Passage
from kb.releases.check import check_passages
from kb.releases.encoding import encode_lines
from kb.releases.folders import building_folder, set_aside, settle, sweep
from kb.releases.manifest import DocumentEntry, Manifest, release_id
from kb.releases.opened import OpenRelease, changed_file, check_whole, file_digest
from kb.releases.parts import VECTORS, WEIGHTS, WORDS, IndexParts
from kb.releases.store import ReleaseStore
from kb.releases.vectors import Rows, carry_index, check_rows, new_index, put_rows

EARLIER = 3
"""Releases whose vectors are reused: the published one and the newest; what an update leaves as it was is in these."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a release is built of, in any order."""

    documents: Sequence[Document]
    pages: Sequence[Page]
    passages: Sequence[Passage]
    fingerprints: Mapping[str, str] = field(default_factory=dict)  # reader, splitter, corpus: what made the passages


def build_release(
    intake: Intake,
    *,
    store: ReleaseStore,
    embedder: Embedder,
    progress: Progress = no_progress,
    parts: IndexParts | None = None,
) -> Manifest:
    """
    The manifest of the release that this intake makes; `reused` tells that it was there already.

    Parts other than the store's may be given.

    The folder gets its name only when whole and checked; a build that fails or is killed leaves nothing that
    lists, and the published release untouched.

    Raises:
        ReleaseCheckFailed: a passage is not its pages' text, or can't be found by its own vector.
        ReleaseError: there is nothing to build, or the folder can't be written.
        EmbedderError, StoreError: a part failed.
    """
    try:
        return _Build(_in_order(intake), embedder, parts or store.parts()).run(store, progress)
    except OSError as error:
        raise ReleaseError(
            f"non riesco a scrivere in {store.home} ({error.strerror or error}): controlla spazio e permessi."
        ) from error


class _Build:
    """One build: what is known before the folder exists."""

    def __init__(self, intake: Intake, embedder: Embedder, parts: IndexParts) -> None:
        if not intake.passages:
            raise ReleaseError(
                "non c'è alcun passaggio da mettere nella versione: indica almeno un documento leggibile."
            )
        check_passages(intake.documents, intake.pages, intake.passages)
        self.intake, self.embedder, self.parts = intake, embedder, parts
        by_id = {document.id: document for document in intake.documents}
        self.ids = [passage.id for passage in intake.passages]
        self.texts = [parts.search_text(passage, by_id[passage.document]) for passage in intake.passages]
        self.files = {
            "documents.jsonl": encode_lines(intake.documents),
            "pages.jsonl": encode_lines(intake.pages),
            "passages.jsonl": encode_lines(intake.passages),
        }
        self.files |= {f"{WEIGHTS}/{name}.json": path.read_bytes() for name, path in sorted(parts.weights.items())}
        self.manifest = self._manifest()

    def run(self, store: ReleaseStore, progress: Progress) -> Manifest:
        sweep(store.releases, discard=self._discard)
        target = store.releases / self.manifest.id
        if (there := self._already(target)) is not None:
            return there
        with building_folder(store.releases, discard=self._discard) as folder:
            manifest = self._write(folder, self._earlier(store), progress)
            self._check(folder)
            try:
                settle(folder, target)
            except FileExistsError:
                # Another build of the same content was faster, or what is there is damaged.
                if (there := self._already(target)) is not None:
                    return there
                set_aside(target)
                settle(folder, target)
        return manifest

    def _already(self, target: Path) -> Manifest | None:
        try:
            return replace(check_whole(target, parts=self.parts), reused=True)
        except (NotFound, ReleaseError):
            return None

    def _manifest(self) -> Manifest:
        contents = {name: _sha256(data) for name, data in self.files.items()}
        contents["search_texts"] = _sha256(json.dumps(self.texts, ensure_ascii=False).encode())
        fingerprints = {
            **self.intake.fingerprints,
            "embedder": self.embedder.fingerprint,
            "lexical": self.parts.lexical_fingerprint,
            "encoder": self.parts.encoder_fingerprint,
        }
        entries = _entries(self.intake)
        return Manifest(
            id=release_id(entries, fingerprints=fingerprints, contents=contents),
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            documents=entries,
            fingerprints=fingerprints,
            contents=contents,
            files={},
        )

    def _earlier(self, store: ReleaseStore) -> list[Path]:
        """Folders of whole releases whose vectors are these texts' too where the texts are; the published one first."""
        try:
            published = store.published()
        except ReleaseError:  # a damaged pointer is the reader's matter
            published = None
        manifests = sorted(store.manifests(), key=lambda manifest: manifest.id != published)
        same = ("embedder", "encoder")
        fitting = (m for m in manifests if all(m.fingerprints.get(n) == self.manifest.fingerprints[n] for n in same))
        whole = (m for m in fitting if changed_file(store.folder(m.id), m) is None)
        return [store.folder(manifest.id) for manifest in islice(whole, EARLIER)]

    def _write(self, folder: Path, earlier: Sequence[Path], progress: Progress) -> Manifest:
        for name, data in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        with ExitStack() as stack:
            before = stack.enter_context(OpenRelease.open(earlier[0], parts=self.parts)) if earlier else None
            aside = stack.enter_context(ThreadPoolExecutor(1))
            # Model and vector index leave time of the interpreter to count words in.
            words = aside.submit(self._keep_words, folder, before)
            np.save(folder / "vectors.npy", self._encode(folder, earlier, progress))
            self._index(folder, before, progress)
            progress("indice delle parole", 0, 1)
            words.result()
        progress("indice delle parole", 1, 1)
        manifest = replace(self.manifest, files=_checksums(folder))
        (folder / "manifest.json").write_text(
            json.dumps(manifest.to_json(), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        return manifest

    def _encode(self, folder: Path, earlier: Sequence[Path], progress: Progress) -> Matrix:
        found = self.parts.encode(folder, self.texts, embedder=self.embedder, earlier=earlier, progress=progress)
        vectors = np.ascontiguousarray(found, dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1)
        # Its dimension is not asked for: that would load the model even when every vector comes from the cache.
        if len(vectors) != len(self.texts) or not np.allclose(lengths, 1, atol=1e-3):
            raise ReleaseError(
                f"il modello «{self.embedder.fingerprint}» ha dato vettori sbagliati (forma {vectors.shape}, lunghezze "
                f"da {lengths.min(initial=0):.3f} a {lengths.max(initial=0):.3f}): controlla BUSSOLA_EMBED_MODEL."
            )
        return vectors

    def _keep_words(self, folder: Path, before: OpenRelease | None) -> None:
        (folder / WORDS).mkdir()
        self.parts.keep_lexical(self.parts.build_lexical(self.ids, self.texts), folder / WORDS, self.manifest.id)
        self.parts.keep_counts(folder, self.intake.passages, before)

    def _index(self, folder: Path, before: OpenRelease | None, progress: Progress) -> None:
        vectors = np.load(folder / "vectors.npy")
        rows = Rows.of(self.intake.passages, vectors=vectors, documents=self.intake.documents)
        if before and carry_index(folder / VECTORS, rows, earlier=before, parts=self.parts, progress=progress):
            try:
                check_rows(folder / VECTORS, rows, parts=self.parts, progress=progress)
                return
            except ReleaseCheckFailed:  # the fault may be the earlier index's: one of its own is the remedy
                shutil.rmtree(folder / VECTORS)
        try:
            self._index_anew(folder, rows, progress)
        except ReleaseCheckFailed:
            # Chroma draws its graph by lot, and once in a while alike vectors fall out of it; another draw has them.
            # Where it lacks some too, the build is refused.
            self.parts.discard_vectors(folder / VECTORS)
            shutil.rmtree(folder / VECTORS)
            self._index_anew(folder, rows, progress)

    def _index_anew(self, folder: Path, rows: Rows, progress: Progress) -> None:
        index = new_index(folder / VECTORS, self.manifest.id, parts=self.parts)
        try:
            put_rows(index, rows, progress=progress)
        finally:
            index.close()
        check_rows(folder / VECTORS, rows, parts=self.parts, progress=progress)

    def _discard(self, folder: Path) -> None:
        self.parts.discard_vectors(folder / VECTORS)
        self.parts.discard_lexical(folder / WORDS)

    def _check(self, folder: Path) -> None:
        # On what was read back from disk: that is what will be served.
        manifest = check_whole(folder, parts=self.parts)
        with OpenRelease(folder, manifest, self.parts) as release:
            pages = [page for document in release.documents for page in release.pages(document)]
            check_passages(list(release.documents.values()), pages, release.passages)
            release.lexical.search(self.texts[0], count=1)


def _in_order(intake: Intake) -> Intake:
    """The same intake in the one order that a release has, so that the order given changes no id."""
    return replace(
        intake,
        documents=sorted(intake.documents, key=lambda document: document.id),
        pages=sorted(intake.pages, key=lambda page: (page.document, page.index)),
        passages=sorted(intake.passages, key=lambda passage: (passage.document, passage.ordinal, passage.id)),
    )


def _entries(intake: Intake) -> tuple[DocumentEntry, ...]:
    pages = Counter(page.document for page in intake.pages)
    unreadable = Counter(page.document for page in intake.pages if not page.readable)
    passages = Counter(passage.document for passage in intake.passages)
    return tuple(
        DocumentEntry(
            document=document,
            pages=pages[document.id],
            passages=passages[document.id],
            unreadable_pages=unreadable[document.id],
        )
        for document in intake.documents
    )


def _checksums(folder: Path) -> dict[str, str]:
    ours = (path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] != VECTORS)
    return {path.relative_to(folder).as_posix(): str(file_digest(path)) for path in sorted(ours)}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
