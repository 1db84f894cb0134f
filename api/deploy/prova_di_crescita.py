"""
Past one machine, tried here: two APIs behind nginx on one home, a Chroma server, PostgreSQL for ledger and words; one
API killed under load.

    python api/deploy/prova_di_crescita.py [--seconds 20] [--clients 4] [--cache FOLDER] [--json]

The nginx example of this folder is used as it is, but for ports, certificates and the limits of one address (all
clients are one here). Every question must come back with the answer that it had before the load. Exit status 1
where one is lost or differs. Needs PostgreSQL and nginx (make programs).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from kb.releases.parts import WORDS
from kb.releases.store import ReleaseStore
from kb.retrieval.postings import POINTER
from kb.settings import Settings
from kb.testing_servers import chroma_server, free_port, postgresql_server, running
from kb.wiring import open_ledger, release_store

HERE = Path(__file__).resolve().parent
PROGRAM = Path(sys.executable).with_name("bussola")
QUESTIONS = (
    "Quanti Comuni partecipano ad AFOL Metropolitana?",
    "Che cos'è il Driver 8?",
    "Quali sono gli obiettivi del Driver 1?",
    "Di che cosa si occupa il Driver 3?",
    "Chi sono gli attori del Driver 5?",
    "Quali missioni del PNRR riguardano il Driver 2?",
    "Quanto costa un biglietto del cinema a Parigi?",
)
REQUEST_S = 60.0


@dataclass
class Load:
    """What the clients saw; one lock for all."""

    expected: dict[str, str]
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask_on(self, url: str, first: int, stop: threading.Event) -> None:
        """One client: question after question until it is told to stop."""
        with httpx.Client(timeout=REQUEST_S) as client:
            number = first
            while not stop.is_set():
                self._ask(client, url, QUESTIONS[number % len(QUESTIONS)])
                number += 1

    def _ask(self, client: httpx.Client, url: str, question: str) -> None:
        start = time.perf_counter()
        try:
            reply = client.post(f"{url}/v1/ask", json={"question": question})
            text, fault = (said(reply), "") if reply.status_code == 200 else ("", str(reply.status_code))
        except httpx.HTTPError as error:
            text, fault = "", type(error).__name__
        with self.lock:
            self.times_ms.append(1000 * (time.perf_counter() - start))
            if fault:
                self.lost.append(f"{question}: {fault}")
            elif text != self.expected[question]:
                self.different.append(question)
            else:
                self.answered += 1


def said(reply: httpx.Response) -> str:
    """What must be the same whichever process answers."""
    answer = reply.json()
    return json.dumps([answer["status"], answer["text"], answer["release"]], ensure_ascii=False)


def run(seconds: float, clients: int, cache: Path | None = None) -> dict[str, object]:
    """The trial's figures; with the cache of another home, what it has computed is not computed again."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bussola-crescita-")))
        settings = Settings(
            home=folder / "home",
            chroma_url=stack.enter_context(chroma_server(folder / "chroma")),
            database_url=(database := stack.enter_context(postgresql_server())),
            lexical_url=database,
        )
        settings.home.mkdir()
        if cache is not None:
            (settings.home / "cache").symlink_to(cache, target_is_directory=True)
        environment = environment_of(settings)
        release = make_release(settings, environment)
        ports = [free_port(), free_port()]
        apis = [stack.enter_context(api(port, environment, folder)) for port in ports]
        url = stack.enter_context(balancer(ports, folder))
        with httpx.Client(timeout=REQUEST_S) as client:
            expected = {q: said(client.post(f"{url}/v1/ask", json={"question": q})) for q in QUESTIONS}
        load = Load(expected)
        outage = put_under_load(load, url, apis[0], seconds, clients)
        back = stack.enter_context(api(ports[0], environment, folder))
        assert back.poll() is None
        ledger = open_ledger(settings)
        kept = sum(receipt.times for receipt in ledger.receipts())
        ledger.close()
        words = (settings.home / "releases" / release / WORDS / POINTER).is_file()
    return {
        "release": release,
        "seconds": seconds,
        "clients": clients,
        "answered": load.answered,
        "lost": load.lost,
        "different": load.different,
        "killed_after_s": outage,
        "median_ms": round(statistics.median(load.times_ms), 1),
        "p95_ms": round(statistics.quantiles(load.times_ms, n=20)[-1], 1),
        "receipts_in_postgresql": kept,
        "words_in_postgresql": words,
    }


