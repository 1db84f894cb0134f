"""The web pages rendered: templates in two languages, and what every page needs to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.english import in_english
from api.web import words
from api.web.citing import cite, page_link, page_name, source_link
from api.web.language import ENGLISH, ITALIAN, in_language, language_of, translate
from prompts.replies import name_page

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""What can be followed from a text: a web address, an e-mail address; the full stop behind it is the sentence's."""

PAGES = {
    "/v1/documents": ("/documenti", "Documenti"),
    "/v1/releases": ("/novita", "Novità"),
    "«bussola releases»": ("/novita", "Novità"),
    "/driver": ("/driver", "Driver"),
    "/docs": ("/docs", "API per i programmi"),
}
"""What a sentence for programs names; the page of a person's browser that tells the same, and what it is called."""

NAMED = re.compile(rf"(?<![\w/«])(?:{'|'.join(map(re.escape, PAGES))})(?![\w/])")
"""One of them, and not a stretch of an address that a person wrote."""

NOTHING_KNOWN: Mapping[str, Any] = {"here": "/", "query": (), "staff": None, "script": True}
"""What a page may show of its request, where there is none."""


class Pages:
    """The templates, loaded once an app; every value is escaped, and a missing one is a defect."""

    def __init__(self) -> None:
        self._environments = {language: _environment(language) for language in (ITALIAN, ENGLISH)}

    def render(self, template: str, *, request: Request | None = None, **values: object) -> str:
        """The page as HTML, in the language that the request asks for."""
        language = language_of(request) if request is not None else ITALIAN
        known = NOTHING_KNOWN if request is None else _known(request)
        return self._environments[language].get_template(template).render(language=language, **{**known, **values})

    def show(self, request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """The page as a response."""
        return HTMLResponse(self.render(template, request=request, **values), status_code=status)


def pages_of(request: Request) -> Pages:
    """The templates of the app that a request came to."""
    pages: Pages = request.app.state.pages
    return pages


def send_to(request: Request, path: str) -> RedirectResponse:
    """The answer to a form: the page of that path, in the request's language."""
    return RedirectResponse(in_language(path, language_of(request)), status_code=303)


def _environment(language: str) -> Environment:
    made = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: translate(text, language),
        lambda one, many, n: translate(one if n == 1 else many, language),
        newstyle=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.filters |= {
        "source_link": source_link,
        "page_link": page_link,
        "page_name": partial(page_name, language=language),
        "name_page": partial(name_page, language=language),
        "cite": cite,
        "day": partial(day, language=language),
        "moment": partial(moment, language=language),
        "capital": capital,
        "said": partial(mark_said, language=language),
        "linked": link_addresses,
        "on_pages": partial(name_pages, language=language),
    }
    made.globals |= {"words": words, "at": _at, "other_language": _other_language, "with_query": with_query}
    return made


def mark_said(text: str, *, language: str) -> str:
    """What a program said, in the page's language; marked as Italian where it is known in Italian alone."""
    if language == ITALIAN:
        return text
    return in_english(text) or Markup('<span lang="it">{}</span>').format(text)


def link_addresses(text: str) -> Markup:
    """The text with its web and e-mail addresses as links: "www.comune.it" leads to https://www.comune.it."""
    made = Markup()
    at = 0
    for found in ADDRESS.finditer(text):
        shown = found[0]
        target = shown if "://" in shown else f"mailto:{shown}" if "@" in shown else f"https://{shown}"
        made += text[at : found.start()] + Markup('<a href="{}" rel="noreferrer">{}</a>').format(target, shown)
        at = found.end()
    return made + text[at:]


def name_pages(text: str, *, language: str) -> Markup:
    """A sentence made for programs or the terminal, which names the pages that tell the same, as links."""

    def link(found: re.Match[str]) -> str:
        path, name = PAGES[found[0]]
        return Markup('<a href="{}">{}</a>').format(in_language(path, language), translate(name, language))

    return Markup(NAMED.sub(link, str(escape(text))))


def capital(text: str) -> str:
    """The text with a large first letter."""
    return text[:1].upper() + text[1:]


def _known(request: Request) -> dict[str, Any]:
    query = parse_qsl(request.url.query)
    shown = tuple((name, value) for name, value in query if name != "lang")
    return {**NOTHING_KNOWN, "here": request.scope["path"], "query": shown if request.method == "GET" else ()}


@pass_context
def _at(context: Context, path: str) -> str:
    return in_language(path, context["language"])


@pass_context
def _other_language(context: Context) -> str:
    other = ITALIAN if context["language"] == ENGLISH else ENGLISH
    return in_language(with_query(context["here"], context["query"]), other)


def with_query(path: str, query: Any) -> str:
    """The address with a query of (name, value) pairs or of a mapping; what is None or empty is left out."""
    pairs = query.items() if isinstance(query, Mapping) else query
    kept = [(name, value) for name, value in pairs if value not in (None, "")]
    return f"{path}?{urlencode(kept)}" if kept else path


def day(text: str | None, *, language: str = ITALIAN) -> str:
    """A date of ISO 8601 as people write it: 22/11/2026, in English 22 Nov 2026; a dash where there is none."""
    return _written(datetime.fromisoformat(text), language) if text else "–"


def moment(text: str | None, *, language: str = ITALIAN) -> str:
    """A moment of ISO 8601, here and to the minute, as people write it; a dash where there is none."""
    if not text:
        return "–"
    here = datetime.fromisoformat(text).astimezone()
    return f"{_written(here, language)}, {here:%H:%M}"


def _written(then: datetime, language: str) -> str:
    # Not strftime's names of months, which are those of the machine's language.
    return f"{then.day} {MONTHS[then.month - 1]} {then.year}" if language == ENGLISH else then.strftime("%d/%m/%Y")
