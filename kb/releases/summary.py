"""A release in a few figures, as lists of releases show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.releases.manifest import Manifest

if TYPE_CHECKING:
    from kb.ledger import PublicationLine


def release_summary(manifest: Manifest, published: str | None, line: PublicationLine | None) -> dict[str, Any]:
    """The release as JSON: what it holds, whether it serves, and how it was last published (line), if it was."""
    return {
        "release": manifest.id,
        "created_at": manifest.created_at,
        "documents": len(manifest.documents),
        "pages": manifest.pages,
        "passages": manifest.passages,
        "published": manifest.id == published,
        "publication": {"at": line.at, "who": line.who, "gate": line.gate, "why": line.why} if line else None,
    }
