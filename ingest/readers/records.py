"""Driver records: a YAML record as one readable Italian page, every line a sentence that can be quoted alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kb.corpus.records import DriverRecord, Mention, parse_record
from kb.errors import UnreadableFile
from kb.records import Block, BlockKind, Document, DocumentKind, Page

# A record is a summary in our own words, so the Authority is named as the source and not as the publisher.
PUBLISHER = "Bussola, sintesi dal Piano strategico della Città metropolitana di Milano"


def read_record(path: Path) -> tuple[Document, list[Page]]:
    """
    The record's document and its single page.

    The page has the Driver as its heading of level 1 and one heading of level 2 a field; empty fields
    and the reasons why they are empty are left out, so that nobody can take them for an answer.

    Raises:
        UnreadableFile: the file is missing, is no file or is not UTF-8.
        InputError: the file is no driver record, or a field of it is missing or wrong.
    """
    content = _read_bytes(path)
    record = parse_record(_decode(content, path), path.name)
    document = Document(
        id=f"driver-{record.number:02d}",
        title=f"Scheda Driver {record.number}, {record.title}",
        kind=DocumentKind.DRIVER_RECORD,
        sha256=hashlib.sha256(content).hexdigest(),
        edition=record.edition,
        publisher=record.publisher or PUBLISHER,
        source=path.name,
    )
    return document, [render_record(record, document.id)]


def render_record(record: DriverRecord, document: str) -> Page:
    """The record as page 1 of the document: headings, paragraphs and list items, each in a block of its own."""
    sheet = _Sheet()
    sheet.heading(f"Driver {record.number} | {record.title}", level=1)
    sheet.paragraph(f"Il titolo del Driver {record.number} è «{record.title}».")
    if record.subtitle:
        sheet.paragraph(f"Il sottotitolo del Driver {record.number} è «{record.subtitle}».")
    for heading, sentences in _sections(record):
        sheet.section(heading, sentences)
    return Page(document=document, index=1, text=sheet.text, blocks=tuple(sheet.blocks))


def _sections(record: DriverRecord) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("Obiettivo", record.aim),
        ("Azioni", record.actions),
        ("Numeri e soglie", tuple(target.sentence for target in record.targets)),
        ("Attori", _sentences(record.actors)),
        ("Strumenti", _sentences(record.instruments)),
        ("Leggi", _sentences(record.laws)),
        ("Programmi e progetti", _sentences(record.programmes)),
        ("Missioni PNRR", _missions(record)),
        ("Stile di lavoro", record.working_style),
        ("Pagine del Piano", _plan_pages(record)),
    ]


def _sentences(mentions: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(mention.sentence for mention in mentions)


def _missions(record: DriverRecord) -> tuple[str, ...]:
    if not record.pnrr_missions:
        return ()
    plural = len(record.pnrr_missions) > 1
    linked = "alle Missioni" if plural else "alla Missione"
    return (f"Il Driver {record.number} è collegato {linked} {_listed(record.pnrr_missions)} del PNRR.",)


def _plan_pages(record: DriverRecord) -> tuple[str, ...]:
    # Pages that were only inferred stay in the record: what is not sure is not sent.
    if not record.plan_pages or record.plan_pages_source != "printed":
        return ()
    where = f"{'alle pagine' if len(record.plan_pages) > 1 else 'alla pagina'} {_listed(record.plan_pages)}"
    return (f"Il Driver {record.number} si legge {where} del Piano strategico.",)


def _listed(names: tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} e {last}" if first else last


@dataclass(slots=True)
class _Sheet:
    """A page being written; blocks keep their offsets as the text grows."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)

    def heading(self, words: str, *, level: int) -> None:
        self._add(words, BlockKind.HEADING, gap="\n\n", level=level)

    def paragraph(self, words: str) -> None:
        self._add(words, BlockKind.PARAGRAPH, gap="\n\n")

    def section(self, heading: str, sentences: tuple[str, ...]) -> None:
        """A heading and its list; nothing at all when there is no sentence."""
        if not sentences:
            return
        self.heading(heading, level=2)
        for at, sentence in enumerate(sentences):
            self._add(sentence, BlockKind.LIST_ITEM, gap="\n" if at else "\n\n")

    def _add(self, words: str, kind: BlockKind, *, gap: str, level: int = 0) -> None:
        if self.text:
            self.text += gap
        start = len(self.text)
        self.text += words
        self.blocks.append(Block(start=start, end=len(self.text), kind=kind, level=level))


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"Scheda «{path}»: non si può leggere ({error.strerror}); va controllato il percorso."
        ) from error


def _decode(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"Scheda «{path}»: il testo non è UTF-8; va salvata in UTF-8.") from error
