"""GET /v1/releases and /v1/diff: which editions of the knowledge base there are, and what changed between two."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.auth import Caller, caller_of
from api.desk import Desk
from api.listing import LISTED, Asked
from api.problems import Forbidden, UnknownKey
from api.routes.openapi import PROBLEMS, WITH_KEY
from api.schemas_releases import DiffOut, ReleasesOut, ReleaseWholeOut
from kb.errors import NotFound, ReleaseError
from kb.keys import Role
from kb.releases.summary import release_summary

if TYPE_CHECKING:
    from kb.ledger import PublicationLine
    from kb.releases.manifest import Manifest
    from kb.releases.store import ReleaseStore

router = APIRouter(prefix="/v1", tags=["Versioni"])

ReleaseId = Annotated[str, Path(max_length=20, description="La versione; basta l'inizio.", examples=["r_0123456789ab"])]
Side = Annotated[str | None, Query(max_length=20, description="Una versione; basta l'inizio.")]
REMEMBERED = 16
"""Comparisons kept: releases never change, so neither does what differs between two."""


@router.get(
    "/releases",
    response_model=ReleasesOut,
    responses=PROBLEMS | LISTED,
    summary="Le versioni",
    description="Le versioni pubblicate, ora o in passato, dalla più recente; con una chiave officer o staff anche le "
    "candidate.",
)
def releases(request: Request, response: Response, piece: Asked) -> dict[str, Any]:
    """The releases that the caller may know of, newest first."""
    store, caller = request.app.state.store, caller_of(request)
    log = _publications(request)
    manifests = [one for one in store.manifests() if one.id in log or caller.role.covers(Role.OFFICER)]
    published = _published(store)
    return {
        "published": published,
        "releases": [
            _summary(one, published, log.get(one.id), caller) for one in piece.cut(manifests, request, response)
        ],
    }


@router.get(
    "/releases/{release_id}",
    response_model=ReleaseWholeOut,
    responses=PROBLEMS | WITH_KEY,
    summary="Una versione",
    description="I documenti di una versione e le impostazioni con cui è stata costruita.",
)
def release(request: Request, release_id: ReleaseId) -> dict[str, Any]:
    """One release with its documents."""
    from kb.releases.opened import read_manifest

    store: ReleaseStore = request.app.state.store
    log = _publications(request)
    id_ = _allowed(request, store.resolve(release_id), log)
    manifest = read_manifest(store.folder(id_))
    return _summary(manifest, _published(store), log.get(id_), caller_of(request)) | {
        "contents": [
            {
                "document": entry.document.id,
                "title": entry.document.title,
                "edition": entry.document.edition,
                "status": entry.document.status.value,
                "sha256": entry.document.sha256,
                "pages": entry.pages,
                "unreadable_pages": entry.unreadable_pages,
                "passages": entry.passages,
            }
            for entry in manifest.documents
        ],
        "fingerprints": dict(manifest.fingerprints),
    }


@router.get(
    "/diff",
    response_model=DiffOut,
    responses=PROBLEMS | WITH_KEY,
    summary="Che cosa è cambiato",
    description="Documenti, pagine, sezioni, Driver e cifre cambiati da before ad after. Se mancano: dalla versione "
    "pubblicata prima a quella in servizio.",
)
async def diff(request: Request, before: Side = None, after: Side = None) -> dict[str, Any]:
    """What differs between two releases."""
    store: ReleaseStore = request.app.state.store
    desk: Desk = request.app.state.desk
    return await desk.run(lambda _assistant: _compare(request, store, before, after))


def _compare(request: Request, store: ReleaseStore, before: str | None, after: str | None) -> dict[str, Any]:
    log = _publications(request)
    earlier = before if before is not None else store.previous()
    if earlier is None:
        raise NotFound("non c'è una versione precedente con cui confrontare: indicane una con before.")
    pair = [_allowed(request, store.resolve(id_), log) for id_ in (earlier, after)]
    remembered = request.app.state.compared
    found: dict[str, Any] = remembered(*pair)
    return found


def remember_comparisons(store: ReleaseStore) -> Any:
    """The function that compares two releases of the store, which keeps the last REMEMBERED comparisons."""

    @lru_cache(maxsize=REMEMBERED)
    def compare_two(before: str, after: str) -> dict[str, Any]:
        from kb.releases.compare import compare

        with store.open(before) as old, store.open(after) as new:
            return compare(old, new).to_json()

    return compare_two


def _allowed(request: Request, id_: str, log: dict[str, PublicationLine]) -> str:
    caller = caller_of(request)
    if id_ in log or id_ == _published(request.app.state.store) or caller.role.covers(Role.OFFICER):
        return id_
    message = f"La versione {id_} non è mai stata pubblicata: per vederla serve una chiave officer o staff."
    raise UnknownKey(message) if caller.key is None else Forbidden(message)


def _publications(request: Request) -> dict[str, PublicationLine]:
    lines = [line for line in request.app.state.ledger.publications() if line.kind == "publish"]
    return {line.release: line for line in reversed(lines)}


def _published(store: ReleaseStore) -> str | None:
    try:
        return store.published()
    except ReleaseError:  # a spoilt pointer must not hide the list that mends it
        return None


def _summary(manifest: Manifest, published: str | None, line: PublicationLine | None, caller: Caller) -> dict[str, Any]:
    """The release as JSON; who published it is for staff."""
    if line and not caller.role.covers(Role.STAFF):
        line = replace(line, who=None)
    return release_summary(manifest, published, line)
