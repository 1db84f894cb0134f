"""The report as one HTML page in Italian that stands alone: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from evals.stored import Run

FOLDER = Path(__file__).parent


@cache
def environment() -> jinja2.Environment:
    """The templates of this folder, everything escaped; a name that is not there is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_page(
    run: Run,
    *,
    verdict: Mapping[str, Any] | None = None,
    diff: Mapping[str, Any] | None = None,
    before: Run | None = None,
) -> str:
    """The page, verdict first."""
    return environment().get_template("report.html").render(run=run, verdict=verdict, diff=diff, before=before)
