"""What the API takes and gives of releases, receipts, ratings and gaps."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kb.ledger.lines import FEEDBACK_REASONS
from kb.records import AnswerStatus

LONGEST_COMMENT_CHARS = 1000
Reason = Literal["irrelevant", "wrong", "unclear", "little", "quote_not_found", "outdated", "other"]
assert Reason.__args__ == FEEDBACK_REASONS  # type: ignore[attr-defined]  # one list, told to the schema


class PublicationOut(BaseModel):
    """Quando e da chi è stata pubblicata una versione; why è il motivo di chi ha forzato la valutazione."""

    at: str
    who: str | None = Field(description="Solo per il personale.")
    gate: str
    why: str | None


class ReleaseOut(BaseModel):
    """Una versione della base di conoscenza."""

    release: str
    created_at: str
    documents: int
    pages: int
    passages: int
    published: bool = Field(description="È quella che risponde.")
    publication: PublicationOut | None = Field(
        description="L'ultima pubblicazione; null se non è mai stata pubblicata."
    )


class ReleasesOut(BaseModel):
    """Le versioni, dalla più recente."""

    published: str | None
    releases: list[ReleaseOut]


class ReleaseDocumentOut(BaseModel):
    """Un documento di una versione."""

    document: str
    title: str
    edition: str | None
    status: str
    sha256: str
    pages: int
    unreadable_pages: int
    passages: int


class ReleaseWholeOut(ReleaseOut):
    """Una versione con i suoi documenti e le impostazioni con cui è stata costruita."""

    contents: list[ReleaseDocumentOut]
    fingerprints: dict[str, str]


class DiffOut(BaseModel):
    """Che cosa cambia da una versione all'altra; ogni cifra ha la sua riga («25% → 27%, Driver 2, p. 109»)."""

    before: str
    after: str
    documents: list[dict[str, Any]]
    pages: list[dict[str, Any]]
    sections: list[dict[str, Any]]
    drivers: list[dict[str, Any]]
    figures: list[dict[str, Any]]


class ReceiptOut(BaseModel):
    """Ciò che resta di una risposta: la risposta stessa, senza dati personali, e le impostazioni di allora."""

    answer: str
    release: str
    status: AnswerStatus
    created_at: str
    channel: str
    times: int = Field(description="Quante volte è stata data.")
    history: list[str]
    settings: dict[str, Any]
    given: dict[str, Any] = Field(description="La risposta data, nella forma di /v1/ask.")


class ReceiptsOut(BaseModel):
    """Le ricevute, dalla più recente."""

    receipts: list[ReceiptOut]


class ReplayOut(BaseModel):
    """La stessa domanda posta di nuovo, e che cosa è diverso."""

    answer: str
    release: str
    replayed_with: str
    identical: bool
    differences: list[dict[str, Any]]
    before: dict[str, Any]
    after: dict[str, Any]


class FeedbackIn(BaseModel):
    """Che cosa una persona pensa di una risposta."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(
        pattern=r"^ans_[0-9a-z]{1,60}$", description="L'id della risposta.", examples=["ans_0123456789abcdef"]
    )
    verdict: Literal[1, -1] = Field(description="1: utile; -1: non utile.", examples=[-1])
    reason: Reason | None = Field(default=None, description="Perché non è utile.", examples=["wrong"])
    comment: str | None = Field(
        default=None,
        max_length=LONGEST_COMMENT_CHARS,
        description="In parole; i dati personali riconoscibili vengono tolti.",
    )
    key: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="Una chiave scelta da chi giudica: un altro giudizio sulla stessa risposta con la stessa chiave "
        "prende il posto di questo.",
    )


class FeedbackOut(BaseModel):
    """Il giudizio è conservato."""

    answer: str
    verdict: int
    reason: str | None


class RetractIn(BaseModel):
    """Un giudizio da ritirare."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(
        pattern=r"^ans_[0-9a-z]{1,60}$", description="L'id della risposta.", examples=["ans_0123456789abcdef"]
    )
    key: str = Field(
        min_length=1, max_length=64, description="La chiave con cui il giudizio fu dato.", examples=["una-mia-chiave"]
    )


class ErasedOut(BaseModel):
    """Quanti giudizi c'erano e sono stati cancellati: 0 o 1."""

    erased: int


class GapsOut(BaseModel):
    """Le domande rimaste senza una buona risposta, raggruppate per significato, la più frequente per prima."""

    questions: int
    gaps: list[dict[str, Any]]
