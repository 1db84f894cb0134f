"""What of a passage is embedded and indexed."""

from __future__ import annotations

from kb.records import Document, Passage


def search_text(passage: Passage, document: Document) -> str:
    """
    The text under which a passage is found: document title and section path on a first line, then its own text.

    A part of the path that only repeats the one before, and empty parts, are left out.
    """
    heading: list[str] = []
    for part in (document.title, *passage.section):
        clean = " ".join(part.split())
        if clean and (not heading or clean.casefold() != heading[-1].casefold()):
            heading.append(clean)
    return "\n".join(part for part in (" › ".join(heading), passage.text) if part)
