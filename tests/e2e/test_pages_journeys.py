"""
Three people's ways through the pages, in Chromium, with the keyboard alone.

The citizen's and the staff's are gone without scripts too, the staff's in English.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

HOMES_QUESTION = "Quanti posti letto apre il progetto Tetti Giovani?"
MOST_TABS = 150


@pytest.fixture
def page(open_browser: Any) -> Iterator[Page]:
    """An empty page that may read and write the clipboard."""
    context = open_browser(permissions=["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def reach(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and check that it can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            style = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle + ' ' + s.outlineWidth }"
            )
            assert style == "solid 3px" or page.evaluate("document.activeElement.type") == "file", style
            return
    pytest.fail(f"the keyboard never reaches {selector}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Reach an element and use it."""
    reach(page, selector)
    page.keyboard.press(key)


def write(page: Page, selector: str, text: str) -> None:
    """Reach a field and write in it."""
    reach(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.getAttribute('href')") == "#contenuto"
    page.keyboard.press("Enter")
    reach(page, "#domanda")


def test_a_citizen_asks_and_opens_a_source(page: Page) -> None:
    page.goto("/")
    write(page, "#domanda", HOMES_QUESTION)
    press(page, "form[data-ask] button")
    page.wait_for_selector("#risposta:focus")

    assert "1.200 posti letto" in page.inner_text("#risposta .sentences")
    assert "q=Quanti+posti" in page.url, "the address leads to this answer again"
    assert page.title() == f"Risposta: {HOMES_QUESTION} · Bussola"
    press(page, "#fonte-1 .source-links a")
    page.wait_for_url("**/documenti/piano/pagine/2?**#citazione")
    assert "1.200 posti letto" in page.inner_text("mark")
    assert "release=r_" in page.url


def test_a_citizen_asks_without_scripts(open_browser: Any) -> None:
    context = open_browser(java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.fill("#domanda", HOMES_QUESTION)
    page.click("form[data-ask] button")

    assert "1.200 posti letto" in page.inner_text("#risposta .sentences")
    assert page.locator("[data-copy]:visible").count() == 0, "a button that needs scripts is not shown"
    page.click("#fonte-1 .source-links a")
    assert "1.200 posti letto" in page.inner_text("mark")
    context.close()


def test_a_citizen_goes_on_asking_and_rates_the_answer(page: Page) -> None:
    page.goto("/")
    page.fill("#domanda", HOMES_QUESTION)
    page.click("form[data-ask] button")
    page.wait_for_selector("#seguito")
    write(page, "#seguito", "E per quanti anni il canone resta calmierato?")
    press(page, "form.follow button")
    page.wait_for_selector(".earlier")

    assert page.locator(".earlier li").all_inner_texts() == [HOMES_QUESTION]
    press(page, ".opinion summary")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    press(page, ".opinion details button")
    page.wait_for_url("**/risposte/ans_*#giudizio")
    assert "Grazie" in page.inner_text("#giudizio")


def test_what_is_not_found_helps(page: Page) -> None:
    page.goto("/?q=Quanto+costa+il+programma+Rive+Vive%3F")

    assert page.inner_text("#titolo-risposta") == "I documenti non lo dicono"
    press(page, ".help a")
    page.wait_for_url("**/cerca?q=**")
    assert "Rive Vive" in page.inner_text(".found")


def test_an_officer_finds_an_article_by_filter_and_copies_its_citation(page: Page) -> None:
    page.goto("/cerca")
    reach(page, "#documento")
    page.keyboard.type("Norme")
    write(page, "#articolo", "18")
    press(page, "main form button")
    page.wait_for_url("**/cerca?**#trovati")

    assert page.locator(".found > li").count() == 1
    assert "venti metri" in page.inner_text(".found blockquote")
    press(page, ".found [data-copy]")
    page.wait_for_selector("text=Copiata")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Norme di attuazione, art. 18, ")
    press(page, ".found h3 a")
    page.wait_for_url("**/documenti/norme/pagine/*#citazione")
    assert "venti metri" in page.inner_text("main")


def test_staff_upload_an_update_see_it_refused_fix_it_publish_and_roll_back(
    site: Any, page: Page, tmp_path: Path
) -> None:
    before = site.published()
    page.goto("/personale")
    write(page, "#chiave", "bsl_nessuna")
    press(page, "main form button")
    assert "non è di una persona del personale" in page.inner_text("[role=alert]")
    write(page, "#chiave", site.staff_key)
    press(page, "main form button")
    page.wait_for_url("**/personale")
    assert before in page.inner_text(".lead")

    plan = read_plan(site)
    spoilt = plan.replace("25%", "27%")
    refused = upload(page, tmp_path, spoilt)
    press(page, ".actions form:last-child button")
    page.wait_for_selector("text=Non pubblicata")
    assert "25%" in page.inner_text("main")
    assert site.published() == before
    press(page, "main .btn-primary")
    page.wait_for_url(f"**/versioni/{refused}")
    assert "Non superata" in page.inner_text("main")
    press(page, "a[href$='/rapporto']")
    page.wait_for_url("**/rapporto")
    assert "Non si può pubblicare" in page.inner_text("#esito")

    fixed = plan.replace("nei giorni di festa", "nei giorni di festa e di mercato")
    good = upload(page, tmp_path, fixed)
    press(page, ".actions form:last-child button")
    page.wait_for_selector(".done")
    assert site.published() == good != before

    page.goto("/personale")
    press(page, "main form[action$='/indietro'] button")
    page.wait_for_selector(".done")
    assert site.published() == before
    page.goto("/personale")
    assert "Anna Staff" in page.inner_text("main")
    press(page, "form.leave button")
    page.wait_for_url("**/accesso")


def test_staff_may_publish_against_the_evaluation_only_with_a_reason(site: Any, page: Page, tmp_path: Path) -> None:
    before = site.published()
    log_in(page, site)
    refused = upload(page, tmp_path, read_plan(site).replace("1.200", "1.300"))
    press(page, ".actions form:first-child button")
    page.wait_for_selector("a[href$='/rapporto']")
    page.goto(f"/personale/versioni/{refused}")
    press(page, ".danger button")
    assert page.url.endswith(refused), "an empty reason is not sent"
    write(page, "#motivo", "La cifra nuova è nella delibera di ieri.")
    press(page, ".danger button")
    page.wait_for_selector(".done")
    assert site.published() == refused
    page.goto("/personale")
    assert "La cifra nuova è nella delibera di ieri." in page.inner_text("main")
    press(page, "main form[action$='/indietro'] button")
    page.wait_for_selector(".done")
    assert site.published() == before


def test_a_form_pressed_twice_is_sent_once(site: Any, page: Page) -> None:
    sent: list[str] = []

    def take(route: Any) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)

    log_in(page, site)
    page.goto(f"/personale/versioni/{site.published()}")
    page.route("**/valuta", take)
    with page.expect_request("**/valuta"):
        page.evaluate("form => { form.requestSubmit(); form.requestSubmit(); }", page.query_selector(".actions form"))
    page.goto("/personale")  # whatever was sent before is heard of by now

    assert sent == ["POST"]


def test_an_archive_that_would_fill_the_disk_is_one_clear_line(site: Any, page: Page) -> None:
    from kb.wiring import release_store

    before = release_store(site.settings).ids()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("piano.txt", b"0" * 100_000_000)
    log_in(page, site)
    page.goto("/personale/documenti")
    page.set_input_files("#file", {"name": "b.zip", "mimeType": "application/zip", "buffer": bomb.getvalue()})
    page.click("main form.ask button")
    page.wait_for_selector("[role=alert]")

    assert page.inner_text("[role=alert]").startswith("Errore. «b.zip» non viene aperto: estratto occuperebbe")
    assert release_store(site.settings).ids() == before
    assert not list((site.settings.home / "jobs").glob("*/files/*"))


def test_staff_work_in_english_without_scripts(site: Any, open_browser: Any) -> None:
    context = open_browser(java_script_enabled=False)
    page = context.new_page()
    page.goto("/en/personale")
    page.fill("#chiave", site.staff_key)
    page.click("main form button")
    page.wait_for_url("**/en/personale")
    page.click(".staff-nav >> text=Upload documents")
    page.set_input_files("#file", {"name": "rotto.zip", "mimeType": "application/zip", "buffer": b"no"})
    page.click("main form.ask button")
    page.wait_for_selector("[role=alert]")  # the page asks again by itself, without scripts
    assert "«rotto.zip» is no zip archive, or is damaged" in page.inner_text("[role=alert]")
    page.click(".staff-nav >> text=Upload documents")
    text = b"Il canale ha tre ponti nuovi."
    page.set_input_files("#file", {"name": "ponti.txt", "mimeType": "text/plain", "buffer": text})
    page.click("main form.ask button")
    page.wait_for_selector("text=What came in")
    page.click("text=Go to the release")
    page.wait_for_url("**/en/personale/versioni/r_*")
    assert "candidate" in page.inner_text(".facts")
    assert "It has not been evaluated yet." in page.inner_text("main")
    page.click(".staff-nav >> text=Keys")
    page.fill("#nome", "Ufficio prova")
    page.click("main form.ask button")
    assert page.inner_text(".new-key").startswith("bsl_")
    page.click(".leave button")
    page.wait_for_url("**/en/personale/accesso")
    context.close()


def log_in(page: Page, site: Any) -> None:
    page.goto("/personale/accesso")
    page.fill("#chiave", site.staff_key)
    page.click("main form button")
    page.wait_for_url("**/personale")


def upload(page: Page, folder: Path, text: str) -> str:
    """The candidate that a new text of the plan makes; its page is open."""
    file = folder / "piano.txt"
    file.write_text(text, encoding="utf-8")
    opened: list[Any] = []
    page.once(
        "filechooser", lambda chooser: opened.append(chooser)
    )  # listened for before the page is there, so that no dialog is missed
    page.goto("/personale/documenti")
    press(page, "#file")
    while not opened:
        page.wait_for_event("filechooser")
    opened[0].set_files(file)
    write(page, "#titolo", "Piano di prova")
    press(page, "main form.ask button")
    page.wait_for_selector("text=Che cosa è entrato")
    found = re.search(r"r_[0-9a-f]{12}", page.inner_text("main"))
    assert found
    press(page, "main .btn-primary")
    page.wait_for_url("**/versioni/*")
    return found.group()


def read_plan(site: Any) -> str:
    """The plan's text as it was given."""
    return (site.settings.home.parent / "piano.txt").read_text(encoding="utf-8")
