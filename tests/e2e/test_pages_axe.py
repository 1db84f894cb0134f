"""axe-core finds no violation of WCAG 2.1 A and AA on any page, wide and light or narrow and dark; none is cut off."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.web.site import ROUTERS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
QUESTION = "Quanti+posti+letto+apre+il+progetto+Tetti+Giovani%3F"
PATHS = (
    "/",
    f"/?q={QUESTION}",
    f"/?q=E+il+canone%3F&prima={QUESTION}",
    "/?q=Quanto+costa+il+programma+Rive+Vive%3F",
    "/?q=+",
    f"/en/?q={QUESTION}",
    "/cerca",
    "/cerca?q=canale",
    "/cerca?q=xyzxyz",
    "/cerca?articolo=18",
    "/en/cerca?q=canale",
    "/documenti",
    "/documenti/piano",
    "/documenti/piano/pagine/1?start=30&end=120",
    "/documenti/piano/pagine/1?release={previous}&start=30&end=120",
    "/driver",
    "/driver/8",
    "/en/driver/2",
    "/incroci",
    "/incroci?relation=mission",
    "/novita",
    "/en/novita",
    "/privacy",
    "/accessibilita",
    "/avviso-ia",
    "/en/avviso-ia",
    "/docs",
    "/nulla",
    "/risposte/{answer}",
    "/risposte/{answer}?grazie=1",
    "/personale/accesso",
    "/en/personale/accesso",
    "/en/docs",
    "/en/nulla",
    "/en/?q=+",
)
STAFF_PATHS = (
    "/personale",
    "/personale/documenti",
    "/personale/giudizi",
    "/personale/lacune",
    "/personale/chiavi",
    "/personale/versioni/{published}",
    "/personale/versioni/{published}/rapporto",
    "/personale/versioni/{published}/resoconto",
    "/personale/lavori/{job}",
    "/en/personale",
    "/en/personale/documenti",
    "/en/personale/giudizi",
    "/en/personale/lacune",
    "/en/personale/chiavi",
    "/en/personale/versioni/{published}",
    "/en/personale/lavori/{job}",
)
REPORTS = ("passed", "failed", "changes")
FILES = ("/cerca.csv", "/cerca.md")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""How far a page sticks out of its window."""


@cache
def axe() -> str:
    """axe-core's own script."""
    from axe_playwright_python.base import AXE_FILE_PATH

    return Path(AXE_FILE_PATH).read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=[(360, "dark"), (1280, "light")], ids=["360-dark", "1280-light"])
def page(request: pytest.FixtureRequest, site: Any, open_browser: Any) -> Iterator[Page]:
    """A page of that width, for a system of that scheme of colours, whose person is logged in as staff."""
    width, scheme = request.param
    context = open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto("/personale/accesso")
    page.fill("#chiave", site.staff_key)
    page.click("main form button")
    page.wait_for_url("**/personale")
    yield page
    context.close()


@pytest.fixture(scope="module")
def places(site: Any, page: Page) -> dict[str, str]:
    """What addresses are filled with: an answer, releases, a job that ended."""
    from kb.wiring import release_store

    page.goto(f"/?q={QUESTION}")
    answer = page.get_attribute(".by-machine a", "href")
    page.goto("/personale/documenti")
    page.set_input_files("#file", files=[{"name": "rotto.zip", "mimeType": "application/zip", "buffer": b"no"}])
    page.click("main form.ask button")
    page.wait_for_selector("[role=alert]")
    job = page.url.rpartition("/")[2]
    store = release_store(site.settings)
    assert answer
    return {
        "answer": answer.rpartition("/")[2],
        "published": str(store.published()),
        "previous": str(store.previous()),
        "job": job,
    }


@pytest.fixture(scope="module")
def reports(site: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Whole pages that commands write: an evaluation passed, one that is not, what changed between two releases."""
    from evals.report_folder import report_folder
    from kb.wiring import release_store

    folder, store = tmp_path_factory.mktemp("pagine"), release_store(site.settings)
    published, previous = str(store.published()), str(store.previous())
    (folder / "piano.txt").write_text("Il programma Rive Vive riduce il consumo di suolo del 35% entro il 2031.\n")
    site.bussola("ingest", folder / "piano.txt", "--title", "Piano di prova", "--kind", "plan")
    refused = store.manifests()[0].id
    site.bussola("diff", published, refused, "--html", folder / "novita.html")
    with suppress(subprocess.CalledProcessError):  # it ends with 1, since the evaluation is not passed
        site.bussola("evaluate", refused)
    return {
        "passed": report_folder(site.settings.home, previous) / "report.html",
        "failed": report_folder(site.settings.home, refused) / "report.html",
        "changes": folder / "novita.html",
    }


@pytest.mark.parametrize("path", [*PATHS, *STAFF_PATHS])
def test_a_page_has_no_fault_of_accessibility(page: Page, places: dict[str, str], path: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.format_map(places))

    check(page, is_open=True)
    assert [line for line in said if "Content Security Policy" in line] == []


@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_has_no_fault_of_accessibility(page: Page, reports: dict[str, Path], name: str, is_open: bool) -> None:
    page.goto(reports[name].as_uri())

    check(page, is_open=is_open)


def check(page: Page, *, is_open: bool) -> None:
    """Assert that axe finds nothing, with what can be unfolded open or closed, and that nothing sticks out."""
    page.evaluate("isOpen => document.querySelectorAll('details').forEach(one => { one.open = isOpen })", is_open)
    sideways = page.evaluate(SIDEWAYS)
    if page.viewport_size == {"width": 1280, "height": 800}:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(SIDEWAYS) == 0, "letters twice as large"
        page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(axe())
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)

    assert {one["id"]: [node["html"] for node in one["nodes"]] for one in found["violations"]} == {}
    assert len(found["passes"]) > 5, "axe looked"
    assert sideways == 0


def test_every_page_is_looked_at() -> None:
    """A page that is added without a line above fails here."""
    looked = [
        re.compile(path.partition("?")[0].removeprefix("/en").replace("{", "").replace("}", "") or "/").pattern
        for path in (*PATHS, *STAFF_PATHS, *FILES)
    ]
    patterns = {
        route.path: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route.path) or "/")
        for router in ROUTERS
        for route in router.routes
        if "GET" in route.methods  # type: ignore[attr-defined]
    }

    assert [path for path, pattern in patterns.items() if not any(pattern.fullmatch(one) for one in looked)] == []
