"""Documents in, and a candidate's way: ingestion report, evaluation report, published or refused, rolled back."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from api.problems import status_of
from api.web.pages import pages_of, send_to
from api.web.staff.area import Staff
from api.web.staff.jobs import FILES, Job, Jobs
from api.web.staff.session import PATH, check_token, session_of
from api.web.staff.uploads import MOST_FILES, save_uploads
from kb.errors import BussolaError, InputError, NotFound
from kb.records import Document

if TYPE_CHECKING:
    from kb.releases.store import ReleaseStore

router = APIRouter(prefix=PATH, include_in_schema=False)

FACTS = ("title", "kind", "edition", "date", "publisher", "url", "status")
SWITCHES = {"ocr": "--ocr", "allow_screened": "--allow-screened"}
MOST_FIELDS = 500  # one a document that may be removed, and a few more
LONGEST_FACT_CHARS = 300
LONGEST_WHY_CHARS = 500
OWN_STYLE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; form-action 'none'"
"""For the reports, which are whole pages with their style inside and no script."""


@router.get("/documenti")
async def upload_page(request: Request, staff: Staff) -> Response:
    """The form that takes documents."""
    return await _show_form(request, staff, given={}, fault="")


@router.post("/documenti")
async def upload(request: Request, staff: Staff) -> Response:
    """A job that builds a candidate of what was sent; the form again, with one line, where it can't be used."""
    async with _whole_form(request) as form:
        check_token(request, form, staff)
        given = {name: str(form.get(name, "")).strip() for name in (*FACTS, *SWITCHES)}
        try:
            job = await _start_ingest(request, form, given, staff.name)
        except BussolaError as error:
            return await _show_form(request, staff, given=given, fault=str(error), status=status_of(error))
    return _to_job(request, job)


@router.get("/versioni/{release_id}")
async def release_page(request: Request, staff: Staff, release_id: str) -> Response:
    """A release: its documents, its verdict with the reasons, and what may be done with it."""
    shown = await run_in_threadpool(_release, request, release_id)
    return pages_of(request).show(request, "personale/versione.html", staff=staff, **shown)


@router.get("/versioni/{release_id}/rapporto", dependencies=[Depends(session_of)])
async def evaluation_report(request: Request, release_id: str) -> Response:
    """The evaluation's report, a page of its own."""
    return await run_in_threadpool(_report, request, release_id, "{}/report.html", "rapporto di valutazione")


@router.get("/versioni/{release_id}/resoconto", dependencies=[Depends(session_of)])
async def ingestion_report(request: Request, release_id: str) -> Response:
    """The ingestion's report, a page of its own."""
    return await run_in_threadpool(_report, request, release_id, "{}.html", "resoconto di acquisizione")


@router.post("/versioni/{release_id}/valuta")
async def evaluate(request: Request, staff: Staff, release_id: str) -> Response:
    """A job that evaluates a release."""
    async with request.form(max_files=0, max_fields=5) as form:
        check_token(request, form, staff)
    id_ = _resolve(request, release_id)
    return await _start(request, "evaluate", ["evaluate", id_, "--json"], about=f"valutazione di {id_}", who=staff.name)


@router.post("/versioni/{release_id}/pubblica")
async def publish(request: Request, staff: Staff, release_id: str) -> Response:
    """A job that publishes a release, against its verdict where the form says why."""
    async with request.form(max_files=0, max_fields=5) as form:
        check_token(request, form, staff)
        is_override = "override" in form
        why = " ".join(str(form.get("why", "")).split())
    id_ = _resolve(request, release_id)
    if is_override and not why:
        raise InputError("per pubblicare contro la valutazione scrivi il motivo: resta scritto accanto alla versione.")
    if len(why) > LONGEST_WHY_CHARS:
        raise InputError(f"il motivo ha {len(why)} caratteri: usane al più {LONGEST_WHY_CHARS}.")
    override = [f"--override={why}"] if is_override else []
    about = f"pubblicazione di {id_}"
    return await _start(request, "publish", ["publish", id_, *override, "--json"], about=about, who=staff.name)


