"""What every test may ask for: the shared folder, the real embedder loaded once, a clean environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The same examples at every run, however slow the machine: a test that fails once fails always.
settings.register_profile(
    "bussola", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("bussola")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("BUSSOLA_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is made for a whole module, before a test has its own home, lands in no one's either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUSSOLA_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person who runs the tests reaches them, and nothing lands in their home."""
    for name in list(os.environ):
        if name.startswith("BUSSOLA_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BUSSOLA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


RUN_AGAIN = ("integration", "e2e")
"""Folders whose tests lean on processes, servers and a browser: one that fails is run once more, and told as rerun."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `shared` are skipped only where the folder is absent; those of RUN_AGAIN have a second try."""
    may_run_again = config.pluginmanager.hasplugin("rerunfailures") and not config.option.usepdb
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"no shared folder at {SHARED}"))
        if may_run_again and item.path.parent.name in RUN_AGAIN:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared evaluation folder."""
    return SHARED


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the converted default model lies, and what it computed, for the whole run in all its processes."""
    here = tmp_path_factory.getbasetemp()
    folder = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "bussola-home"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def e5(model_cache: Path) -> Iterator[Any]:
    """The real default embedder, loaded once a run."""
    from kb.backends.embedder import open_embedder

    yield open_embedder("", model_cache)


@pytest.fixture(scope="session")
def light(e5: Any, model_cache: Path) -> Any:
    """The default embedder for asking, on the folder that the other one loads too."""
    from kb.backends.light import open_light_embedder

    return open_light_embedder("", model_cache)
