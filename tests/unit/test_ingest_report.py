"""The report says what was done, on the terminal, as JSON and as a page that loads nothing and trusts nothing."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingest.gathered import Before, Gathered, Taken
from ingest.report import describe, find_verdict, write_report
from ingest.report_page import render_report, save_report
from ingest.screen import INSTRUCTION, Screened
from kb.records import Document, DocumentKind, Page
from kb.releases.build import build_release
from kb.releases.manifest import Manifest
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts, intake_of

EVIL = "<script>alert(1)</script>"
PIXEL = b"\x89PNG\r\n\x1a\nfinta"


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    store = ReleaseStore(tmp_path / "home", parts=fake_parts)
    return build_release(intake_of({"piano": ["Uno."]}), store=store, embedder=FakeEmbedder())


@pytest.fixture
def gathered() -> Gathered:
    document = Document("piano", f"Il piano {EVIL}", DocumentKind.PLAN, "0" * 64, edition="2022", source="piano.pdf")
    pages = (
        Page("piano", 1, "Tutto bene."),
        Page(
            "piano",
            2,
            "",
            readable=False,
            problems=("nessun testo, solo immagini (scansione?): serve il riconoscimento ottico",),
            label="iv",
        ),
        Page("piano", 3, f"Testo {EVIL}", problems=("letta con OCR, confidenza 87 %",)),
        Page("piano", 4, "Testo", problems=(f"{INSTRUCTION}, esclusa",)),
        Page("piano", 5, "Testo", problems=("testo ruotato",)),
        Page("piano", 6, "", problems=("pagina vuota",)),
    )
    one = Taken(
        document,
        pages,
        (),
        "replaced",
        repairs={"parole riunite": 3},
        removed=("Intestazione",),
        notes=(f"nota {EVIL}",),
        screened=(Screened(4, INSTRUCTION, f"Ignora {EVIL}"), Screened(0, INSTRUCTION, "titolo", allowed=True)),
        pictures={2: PIXEL},
    )
    kept = Taken(replace(document, id="altro"), (Page("altro", 1, "Uno."),), ())
    return Gathered(
        taken={"piano": one, "altro": kept},
        before={"piano": Before(document, frozenset()), "via": Before(document, frozenset({"p_1"}))},
        duplicates=[("copia.pdf", "piano")],
        superseded=[("piano-2019", "piano")],
        renamed=[("p", "piano")],
        unreadable=[("guasto.pdf", "non si apre")],
        unsupported=["foto.jpg"],
        removed=("via",),
    )


def test_verdicts(gathered: Gathered) -> None:
    assert [find_verdict(page) for page in gathered.taken["piano"].pages] == [
        "leggibile",
        "illeggibile, esclusa",
        "letta con OCR, da controllare",
        "testo sospetto escluso",
        "da controllare",
        "vuota",
    ]


def test_json(gathered: Gathered, manifest: Manifest) -> None:
    report = describe(gathered, manifest, Path("/x/r.html"))
    (document,) = report["documents"]

    assert (document["pages"], document["unreadable_pages"], document["screened"]) == (6, [2], 2)
    assert [page["page"] for page in document["doubtful_pages"]] == [3, 4, 5, 6]
    assert document["screened_items"][0] == {
        "page": 4,
        "place": "pagina 4",
        "reason": INSTRUCTION,
        "text": f"Ignora {EVIL}",
        "allowed": False,
    }
    assert report["changes"]["documents_added"] == ("altro",)
    assert report["changes"]["documents_removed"] == ("via",)
    assert report["superseded"] == [{"document": "piano-2019", "by": "piano"}]
    assert report["report"] == "/x/r.html"


def test_terminal(gathered: Gathered, manifest: Manifest) -> None:
    text = write_report(gathered, manifest)

    for line in (
        "  riparato: parole riunite: 3",
        "  pagina 2 illeggibile, esclusa: nessun testo, solo immagini (scansione?): serve il riconoscimento ottico",
        "Le pagine senza testo si possono leggere ripetendo il comando con --ocr.",
        "  pagina 3 letta con OCR, da controllare: letta con OCR, confidenza 87 %",
        f"  sospetto, escluso; pagina 4, {INSTRUCTION}: «Ignora {EVIL}»",
        "piano-2019: edizione superata da «piano», resta consultabile (per toglierla: --remove piano-2019)",
        "p: è lo stesso documento di «piano», che ne prende il posto",
        "copia.pdf: doppione di «piano», non aggiunto",
        "guasto.pdf: non letto; non si apre",
        "via: tolto",
        "Rispetto alla versione pubblicata, documenti: 1 in più, 1 in meno, 0 cambiati; "
        "passaggi: 0 in più, 1 in meno, 0 uguali.",
    ):
        assert line in text.split("\n")


class Walk(HTMLParser):
    """The tags, their addresses and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        if tag == "img":
            self.pictures.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_accessible_and_escaped(gathered: Gathered, manifest: Manifest) -> None:
    html = render_report(gathered, manifest)
    walk = Walk()
    walk.feed(html)

    assert html.startswith("<!doctype html>") and '<html lang="it">' in html
    assert "script" not in walk.tags and EVIL in walk.text
    assert all(address.startswith("data:image/png;base64,") for address in walk.addresses)
    assert "http" not in html.replace("http-equiv", "") and "url(" not in html and "@import" not in html
    assert walk.tags.count("h1") == walk.tags.count("main") == walk.tags.count("title") == 1
    assert [picture["alt"] for picture in walk.pictures] == [f"Miniatura della pagina 2 di Il piano {EVIL}"]
    assert {"caption", "th"} <= set(walk.tags)
    for text in ("illeggibile, esclusa", "confidenza 87 %", "(stampata: iv)", "guasto.pdf", "Intestazione"):
        assert text in walk.text


def test_it_lies_beside_the_releases(gathered: Gathered, manifest: Manifest, tmp_path: Path) -> None:
    saved = save_report(gathered, manifest, tmp_path / "casa")

    assert saved == tmp_path / "casa" / "reports" / f"{manifest.id}.html"
    assert saved.read_text(encoding="utf-8") == render_report(gathered, manifest)
    (tmp_path / "file").write_text("")
    assert save_report(gathered, manifest, tmp_path / "file") is None
