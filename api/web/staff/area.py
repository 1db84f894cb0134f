"""The staff's way in and first page: log in, what serves, which candidates there are, what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.problems import Forbidden
from api.web.forms import check_same_site
from api.web.pages import pages_of, send_to
from api.web.staff.jobs import Job, Jobs
from api.web.staff.session import PATH, Session, Sessions, check_token, forget_cookie, session_of, set_cookie
from kb.errors import ReleaseError

if TYPE_CHECKING:
    from kb.ledger import Ledger
    from kb.releases.store import ReleaseStore

router = APIRouter(prefix=PATH, include_in_schema=False)

Staff = Annotated[Session, Depends(session_of)]

MOST_LINES = 20  # of the publication log and of the jobs


@router.get("/accesso")
async def login_page(request: Request) -> Response:
    """The form that takes a staff key."""
    return pages_of(request).show(request, "personale/accesso.html", fault="")


@router.post("/accesso")
async def log_in(request: Request) -> Response:
    """A session for a staff key; the form again for anything else."""
    check_same_site(request)
    sessions: Sessions = request.app.state.sessions
    async with request.form(max_files=0, max_fields=5) as form:
        key = str(form.get("key", ""))
    try:
        _, cookie = await sessions.log_in(key)
    except Forbidden as error:
        return pages_of(request).show(request, "personale/accesso.html", fault=str(error), status=403)
    response = send_to(request, PATH)
    set_cookie(response, request, cookie)
    return response


@router.post("/uscita")
async def log_out(request: Request, staff: Staff) -> Response:
    """The session over."""
    async with request.form(max_files=0, max_fields=5) as form:
        check_token(request, form, staff)
    sessions: Sessions = request.app.state.sessions
    await sessions.log_out(staff)
    response = send_to(request, f"{PATH}/accesso")
    forget_cookie(response)
    return response


@router.get("")
async def overview(request: Request, staff: Staff) -> Response:
    """What serves, every release with its verdict, the last publications and jobs."""
    shown = await run_in_threadpool(_overview, request)
    return pages_of(request).show(request, "personale/panoramica.html", staff=staff, **shown)


@router.get("/lavori/{job_id}")
async def job_page(request: Request, staff: Staff, job_id: str, fermo: bool = False) -> Response:
    """How a job stands; the page asks again by itself unless told not to."""
    jobs: Jobs = request.app.state.jobs
    job = await run_in_threadpool(jobs.find, job_id)
    shown: dict[str, Any] = {"job": job, "fault": fault_of(job), "is_still": fermo}
    response = pages_of(request).show(request, "personale/lavoro.html", staff=staff, **shown)
    if job.state == "running" and not fermo:
        response.headers["Refresh"] = "3"
    return response


def fault_of(job: Job) -> str:
    """The line that a failed command ended with, without the folder where uploads lie; empty where there is none."""
    if job.state != "failed":
        return ""
    lines = [line.removeprefix("bussola: ") for line in job.said.splitlines() if line.startswith("bussola: ")]
    text = lines[-1] if lines else ""
    before, _, after = text.partition(f"/jobs/{job.id}/files/")
    return f"{before[: before.rfind('«') + 1]}{after}" if after and "«" in before else text


def _overview(request: Request) -> dict[str, Any]:
    from evals.report_folder import read_verdict

    store: ReleaseStore = request.app.state.store
    ledger: Ledger = request.app.state.ledger
    jobs: Jobs = request.app.state.jobs
    manifests = store.manifests()
    try:
        published, previous = store.published(), store.previous()
    except ReleaseError:  # a spoilt pointer must not hide the page that mends it
        published = previous = None
    return {
        "manifests": manifests,
        "verdicts": {one.id: read_verdict(store.home, one.id) for one in manifests},
        "published": published,
        "previous": previous,
        "log": ledger.publications()[:MOST_LINES],
        "jobs": jobs.listed()[:MOST_LINES],
    }
