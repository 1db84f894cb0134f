"""The servers that Bussola can lean on, started on the loopback for tests and trials, and stopped again."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

START_S = 180.0
STOP_S = 60.0
PORTS = range(20_000, 32_000)  # below those that Linux hands out by itself: nobody takes one in between
DATABASE_USER = "bussola"
UTF_8 = ("--encoding=UTF8", "--locale=C.UTF-8")  # whatever the language of who runs the tests, none too


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """
    The address of a Chroma server of its own that keeps its data in a folder.

    Raises:
        RuntimeError: it does not start.
    """
    from kb.backends.chroma_server import check_server
    from kb.errors import StoreError

    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return bool(check_server(url, timeout_s=1))
        except StoreError:
            return False

    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with running(command, until=answers, log=folder.with_name(f"{folder.name}.log")):
        yield url


@contextmanager
def postgresql_server() -> Iterator[str]:
    """
    The SQLAlchemy address of an empty database on a PostgreSQL server of its own.

    Raises:
        RuntimeError: it is not installed, or does not start.
    """
    programs = postgresql_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: make programs")
    folder = Path(tempfile.mkdtemp(prefix="bussola-pg-"))
    as_user = _give_to_postgres(folder)
    data, port = folder / "data", free_port()
    options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories= -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    try:
        _do(
            [str(programs / "initdb"), "-D", str(data), "-U", DATABASE_USER, "-A", "trust", "--no-sync", *UTF_8],
            as_user,
            folder,
        )
        _do([*control, "-o", options, "start"], as_user, folder)
        try:
            yield f"postgresql://{DATABASE_USER}@127.0.0.1:{port}/postgres"
        finally:
            _do([*control, "-m", "immediate", "stop"], as_user, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL server's programs, None where none is installed."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    there = shutil.which("initdb")
    return Path(there).resolve().parent if there else None


@contextmanager
def running(command: Sequence[str], *, until: Callable[[], bool], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """
    A process that is running and ready, and is stopped at the end.

    Raises:
        RuntimeError: it ends, or is not ready in time; the end of its log is told.
    """
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            end = time.monotonic() + START_S
            while not until():
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"{command[0]} does not start: {log.read_text(errors='replace')[-500:]}")
                time.sleep(0.05)
            yield process
        finally:
            _stop(process)


def free_port() -> int:
    """A port of the loopback that nobody listens on now, another at each call."""
    while True:
        port = next(_ports)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _all_ports() -> Iterator[int]:
    """Without end, from a place that differs among processes."""
    start = random.SystemRandom().choice(PORTS)
    while True:
        yield from range(start, PORTS.stop)
        yield from range(PORTS.start, start)


_ports = _all_ports()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _give_to_postgres(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: the account that its package makes has the folder then."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "postgres", "postgres")
    return "postgres"


def _do(command: Sequence[str], as_user: str | None, folder: Path) -> None:
    # A file, not a pipe: the server that pg_ctl leaves behind would hold a pipe open.
    told = folder / "programs.log"
    with told.open("wb") as output:
        ran = subprocess.run(
            command, stdout=output, stderr=output, cwd=folder, user=as_user, group=as_user, check=False, timeout=START_S
        )
    if ran.returncode:
        raise RuntimeError(f"{command[0]}: {told.read_text(errors='replace')[-500:]}")
