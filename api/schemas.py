"""What the API takes and gives, as the OpenAPI page shows it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.questions import SAYS_SOMETHING
from kb.corpus.crosswalk import Relation
from kb.records import AnswerMode, AnswerStatus, DocumentKind, DocumentStatus

LONGEST_HISTORY = 20

# Told in the schema alone: api.questions checks it, with words of its own; the longest is a setting (see describe).
QUESTION: dict[str, Any] = {"minLength": 1, "pattern": SAYS_SOMETHING}


class AskRequest(BaseModel):
    """Una domanda, con le domande precedenti della stessa conversazione."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(
        description="La domanda, in italiano o in inglese.",
        examples=["Quanti Comuni partecipano ad AFOL Metropolitana?"],
        json_schema_extra=QUESTION,
    )
    history: list[str] = Field(
        default=[],
        max_length=LONGEST_HISTORY,
        description="Le domande precedenti, dalla più vecchia; servono a capire «E quelli di Silam?».",
    )
    mode: AnswerMode | None = Field(
        default=None,
        description="«extractive»: frasi dei documenti; «generated»: scritte da un modello e verificate. "
        "Se manca decide il servizio.",
    )


class SearchQuery(BaseModel):
    """Una ricerca e ciò a cui si restringe."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(description="Parole da cercare.", examples=["consumo di suolo"], json_schema_extra=QUESTION)
    k: int = Field(default=10, ge=1, le=100, description="Quanti passaggi, al più.")
    offset: int = Field(default=0, ge=0, le=400, description="Quanti saltarne: per la pagina seguente, k in più.")
    driver: int | None = Field(default=None, ge=1, le=10, description="Solo questo Driver (1–10).")
    document: str | None = Field(default=None, description="Solo questo documento (vedi /v1/documents).")
    kind: DocumentKind | None = Field(default=None, description="Solo documenti di questo tipo.")
    mission: str | None = Field(default=None, pattern="^M[1-6]$", description="Solo questa missione del PNRR (M1–M6).")
    article: str | None = Field(
        default=None, max_length=20, description="Solo questo articolo («18», «5-bis»).", examples=["18"]
    )


class SentenceOut(BaseModel):
    """Una frase inviata e i numeri delle citazioni che la sostengono."""

    text: str
    citations: list[int]
    support: float


class CitationOut(BaseModel):
    """Dove sta scritto: text[start:end] della pagina è la citazione, alla lettera."""

    number: int
    document: str
    title: str
    edition: str | None
    section: list[str]
    driver: int | None
    article: str | None
    page_label: str | None
    page_index: int
    quote: str
    passage: str
    start: int
    end: int
    url: str | None


class NoteOut(BaseModel):
    """Qualcosa da sapere oltre alla risposta; kind è un codice stabile."""

    kind: str
    text: str


class AnswerOut(BaseModel):
    """Una risposta: frasi, citazioni, esito."""

    id: str = Field(description="La stessa domanda alla stessa versione ha lo stesso identificativo.")
    question: str
    standalone_question: str = Field(description="La domanda resa intera, se dipendeva da quelle precedenti.")
    language: str = Field(description="Lingua della domanda: «it» o «en».", examples=["it"])
    status: AnswerStatus = Field(description="Com'è finita; le parole della risposta non contano, conta questo.")
    mode: AnswerMode
    text: str = Field(description="La risposta intera, da mostrare.")
    sentences: list[SentenceOut] = Field(description="Le frasi, con i numeri delle citazioni che le sostengono.")
    citations: list[CitationOut] = Field(description="Le citazioni: start ed end tagliano il testo della pagina.")
    notes: list[NoteOut] = Field(description="Avvertenze, per esempio una cifra della domanda che non risulta.")
    suggestions: list[str] = Field(description="Altre domande che si possono fare.")
    release: str = Field(description="La versione dei documenti che ha risposto.")
    timings_ms: dict[str, float] = Field(description="Millisecondi di ogni passo.")
    trace: list[dict[str, Any]] = Field(description="Che cosa ha fatto ogni passo.")


class ExamplesOut(BaseModel):
    """Domande da proporre a chi comincia."""

    release: str = Field(description="La versione dei documenti che risponde a queste domande.")
    questions: list[str] = Field(description="Fino a tre domande; ognuna ha una risposta in questa versione.")


class PassageOut(BaseModel):
    """Un passaggio trovato: dove sta, come si cita, il punteggio e i punteggi grezzi da cui viene."""

    passage: str
    document: str
    title: str
    edition: str | None
    url: str | None
    cite: str = Field(
        description="Le parole con cui si cita in un atto.", examples=["PSTTM 2022-2024, Driver 8, p. 120"]
    )
    section: list[str]
    driver: int | None
    article: str | None
    page_label: str | None
    page_index: int
    start: int = Field(description="Dove comincia nel testo di quella pagina: serve a evidenziarlo nell'immagine.")
    end: int = Field(description="Dove finisce in quella pagina; se continua nella seguente, il testo è più lungo.")
    text: str
    score: float
    scores: dict[str, float]


class SearchOut(BaseModel):
    """I passaggi trovati, dal migliore."""

    passages: list[PassageOut]


class DocumentOut(BaseModel):
    """Un documento in una sua edizione."""

    id: str
    title: str
    kind: DocumentKind
    edition: str | None
    date: str | None
    publisher: str | None
    url: str | None
    status: DocumentStatus
    pages: int


class DocumentsOut(BaseModel):
    """I documenti della versione in servizio."""

    release: str
    documents: list[DocumentOut]


class PageOut(BaseModel):
    """Una pagina: il testo a cui si riferiscono gli scostamenti delle citazioni."""

    document: str
    index: int
    label: str | None
    readable: bool
    text: str


class PagesOut(BaseModel):
    """Pagine di un documento, in ordine."""

    pages: list[PageOut]


class TargetOut(BaseModel):
    """Una cifra di un Driver; sentence la dice per intero."""

    value: str
    unit: str
    what: str
    sentence: str
    qualifier: str | None


class MentionOut(BaseModel):
    """Un attore, uno strumento, una legge o un programma nominato da un Driver."""

    name: str
    sentence: str
    acronym: str | None


class DriverOut(BaseModel):
    """Un Driver come dati; ciò che il Piano non dice è vuoto, con il motivo in not_stated."""

    number: int
    title: str
    subtitle: str | None
    edition: str | None
    publisher: str | None
    aim: list[str]
    actions: list[str]
    targets: list[TargetOut]
    actors: list[MentionOut]
    instruments: list[MentionOut]
    laws: list[MentionOut]
    programmes: list[MentionOut]
    pnrr_missions: list[str]
    working_style: list[str]
    plan_pages: list[str]
    plan_pages_source: str | None
    not_stated: dict[str, str]


class DriversOut(BaseModel):
    """Le schede, per numero."""

    drivers: list[DriverOut]


class LinkOut(BaseModel):
    """Un Driver e ciò con cui va insieme; di un obiettivo, name dice che cosa si conta."""

    driver: int
    driver_title: str
    relation: Relation
    name: str
    acronym: str | None
    value: str | None
    unit: str | None
    qualifier: str | None
    sentence: str | None
    plan_pages: list[str]


class CrosswalkOut(BaseModel):
    """I legami, un Driver dopo l'altro."""

    links: list[LinkOut]


class HealthOut(BaseModel):
    """Il processo è vivo."""

    status: str = Field(examples=["ok"])


class ReadyOut(BaseModel):
    """Il servizio risponde, con questa versione."""

    status: str = Field(examples=["ok"])
    release: str


class FieldFaultOut(BaseModel):
    """Che cosa non va in un campo, e come rimediare."""

    field: str
    value: str
    problem: str
    remedy: str


class ProblemOut(BaseModel):
    """Un errore (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldFaultOut] = []
