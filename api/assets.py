"""The files that pages load: ours, and Bootstrap Italia's from the installed package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

ITALIA = "bootstrap_italia_template"


def mount_assets(app: FastAPI) -> None:
    """Serve /static, /italia (style, icons and fonts alone)."""
    italia = package_folder(ITALIA) / "static"
    for name in ("css", "svg", "fonts"):
        app.mount(f"/italia/{name}", StaticFiles(directory=italia / name))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "web" / "static"))


def package_folder(name: str) -> Path:
    """
    An installed package's folder; the package is not imported, since theirs would import Django.

    Raises:
        FileNotFoundError: it is not installed.
    """
    spec = find_spec(name)
    if spec is None or not spec.origin:
        raise FileNotFoundError(f"the package {name} is not installed")
    return Path(spec.origin).parent
