"""PDF pages as pictures with the quote marked, drawn by pdfium in a process of its own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from pypdf import PdfWriter
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from api.app import create_app
from ingest import picturing
from ingest.readers.page_picture import Quote, find_runs, fold_letters
from ingest.readers.pdf.reader import read_pdf
from ingest.sources import SourceStore
from kb.errors import NotFound, UnreadableFile
from kb.records import Document, DocumentKind, Page
from kb.settings import Settings
from kb.testing import FakeAssistant, FakeRelease, wait_until

LINES = ("Obiettivi del Piano", "La città è più verde.", "Si piantano 500 alberi.", "La città è più verde.")


def write_pdf(path: Path, *, turn: int = 0) -> None:
    """One page of four lines, two of them equal, far apart from each other."""
    canvas = Canvas(str(path), pagesize=A5)
    canvas.setFont("Helvetica", 14)
    for at, line in enumerate(LINES):
        canvas.drawString(60, 520 - 100 * at, line)
    canvas.save()
    if turn:
        writer = PdfWriter(clone_from=path)
        writer.pages[0].rotate(turn)
        writer.write(path)


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "piano.pdf"
    write_pdf(path)
    return path


@pytest.fixture
def client(pdf: Path) -> Iterator[TestClient]:
    """A service whose plan is that PDF, kept as ingestion keeps it, beside a guide that was never kept."""
    document = Document("piano", "Piano", DocumentKind.PLAN, hashlib.sha256(pdf.read_bytes()).hexdigest())
    note = pdf.with_name("nota.txt")
    note.write_text("Una nota.")
    plain = Document("nota", "Nota", DocumentKind.OTHER, hashlib.sha256(note.read_bytes()).hexdigest())
    guide = Document("guida", "Guida", DocumentKind.GUIDE, "1" * 64)
    settings = Settings()
    store = SourceStore(settings.home)
    store.keep(pdf, document)
    store.keep(note, plain)
    pages = [replace(page, document="piano") for page in read_pdf(pdf).pages]
    release = FakeRelease([document, plain, guide], [*pages, Page("nota", 1, "Una nota."), Page("guida", 1, "Guida.")])
    with TestClient(create_app(lambda: FakeAssistant(release), settings)) as opened:  # type: ignore[arg-type, return-value]
        wait_until(lambda: opened.get("/readyz").status_code == 200)
        yield opened


def marked_rows(png: bytes) -> list[int]:
    """The tenths of the picture's height that hold marked dots, from the top."""
    picture = read_png(png)
    is_marked = (picture[:, :, 2] < 120) & (picture[:, :, 0] > 200)
    rows = np.flatnonzero(is_marked.any(axis=1))
    return sorted({int(row * 10 / len(picture)) for row in rows})


def read_png(png: bytes) -> NDArray[np.uint8]:
    """The colours of a picture."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_the_quote_is_marked_where_it_stands(client: TestClient) -> None:
    text = client.get("/v1/documents/piano/pages/1").json()["text"]
    quote = "Si piantano 500 alberi."
    at = text.index(quote)
    response = client.get("/v1/pages/piano/1.png", params={"start": at, "end": at + len(quote), "width": 600})

    assert response.headers["content-type"] == "image/png"
    assert response.headers["x-quote-marked"] == "true"
    assert read_png(response.content).shape[1] == 600
    assert marked_rows(response.content) == [4]
    assert response.headers["etag"]


def test_of_equal_sentences_the_right_one_is_marked(client: TestClient) -> None:
    text = client.get("/v1/documents/piano/pages/1").json()["text"]
    quote = "La città è più verde."
    places = [text.index(quote), text.rindex(quote)]
    rows = [
        marked_rows(client.get("/v1/pages/piano/1.png", params={"start": at, "end": at + len(quote)}).content)
        for at in places
    ]

    assert rows[0] != rows[1]
    assert rows[0] < rows[1]


def test_without_a_quote_nothing_is_marked(client: TestClient) -> None:
    response = client.get("/v1/pages/piano/1.png")

    assert (response.headers["x-quote-marked"], marked_rows(response.content)) == ("false", [])


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/pages/guida/1.png", 404, "bussola ingest"),
        ("/v1/pages/nota/1.png", 404, "non è un PDF"),
        ("/v1/pages/ignoto/1.png", 404, "ignoto"),
        ("/v1/pages/piano/2.png", 404, "pagina 2"),
        ("/v1/pages/piano/0.png", 422, "index"),
        ("/v1/pages/piano/1.png?width=1", 422, "width"),
        ("/v1/pages/piano/1.png?start=-1", 422, "start"),
    ],
)
def test_what_can_not_be_shown_is_said_with_its_remedy(client: TestClient, path: str, status: int, said: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert said in response.json()["detail"]


def test_a_turned_page_is_marked_where_it_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "girata.pdf"
    write_pdf(path, turn=90)
    png, is_marked = picturing.draw_page(path, 1, quote="Si piantano 500 alberi.")
    picture = read_png(png)
    columns = np.flatnonzero(((picture[:, :, 2] < 120) & (picture[:, :, 0] > 200)).any(axis=0))

    assert is_marked
    assert picture.shape[1] > picture.shape[0]
    assert 0.4 < columns.mean() / picture.shape[1] < 0.6


def test_a_file_that_can_not_be_drawn_harms_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rotto.pdf"
    path.write_bytes(b"%PDF-1.4\nrotto")
    with pytest.raises(NotFound, match="pagina 1"):
        picturing.draw_page(path, 1)
    monkeypatch.setattr(picturing, "WITHIN_S", 0.001)
    with pytest.raises(UnreadableFile, match="pagina 3"):
        picturing.draw_page(path, 3)


def test_a_quote_is_found_through_hyphens_ligatures_and_other_orders() -> None:
    letters, places = fold_letters(
        "Uﬃci pub-\nblici. La rete dei servizi metropolitani. Seconda colonna lunga abbastanza."
    )

    assert letters.startswith("ufficipubblici")
    assert places[1:4] == [1, 1, 1]
    assert find_runs(letters, Quote("Uffici pubblici.")) == [(0, 14)]
    turned = Quote("Seconda colonna lunga abbastanza. La rete dei servizi metropolitani.")
    runs = find_runs(letters, turned)
    assert [letters[start:end] for start, end in runs] == [
        "laretedeiservizimetropolitani",
        "secondacolonnalungaabbastanza",
    ]
    assert find_runs(letters, Quote("Parole che su questa pagina non si trovano affatto.")) == []
    assert find_runs(letters, Quote("…")) == []
