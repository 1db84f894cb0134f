"""What a candidate changes against the published release: documents and passages added, removed, unchanged."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.gathered import Gathered


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between what is published and what is gathered."""

    published: bool  # False: nothing is published, so everything is new
    documents_added: tuple[str, ...]
    documents_removed: tuple[str, ...]
    documents_changed: tuple[str, ...]
    passages_added: int
    passages_removed: int
    passages_unchanged: int


def find_changes(gathered: Gathered) -> Changes:
    """The changes, documents in alphabetical order; a passage counts as the same when its text and place are."""
    before, now = gathered.before, gathered.taken
    was = {passage for one in before.values() for passage in one.passages}
    is_now = {passage.id for one in now.values() for passage in one.passages}
    changed = [
        id_
        for id_ in before.keys() & now.keys()
        if before[id_].document != now[id_].document
        or before[id_].passages != {passage.id for passage in now[id_].passages}
    ]
    return Changes(
        published=bool(before),
        documents_added=tuple(sorted(now.keys() - before.keys())),
        documents_removed=tuple(sorted(before.keys() - now.keys())),
        documents_changed=tuple(sorted(changed)),
        passages_added=len(is_now - was),
        passages_removed=len(was - is_now),
        passages_unchanged=len(was & is_now),
    )
