"""HTML, Word and LibreOffice: what a person sees on the page, and nothing that is hidden from them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ingest.readers.reading import Reading
from ingest.readers.table import read_file
from kb.errors import UnreadableFile
from kb.records import BlockKind

HEADING, PARAGRAPH, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
)


def blocks(reading: Reading) -> list[tuple[int, BlockKind, str]]:
    return [(page.index, b.kind, page.text[b.start : b.end]) for page in reading.pages for b in page.blocks]


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return path


def test_html(tmp_path: Path) -> None:
    file = tmp_path / "pagina.html"
    file.write_text(
        "<html><head><title>Sito</title><style>p{}</style></head><body><nav>Menu</nav><h1>Il piano</h1>"
        "<p>Un <b>testo</b>\n su due&nbsp;righe<br>e mezza.</p><div style='display: none'>segreto <p>doppio</p></div>"
        "<ul><li>prima</li><li>seconda</li></ul><table><tr><th>Anno</th><th>Voto</th></tr>"
        "<tr><td><p>2022</p></td><td>71</td></tr></table><script>no()</script>Coda</body></html>",
        encoding="utf-8",
    )
    reading = read_file(file)

    assert reading.title == "Il piano"
    assert [block[1:] for block in blocks(reading)] == [
        (HEADING, "Il piano"),
        (PARAGRAPH, "Un testo su due righe e mezza."),
        (ITEM, "prima"),
        (ITEM, "seconda"),
        (ROW, "Anno: 2022; Voto: 71"),
        (PARAGRAPH, "Coda"),
    ]
    assert [(hidden.text, hidden.is_text) for hidden in reading.hidden] == [("segreto doppio", True), ("no()", False)]


def test_word(tmp_path: Path) -> None:
    def run(text: str, about: str = "") -> str:
        return f"<w:r>{about}<w:t>{text}</w:t></w:r>"

    body = (
        f'<w:p><w:pPr><w:pStyle w:val="Titolo1"/></w:pPr>{run("Il piano")}</w:p>'
        f"<w:p>{run('I Comuni')}<w:r><w:tab/></w:r>{run('sono')}<w:r><w:lastRenderedPageBreak/></w:r>{run(' 71.')}"
        f"<w:del><w:r><w:delText>72</w:delText></w:r></w:del>{run('segreto', '<w:rPr><w:vanish/></w:rPr>')}</w:p>"
        f"<w:p><w:pPr><w:numPr/></w:pPr>{run('voce')}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('Anno')}</w:p></w:tc></w:tr><w:tr><w:tc><w:p>{run('2022')}</w:p></w:tc></w:tr></w:tbl>"
    )
    style = '<w:style w:styleId="Titolo1"><w:name w:val="heading 1"/></w:style>'
    file = zipped(
        tmp_path / "piano.docx",
        word__document=f"<w:document {W}><w:body>{body}</w:body></w:document>",
        word__styles=f"<w:styles {W}>{style}</w:styles>",
    )
    reading = read_file(file)

    assert reading.title == "Il piano"
    assert blocks(reading) == [
        (1, HEADING, "Il piano"),
        (1, PARAGRAPH, "I Comuni sono"),
        (2, PARAGRAPH, "71."),
        (2, ITEM, "voce"),
        (2, ROW, "Anno: 2022"),
    ]
    assert reading.pages[1].blocks[0].continues


def test_libreoffice(tmp_path: Path) -> None:
    body = (
        '<text:h text:outline-level="2">Il piano</text:h>'
        "<text:p>I Comuni<text:s/>sono <text:span>71</text:span>.</text:p>"
        "<text:list><text:list-item><text:p>voce</text:p></text:list-item></text:list>"
        "<text:tracked-changes><text:p>72</text:p></text:tracked-changes><text:soft-page-break/><text:p>Altro.</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Solo</text:p></table:table-cell></table:table-row>"
        "</table:table>"
    )
    file = zipped(
        tmp_path / "piano.odt",
        content=f"<office:document-content {ODF}><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>",
    )

    assert blocks(read_file(file)) == [
        (1, HEADING, "Il piano"),
        (1, PARAGRAPH, "I Comuni sono 71."),
        (1, ITEM, "voce"),
        (2, PARAGRAPH, "Altro."),
        (2, ROW, "Solo"),
    ]


@pytest.mark.parametrize("name", ["finto.docx", "finto.odt"])
def test_what_is_no_document_is_one_clear_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 non e' un archivio")
    with pytest.raises(UnreadableFile, match=name):
        read_file(tmp_path / name)
    zipped(tmp_path / name, content="<a", word__document="<!DOCTYPE a []><a/>")
    with pytest.raises(UnreadableFile, match=name):
        read_file(tmp_path / name)


def cell(text: str, about: str = "") -> str:
    return f"<w:tc><w:tcPr>{about}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def word_rows(tmp_path: Path, *rows: str) -> list[str]:
    table = "".join(f"<w:tr>{one}</w:tr>" for one in rows)
    body = f"<w:document {W}><w:body><w:tbl>{table}</w:tbl></w:body></w:document>"
    return [text for _, _, text in blocks(read_file(zipped(tmp_path / "tabella.docx", word__document=body)))]


def test_cells_of_several_columns_and_rows_in_word(tmp_path: Path) -> None:
    wide, begins, goes_on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    found = word_rows(
        tmp_path,
        cell("Zona", begins) + cell("Tariffa", wide),
        cell("", goes_on) + cell("Estate") + cell("Inverno"),
        cell("Centro", begins) + cell("2,00 €") + cell("1,50 €"),
        cell("", goes_on) + cell("gratuita", wide),
    )

    assert found == [
        "Zona: Centro; Tariffa Estate: 2,00 €; Tariffa Inverno: 1,50 €",
        "Zona: Centro; Tariffa Estate: gratuita; Tariffa Inverno: gratuita",
    ]


def test_rows_that_word_repeats_on_each_page_name_the_columns(tmp_path: Path) -> None:
    repeated = "<w:trPr><w:tblHeader/></w:trPr>"

    found = word_rows(
        tmp_path,
        repeated + cell("Zona") + cell("Fascia 1"),
        repeated + cell("") + cell("(ISEE fino a 9.000 €)"),
        cell("Centro") + cell("2 €"),
    )

    assert found == ["Zona: Centro; Fascia 1 (ISEE fino a 9.000 €): 2 €"]


def test_cells_of_several_columns_and_rows_in_libreoffice(tmp_path: Path) -> None:
    def one(text: str, about: str = "") -> str:
        return f"<table:table-cell {about}><text:p>{text}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    rows = [
        one("Zona") + one("Estate") + one("Inverno"),
        one("Centro", 'table:number-rows-spanned="2"') + one("2 €") + one("1 €"),
        covered + one("gratuita", 'table:number-columns-spanned="2"') + covered,
    ]
    table = "".join(f"<table:table-row>{one_row}</table:table-row>" for one_row in rows)
    content = (
        f"<office:document-content {ODF}><office:body><office:text><table:table>{table}</table:table></office:text>"
        "</office:body></office:document-content>"
    )

    assert [text for _, _, text in blocks(read_file(zipped(tmp_path / "tabella.odt", content=content)))] == [
        "Zona: Centro; Estate: 2 €; Inverno: 1 €",
        "Zona: Centro; Estate: gratuita; Inverno: gratuita",
    ]
