"""Long lists in pieces: how many, from where, and the link to the next piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request, Response
from starlette.datastructures import URL

Item = TypeVar("Item")

MOST = 500
DEFAULT = 200  # more than the documents of any plan so far: whoever asks for no piece gets them all


@dataclass(frozen=True, slots=True)
class Piece:
    """Which piece of a list is asked for."""

    limit: int
    offset: int

    def cut(self, items: Sequence[Item], request: Request, response: Response, *, whole: bool = True) -> list[Item]:
        """
        The piece; the response tells the next one in Link (RFC 8288), and the total in X-Total-Count if it is known.

        Args: whole says that items are all there are; else they reach beyond the piece if there are more.
        """
        if whole:
            response.headers["X-Total-Count"] = str(len(items))
        if self.offset + self.limit < len(items):
            here: URL = request.url.include_query_params(limit=self.limit, offset=self.offset + self.limit)
            response.headers["Link"] = f'<{here.path}?{here.query}>; rel="next"'
        return list(items[self.offset : self.offset + self.limit])


def read_piece(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Quanti elementi, al più.")] = DEFAULT,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="Quanti saltarne dall'inizio.")] = 0,
) -> Piece:
    """The piece that a request's query names."""
    return Piece(limit, offset)


Asked = Annotated[Piece, Depends(read_piece)]

LISTED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "X-Total-Count": {"description": "Quanti elementi in tutto.", "schema": {"type": "integer"}},
            "Link": {"description": "La pagina seguente (rel=next), se c'è.", "schema": {"type": "string"}},
        }
    }
}
