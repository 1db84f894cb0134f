"""What changed from one release to the next, in a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.replies import document_line, escape
from prompts.replies import Replies

MOST_FIGURES = 8  # more are counted: a message is no register
MOST_DOCUMENTS = 12

Told = Mapping[str, Any]


def news_html(differences: Told, documents: Sequence[Told], replies: Replies) -> str:
    """
    What came, went and was updated, the figures that changed, and how many pages; or that nothing did.

    Args: differences is a ReleaseDiff as JSON, or only its documents; documents are those that serve now.
    """
    blocks = list(_blocks(differences, {one["id"]: one for one in documents}, replies))
    return "\n\n".join([replies.say("news_title"), *blocks]) if blocks else replies.say("news_none")


def _blocks(differences: Told, serving: Mapping[str, Told], replies: Replies) -> Iterator[str]:
    for kind in ("added", "removed", "changed"):
        found = [serving.get(one["document"], one) for one in differences["documents"] if one["change"] == kind]
        if found:
            lines = [document_line(one, replies) for one in found[:MOST_DOCUMENTS]]
            yield "\n".join([replies.say(f"news_{kind}"), *lines, *_more(found, MOST_DOCUMENTS, replies)])
    figures = differences.get("figures", ())
    if figures:
        lines = [f"• {escape(one['line'])}" for one in figures[:MOST_FIGURES]]
        yield "\n".join([replies.say("news_figures"), *lines, *_more(figures, MOST_FIGURES, replies)])
    pages = len(differences.get("pages", ()))
    if pages:
        yield replies.say("news_pages", count=str(pages))


def _more(found: Sequence[Told], most: int, replies: Replies) -> list[str]:
    return [replies.say("news_more", count=str(len(found) - most))] if len(found) > most else []
