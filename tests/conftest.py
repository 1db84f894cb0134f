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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `shared` are skipped only where the folder is absent."""
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=f"no shared folder at {SHARED}"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared evaluation folder."""
    return SHARED


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the converted default model lies for the whole run."""
    return tmp_path_factory.mktemp("bussola-home")


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
