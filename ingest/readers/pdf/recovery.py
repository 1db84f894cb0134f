"""Pages of a PDF whose catalogue or page tree is lost: every page that is still there, in the best order known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

LARGEST_BYTES = 200_000_000
"""Of a file that is searched for its objects; it is held in memory meanwhile."""
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_MOST_OBJECTS = 300_000
_MOST_ANCESTORS = 50
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+obj\b")


def recover_pages(path: Path) -> tuple[Any, list[Any]]:
    """
    pypdf's reader and the pages found, [] where there is none.

    Pages come as what is left of the page tree orders them, with None for those that are lost, so that the others keep
    their numbers; then those that no tree names, as they stand in the file.

    Raises:
        Exception: pypdf's own errors; the caller turns them into ours.
    """
    from pypdf import PdfReader

    if path.stat().st_size > LARGEST_BYTES:
        return None, []
    content = path.read_bytes()
    reader = PdfReader(BytesIO(content + _new_end(content)))
    found = dict(_objects(reader))
    ordered = list(dict.fromkeys([*_tree_order(found), *(id_ for id_ in found if _is(found[id_], "/Page"))]))
    kept = [id_ for id_ in ordered if id_ not in found or _is(found[id_], "/Page")]
    pages = [_page(reader, id_, found[id_]) if id_ in found else None for id_ in kept]
    return reader, pages if any(pages) else []


def _new_end(content: bytes) -> bytes:
    """An end for the file, with an empty catalogue, so that its objects are searched for from the start."""
    free = max((int(number) for number in _OBJECT.findall(content)), default=0) + 1
    return (
        b"\nendstream\nendobj\n%d 0 obj\n<</Type/Catalog/Pages %d 0 R>>\nendobj\n"
        b"%d 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root %d 0 R/Size %d>>\nstartxref\n0\n%%%%EOF\n"
    ) % (free, free + 1, free + 1, free, free + 2)


def _objects(reader: Any) -> Iterator[tuple[int, Any]]:
    """The dictionaries of the file by number, in the order in which they stand in it."""
    from pypdf.generic import DictionaryObject, IndirectObject

    places = {id_: (at, 0, gen) for gen, own in reader.xref.items() for id_, at in own.items()}
    streams = {id_: place[0] for id_, place in places.items()}
    for id_, (stream, at) in reader.xref_objStm.items():
        places.setdefault(id_, (streams.get(stream, 0), at, 0))
    for id_ in sorted(places, key=lambda id_: places[id_][:2])[:_MOST_OBJECTS]:
        try:
            found = IndirectObject(id_, places[id_][2], reader).get_object()
        except (MemoryError, RecursionError):
            raise
        except Exception:
            continue  # an object that was cut or overwritten: its neighbours are still worth reading
        if isinstance(found, DictionaryObject):
            yield id_, found


def _is(found: Any, kind: str) -> bool:
    return found is not None and found.get("/Type") == kind


def _tree_order(found: dict[int, Any]) -> Iterator[int]:
    """What stands below what is left of the page tree, each once, lost things too."""
    seen: set[int] = set()
    for top in [id_ for id_, node in found.items() if _is(node, "/Pages") and _parent(node) not in found]:
        waiting = [top]
        while waiting:
            id_ = waiting.pop()
            if id_ in seen:
                continue
            seen.add(id_)
            yield id_
            kids = found[id_].get("/Kids") if _is(found.get(id_), "/Pages") else None
            waiting += [kid.idnum for kid in reversed(kids or []) if hasattr(kid, "idnum")]


def _parent(node: Any) -> int | None:
    parent = node.raw_get("/Parent") if "/Parent" in node else None
    return getattr(parent, "idnum", None)


def _page(reader: Any, id_: int, node: Any) -> Any:
    """The page with what its ancestors say of it, as far as they are still there."""
    from pypdf import PageObject
    from pypdf.generic import IndirectObject, NameObject

    page = PageObject(reader, IndirectObject(id_, 0, reader))
    page.update(node)
    above: Any = node
    for _step in range(_MOST_ANCESTORS):
        above = above.get("/Parent")
        above = above.get_object() if above is not None else None
        if not hasattr(above, "get"):
            break
        for name in _INHERITED:
            if name in above and name not in page:
                page[NameObject(name)] = above.raw_get(name)
    return page
