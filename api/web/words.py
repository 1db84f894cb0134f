"""What codes are called on the pages, in Italian; api/web/english.yaml has the English."""

from __future__ import annotations

from kb.corpus.crosswalk import Relation
from kb.records import AnswerStatus, DocumentKind, DocumentStatus
from kb.releases.compare import FACT_NAMES

EXAMPLES = (
    "Quanti Comuni partecipano ad AFOL Metropolitana?",
    "Quali sono le soglie di riduzione del consumo di suolo?",
    "Cosa significa LUM?",
)

EXAMPLES_IN_ENGLISH = (
    "How many municipalities take part in AFOL Metropolitana?",
    "What does LUM mean?",
    "What is the PUMS?",
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

DOCUMENT_GROUPS = (
    ("Piani e documenti dell’Ente", "", frozenset(DocumentKind) - {DocumentKind.DRIVER_RECORD, DocumentKind.GUIDE}),
    (
        "Schede dei Driver",
        "Riassumono il Piano: dove il Piano dice altro, fa fede il Piano.",
        frozenset({DocumentKind.DRIVER_RECORD}),
    ),
    (
        "Guide",
        "Spiegano sigle, strumenti e attori: fanno fede i documenti dell’Ente.",
        frozenset({DocumentKind.GUIDE}),
    ),
)
"""The documents' page, part by part: title, what to know, the kinds that stand there; what binds comes first."""

BINDING = {
    DocumentStatus.IN_FORCE: "in vigore",
    DocumentStatus.SUPERSEDED: "superato",
    DocumentStatus.DRAFT: "bozza",
}

REASONS = {
    "irrelevant": "Non risponde alla domanda",
    "wrong": "Dice una cosa sbagliata",
    "unclear": "Non è chiara",
    "little": "Dice troppo poco",
    "quote_not_found": "La citazione non si trova nel documento",
    "outdated": "Non è aggiornata",
    "other": "Altro",
}

RELATIONS = {
    Relation.INSTRUMENT: "Strumento",
    Relation.ACTOR: "Attore",
    Relation.MISSION: "Missione del PNRR",
    Relation.TARGET: "Numero o soglia",
    Relation.LAW: "Norma",
    Relation.PROGRAMME: "Programma",
}

RELATION_GROUPS = {
    Relation.INSTRUMENT: "Strumenti",
    Relation.ACTOR: "Attori",
    Relation.MISSION: "Missioni del PNRR",
    Relation.TARGET: "Numeri e soglie",
    Relation.LAW: "Norme",
    Relation.PROGRAMME: "Programmi",
}

CHANGES = {"added": "aggiunto", "removed": "tolto", "changed": "cambiato"}
FACTS = FACT_NAMES
PAGE_CHANGES = {"added": "aggiunta", "removed": "tolta", "changed": "cambiata"}

MISSIONS = {
    "M1": "Digitalizzazione, innovazione, competitività, cultura e turismo",
    "M2": "Rivoluzione verde e transizione ecologica",
    "M3": "Infrastrutture per una mobilità sostenibile",
    "M4": "Istruzione e ricerca",
    "M5": "Inclusione e coesione",
    "M6": "Salute",
}

JOB_STATES = {"running": "In corso", "done": "Finito", "failed": "Non riuscito", "interrupted": "Interrotto"}

STEPS = {
    "lettura dei documenti": "documenti letti",
    "pagine": "pagine dell’ultimo documento",
    "vettori": "passaggi resi cercabili per significato",
    "controllo dei vettori": "passaggi controllati",
    "indice dei vettori": "passaggi messi nell’indice dei significati",
    "indice delle parole": "indice delle parole",
    "domande": "domande di prova poste",
}
"""What a command counts while it works, by its own name of it."""

VERDICTS = {"passed": "superata", "failed": "non superata"}

GATES = {
    "passed": "valutazione superata",
    "failed": "non superata",
    "overridden": "pubblicata contro la valutazione",
    "not_applied": "senza valutazione",
}

ROLES = {"officer": "funzionario (officer)", "staff": "personale (staff)"}

KEY_STATES = {"valid": "valida", "expired": "scaduta", "revoked": "revocata"}

PICTURE = (
    "Figura: %(links)s legami fra %(drivers)s Driver, attori, numeri e soglie, strumenti e missioni. "
    "Gli stessi dati sono nella tabella."
)
"""What the picture of the crosswalk is for those who do not see it."""

YEARS = ("anno", "anni")
BEFORE_A_YEAR = ("dal", "nel", "fino al", "entro il")


def tell_figure(value: str, unit: str | None, qualifier: str | None) -> tuple[str, str, str]:
    """A record's figure ("70", "dal 2018"), what it counts, and what stands in brackets; a year counts nothing."""
    if unit not in YEARS:
        return value, unit or "", qualifier or ""
    return (f"{qualifier} {value}", "", "") if qualifier in BEFORE_A_YEAR else (value, "", qualifier or "")
