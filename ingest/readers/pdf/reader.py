"""The PDF reader: a file in, pages out, their text in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ingest.clean import gather_words
from ingest.readers.pdf.columns import ColumnFinder
from ingest.readers.pdf.damage import judge_page
from ingest.readers.pdf.draft import PageDraft, draft_page
from ingest.readers.pdf.file import PdfFile
from ingest.readers.pdf.furniture import Furniture, SheetLines, find_furniture, label_pages
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.pieces import DocumentStyle, PieceMaker, join_open_pages, learn_hyphens
from ingest.readers.reading import Hidden, PageStep, Piece, Reading, assemble_page, no_step
from kb.errors import UnreadableFile
from kb.records import Page


def read_pdf(
    path: Path,
    *,
    password: str | None = None,
    skip: Mapping[int, str] = MappingProxyType({}),
    on_page: PageStep = no_step,
) -> Reading:
    """
    The pages of a PDF in reading order, with what was removed, repaired or left out.

    skip names pages that are not to be read, and why; on_page is called before each of the others.

    Raises:
        InputError: the file asks for a password that was not given or is wrong.
        UnreadableFile: the file is no PDF or is too damaged to find its pages.
    """
    file = PdfFile(path, password=password)
    finder = ColumnFinder()
    drafts: list[PageDraft] = []
    for index in range(1, len(file) + 1):
        on_page(index, len(file))
        drafts.append(_skipped(index, skip[index]) if index in skip else _draft(file, index, finder))
    furniture = find_furniture([SheetLines(draft.index, draft.height, draft.lines()) for draft in drafts])
    _take_out(drafts, furniture)
    repairs: Counter[str] = Counter()
    pieces = _pieces(drafts, repairs)
    labels = label_pages(len(drafts), furniture.folios, file.labels())
    pages = [_page(draft, own, label) for draft, own, label in zip(drafts, pieces, labels, strict=True)]
    return Reading(
        tuple(pages),
        title=file.title(),
        notes=file.notes,
        repairs={what: count for what, count in repairs.items() if count},
        removed=tuple(text for text, _ in furniture.removed.most_common()),
        hidden=tuple(Hidden(draft.index, why, text) for draft in drafts for why, text in draft.hidden),
    )


def _draft(file: PdfFile, index: int, finder: ColumnFinder) -> PageDraft:
    try:
        return draft_page(index, file.marks(index), finder)
    except UnreadableFile as error:
        return _skipped(index, str(error))


def _skipped(index: int, why: str) -> PageDraft:
    return PageDraft(index, 0.0, 0.0, problems=[why], readable=False)


def _take_out(drafts: Sequence[PageDraft], furniture: Furniture) -> None:
    for draft in drafts:
        gone = furniture.lines.get(draft.index, set())
        draft.columns = [[item for item in column if id(item) not in gone] for column in draft.columns]


def _pieces(drafts: Sequence[PageDraft], repairs: Counter[str]) -> list[list[Piece]]:
    lines = [line for draft in drafts for line in draft.lines()]
    words = gather_words([line.text for line in lines])
    columns = [[item.text for item in col if isinstance(item, Line)] for draft in drafts for col in draft.columns]
    learn_hyphens(columns, words)
    maker = PieceMaker(words, DocumentStyle.of(drafts), repairs)
    pieces = [maker.pieces(draft) for draft in drafts]
    join_open_pages(pieces, words, repairs)
    return pieces


def _page(draft: PageDraft, pieces: Sequence[Piece], label: tuple[str | None, str]) -> Page:
    page = assemble_page(draft.index, pieces, label=label[0], source=label[1])
    verdict = judge_page(draft, page.text)
    return replace(page, readable=verdict.readable, problems=verdict.problems)