def put_under_load(load: Load, url: str, victim: subprocess.Popen[bytes], seconds: float, clients: int) -> float:
    """Ask for that long, and kill one API at half of it; when it was killed, in seconds."""
    stop, start = threading.Event(), time.monotonic()
    threads = [threading.Thread(target=load.ask_on, args=(url, number, stop)) for number in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 2)
    victim.send_signal(signal.SIGKILL)
    killed = time.monotonic() - start
    time.sleep(seconds / 2)
    stop.set()
    for thread in threads:
        thread.join()
    return round(killed, 1)


def environment_of(settings: Settings) -> dict[str, str]:
    """What the processes are told; the limits of one address are lifted, all clients being one."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BUSSOLA_")}
    return {
        **clean,
        "BUSSOLA_HOME": str(settings.home),
        "BUSSOLA_CHROMA_URL": settings.chroma_url,
        "BUSSOLA_DATABASE_URL": settings.database_url,
        "BUSSOLA_LEXICAL_URL": settings.lexical_url,
        "BUSSOLA_API_LIMIT_CITIZEN": "100000/minute",
        "OMP_NUM_THREADS": "1",
    }


def make_release(settings: Settings, environment: dict[str, str]) -> str:
    """The shipped corpus, built on the servers and published."""
    ran = subprocess.run([PROGRAM, "ingest", "--json"], env=environment, capture_output=True, text=True, check=True)
    release = str(json.loads(ran.stdout)["release"])
    store: ReleaseStore = release_store(settings)
    store.publish(release, why="trial")
    return release


@contextmanager
def api(port: int, environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An API process that is ready."""

    def is_ready() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    # `running` hands its own environment down: what the processes are told is put there for them.
    os.environ.update(environment)
    command = [str(PROGRAM), "serve", "--port", str(port)]
    with running(command, until=is_ready, log=folder / f"api-{port}.log") as process:
        yield process


@contextmanager
def balancer(ports: list[int], folder: Path) -> Iterator[str]:
    """The address of nginx in front of the APIs."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(nginx_config(ports, port, folder), encoding="utf-8")
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise SystemExit("nginx is not installed: make programs")
    url = f"http://127.0.0.1:{port}"

    def is_ready() -> bool:
        try:
            return httpx.get(f"{url}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    command = [program, "-p", str(folder), "-c", str(config), "-g", "daemon off;"]
    with running(command, until=is_ready, log=folder / "nginx.log"):
        yield url


def nginx_config(ports: list[int], port: int, folder: Path) -> str:
    """The example, on these ports, without TLS, for clients that all have one address."""
    text = (HERE / "nginx" / "bussola.conf").read_text(encoding="utf-8")
    for known, own in zip((8000, 8001), ports, strict=True):
        text = text.replace(f"server 127.0.0.1:{known} ", f"server 127.0.0.1:{own} ")
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    text = re.sub(r"(?m)^\s*(ssl_\w+|add_header Strict-Transport-Security) .*;\n", "", text)
    text = text.replace("/var/log/nginx", str(folder))
    text = text.replace("rate=10r/s", "rate=10000r/s").replace("bussola_connections 20", "bussola_connections 1000")
    places = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    return (
        f"{user}worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off; {places}\n{text}\n}}\n"
    )


def main() -> int:
    """Print the figures; 1 where an answer was lost or differed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = run(asked.seconds, asked.clients, asked.cache)
    lines = [json.dumps(found, ensure_ascii=False)] if asked.json else [f"{name}: {v}" for name, v in found.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found["lost"] or found["different"] or not found["answered"] else 0


if __name__ == "__main__":
    sys.exit(main())
