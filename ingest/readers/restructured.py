"""reStructuredText in, one page out, read by docutils; Sphinx's own marks are left out or kept as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.clean import collapse, decode, repair
from ingest.readers.reading import Piece, Reading, assemble_page, row_text
from kb.records import BlockKind

_DIRECTIVE = re.compile(r"^\s*\.\.\s+(?:\|[^|]+\|\s+)?([\w.:+-]+)::", re.MULTILINE)
_ROLE = re.compile(r":([\w.+-]+(?::[\w.+-]+)*):`")
_NO_CONTENT = frozenset("toctree figure image index tabularcolumns highlight only raw include literalinclude".split())
_SETTINGS = {
    "report_level": 5,
    "halt_level": 5,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "output_encoding": "unicode",
    "doctitle_xform": False,
    "smart_quotes": False,
    "warning_stream": "",
}
_LEFT_OUT = frozenset("system_message comment raw substitution_definition target image docinfo pending".split())


def read_restructured(path: Path) -> Reading:
    """
    The page of a reStructuredText file: headings, paragraphs, list items, definitions, table rows.

    Raises:
        UnreadableFile: empty, binary, or in no encoding that can be told.
    """
    text, encoding = decode(path.read_bytes(), path.name)
    pieces = [piece for piece in _walk(_parse(repair(text), path.name), 0) if piece.text]
    title = next((piece.text for piece in pieces if piece.kind is BlockKind.HEADING), None)
    notes = () if encoding == "utf-8" else (f"letto come {encoding} e convertito in UTF-8",)
    return Reading((assemble_page(1, pieces),), title=title, notes=notes)


def _parse(text: str, name: str) -> Any:
    from docutils.core import publish_doctree

    _allow_unknown(text)
    return publish_doctree(text, source_path=name, settings_overrides=_SETTINGS)


def _allow_unknown(text: str) -> None:
    """Teach docutils the directives and roles of this text that it does not know: content is read, the rest is left."""
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives, roles

    class Passing(Directive):  # type: ignore[misc]  # docutils has no type information
        """A directive whose content is read as text."""

        has_content = True
        optional_arguments = 100
        final_argument_whitespace = True
        option_spec = None

        def run(self) -> list[Any]:
            if self.name in _NO_CONTENT:
                return []
            node = nodes.container()
            said = " ".join(self.arguments)
            if " " in said or said[:1].isupper():  # a title; one small word is an option ("python", "1.0")
                node += nodes.paragraph("", said)
            self.state.nested_parse(self.content, self.content_offset, node)
            return [node]

    def plain(_name: str, _raw: str, content: str, *_rest: Any, **_options: Any) -> tuple[list[Any], list[Any]]:
        return [nodes.inline("", re.sub(r"\s*<[^>]*>$", "", content))], []

    for name in {*_DIRECTIVE.findall(text)} - set(_known_directives()):
        directives.register_directive(name, Passing)
    for name in {*_ROLE.findall(text)} - set(roles._role_registry):
        roles.register_local_role(name, plain)


def _known_directives() -> set[str]:
    from docutils.parsers.rst import directives

    return set(directives._directive_registry)


def _walk(node: Any, level: int) -> Iterator[Piece]:
    """The pieces under a node, in order; level counts the sections around it."""
    for child in node.children:
        name = type(child).__name__
        if name in _LEFT_OUT:
            continue
        if name == "section":
            yield from _walk(child, level + 1)
        elif name in _PIECES:
            yield from _PIECES[name](child, level)
        else:
            yield from _walk(child, level)


def _heading(node: Any, level: int) -> Iterator[Piece]:
    yield Piece(_text(node), BlockKind.HEADING, max(level, 1))


def _paragraph(node: Any, _level: int) -> Iterator[Piece]:
    yield Piece(_text(node))


def _literal(node: Any, _level: int) -> Iterator[Piece]:
    yield from (Piece(collapse(line)) for line in node.astext().splitlines())


def _item(node: Any, level: int) -> Iterator[Piece]:
    """A list item as one piece, its further paragraphs as others; a nested list's items come after it."""
    for place, piece in enumerate(_walk(node, level)):
        kind = BlockKind.LIST_ITEM if piece.kind is BlockKind.PARAGRAPH else piece.kind
        marker = _marker(node) if place == 0 else ""
        yield Piece(marker + piece.text, kind, piece.level, label=piece.label)


