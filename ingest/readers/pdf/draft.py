"""One page between its marks and its text: columns of lines in reading order, with the tables and boxes among them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.readers.pdf.boxes import find_boxes
from ingest.readers.pdf.columns import ColumnFinder, Obstacle
from ingest.readers.pdf.lines import Line, drop_doubles, lines_of
from ingest.readers.pdf.marks import Box, Marks, Word
from ingest.readers.pdf.sight import is_overprinted, mark_hidden
from ingest.readers.pdf.tables import Table, find_tables
from ingest.readers.pdf.turn import set_upright, turned_groups
from ingest.readers.pdf.unruled import find_unruled, split_rows


@dataclass(frozen=True, slots=True)
class BoxDraft:
    """A frame with text inside: it is read alone."""

    box: Box
    columns: tuple[tuple[Line, ...], ...]


@dataclass(slots=True)
class PageDraft:
    """A page's lines by column, in reading order; a column may hold tables and boxes where they stand."""

    index: int
    width: float
    height: float
    columns: list[list[Line | Table | BoxDraft]] = field(default_factory=list)
    rotated: list[Line] = field(default_factory=list)  # text at an angle, outside tables
    hidden: list[tuple[str, str]] = field(default_factory=list)  # why, text
    problems: list[str] = field(default_factory=list)
    readable: bool = True
    has_picture: bool = False
    overprinted: bool = False

    def lines(self) -> list[Line]:
        """The lines outside tables and boxes, in reading order."""
        return [item for column in self.columns for item in column if isinstance(item, Line)]


def draft_page(index: int, marks: Marks, finder: ColumnFinder | None = None) -> PageDraft:
    """The draft of one page from its marks; the finder remembers the columns of the pages before."""
    finder = finder or ColumnFinder()
    hidden = mark_hidden(marks)
    marks = set_upright(marks)
    draft = PageDraft(index, marks.width, marks.height, problems=list(marks.problems), hidden=hidden)
    draft.has_picture = bool(marks.pictures)
    words = drop_doubles([word for word in marks.words if not word.hidden])
    draft.overprinted = is_overprinted(words)
    tables = [split_rows(table) for table in find_tables(marks, words)]
    tables += find_unruled([word for word in _outside(words, tables) if word.angle == 0])
    free = _outside(words, tables)
    upright = [word for word in free if word.angle == 0]
    draft.rotated = [line for group in turned_groups(free) for line in lines_of(group)]
    boxes = find_boxes(marks, upright)
    boxed = {id(word) for box in boxes for word in box.words}
    things: list[Table | BoxDraft] = [*tables]
    things += [BoxDraft(box.box, tuple(tuple(lines_of(c.words)) for c in finder.find(box.words))) for box in boxes]
    obstacles = [Obstacle(thing.box, at) for at, thing in enumerate(things)]
    for column in finder.find([word for word in upright if id(word) not in boxed], obstacles):
        items: list[Line | Table | BoxDraft] = [*lines_of(column.words)]
        items += [things[obstacle.number] for obstacle in column.obstacles]
        items.sort(key=lambda item: (item.box.top + item.box.bottom) / 2 if isinstance(item, Line) else item.box.top)
        draft.columns.append(items)
    return draft


def _outside(words: list[Word], tables: list[Table]) -> list[Word]:
    inside = {id(word) for table in tables for word in table.words}
    return [word for word in words if id(word) not in inside]
