"""What a document says in its opening that it is, and whose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from ingest.readers.reading import Piece
from ingest.readers.text_titles import names_institution
from kb.records import BlockKind

_LONGEST_TITLE = 120  # characters
_OPENING = 8  # pieces among which a document says what it is
_FEW_WORDS = 3  # a title of no more says little without the line below it
_NUMBERED = re.compile(r"\d")
_OBJECT = re.compile(r"\s*oggetto\s*:\s*(?P<object>\S.*)", re.IGNORECASE)
"""What an act is about, as acts write it below their number."""


def title_of(pieces: Sequence[Piece]) -> str | None:
    """What the opening says that the document is, and whose it is; else its first heading, if it has one."""
    opening = list(takewhile(lambda piece: not _opens_a_part(piece), pieces))[:_OPENING]
    owner = opening[0].text if opening and _names_owner(opening[0]) else ""
    named = [piece for piece in opening[1 if owner else 0 :] if not names_institution(piece.text)]
    name = next((piece for piece in named if piece.kind is BlockKind.HEADING), None) or _short(named)
    if name is None:
        heading = next((piece for piece in pieces if piece.kind is BlockKind.HEADING), None)
        return owner or (heading.text if heading else None)
    said = _with_object(_with_subtitle(name, named), opening)
    return f"{said} – {owner}" if owner and len(said) + len(owner) <= 2 * _LONGEST_TITLE else said


def headed_title(pieces: Sequence[Piece]) -> str | None:
    """The first heading; where that only says whose the document is, what the opening says."""
    heading = next((piece for piece in pieces if piece.kind is BlockKind.HEADING), None)
    if heading is None:
        return None
    is_owner = heading is pieces[0] and _names_owner(heading)
    return title_of(pieces) if is_owner else _with_object(heading.text, pieces[:_OPENING])


def _opens_a_part(piece: Piece) -> bool:
    """True for a heading with a number of its own ("1. Premessa", "TITOLO I"), before which the title stands."""
    return piece.kind is BlockKind.HEADING and (piece.label is not None or bool(_NUMBERED.match(piece.text)))


def _names_owner(piece: Piece) -> bool:
    return names_institution(piece.text) and len(piece.text) <= _LONGEST_TITLE and not piece.text.endswith(".")


def _short(pieces: Sequence[Piece]) -> Piece | None:
    """The first piece, where it is short and no sentence."""
    first = next(iter(pieces), None)
    return first if first and len(first.text) <= _LONGEST_TITLE and first.text[-1] not in ".:;" else None


def _with_subtitle(name: Piece, opening: Sequence[Piece]) -> str:
    """A title of a few words ("AVVISO") with the line below it, where that is no sentence."""
    after = opening[opening.index(name) + 1 :]
    below = _short([piece for piece in after if piece.kind is BlockKind.PARAGRAPH][:1]) if after else None
    if len(name.text.split()) > _FEW_WORDS or below is None or below is not after[0]:
        return name.text
    return f"{name.text}: {below.text}"


def _with_object(title: str, opening: Sequence[Piece]) -> str:
    """The title of an act with what it is about, where the opening says so ("Oggetto: …") and the title does not."""
    match = next((found for piece in opening if (found := _OBJECT.match(piece.text))), None)
    told = match["object"].rstrip(" .;") if match else ""
    return f"{title}: {told}" if told and len(title) + len(told) <= 2 * _LONGEST_TITLE and told not in title else title
