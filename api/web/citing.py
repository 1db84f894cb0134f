"""Where a quote stands, as an address that lasts and as the words that an act cites it with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from api.web.language import ITALIAN
from prompts.replies import name_page

Place = Mapping[str, Any]
"""Where something stands, as a citation's JSON tells it."""

INSTRUMENTS = {"psttm": "PSTTM", "ptm": "PTM", "pums": "PUMS", "puls": "PULS", "sttm": "STTM", "biciplan": "Biciplan"}
"""The plans that everybody calls by an acronym, by the first part of a document's id."""

_YEARS = re.compile(r"\b20\d\d(?:[-–/]20\d\d)?\b")


def page_link(document: str, index: int) -> str:
    """Where a page is shown."""
    return f"/documenti/{quote(document, safe='')}/pagine/{index}"


def source_link(citation: Place, release: str = "") -> str:
    """Where the quote is shown in its page, marked; with a release, for as long as that release is kept."""
    told = {"release": release} if release else {}
    query = urlencode({**told, "start": citation["start"], "end": citation["end"]})
    return f"{page_link(citation['document'], citation['page_index'])}?{query}#citazione"


def page_name(place: Place, language: str = ITALIAN) -> str:
    """How the page of a place is called: its printed number, else its place in the file."""
    return name_page(place["page_label"], place["page_index"], language)


def cite(place: Place) -> str:
    """
    The words that cite a place: "PSTTM 2022-2024, Driver 8, p. 120".

    Args: place has document, title, edition, driver, article, page_label and page_index, as a citation's JSON has.
    """
    stem = str(place["document"]).partition("-")[0]
    title = str(place["title"])
    edition = place["edition"] or next(iter(_YEARS.findall(title)), None)
    name = INSTRUMENTS.get(stem, title)
    if edition is None or edition in name:
        dated = [name]
    else:
        dated = [f"{name} {edition}"] if stem in INSTRUMENTS else [name, f"ed. {edition}"]
    driver = [f"Driver {place['driver']}"] if place["driver"] and f"Driver {place['driver']}" not in name else []
    article = [f"art. {place['article']}"] if place["article"] else []
    return ", ".join([*dated, *driver, *article, page_name(place)])
