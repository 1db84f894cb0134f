"""The releases of one home folder: which there are, which serves, how to go back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import NotFound, ReleaseError
from kb.releases.folders import only_one, replace_file
from kb.releases.manifest import Manifest, damaged
from kb.releases.opened import OpenRelease, check_whole, read_manifest
from kb.releases.parts import IndexParts

if TYPE_CHECKING:
    from kb.ledger import Ledger

ID = re.compile(r"r_[0-9a-f]{12}")
NOTHING_PUBLISHED = (
    "non c'è ancora una base di conoscenza pubblicata: esegui «bussola ingest» e poi «bussola publish ID», "
    "oppure «make run»."
)

ANY = "*"
"""Whatever serves."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publishing or a rolling back did."""

    published: str
    previous: str | None  # what served before; None at the first publication


class ReleaseStore:
    """The releases under a home folder."""

    def __init__(self, home: Path, *, parts: Callable[[], IndexParts], database_url: str = "") -> None:
        """Those of a home; parts are asked for only when a release is built, opened or published."""
        self.home = home
        self.releases = home / "releases"
        self._pointer = home / "published"
        self._database_url = database_url
        self.parts = parts

    def ids(self) -> list[str]:
        """The ids of all releases, in alphabetical order; half-built ones are not among them."""
        if not self.releases.is_dir():
            return []
        return sorted(folder.name for folder in self.releases.iterdir() if ID.fullmatch(folder.name))

    def manifests(self) -> list[Manifest]:
        """The manifests of all releases that can be read, newest first, ties by id."""
        found = []
        for id_ in self.ids():
            try:
                found.append(read_manifest(self.folder(id_)))
            except ReleaseError:
                continue  # listed by `damaged_ids`
        found.sort(key=lambda manifest: manifest.id)
        return sorted(found, key=lambda manifest: manifest.created_at, reverse=True)

    def damaged_ids(self) -> list[str]:
        """The ids of releases whose manifest can't be read, in alphabetical order."""
        readable = {manifest.id for manifest in self.manifests()}
        return [id_ for id_ in self.ids() if id_ not in readable]

    def published(self) -> str | None:
        """
        The id that serves, or None when nothing was published yet.

        Raises:
            ReleaseError: the pointer holds something else than an id.
        """
        try:
            text = self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            text = ""
        if not ID.fullmatch(text):
            raise ReleaseError(
                f"il file {self._pointer} non contiene il nome di una versione: scegline una con «bussola publish ID» "
                "(l'elenco è in «bussola releases»)."
            )
        return text

    def folder(self, id_: str) -> Path:
        """Where a release of that id lies, or would lie."""
        return self.releases / id_

    def resolve(self, id_: str | None) -> str:
        """
        The whole id for one that may be cut short; the published one for None.

        Raises:
            NotFound: no release, or more than one, begins so; or nothing is published.
        """
        if id_ is None:
            published = self.published()
            if published is None:
                raise NotFound(NOTHING_PUBLISHED)
            if not self.folder(published).is_dir():
                raise NotFound(
                    f"la versione pubblicata {published} non c'è più in {self.releases}: "
                    "pubblicane un'altra con «bussola publish ID»."
                )
            return published
        wanted = id_.strip()
        found = [known for known in self.ids() if wanted and (known.startswith(wanted) or known[2:].startswith(wanted))]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"«{id_}» può essere {' o '.join(found[:3])}: scrivi qualche carattere in più.")
        raise NotFound(f"la versione «{id_}» non esiste: vedi «bussola releases».")

    def open(self, id_: str | None = None) -> OpenRelease:
        """
        A release, open for reading; the published one for None.

        Raises:
            NotFound: there is no such release.
            ReleaseError: it is damaged.
        """
        return OpenRelease.open(self.folder(self.resolve(id_)), parts=self.parts())

    def publish(
        self,
        id_: str,
        *,
        why: str | None = None,
        gate: str = "not_applied",
        who: str | None = None,
        instead_of: str | None = ANY,
    ) -> Publication:
        """
        What serves now and what served before; only a whole release is published.

        Publishing what serves already changes nothing. Args: why is the reason of one who overrides the gate; who is
        the account that publishes; instead_of is what must be serving for this publishing to be right (None: nothing).

        Raises:
            NotFound: there is no such release.
            ReleaseError: it is damaged, another publishing is under way, or something else serves than was expected.
            StoreError: the ledger can't be written; nothing was published.
        """
        with self._one_publisher():
            if instead_of != ANY and self._published_or_none() != instead_of:
                raise ReleaseError(
                    f"intanto è cambiata la versione pubblicata (ora è {self._published_or_none()}): ripeti «bussola "
                    f"publish {id_}», che la confronta con quella."
                )
            return self._switch(self.resolve(id_), kind="publish", why=why, gate=gate, who=who)

    def check_ledger(self) -> None:
        """
        Nothing, where a publication could be written down now: asked before work that would be lost otherwise.

        Raises:
            StoreError: the ledger can't be written.
        """
        with closing(self._ledger()) as ledger, ledger.transaction():
            return

    def previous(self) -> str | None:
        """What served before the published release was published; None when nothing did."""
        published = self.published()
        if published is None:
            return None
        with closing(self._ledger()) as ledger:
            return ledger.published_before(published)

    def rollback(self, *, who: str | None = None) -> Publication:
        """
        What serves after going back one publication, and what served until now.

        Going back twice goes back two publications: rolling back is not itself something to go back to.

        Raises:
            NotFound: nothing was published before, or it is no longer there.
            ReleaseError: it is damaged, or another publishing is under way.
        """
        with self._one_publisher():
            previous = self.previous()
            if previous is None:
                raise NotFound("non c'è una versione precedente a cui tornare: vedi «bussola releases».")
            return self._switch(self.resolve(previous), kind="rollback", why=None, gate="not_applied", who=who)

    def _switch(self, id_: str, *, kind: str, why: str | None, gate: str, who: str | None) -> Publication:
        if check_whole(self.folder(id_), parts=self.parts()).id != id_:
            raise damaged(id_, "la cartella ha il nome di un'altra")
        before = self._published_or_none()
        if before != id_:
            # The ledger first: dying in between leaves a line too many, which no reader of the pointer meets;
            # the other way round would leave a published release that can't be rolled back.
            with closing(self._ledger()) as ledger:
                ledger.add_publication(id_, previous=before, kind=kind, why=why, gate=gate, who=who)
            self._point_at(id_)
        return Publication(published=id_, previous=before)

    def _point_at(self, id_: str) -> None:
        try:
            replace_file(self._pointer, id_ + "\n")
        except OSError as error:
            raise ReleaseError(
                f"non riesco a scrivere {self._pointer} ({error.strerror or error}): controlla spazio e permessi."
            ) from error

    def _published_or_none(self) -> str | None:
        try:
            return self.published()
        except ReleaseError:  # a spoilt pointer must not stop the publishing that mends it
            return None

    @contextmanager
    def _one_publisher(self) -> Iterator[None]:
        busy = "un'altra pubblicazione è in corso: attendi che finisca e controlla con «bussola releases»."
        with only_one(self.home / ".publishing", busy=busy):
            if not self._database_url:
                yield
                return
            # On a folder that several machines mount, only the database's lock is to be trusted.
            with closing(self._ledger()) as ledger, ledger.publishing_alone(busy=busy):
                yield

    def _ledger(self) -> Ledger:
        from kb.ledger import Ledger, ledger_url

        return Ledger(ledger_url(self.home, self._database_url))
