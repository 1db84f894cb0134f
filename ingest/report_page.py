"""The report as one HTML page that needs nothing else: verdicts and small pictures of the doubtful pages."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.changes import find_changes
from ingest.gathered import Gathered, Taken
from ingest.report import CHANGES, change_line, count, find_news, find_verdict, screened_line, side_lines
from kb.records import Page
from kb.releases.manifest import Manifest

TEMPLATE = Path(__file__).with_name("report_page.html")
_MOST_PAGES = 200  # doubtful pages shown a document


@dataclass(frozen=True, slots=True)
class _PageLine:
    """A doubtful page as it is shown."""

    index: int
    label: str | None
    verdict: str
    problems: str
    picture: str | None  # a data address
    text: str  # how it begins


def render_report(gathered: Gathered, manifest: Manifest) -> str:
    """The page, in Italian; everything that comes from a document is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    changes = find_changes(gathered)
    return template.render(
        manifest=manifest,
        count=count,
        news=find_news(gathered),
        names=CHANGES,
        doubtful=lambda one: list(_doubtful(one)),
        screened_line=screened_line,
        sides=list(side_lines(gathered)),
        changes=changes,
        change_line=change_line(changes),
    )


def _doubtful(one: Taken) -> Iterator[_PageLine]:
    for page in [page for page in one.pages if page.problems or not page.readable][:_MOST_PAGES]:
        yield _PageLine(
            page.index,
            page.label,
            find_verdict(page),
            "; ".join(page.problems),
            _address(one, page),
            " ".join(page.text.split())[:240],
        )


def _address(one: Taken, page: Page) -> str | None:
    picture = one.pictures.get(page.index)
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}" if picture else None


def save_report(gathered: Gathered, manifest: Manifest, home: Path) -> Path | None:
    """Where the page was written: `reports/<release>.html` of the home folder; None when it can't be."""
    target = home / "reports" / f"{manifest.id}.html"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render_report(gathered, manifest), encoding="utf-8")
    except OSError:
        return None
    return target