@router.post("/indietro")
async def roll_back(request: Request, staff: Staff) -> Response:
    """A job that goes back to what was published before."""
    async with request.form(max_files=0, max_fields=5) as form:
        check_token(request, form, staff)
    about = "ritorno alla versione precedente"
    return await _start(request, "rollback", ["rollback", "--json"], about=about, who=staff.name)


@asynccontextmanager
async def _whole_form(request: Request) -> AsyncIterator[FormData]:
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise InputError(
            f"il modulo non si legge, o i file sono più di {MOST_FILES}: caricane meno per volta."
        ) from None
    try:
        yield form
    finally:
        await form.close()


async def _start_ingest(request: Request, form: FormData, given: Mapping[str, str], who: str) -> Job:
    jobs: Jobs = request.app.state.jobs
    removed = [str(one) for one in form.getlist("remove") if one]
    sent = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    _check_facts(given)
    folder = await run_in_threadpool(jobs.prepare)
    try:
        paths = await save_uploads(sent, folder / FILES) if sent or not removed else []
        arguments = ["ingest", *map(str, paths), *_options(given), *(f"--remove={one}" for one in removed), "--json"]
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    about = f"acquisizione di {_listed([path.name for path in paths])}" if paths else f"rimozione di {_listed(removed)}"
    return await run_in_threadpool(jobs.start, "ingest", arguments, about=about, who=who, folder=folder)


def _options(given: Mapping[str, str]) -> list[str]:
    facts = [f"--{name}={given[name]}" for name in FACTS if given[name]]
    return facts + [option for name, option in SWITCHES.items() if given[name]]


def _check_facts(given: Mapping[str, str]) -> None:
    for name in FACTS:
        if len(given[name]) > LONGEST_FACT_CHARS or not given[name].isprintable():
            raise InputError(f"il campo «{name}» è troppo lungo o contiene caratteri strani: scrivilo in una riga.")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} e altri {len(names) - 3}" if len(names) > 3 else shown


async def _start(request: Request, kind: str, arguments: Sequence[str], *, about: str, who: str) -> Response:
    jobs: Jobs = request.app.state.jobs
    return _to_job(request, await run_in_threadpool(jobs.start, kind, arguments, about=about, who=who))


def _to_job(request: Request, job: Job) -> Response:
    return send_to(request, f"{PATH}/lavori/{job.id}")


def _resolve(request: Request, release_id: str) -> str:
    store: ReleaseStore = request.app.state.store
    return store.resolve(release_id)


def _release(request: Request, release_id: str) -> dict[str, Any]:
    from evals.report_folder import read_verdict, report_folder
    from kb.releases.opened import read_manifest

    store: ReleaseStore = request.app.state.store
    id_ = store.resolve(release_id)
    return {
        "manifest": read_manifest(store.folder(id_)),
        "published": store.published(),
        "verdict": read_verdict(store.home, id_),
        "has_report": (report_folder(store.home, id_) / "report.html").is_file(),
        "has_account": (store.home / "reports" / f"{id_}.html").is_file(),
        "log": [line for line in request.app.state.ledger.publications() if line.release == id_],
    }


def _report(request: Request, release_id: str, name: str, called: str) -> Response:
    id_ = _resolve(request, release_id)
    file = Path(request.app.state.settings.home) / "reports" / name.format(id_)
    try:
        page = file.read_text(encoding="utf-8")
    except OSError:
        raise NotFound(f"della versione {id_} non c'è un {called}.") from None
    return HTMLResponse(page, headers={"Content-Security-Policy": OWN_STYLE})


async def _show_form(
    request: Request, staff: Staff, *, given: Mapping[str, str], fault: str, status: int = 200
) -> Response:
    from ingest.gathering import FORMATS

    documents = await run_in_threadpool(_published_documents, request)
    shown = {"given": given, "fault": fault, "formats": FORMATS, "documents": documents}
    return pages_of(request).show(request, "personale/carica.html", staff=staff, status=status, **shown)


def _published_documents(request: Request) -> list[Document]:
    from kb.releases.opened import read_manifest

    store: ReleaseStore = request.app.state.store
    try:
        manifest = read_manifest(store.folder(store.resolve(None)))
    except BussolaError:  # nothing is published yet
        return []
    return sorted((entry.document for entry in manifest.documents), key=lambda one: one.title.casefold())
