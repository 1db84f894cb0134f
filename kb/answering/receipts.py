"""Receipts: what is kept of every answer, so that it can be replayed; losing one never costs a person the answer."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from kb.answering.guard import mask_personal_data
from kb.answering.serialize import answer_to_json
from kb.errors import BussolaError
from kb.ledger import Ledger, Receipt
from kb.records import Answer
from kb.settings import Settings

logger = logging.getLogger("bussola.receipts")

LOOK_EVERY_S = 3600.0
"""How often a process that runs for long asks whether the daily erasing is due."""

SAY_EVERY = 100
"""Of lost receipts the first is told, then each hundredth: a full disk must not fill the log too."""


class ReceiptBook:
    """Keeps a receipt of every answer given, and erases those older than BUSSOLA_RETENTION_DAYS; safe among threads."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._days = settings.retention_days
        self._settings = settings_of(settings)
        self._lock = Lock()
        self._looked_at: float | None = None
        self.lost = 0  # answers that left no receipt, in this process

    def keep(self, answer: Answer, *, channel: str) -> bool:
        """True when the receipt is kept; False, logged and counted, when it is lost."""
        try:
            self._ledger.keep(receipt_of(answer, self._settings, channel=channel))
        except Exception as error:  # whatever fails here, the person gets the answer
            self._lose(error)
            return False
        self._expire()
        return True

    def close(self) -> None:
        """Let the ledger go."""
        self._ledger.close()

    def _expire(self) -> None:
        now = time.monotonic()
        with self._lock:
            if self._looked_at is not None and now - self._looked_at < LOOK_EVERY_S:
                return
            self._looked_at = now
        try:
            gone = self._ledger.expire_daily(days=self._days)
        except BussolaError as error:
            logger.warning("i dati oltre la conservazione non sono stati cancellati: %s", error)
            return
        if gone:
            logger.info("conservazione: cancellate %d righe del registro", gone)

    def _lose(self, error: Exception) -> None:
        with self._lock:
            self.lost += 1
            lost = self.lost
        if lost == 1 or lost % SAY_EVERY == 0:
            logger.warning("la ricevuta di una risposta non è stata conservata (%d finora): %s", lost, error)


def receipt_of(answer: Answer, settings: dict[str, Any], *, channel: str = "") -> Receipt:
    """
    The receipt of an answer: body = {"answer": the contract's JSON, "history": […], "settings": {…}, "reply": {…}}.

    Question and history are those that the guard left: without personal data. "reply" is what the chat model wrote,
    personal data masked, where one was asked; it is kept for the replay and sent to nobody.
    """
    said = answer_to_json(answer)
    for name in ("question", "standalone_question"):
        said[name] = _masked(said[name])
    body = {"answer": said, "history": [_masked(turn) for turn in answer.history], "settings": settings}
    if answer.reply is not None:
        body["reply"] = asdict(answer.reply) | {"text": _masked(answer.reply.text)}
    return Receipt(answer=answer.id, release=answer.release, status=answer.status.value, body=body, channel=channel)


def settings_of(settings: Settings) -> dict[str, Any]:
    """The settings that change an answer, and the program's version; no key, no address, no folder."""
    return {
        "version": version("bussola"),
        "contact": settings.contact,
        "max_question_chars": settings.max_question_chars,
        "embed_model": _name(settings.embed_model),
        "llm_model": settings.llm_model or _name(settings.llm_gguf),
    }


def _name(model: str) -> str:
    return Path(model).name if Path(model).is_absolute() else model


def _masked(text: str) -> str:
    return mask_personal_data(text)[0]
