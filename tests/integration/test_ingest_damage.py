"""Hundreds of files damaged by rule: none stops the ingestion, none takes a neighbour with it."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.gathered import Gathered
from ingest.intake import Order, gather
from ingest.reading_process import Limits, ReadingProcess
from kb.releases.check import check_passages
from kb.releases.store import ReleaseStore
from kb.testing import fake_parts

TEXT = "# Il piano\n\nI Comuni della Città sono 133, con 3,2 milioni di abitanti.\n\n- prima azione\n- seconda azione\n"
HTML = "<h1>Il piano</h1><p>I Comuni sono 133.</p><table><tr><th>Anno</th></tr><tr><td>2022</td></tr></table>"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def pdf(*, packed: bool) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=int(packed))
    for number in range(3):
        canvas.setFont("Times-Roman", 11)
        for line in range(20):
            canvas.drawString(60, 780 - 14 * line, f"Riga {line} della pagina {number}: il piano dei Comuni.")
        canvas.grid([60, 160, 260], [300, 320, 340])
        canvas.drawString(64, 305, "Anno")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def zipped(**members: str | bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def docx() -> bytes:
    row = "<w:tr><w:tc><w:p><w:r><w:t>Anno</w:t></w:r></w:p></w:tc></w:tr>"
    paragraphs = "".join(f"<w:p><w:r><w:t>Paragrafo {at} del piano.</w:t></w:r></w:p>" for at in range(20))
    return zipped(
        word__document_xml=f"<w:document xmlns:w='{W}'><w:body>{paragraphs}<w:tbl>{row * 3}</w:tbl>"
        "</w:body></w:document>"
    )


def odt() -> bytes:
    paragraphs = "".join(f"<text:p>Paragrafo {at} del piano.</text:p>" for at in range(20))
    names = " ".join(f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "text"))
    return zipped(
        content_xml=f"<office:document-content {names}><office:body><office:text>{paragraphs}</office:text>"
        "</office:body></office:document-content>"
    )


SEEDS: dict[str, Callable[[], bytes]] = {
    "packed.pdf": lambda: pdf(packed=True),
    "plain.pdf": lambda: pdf(packed=False),
    "a.docx": docx,
    "a.odt": odt,
    "a.txt": lambda: TEXT.encode(),
    "a.md": lambda: TEXT.encode(),
    "a.rst": lambda: b"Il piano\n========\n\nTesto.\n\n.. list-table::\n\n   * - a\n     - b\n",
    "a.html": lambda: HTML.encode(),
    "a.zip": lambda: zipped(piano_md=TEXT, altro_html=HTML),
    "a.md.p7m": lambda: b"\x30\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02\xa0\x80" + TEXT.encode(),
}
SHARE = {"packed.pdf": 150, "plain.pdf": 150, "a.docx": 60, "a.odt": 30}
"""Damaged files a seed; 20 of the others."""
NEIGHBOURS = {"sano-1.md": TEXT + "\nIn coda.\n", "sano-2.txt": "Un altro documento, sano e salvo.\n"}


def truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(1, len(content))]


def flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _time in range(chance.choice((1, 5, 40))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def splice(content: bytes, chance: random.Random) -> bytes:
    start, end, at = (chance.randrange(len(content)) for _each in range(3))
    return content[:at] + content[min(start, end) : max(start, end)] + content[at:]


def blank(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    length = min(chance.randrange(1, 400), len(content) - start)
    return content[:start] + b"\x00" * length + content[start + length :]


def empty_streams(content: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"stream\r?\n.*?endstream", b"stream\nendstream", content, flags=re.DOTALL)


def numbers(content: bytes, chance: random.Random) -> bytes:
    """Some of the numbers as others: lengths, offsets, counts and sizes that lie."""

    def lie(match: re.Match[bytes]) -> bytes:
        return chance.choice((b"0", b"-1", b"99999999999", b"3")) if chance.random() < 0.08 else match.group()

    return re.sub(rb"\d+", lie, content)


def swap(content: bytes, chance: random.Random) -> bytes:
    middle = chance.randrange(1, len(content))
    return content[middle:] + content[:middle]


RULES = (truncate, flip, splice, blank, numbers, swap, empty_streams)


def damaged() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(20240214)
    for name, make in SEEDS.items():
        content = make()
        stem, dot, suffix = name.partition(".")
        for number in range(SHARE.get(name, 20)):
            yield f"{stem}-{number:03d}{dot}{suffix}", RULES[number % len(RULES)](content, chance)


@pytest.mark.slow
def test_no_crash_no_hang_no_lost_neighbour(tmp_path: Path) -> None:
    folder = tmp_path / "documenti"
    folder.mkdir()
    files = dict(damaged())
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for name, text in NEIGHBOURS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with ReadingProcess(Limits(page_s=20)) as reader:
        gathered = gather(
            Order((folder,), fresh=True), ReleaseStore(tmp_path / "home", parts=fake_parts), read=reader.read
        )

    assert len(files) >= 500
    assert "133" in gathered.taken["sano-1"].pages[0].text
    assert gathered.taken["sano-2"].pages[0].text == NEIGHBOURS["sano-2.txt"].strip()
    assert every_file_is_told(gathered, set(files))
    for name, why in gathered.unreadable:
        assert "\n" not in why and why.endswith((".", ")")), (name, why)
        assert not re.search(r"il lettore si è fermato|Traceback|Error\b|Invalid argument", why), (name, why)
    intake = gathered.intake()
    check_passages(intake.documents, intake.pages, intake.passages)


def every_file_is_told(gathered: Gathered, names: set[str]) -> bool:
    """True when each file is a document, a duplicate or a line about why it is not."""
    told = {one.document.source for one in gathered.taken.values()}
    told |= {name for name, _other in gathered.duplicates} | {name for name, _why in gathered.unreadable}
    inside = {name.partition("/")[0] + ".zip" for name in told if "/" in name}
    return names <= told | inside | set(gathered.unsupported)
