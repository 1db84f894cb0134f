"""The PDF reader on files drawn here, on damaged ones, and on the shared documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter, apply_configuration
from pypdf.generic import DecodedStreamObject, NameObject
from reportlab.lib.colors import black, darkblue, lightgrey, white
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.pdf.reader import read_pdf
from ingest.testing import HEIGHT, WIDTH, draw, prose, wrap
from kb.errors import InputError, UnreadableFile
from kb.records import Block, BlockKind, Page


def block_texts(page: Page, kind: BlockKind) -> list[str]:
    return [page.text[block.start : block.end] for block in page.blocks if block.kind is kind]


def test_a_sentence_goes_on_over_a_page_and_past_a_footnote(tmp_path: Path) -> None:
    """The note at the foot waits after the text, its raised number is gone, and the next page continues."""

    def paint(canvas: Canvas) -> None:
        text = prose(3, 1)[0].rstrip(".")
        for number, line in enumerate(wrap(text, 480, font="Helvetica", size=11)):
            canvas.drawString(50, 700 - 14 * number, line)
        canvas.drawString(50, 400, "La legge regionale del 2020")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(50 + stringWidth("La legge regionale del 2020", "Helvetica", 11), 404, "1")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(196, 400, " disciplina in modo unitario tutte le procedure di")
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, 90, "1 Legge regionale 4 maggio 2020, n. 9.")
        canvas.showPage()
        canvas.setFont("Helvetica", 11)
        canvas.drawString(50, 700, "approvazione dei piani comunali.")

    first, second = draw(tmp_path / "nota.pdf", paint)

    assert "del 2020 disciplina" in first.text
    assert block_texts(first, BlockKind.BOX) == ["1 Legge regionale 4 maggio 2020, n. 9."]
    assert first.text.endswith("n. 9.")
    assert second.blocks[0].continues


def test_what_a_person_does_not_see_is_left_out_and_reported(tmp_path: Path) -> None:
    """White on white, tiny, off the page, invisible, covered: none is text; white on blue is."""

    def paint(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Il Comune approva il piano.")
        canvas.setFillColor(white)
        canvas.drawString(50, 650, "istruzione bianca")
        canvas.setFillColor(black)
        canvas.drawString(50, -200, "istruzione fuori")
        canvas.drawString(50, 500, "nome coperto")
        canvas.rect(45, 495, 200, 20, fill=1, stroke=0)
        canvas.setFillColor(darkblue)
        canvas.rect(45, 400, 300, 30, fill=1, stroke=0)
        canvas.setFillColor(white)
        canvas.drawString(50, 410, "Titolo bianco su fondo blu")
        canvas.setFillColor(black)
        canvas.setFont("Helvetica", 0.3)
        canvas.drawString(50, 600, "istruzione minuscola")
        canvas.setFont("Helvetica", 11)
        text = canvas.beginText(50, 550)
        text.setTextRenderMode(3)
        text.textOut("istruzione invisibile")
        canvas.drawText(text)

    path = tmp_path / "nascosto.pdf"
    page = draw(path, paint)[0]
    notes = " ".join(f"{hidden.why}: {hidden.text}" for hidden in read_pdf(path).hidden)

    assert page.text == "Il Comune approva il piano.\nTitolo bianco su fondo blu"
    for why in ("stesso colore", "corpo quasi nullo", "fuori dalla pagina", "invisibile", "coperto"):
        assert why in notes
    assert "istruzione bianca" in notes


def test_a_page_on_its_side_is_turned_to_be_read(tmp_path: Path) -> None:
    """A landscape sheet drawn upwards on a portrait page reads like any other."""

    def paint(canvas: Canvas) -> None:
        canvas.translate(300, 100)
        canvas.rotate(90)
        canvas.drawString(0, 0, "La tavola riporta i comuni della zona omogenea")
        canvas.drawString(0, -14, "e le stazioni della rete ferroviaria.")

    page = draw(tmp_path / "ruotata.pdf", paint)[0]

    assert page.text == "La tavola riporta i comuni della zona omogenea e le stazioni della rete ferroviaria."


def test_a_picture_without_text_is_not_readable(tmp_path: Path) -> None:
    """A scanned page is declared; an empty page is just empty."""
    from PIL import Image

    def paint(canvas: Canvas) -> None:
        canvas.drawInlineImage(Image.new("L", (60, 80), 200), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
        canvas.showPage()
        canvas.drawString(50, 700, "Pagina con testo.")

    scanned, empty, written = draw(tmp_path / "scansione.pdf", paint)

    assert (scanned.readable, scanned.text) == (False, "")
    assert "riconoscimento ottico" in scanned.problems[0]
    assert (empty.readable, empty.problems) == (True, ("pagina vuota",))
    assert (written.readable, written.problems) == (True, ())


def test_glyph_codes_without_letters_are_not_readable(tmp_path: Path) -> None:
    """A font that does not say which letters it shows leaves no text that could be quoted."""
    path = tmp_path / "glifi.pdf"
    draw(path, lambda canvas: canvas.drawString(50, 700, "Questo testo perde le sue lettere per strada."))
    writer = PdfWriter(clone_from=PdfReader(path))
    fonts = writer.pages[0]["/Resources"]["/Font"]
    font = fonts["/F1"].get_object()
    font[NameObject("/Subtype")] = NameObject("/Type0")
    font[NameObject("/Encoding")] = NameObject("/Identity-H")
    writer.write(path)

    page = read_pdf(path).pages[0]

    assert not page.readable
    assert "codici di glifo" in page.problems[-1]


def test_codes_that_the_encoding_leaves_unused_are_bullets(tmp_path: Path) -> None:
    """WinAnsi shows a bullet for them, and programs draw their bullets so."""

    def paint(canvas: Canvas) -> None:
        for number, text in enumerate(("prima azione", "seconda azione")):
            canvas.drawString(70, 700 - 14 * number, "•")
            canvas.drawString(90, 700 - 14 * number, text)

    page = draw(tmp_path / "punti.pdf", paint)[0]

    assert block_texts(page, BlockKind.LIST_ITEM) == ["• prima azione", "• seconda azione"]
    assert not page.problems


def test_a_tinted_panel_reads_alone(tmp_path: Path) -> None:
    """A box beside the text is a block of its own and does not cut the sentence that runs past it."""

    def paint(canvas: Canvas) -> None:
        for number, line in enumerate(wrap(prose(5, 2)[0], 480, font="Helvetica", size=11)):
            canvas.drawString(50, 750 - 14 * number, line)
        canvas.setFillColor(lightgrey)
        canvas.rect(50, 300, 200, 60, fill=1, stroke=0)
        canvas.setFillColor(black)
        canvas.drawString(55, 340, "Il riquadro spiega che cosa")
        canvas.drawString(55, 326, "si intende per zona omogenea")

    page = draw(tmp_path / "riquadro.pdf", paint)[0]

    assert block_texts(page, BlockKind.BOX) == ["Il riquadro spiega che cosa si intende per zona omogenea"]


def test_passwords(tmp_path: Path) -> None:
    """An empty password opens; any other must be given and be right."""
    plain, locked = tmp_path / "chiaro.pdf", tmp_path / "chiuso.pdf"
    draw(plain, lambda canvas: canvas.drawString(50, 700, "Testo protetto."))
    for secret in ("", "segreta"):
        writer = PdfWriter(clone_from=PdfReader(plain))
        writer.encrypt(user_password=secret, owner_password="altra", algorithm="AES-256")
        writer.write(locked)
        assert read_pdf(locked, password=secret or None).pages[0].text == "Testo protetto."

    with pytest.raises(InputError, match="--password"):
        read_pdf(locked)
    with pytest.raises(InputError, match="non apre"):
        read_pdf(locked, password="sbagliata")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_was_cut_gives_the_pages_that_are_left(tmp_path: Path, packed: bool) -> None:
    """Without its end, and the table of its objects, a file's pages are found one by one, and it is said."""

    def paint(canvas: Canvas) -> None:
        for number in range(4):
            canvas.setFont("Helvetica", 11)
            canvas.drawString(50, 700, f"Pagina intera numero {number} del piano.")
            canvas.showPage()

    path = tmp_path / "intero.pdf"
    draw(path, paint)
    if packed:
        PdfWriter(clone_from=PdfReader(path)).write(path)
    whole = path.read_bytes()
    cut = tmp_path / "tronco.pdf"
    cut.write_bytes(whole[: whole.rindex(b"stream", 0, whole.rindex(b"endstream")) + 20])  # inside the last page
    reading = read_pdf(cut)

    texts = [page.text for page in reading.pages if page.readable and page.text]
    assert texts == [f"Pagina intera numero {number} del piano." for number in range(len(texts))]
    assert len(texts) == 3
    assert "danneggiato" in reading.notes[0]
    assert all(page.text or not page.readable for page in reading.pages)


