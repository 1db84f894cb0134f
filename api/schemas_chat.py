"""What the OpenAI-compatible routes take and give: the part of OpenAI's chat completions that has a meaning here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.schemas import QUESTION, CitationOut
from kb.records import AnswerMode

MODELS: dict[str, AnswerMode | None] = {
    "bussola": None,
    "bussola-extractive": AnswerMode.EXTRACTIVE,
    "bussola-generated": AnswerMode.GENERATED,
}
"""The names that a client may ask for, and the mode of each; None: as the service is set up."""

MOST_MESSAGES = 200
USER = "user"


class TextPart(BaseModel):
    """Una parte di un messaggio; solo il testo si legge."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["text"]
    text: str = Field(json_schema_extra=QUESTION)


def _tell_messages(schema: dict[str, Any]) -> None:
    """Say in the schema what the model can't: a user's message says something, others are not read."""
    roles = schema["properties"]["role"]
    asks = schema["properties"]["content"] | {"anyOf": schema["properties"]["content"]["anyOf"][:2]}
    asks.pop("default", None)
    others = [role for role in roles["enum"] if role != USER]
    schema["anyOf"] = [
        {"properties": {"role": {"const": USER}, "content": asks}, "required": ["role", "content"]},
        {"properties": {"role": roles | {"enum": others}}, "required": ["role"]},
    ]
    del schema["properties"], schema["required"]


class Message(BaseModel):
    """Un messaggio della conversazione; si leggono le domande, quelli con role «user»."""

    model_config = ConfigDict(extra="ignore", json_schema_extra=_tell_messages)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str, Field(json_schema_extra=QUESTION)] | list[TextPart] | None = Field(
        default=None, description="Il testo, o le sue parti.", examples=["Che cos'è il PUMS?"]
    )

    def text(self) -> str:
        """The message's text, parts joined."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """Opzioni dello streaming."""

    model_config = ConfigDict(extra="ignore")

    include_usage: StrictBool = False


class ChatRequest(BaseModel):
    """Una conversazione: l'ultimo messaggio «user» è la domanda, quelli prima ne sono il contesto."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(description="Uno dei nomi di /v1/models.", examples=["bussola"])
    messages: list[Message] = Field(
        min_length=1,
        max_length=MOST_MESSAGES,
        description="I messaggi, dal più vecchio; almeno uno ha role «user».",
        json_schema_extra={"contains": {"properties": {"role": {"const": USER}}, "required": ["role"]}},
        examples=[[{"role": "user", "content": "Che cos'è il PUMS?"}]],
    )
    stream: StrictBool | None = Field(
        default=None, description="Se vero, la risposta arriva a pezzi (server-sent events)."
    )
    stream_options: StreamOptions | None = None


class ChatMessageOut(BaseModel):
    """La risposta; citations sono le stesse di /v1/ask."""

    role: Literal["assistant"]
    content: str
    refusal: None
    citations: list[CitationOut]


class ChoiceOut(BaseModel):
    """L'unica risposta."""

    index: int
    message: ChatMessageOut
    finish_reason: Literal["stop"]
    logprobs: None


class UsageOut(BaseModel):
    """Sempre zero: i token non sono la misura di Bussola."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatOut(BaseModel):
    """Una risposta nella forma di OpenAI; bussola dice com'è finita e da quale versione viene."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut
    bussola: dict[str, Any]


class ModelOut(BaseModel):
    """Un nome che si può chiedere."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(BaseModel):
    """I nomi che si possono chiedere."""

    object: Literal["list"]
    data: list[ModelOut]
