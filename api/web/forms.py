"""Forms that people send: from our own pages alone."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from api.problems import Forbidden


def check_same_site(request: Request) -> None:
    """
    Nothing, when a page of ours sent the request; browsers tell where a form stood.

    Raises:
        Forbidden: a page of another site sent it.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_other = site not in (None, "same-origin", "none") or (
        # "null" comes of our own policy, which tells nobody where a form stood
        origin not in (None, "null") and site is None and urlsplit(origin or "").netloc != request.headers.get("host")
    )
    if is_other:
        raise Forbidden("Il modulo è stato inviato da un altro sito: aprilo da qui e invialo di nuovo.")