def test_a_lost_page_leaves_its_number_free(tmp_path: Path) -> None:
    """The pages after it keep theirs: a quote must not be given another page's number."""

    def paint(canvas: Canvas) -> None:
        for number in range(1, 4):
            canvas.setFont("Helvetica", 11)
            canvas.drawString(50, 700, f"Testo della pagina {number}.")
            canvas.showPage()

    path = tmp_path / "a.pdf"
    draw(path, paint)
    writer = PdfWriter(clone_from=PdfReader(path))
    second = writer.pages[1].indirect_reference
    assert second is not None
    writer.write(path)
    whole = path.read_bytes()
    head = f"\n{second.idnum} 0 obj".encode()
    path.write_bytes(whole[: whole.rindex(b"\nxref")].replace(head, b"\n" + b"%" * (len(head) - 1)))
    reading = read_pdf(path)

    assert [page.text for page in reading.pages] == ["Testo della pagina 1.", "", "Testo della pagina 3."]
    assert (reading.pages[1].readable, reading.pages[1].problems) == (False, ("pagina mancante nel file",))
    assert "ritrovate 2 pagine" in reading.notes[0]


def test_a_page_tree_that_bites_its_tail_gives_its_pages_once(tmp_path: Path) -> None:
    path, cycle = tmp_path / "rotto.pdf", tmp_path / "ciclo.pdf"
    draw(path, lambda canvas: canvas.drawString(50, 700, "Testo."))
    writer = PdfWriter(clone_from=PdfReader(path))
    writer._root_object["/Pages"]["/Kids"].append(writer._root_object.raw_get("/Pages"))
    writer.write(cycle)
    reading = read_pdf(cycle)

    assert [page.text for page in reading.pages] == ["Testo."]
    assert "danneggiato" in reading.notes[0]


