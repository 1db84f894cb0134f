"""The web pages rendered: templates, and the words that depend on an answer."""

from __future__ import annotations

from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from kb.records import AnswerStatus, Citation, DocumentKind, DocumentStatus, Page

EXAMPLES = (
    "Quanti Comuni partecipano ad AFOL Metropolitana?",
    "Quali sono le soglie di riduzione del consumo di suolo?",
    "Cosa significa LUM?",
)

HEADINGS = {
    AnswerStatus.ANSWERED: "Risposta",
    AnswerStatus.PARTLY_ANSWERED: "Risposta parziale",
    AnswerStatus.NOT_FOUND: "I documenti non lo dicono",
    AnswerStatus.OUT_OF_SCOPE: "Domanda fuori tema",
    AnswerStatus.SMALL_TALK: "Bussola",
    AnswerStatus.NEEDS_CLARIFICATION: "Serve un chiarimento",
    AnswerStatus.BLOCKED: "Domanda non accettata",
    AnswerStatus.UNAVAILABLE: "Servizio non disponibile",
}

KINDS = {
    DocumentKind.PLAN: "Piano strategico",
    DocumentKind.TERRITORIAL_PLAN: "Piano territoriale",
    DocumentKind.MOBILITY_PLAN: "Piano della mobilità",
    DocumentKind.DRIVER_RECORD: "Scheda di un Driver",
    DocumentKind.GUIDE: "Guida",
    DocumentKind.OTHER: "Documento",
}

BINDING = {
    DocumentStatus.IN_FORCE: "in vigore",
    DocumentStatus.SUPERSEDED: "superato",
    DocumentStatus.DRAFT: "bozza",
}


class Pages:
    """The templates, loaded once an app; every value is escaped, and a missing one is a defect."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("api.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"source_link": source_link, "page_link": page_link, "page_name": page_name}
        self._environment.globals |= {"HEADINGS": HEADINGS, "KINDS": KINDS, "BINDING": BINDING}

    def render(self, template: str, **values: object) -> str:
        """The page as HTML."""
        return self._environment.get_template(template).render(**values)


def source_link(citation: Citation) -> str:
    """Where the quote is shown in its page, marked."""
    place = page_link(citation.document, citation.page_index)
    return f"{place}?da={citation.start}&a={citation.end}#citazione"


def page_link(document: str, index: int) -> str:
    """Where a page is shown."""
    return f"/documenti/{quote(document, safe='')}/pagine/{index}"


def page_name(place: Citation | Page) -> str:
    """How a page is called: its printed number, else its place in the file."""
    label = place.page_label if isinstance(place, Citation) else place.label
    index = place.page_index if isinstance(place, Citation) else place.index
    return f"p. {label}" if label else f"pagina {index} del file"