def _marker(node: Any) -> str:
    """What numbers the item ("3. ", "b) "), or nothing for a bullet."""
    parent = node.parent
    if type(parent).__name__ != "enumerated_list":
        return ""
    place = int(parent.get("start", 1)) + list(parent.children).index(node) - 1
    kind = str(parent.get("enumtype", "arabic"))
    number = str(place + 1)
    if kind.endswith("alpha") and place < 26:
        number = chr(ord("a" if kind.startswith("lower") else "A") + place)
    elif kind.endswith("roman"):
        number = _roman(place + 1)
        number = number.lower() if kind.startswith("lower") else number
    return f"{parent.get('prefix', '')}{number}{parent.get('suffix', '.')} "


def _roman(number: int) -> str:
    text = ""
    for value, sign in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        text += sign * (number // value)
        number %= value
    return text


def _definition(node: Any, level: int) -> Iterator[Piece]:
    """ "Termine: definizione" as one list item."""
    terms = [_text(child) for child in node.children if type(child).__name__ in ("term", "classifier")]
    body = [piece for child in node.children if type(child).__name__ == "definition" for piece in _walk(child, level)]
    first = body[0].text if body else ""
    yield Piece(f"{', '.join(terms)}: {first}" if first else ", ".join(terms), BlockKind.LIST_ITEM)
    yield from body[1:]


def _table(node: Any, _level: int) -> Iterator[Piece]:
    """A table's rows; a header alone is a row too."""
    label = next((_text(child) for child in node.children if type(child).__name__ == "title"), None)
    rows = [(_is_header(row), [_text(entry) for entry in row.children]) for row in node.findall() if _is_row(row)]
    header: Sequence[str] = next((cells for is_header, cells in rows if is_header), [])
    for is_header, cells in rows:
        if not is_header or len(rows) == 1:
            yield Piece(row_text([] if is_header else header, cells), BlockKind.TABLE_ROW, label=label)


def _is_row(node: Any) -> bool:
    return type(node).__name__ == "row"


def _is_header(row: Any) -> bool:
    return type(row.parent).__name__ == "thead"


def _text(node: Any) -> str:
    return collapse(" ".join(_words(node)).replace("\n", " ")) if _has_blocks(node) else collapse(_plain(node))


def _has_blocks(node: Any) -> bool:
    return any(type(child).__name__ in ("paragraph", "bullet_list", "enumerated_list") for child in node.children)


def _words(node: Any) -> Iterator[str]:
    for paragraph in node.findall():
        if type(paragraph).__name__ == "paragraph":
            yield _plain(paragraph)


def _plain(node: Any) -> str:
    """The text under an inline node, without what docutils complains of and without notes' marks."""
    if not node.children:
        return str(node.astext()) if type(node).__name__ == "Text" else ""
    return "".join(
        _plain(child)
        for child in node.children
        if type(child).__name__ not in ("system_message", "footnote_reference", "citation_reference")
    ).replace("\n", " ")


_PIECES: dict[str, Callable[[Any, int], Iterator[Piece]]] = {
    "title": _heading,
    "subtitle": _heading,
    "rubric": _heading,
    "list_item": _item,
    "definition_list_item": _definition,
    "table": _table,
    "paragraph": _paragraph,
    "caption": _paragraph,
    "attribution": _paragraph,
    "literal_block": _literal,
    "line_block": _literal,
}
