"""The staff's jobs: one at a time, in processes that outlive the page; what they gave, and why they failed."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from api.web.staff.area import fault_of
from api.web.staff.jobs import Job, Jobs
from api.web.staff.uploads import check_name
from kb.errors import InputError, NotFound, ReleaseError
from kb.settings import Settings
from kb.testing import wait_until

ECHO = (sys.executable, "-c", "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ['LOGNAME']]))")
HELD = (sys.executable, "-c", "import sys; open(sys.argv[-1]).read()")  # until somebody opens that pipe and closes it
FAILS = (sys.executable, "-c", "import sys; print('bussola: non va', file=sys.stderr); sys.exit(2)")


def ended(jobs: Jobs, id_: str) -> Job:
    """The job once it is over."""
    wait_until(lambda: jobs.find(id_).state != "running")
    return jobs.find(id_)


def start(jobs: Jobs, *arguments: str) -> Job:
    return jobs.start("evaluate", arguments, about="prova", who="Anna")


def test_a_job_gives_what_the_command_printed(tmp_path: Path) -> None:
    jobs = Jobs(Settings(home=tmp_path), command=ECHO)

    job = ended(jobs, start(jobs, "evaluate", "r_1").id)

    assert (job.state, job.given, job.who) == ("done", [["evaluate", "r_1"], "Anna"], "Anna")


def test_a_running_job_says_how_far_it_is(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    counts = (
        "import sys; from ingest.progress import show_progress\n"
        "with show_progress() as show: show('domande', 3, 3)\n"
        "open(sys.argv[-1]).read()"
    )
    jobs = Jobs(Settings(home=tmp_path / "home"), command=(sys.executable, "-c", counts))
    job = start(jobs, str(pipe))

    wait_until(lambda: jobs.find(job.id).progress)
    assert jobs.find(job.id).progress == [["domande", 3, 3]]
    with pipe.open("w"):
        pass
    assert ended(jobs, job.id).progress == ()


def test_a_failed_job_says_why_in_one_line(tmp_path: Path) -> None:
    jobs = Jobs(Settings(home=tmp_path), command=FAILS)

    job = ended(jobs, start(jobs).id)

    assert (job.state, fault_of(job), job.given) == ("failed", "non va", None)


def test_an_evaluation_that_gave_its_verdict_is_done(tmp_path: Path) -> None:
    refused = (sys.executable, "-c", 'print(\'{"gate": "failed"}\'); raise SystemExit(1)')
    jobs = Jobs(Settings(home=tmp_path), command=refused)

    job = ended(jobs, start(jobs).id)

    assert (job.state, job.outcome) == ("failed", "done")
    assert replace(job, given=None).outcome == replace(job, kind="publish").outcome == "failed"


def test_an_uploads_folder_is_not_told(tmp_path: Path) -> None:
    said = "bussola: «/srv/casa/jobs/j_1/files/a.zip» non è un archivio.\n"

    assert fault_of(Job("j_1", "ingest", "a", "b", "", "failed", None, said)) == "«a.zip» non è un archivio."


def test_one_job_at_a_time_also_after_a_restart(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    jobs = Jobs(Settings(home=tmp_path), command=HELD)
    job = start(jobs, str(pipe))

    other = Jobs(Settings(home=tmp_path), command=ECHO)
    assert other.running() == job
    with pytest.raises(ReleaseError, match="in corso"):
        start(other)
    assert [one.id for one in other.listed()] == [job.id], "the refused one left nothing"
    pipe.write_text("")
    assert ended(jobs, job.id).state == "done"


def test_a_job_whose_process_died_is_told_as_interrupted(tmp_path: Path) -> None:
    folder = tmp_path / "jobs" / "j_20260101000000_000000"
    folder.mkdir(parents=True)
    line = {"id": folder.name, "kind": "ingest", "about": "a", "who": "b", "started_at": "2026-01-01T00:00:00+00:00"}
    (folder / "job.json").write_text(json.dumps(line))
    (folder / "lock").touch()

    assert Jobs(Settings(home=tmp_path)).find(folder.name).state == "interrupted"


@pytest.mark.parametrize("left", ["", '{"id": "j_2026', "[]", "null"])
def test_half_an_order_that_a_power_cut_left_hides_no_other_job(tmp_path: Path, left: str) -> None:
    jobs = Jobs(Settings(home=tmp_path), command=ECHO)
    whole, torn = (ended(jobs, start(jobs, "evaluate", "r_1").id).id for _ in range(2))
    (tmp_path / "jobs" / torn / "job.json").write_text(left)

    assert [job.id for job in jobs.listed()] == [whole]
    with pytest.raises(NotFound):
        jobs.find(torn)
    assert ended(jobs, start(jobs, "evaluate", "r_2").id).state == "done"


def test_the_files_of_a_job_that_died_go_with_the_next_one(tmp_path: Path) -> None:
    folder = tmp_path / "jobs" / "j_20260101000000_000000"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "piano.txt").write_text("testo")
    line = {"id": folder.name, "kind": "ingest", "about": "a", "who": "b", "started_at": "2026-01-01T00:00:00+00:00"}
    (folder / "job.json").write_text(json.dumps(line))
    never = tmp_path / "jobs" / "j_20260101000000_111111"
    never.mkdir()
    os.utime(never, (0, 0))
    jobs = Jobs(Settings(home=tmp_path), command=ECHO)

    ended(jobs, start(jobs).id)

    assert (folder / "job.json").exists()
    assert not (folder / "files").exists()
    assert not never.exists()


@pytest.mark.parametrize("id_", ["", "..", "j_1", "j_20260101000000_000000", "../jobs/j_20260101000000_000000"])
def test_no_other_folder_is_a_job(tmp_path: Path, id_: str) -> None:
    with pytest.raises(NotFound):
        Jobs(Settings(home=tmp_path)).find(id_)


@pytest.mark.parametrize("name", ["Piano 2025.pdf", "città è.md", "atti.zip", "firmato.pdf.p7m"])
def test_usable_names_stay_as_they_are(name: str) -> None:
    assert check_name(name) == name


def test_a_name_with_a_line_break_is_refused() -> None:
    with pytest.raises(InputError, match="non va bene"):
        check_name("a\nb.txt")
