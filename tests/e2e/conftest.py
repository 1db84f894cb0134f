"""A small site with real releases and Debian's Chromium: the index is real, only the embedder counts words."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.keys import KeyRing, Role
from kb.settings import Settings
from kb.testing import FakeTokenEmbedder, wait_until
from kb.wiring import open_assistant, open_ledger, release_store

COMMAND = (
    sys.executable,
    "-c",
    "import kb.wiring, kb.testing\n"
    "kb.wiring.make_embedder = lambda *_, **__: kb.testing.FakeTokenEmbedder()\n"
    "import bussola; bussola.main()",
)
"""`bussola` with an embedder that needs no model."""

MOST_MS = 180_000
"""How long a page may take."""


@pytest.fixture(scope="session")
def invented() -> dict[str, Any]:
    """The invented plan's pages by name, its norms, and questions on them."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("plan.yaml").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="session")
def computed(e5: Any, model_cache: Path) -> Path:
    """
    The cache folder of a home in which the shipped corpus was built by some test: the converted model and its vectors.

    A test that links it as its home's `cache` need not compute again what another did; the builds are real.
    """
    e5.embed_query("")
    return model_cache / "cache"


@pytest.fixture(scope="session")
def cached_e5(e5: Any, computed: Path) -> Any:
    """The real default embedder, as building has it: the vectors of passages that it has seen before are kept."""
    from kb.backends.vector_cache import CachedEmbedder

    return CachedEmbedder(e5, computed)


@dataclass(frozen=True)
class Site:
    """A running service, and what its people need."""

    address: str
    settings: Settings
    staff_key: str

    def bussola(self, *arguments: str | Path) -> None:
        """Run a command on the site's home."""
        from api.web.staff.jobs import Jobs

        environment = Jobs(self.settings)._environment("prova")
        subprocess.run([*COMMAND, *map(str, arguments)], env=environment, check=True, capture_output=True)

    def published(self) -> str | None:
        """The release that serves."""
        return release_store(self.settings).published()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, invented: dict[str, Any]) -> Iterator[Site]:
    """A service over two small documents, published; its jobs run with the same embedder."""
    desk = tmp_path_factory.mktemp("sito")
    (desk / "golden").mkdir()
    asked = [one for one in invented["questions"] if one["id"] in ("suolo", "posti", "costo")]
    (desk / "golden" / "prova.yaml").write_text(json.dumps({"questions": asked}), encoding="utf-8")
    settings = Settings(home=desk / "home", golden=str(desk / "golden"), api_limit_citizen="100000/minute")
    _, key = KeyRing(open_ledger(settings)).add("Anna Staff", Role.STAFF, days=1)
    first = Site("", settings, key)
    (desk / "piano.txt").write_text("\f".join((invented["green"], invented["homes"])), encoding="utf-8")
    (desk / "norme.md").write_text(invented["norms"], encoding="utf-8")
    first.bussola("ingest", "--fresh", desk / "piano.txt", "--title", "Piano di prova", "--kind", "plan")
    first.bussola("publish", release_store(settings).ids()[0])
    first.bussola("ingest", desk / "norme.md", "--title", "Norme di attuazione", "--kind", "territorial_plan")
    first.bussola("publish", release_store(settings).manifests()[0].id)
    with running(settings) as address:
        yield Site(address, settings, key)


class running:  # noqa: N801 - read as a statement: with running(settings) as address
    """The service in a thread, ready, then stopped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> str:
        import uvicorn

        from api.app import create_app
        from api.commands import address_of, listen
        from api.web.staff.jobs import Jobs

        settings = self._settings
        app = create_app(
            lambda: open_assistant(settings, embedder=FakeTokenEmbedder()),
            settings,
            published=release_store(settings).published,
        )
        app.state.jobs = Jobs(settings, command=COMMAND)
        listening = listen("127.0.0.1", 0)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]})
        self._thread.start()
        address = address_of(listening)
        wait_ready(address)
        return address

    def __exit__(self, *_exc: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=120)


def wait_ready(address: str) -> None:
    """Return once the service answers."""

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=60):
                return True
        except OSError:
            return False

    wait_until(is_ready, pause_s=0.1)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright: for a module, since its event loop would be in other tests' way."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: make programs"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], timeout=MOST_MS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def open_browser(site: Site, chromium: Any) -> Callable[..., Any]:
    """Opens a browser's context on the site, which waits for a page as long as a slow machine needs."""

    def open_one(**options: Any) -> Any:
        context = chromium.new_context(base_url=site.address, **options)
        context.set_default_timeout(MOST_MS)
        return context

    return open_one
