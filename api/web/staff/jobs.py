"""Long work in processes of their own: started here, followed from any process, found again after a restart."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from pydantic import SecretStr

from ingest.progress import FILE
from kb.errors import NotFound, ReleaseError
from kb.releases.folders import only_one
from kb.settings import Settings

ID = re.compile(r"j_[0-9]{14}_[0-9a-f]{6}")
KEPT = 50  # finished jobs that are remembered
DAY_S = 86_400
ORDER, LOCK, OUTCOME, SAID, GIVEN, FILES = "job.json", "lock", "ended.json", "said.txt", "given.json", "files"
PROGRESS = "progress.json"
MOST_SAID_CHARS = 4000
COMMAND = (sys.executable, "-m", "bussola")


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work; what it gave is there once it ended."""

    id: str
    kind: str  # "ingest", "evaluate", "publish", "rollback"
    about: str  # what it works on, for people
    who: str
    started_at: str
    state: str = "running"  # "done", "failed", "interrupted"
    given: Any = None  # the JSON that the command printed
    said: str = ""  # the last of what it said meanwhile
    progress: Sequence[tuple[str, int, int]] = ()  # of what runs: what is done, how much of it, of how much

    @property
    def outcome(self) -> str:
        """The state as people see it: an evaluation that gave its verdict is done, whatever the verdict."""
        return "done" if self.state == "failed" and self.kind == "evaluate" and self.given else self.state


class Jobs:
    """The jobs of a home, one at a time: each is a `bussola` command whose folder keeps what it gave and said."""

    def __init__(self, settings: Settings, *, command: Sequence[str] = COMMAND) -> None:
        self._folder = settings.home / "jobs"
        self._settings = settings
        self._command = tuple(command)

    def prepare(self) -> Path:
        """
        The folder of a job that is not started yet; its files go into files_of.

        Raises:
            ReleaseError: it can't be made.
        """
        folder = self._folder / f"j_{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"
        try:
            (folder / FILES).mkdir(parents=True)
        except OSError as error:
            raise ReleaseError(
                f"non riesco a scrivere in {self._folder} ({error.strerror}): controlla spazio e permessi."
            ) from error
        return folder

    def start(self, kind: str, arguments: Sequence[str], *, about: str, who: str, folder: Path | None = None) -> Job:
        """
        The job, running `bussola ARGUMENTS`; its files are removed when it ends.

        Raises:
            ReleaseError: another one is running, or it can't be started; its folder is gone.
        """
        folder = folder or self.prepare()
        job = Job(folder.name, kind, about, who, datetime.now(UTC).isoformat(timespec="seconds"))
        try:
            with only_one(self._folder / ".starting", busy="un altro lavoro sta cominciando: riprova fra un attimo."):
                self._refuse_second(folder.name)
                self._sweep()
                self._spawn(folder, job, arguments)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return job

    def find(self, id_: str) -> Job:
        """
        The job of that id, as it stands.

        Raises:
            NotFound: there is none.
        """
        found = _read(self._folder / id_) if ID.fullmatch(id_) else None
        if found is None:
            raise NotFound(f"il lavoro «{id_[:40]}» non c'è più: torna all'area personale.")
        return found

    def listed(self) -> list[Job]:
        """Every job, newest first."""
        return [job for folder in self._folders() if (job := _read(folder)) is not None]

    def running(self) -> Job | None:
        """The job that runs now."""
        return next((job for job in self.listed() if job.state == "running"), None)

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted((one for one in self._folder.iterdir() if ID.fullmatch(one.name)), reverse=True)

    def _refuse_second(self, but: str) -> None:
        running = next((job for job in self.listed() if job.state == "running" and job.id != but), None)
        if running is not None:
            raise ReleaseError(f"c'è già un lavoro in corso ({running.about}, di {running.who}): aspetta che finisca.")

    def _sweep(self) -> None:
        """Remove what nobody needs: old jobs, and the files of those that died before removing them themselves."""
        idle = [folder for folder in self._folders() if not _is_held(folder)]
        ended = [folder for folder in idle if (folder / ORDER).is_file()]
        yesterday = time.time() - DAY_S
        unstarted = [folder for folder in idle if folder not in ended and folder.stat().st_mtime < yesterday]
        for folder in (*ended[KEPT:], *unstarted):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in ended:
            shutil.rmtree(folder / FILES, ignore_errors=True)

    def _spawn(self, folder: Path, job: Job, arguments: Sequence[str]) -> None:
        (folder / ORDER).write_text(json.dumps(asdict(job), ensure_ascii=False), encoding="utf-8")
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)  # the child inherits it: whoever finds it free knows that the work is over
            started = subprocess.Popen(
                [sys.executable, "-m", "api.web.staff.worker", str(folder), *self._command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environment(job.who) | {FILE: str(folder / PROGRESS)},
                pass_fds=(held,),
                start_new_session=True,
            )
            Thread(target=started.wait, daemon=True).start()  # its end is told to the system, or it would stay listed
        finally:
            os.close(held)

    def _environment(self, who: str) -> dict[str, str]:
        """This service's settings, however they were given; the log names who asked, not the service's account."""
        told = {name: getattr(self._settings, name) for name in Settings.model_fields}
        plain = {
            f"BUSSOLA_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in told.items()
        }
        return {**os.environ, **plain, "LOGNAME": who, "PYTHONUTF8": "1"}


def _read(folder: Path) -> Job | None:
    """The job of a folder; None where none was started, or a power cut left half of its order."""
    order = _json(folder / ORDER)
    if not isinstance(order, dict):
        return None
    held = _is_held(folder)  # asked first: what ends meanwhile has left its outcome by then
    outcome = _json(folder / OUTCOME)
    if outcome is not None:
        order["state"] = "done" if outcome["status"] == 0 else "failed"
    elif not held:
        order["state"] = "interrupted"
    order["given"] = _json(folder / GIVEN) if outcome is not None else None
    order["said"] = _text(folder / SAID)[-MOST_SAID_CHARS:]
    order["progress"] = (_json(folder / PROGRESS) or ()) if outcome is None and held else ()
    return Job(**order)


def _is_held(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