def test_files_that_are_no_pdf_say_so_in_one_line(tmp_path: Path) -> None:
    """Empty, text under a PDF's name, no page left: one line, no traceback."""
    head, empty, text = (tmp_path / name for name in ("testa.pdf", "vuoto.pdf", "testo.pdf"))
    head.write_bytes(b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n")
    empty.write_bytes(b"")
    text.write_bytes(b"Solo testo.")

    for wrong in (head, empty, text, tmp_path / "manca.pdf"):
        with pytest.raises(UnreadableFile) as caught:
            read_pdf(wrong)
        assert str(caught.value).removeprefix("«").startswith(wrong.name)
        assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_page_beyond_the_limits_is_reported_and_the_next_is_read(tmp_path: Path) -> None:
    """
    Operators beyond pypdf's limit on a page cost that page alone.

    The limit is two million of them and their operands, half a minute of reading; a tenth of it here.
    """
    path = tmp_path / "enorme.pdf"

    def paint(canvas: Canvas) -> None:
        canvas.showPage()
        canvas.setFont("Helvetica", 11)
        canvas.drawString(50, 700, "Pagina che si legge.")

    draw(path, paint)
    writer = PdfWriter(clone_from=PdfReader(path))
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 10 Tf " + b"1 0 0 1 50 700 Tm (ciao) Tj " * 50_000 + b" ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    writer.write(path)

    with apply_configuration(stream_parsing_work_maximum_count=200_000):
        huge, small = read_pdf(path).pages

    assert (huge.readable, small.text) == (False, "Pagina che si legge.")
    assert "troppo complessa" in huge.problems[0]


@pytest.mark.shared
def test_the_shared_norms_have_their_articles_and_labels(shared: Path) -> None:
    """Each article is a heading with its number; no folio stays in the text."""
    pages = read_pdf(shared / "evals" / "pdf" / "tarquinia-lido-norme-tecniche.pdf").pages
    articles = [block.label for page in pages for block in page.blocks if block.kind is BlockKind.HEADING]

    # The act itself numbers two articles 8 and none 9.
    numbers = [1, 2, 3, 4, 5, 6, 7, 8, 8, 10, 11, 12, 13, 14, 15]
    assert [label for label in articles if label] == [f"art. {number}" for number in numbers]
    assert [page.label for page in pages] == [str(page.index) for page in pages]
    assert all(page.text.splitlines()[-1] != page.label for page in pages)


@pytest.mark.shared
def test_the_shared_guidance_has_its_labels_tables_and_no_footers(shared: Path) -> None:
    """Seventy-six pages: labels right, footers gone, the rows of its tables readable."""
    pages = read_pdf(shared / "evals" / "pdf" / "piemonte-usc-fascicolo2-2020.pdf").pages

    assert [page.label for page in pages] == [str(page.index) for page in pages]
    assert all("Elaborati di consegna-" not in page.text and "di 76" not in page.text for page in pages)
    rows = {page.text[block.start : block.end]: block for page in pages for block in page.blocks}
    assert rows["SCALA: Almeno 1:10.000"].kind is BlockKind.TABLE_ROW
    assert rows["SIGLA ELABORATO: PPR_UNESCO1"] == Block(
        rows["SIGLA ELABORATO: PPR_UNESCO1"].start,
        rows["SIGLA ELABORATO: PPR_UNESCO1"].end,
        BlockKind.TABLE_ROW,
        label="Beni paesaggistici",
    )
    assert any(text.startswith("SHAPEFILE (CLASSI): MIP; TAVOLE DI CONSEGNA: Morfologie") for text in rows)
