"""A generated answer is given again from what its receipt keeps of the model's reply, with no model at all."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.answering.assistant import Assistant
from kb.answering.receipts import receipt_of, settings_of
from kb.answering.replay import COMPARED, KeptReply, Replay, kept_reply, replay
from kb.answering.serialize import answer_to_json
from kb.errors import ModelError, ModelSlow
from kb.ledger import Receipt
from kb.ports import ChatPrompt
from kb.records import Answer, AnswerMode, ModelReply
from kb.releases.build import build_release
from kb.releases.opened import OpenRelease
from kb.releases.store import ReleaseStore
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts, intake_of

AFOL = "Nel 2022 l'azienda AFOL Metropolitana era partecipata da 71 Comuni."
QUESTION = "Nel 2022 da quanti Comuni era partecipata l'azienda AFOL Metropolitana?"
WRITTEN = "L'azienda AFOL Metropolitana nel 2022 era partecipata da 71 Comuni."
OTHER = "Nel 2022 AFOL Metropolitana era partecipata da 71 Comuni."


class ChangingModel:
    """A chat model that writes another true sentence each time, as real ones do, then fails if it is told to."""

    context_chars = 1500

    def __init__(self, *said: str, error: Exception | None = None) -> None:
        self.said = list(said)
        self.error = error

    def write(self, prompt: ChatPrompt) -> Generator[str, None, None]:
        sentence = {"text": self.said.pop(0), "passages": [1]}
        yield '{"sentences": ['
        yield json.dumps(sentence)
        if self.error:
            raise self.error
        yield "]}"


def built(tmp_path: Path, *more: str) -> OpenRelease:
    store = ReleaseStore(tmp_path, parts=fake_parts)
    intake = intake_of({"piano": [AFOL, "Il progetto Silam è stato firmato da 22 Comuni.", *more]})
    return store.open(build_release(intake, store=store, embedder=FakeEmbedder()).id)


def with_model(release: OpenRelease, model: ChangingModel | None) -> Assistant:
    return Assistant(release, FakeEmbedder(), Settings(), chat=model)


def given(answer: Answer) -> Receipt:
    """The receipt as a ledger gives it back."""
    kept = receipt_of(answer, settings_of(Settings()))
    body: dict[str, Any] = json.loads(json.dumps(kept.body))
    return Receipt(kept.answer, kept.release, kept.status, body)


def with_reply(receipt: Receipt, reply: dict[str, Any]) -> Receipt:
    return replace(receipt, body={**receipt.body, "reply": reply})


def assert_same(done: Replay, answer: Answer) -> None:
    before, after = answer_to_json(answer), done.after
    assert done.is_identical, done.differences
    assert json.dumps([after[part] for part in COMPARED]) == json.dumps([before[part] for part in COMPARED])
    assert after["id"] == before["id"]


@pytest.mark.parametrize("now", [None, ChangingModel(OTHER)], ids=["no model now", "a model that writes otherwise now"])
def test_the_same_release_gives_the_same_answer_byte_for_byte(tmp_path: Path, now: ChangingModel | None) -> None:
    release = built(tmp_path)
    answer = with_model(release, ChangingModel(WRITTEN)).ask(QUESTION)
    assert (answer.mode, answer.text) == (AnswerMode.GENERATED, WRITTEN)

    assert_same(replay(given(answer), with_model(release, now)), answer)


def test_a_reply_that_broke_off_is_replayed_with_its_note(tmp_path: Path) -> None:
    release = built(tmp_path)
    answer = with_model(release, ChangingModel(WRITTEN, error=ModelSlow("lento"))).ask(QUESTION)
    assert [note.kind for note in answer.notes] == ["generated_cut"]

    assert_same(replay(given(answer), with_model(release, None)), answer)


def test_other_passages_are_put_to_the_model_of_now(tmp_path: Path) -> None:
    answer = with_model(built(tmp_path / "then"), ChangingModel(WRITTEN)).ask(QUESTION)
    changed = built(tmp_path / "now", "Nel 2023 l'azienda AFOL Metropolitana era partecipata da 72 Comuni.")

    done = replay(given(answer), with_model(changed, ChangingModel(OTHER)))

    assert (done.after["mode"], done.after["text"]) == ("generated", OTHER)
    assert replay(given(answer), with_model(changed, None)).after["mode"] == "extractive"


def test_a_sentence_that_no_longer_passes_is_not_replayed(tmp_path: Path) -> None:
    release = built(tmp_path)
    receipt = given(with_model(release, ChangingModel(WRITTEN)).ask(QUESTION))
    reply = receipt.body["reply"]
    changed = with_reply(receipt, {**reply, "text": reply["text"].replace("71", "72")})

    assert "72" not in replay(changed, with_model(release, None)).after["text"]


def test_the_reply_is_kept_without_personal_data_and_sent_to_nobody(tmp_path: Path) -> None:
    release = built(tmp_path)
    answer = with_model(release, ChangingModel("Scrivi a mario.rossi@esempio.it.")).ask(QUESTION)
    receipt = given(answer)

    assert "mario.rossi" not in json.dumps(receipt.body)
    assert "Scrivi a" in receipt.body["reply"]["text"]
    assert "Scrivi a" not in json.dumps(answer_to_json(answer))


def test_an_extractive_answer_keeps_no_reply(tmp_path: Path) -> None:
    receipt = given(with_model(built(tmp_path), None).ask(QUESTION))

    assert "reply" not in receipt.body
    assert kept_reply(receipt) is None


def test_a_receipt_of_an_older_version_is_replayed_as_before(tmp_path: Path) -> None:
    release = built(tmp_path)
    receipt = given(with_model(release, ChangingModel(WRITTEN)).ask(QUESTION))
    receipt = with_reply(receipt, {"text": "senza il resto"})

    assert kept_reply(receipt) is None
    assert replay(receipt, with_model(release, ChangingModel(WRITTEN))).is_identical


def test_a_kept_reply_answers_nothing_else() -> None:
    kept = KeptReply(ModelReply("un'altra domanda", "testo", None, 1000))

    with pytest.raises(ModelError):
        list(kept.write(ChatPrompt("istruzioni", "domanda", {})))
