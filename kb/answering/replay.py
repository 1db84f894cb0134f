"""Replay: the question of a receipt asked again, and what differs between the answer then and the answer now."""

from __future__ import annotations

import difflib
import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

from kb.answering.generate import WHY, digest_of
from kb.answering.receipts import settings_of
from kb.answering.serialize import answer_to_json
from kb.errors import InputError, ModelError
from kb.ledger import Receipt
from kb.ports import ChatModel, ChatPrompt
from kb.records import Answer, AnswerMode, ModelReply
from kb.settings import Settings
from prompts.replies import name_page

Json = dict[str, Any]

COMPARED = ("status", "language", "text", "sentences", "citations", "notes", "suggestions")
"""What a person is sent; times and trace differ in every run."""

OF_THE_ASKING = frozenset({"personal_data", "generated_unavailable"})
"""Notes on what the person wrote, which a receipt holds no more, or on a chat model that failed just then."""

RESTORED = ("contact", "max_question_chars")
"""Settings that a replay takes from the receipt."""


class Asker(Protocol):
    """Whoever answers."""

    def ask(self, question: str, *, history: tuple[str, ...] = (), mode: AnswerMode | None = None) -> Answer:
        """The answer."""


@runtime_checkable
class Rewriting(Protocol):
    """Whoever answers and can be given another chat model."""

    @property
    def chat(self) -> ChatModel | None:
        """The chat model that it has now."""

    def answering_with(self, chat: ChatModel) -> Asker:
        """The same, with that chat model."""


class KeptReply:
    """The chat model of a receipt: to what it was asked then it writes what it wrote then; else another is asked."""

    def __init__(self, reply: ModelReply, otherwise: ChatModel | None = None) -> None:
        self._reply = reply
        self._otherwise = otherwise

    @property
    def context_chars(self) -> int:
        """Characters of passages that it was shown, at most."""
        return self._reply.context_chars

    def write(self, prompt: ChatPrompt) -> Generator[str, None, None]:
        """
        The reply as it was kept, broken off where it was.

        Raises:
            ModelError: it is asked something else than then, and there is no other model; or what broke it off then.
        """
        if digest_of(prompt) != self._reply.prompt and self._otherwise is not None:
            yield from self._otherwise.write(prompt)
            return
        if digest_of(prompt) != self._reply.prompt:
            raise ModelError("la ricevuta conserva la risposta del modello ad altri passaggi: ripeti la domanda.")
        if self._reply.text:
            yield self._reply.text
        broken = next((error for error, name in WHY.items() if name == self._reply.failure), None)
        if broken is not None or self._reply.failure:
            raise (broken or ModelError)(f"il modello si era fermato: {self._reply.failure}.")


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of the answer that is not the same; lines as a reader would see them."""

    part: str  # one of COMPARED
    before: tuple[str, ...]
    after: tuple[str, ...]

    def lines(self) -> list[str]:
        """The part's lines: "- " gone, "+ " new, "  " the same."""
        return [line for line in difflib.ndiff(self.before, self.after) if not line.startswith("?")]


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer then and now."""

    receipt: Receipt
    before: Json
    after: Json
    differences: tuple[Difference, ...]

    @property
    def is_identical(self) -> bool:
        """True when a person is sent the same, character by character."""
        return not self.differences

    def to_json(self) -> Json:
        """The replay as plain data."""
        return {
            "answer": self.receipt.answer,
            "release": self.receipt.release,
            "replayed_with": self.after["release"],
            "identical": self.is_identical,
            "differences": [
                {"part": one.part, "before": list(one.before), "after": list(one.after)} for one in self.differences
            ],
            "before": self.before,
            "after": self.after,
        }


def replay(receipt: Receipt, asker: Asker) -> Replay:
    """
    The receipt's question and history asked again in its mode, compared part by part.

    With the same release passages and offsets count too; with another, only what a reader sees. A chat model is not
    asked again where the receipt keeps what it wrote and the passages are the same; its sentences are judged anew.

    Raises:
        InputError: the receipt does not hold its question.
    """
    before = kept_answer(receipt)
    reply = kept_reply(receipt)
    if reply is not None and isinstance(asker, Rewriting):
        asker = asker.answering_with(KeptReply(reply, asker.chat))
    said = asker.ask(
        before["question"], history=tuple(receipt.body.get("history", ())), mode=AnswerMode(before["mode"])
    )
    after: Json = json.loads(json.dumps(answer_to_json(said)))
    is_same_release = after["release"] == receipt.release
    differences = tuple(
        Difference(part, _lines(part, before[part], is_same_release), _lines(part, after[part], is_same_release))
        for part in COMPARED
        if _lines(part, before[part], is_same_release) != _lines(part, after[part], is_same_release)
    )
    return Replay(receipt, before, after, differences)


def kept_answer(receipt: Receipt) -> Json:
    """
    The answer as it was given, the contract's JSON.

    Raises:
        InputError: the receipt does not hold it.
    """
    said = receipt.body.get("answer")
    if not isinstance(said, dict) or any(name not in said for name in (*COMPARED, "question", "mode")):
        raise InputError(
            f"la ricevuta di «{receipt.answer}» non contiene la domanda e la risposta (è di una versione precedente "
            "di Bussola): ripeti la domanda con «bussola ask»."
        )
    return said


def kept_reply(receipt: Receipt) -> ModelReply | None:
    """What the chat model wrote for the answer, None where no model wrote or the receipt is of an older version."""
    said = receipt.body.get("reply")
    if not isinstance(said, Mapping) or any(field.name not in said for field in fields(ModelReply)):
        return None
    return ModelReply(**{field.name: said[field.name] for field in fields(ModelReply)})


def settings_then(receipt: Receipt, settings: Settings) -> Settings:
    """These settings, but for those of the receipt that change an answer's words."""
    kept: Mapping[str, Any] = receipt.body.get("settings", {})
    return settings.model_copy(update={name: kept[name] for name in RESTORED if name in kept})


def changed_settings(receipt: Receipt, settings: Settings) -> dict[str, tuple[Any, Any]]:
    """What could not be restored: setting → (then, now); "version" is the program's."""
    kept: Mapping[str, Any] = receipt.body.get("settings", {})
    now = settings_of(settings)
    return {
        name: (kept[name], now.get(name))
        for name in sorted(kept)
        if name not in RESTORED and kept[name] != now.get(name)
    }


def _lines(part: str, value: Any, is_same_release: bool) -> tuple[str, ...]:
    if part == "sentences":
        return tuple(f"{one['text']} {''.join(f'[{n}]' for n in one['citations'])}" for one in value)
    if part == "citations":
        return tuple(_citation_line(one, is_same_release) for one in value)
    if part == "notes":
        return tuple(f"{one['kind']}: {one['text']}" for one in value if one["kind"] not in OF_THE_ASKING)
    return tuple(value) if isinstance(value, list) else (str(value),)


def _citation_line(one: Mapping[str, Any], is_same_release: bool) -> str:
    edition = f", ed. {one['edition']}" if one["edition"] else ""
    where = " › ".join([one["title"] + edition, *one["section"]])
    page = name_page(one["page_label"], one["page_index"])
    exact = f" ({one['passage']}, {one['start']}–{one['end']})" if is_same_release else ""
    return f"[{one['number']}] {where}, {page}{exact}: «{one['quote']}»"
