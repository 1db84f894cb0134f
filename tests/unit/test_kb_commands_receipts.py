"""`bussola replay`: identical on the same release, a readable difference on another, one clear line for a fault."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kb.answering.receipts import receipt_of, settings_of
from kb.answering.replay import COMPARED, replay, settings_then
from kb.ledger import Ledger, Receipt, ledger_url
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release

QUESTION = "Quanti Comuni riunisce l'Agenzia per la formazione?"
PUMS = "Il PUMS riguarda la mobilità."


def text_of(number: int) -> str:
    return f"L'Agenzia per la formazione riunisce {number} Comuni del territorio."


def ask(house: Any, question: str = QUESTION, *more: str) -> dict[str, Any]:
    """The answer that the command gives."""
    status, out, _ = house.run("ask", question, "--json", *more)
    assert status == 0
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_the_same_release_gives_the_same_answer(house: Any) -> None:
    house.build(text_of(71), PUMS)
    answer = ask(house)

    status, out, _ = house.run("replay", str(answer["id"]), "--json")

    done = json.loads(out)
    assert status == 0
    assert (done["identical"], done["differences"], done["settings_changed"]) == (True, [], {})
    assert done["release"] == done["replayed_with"] == answer["release"]
    assert [done["after"][part] for part in COMPARED] == [answer[part] for part in COMPARED]
    assert "è identica" in house.run("replay", str(answer["id"]))[1]


def test_a_follow_up_is_replayed_with_its_history(house: Any) -> None:
    house.build(text_of(71), PUMS)
    answer = ask(house, "E del PUMS?", "--history", QUESTION, "--history", "Chi forma? Scrivi a a.b@esempio.it")

    done = json.loads(house.run("replay", str(answer["id"]), "--json")[1])

    assert done["identical"]
    assert done["after"]["id"] == answer["id"], "the same masked question and history"
    assert done["after"]["standalone_question"] == answer["standalone_question"] != "E del PUMS?"


def test_a_question_with_personal_data_replays_as_it_was_kept(house: Any) -> None:
    house.build(text_of(71), PUMS)
    answer = ask(house, f"{QUESTION} Il mio codice è RSSMRA85T10A562S")

    done = json.loads(house.run("replay", str(answer["id"]), "--json")[1])

    assert done["identical"]
    assert "RSSMRA" not in json.dumps(done)


def test_another_release_shows_what_changed(house: Any) -> None:
    old = house.build(text_of(71), PUMS)
    answer = ask(house)
    new = house.build(text_of(84), PUMS)

    assert json.loads(house.run("replay", str(answer["id"]), "--json")[1])["replayed_with"] == old
    status, out, _ = house.run("replay", str(answer["id"]), "--release", new)

    assert status == 0
    assert f"Con la versione {new} la risposta cambia" in out
    assert [line for line in out.splitlines() if line.startswith("  - ") and "71 Comuni" in line]
    assert [line for line in out.splitlines() if line.startswith("  + ") and "84 Comuni" in line]


def test_a_setting_of_then_is_used_again(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    house.build(text_of(71), PUMS)
    monkeypatch.setenv("BUSSOLA_CONTACT", "Ufficio di allora")
    answer = ask(house, "Quanto costa la tariffa della formazione?")
    assert "Ufficio di allora" in str(answer["text"])
    monkeypatch.setenv("BUSSOLA_CONTACT", "Ufficio di adesso")

    assert json.loads(house.run("replay", str(answer["id"]), "--json")[1])["identical"]


def test_what_cannot_be_restored_is_told(house: Any) -> None:
    house.build(text_of(71), PUMS)
    answer = ask(house)
    ledger = Ledger(ledger_url(house.home))
    kept = ledger.receipt(str(answer["id"]))
    body = {**kept.body, "settings": {**kept.body["settings"], "version": "0.0.1"}}
    ledger.keep(Receipt(kept.answer, kept.release, kept.status, body))
    ledger.close()

    assert "Da allora è cambiato version: «0.0.1»" in house.run("replay", str(answer["id"]))[1]


def test_an_unknown_answer_is_one_line(house: Any) -> None:
    status, out, err = house.run("replay", "ans_inventata")

    assert (status, out) == (2, "")
    assert "ans_inventata" in err
    assert len(err.splitlines()) == 1


def test_a_release_that_is_gone_is_one_line(house: Any) -> None:
    gone = house.build(text_of(71), PUMS)
    answer = ask(house)
    new = house.build(text_of(84), PUMS)
    shutil.rmtree(house.store.folder(gone))

    status, out, err = house.run("replay", str(answer["id"]))
    assert (status, out) == (2, "")
    assert gone in err
    assert "--release" in err
    assert len(err.splitlines()) == 1
    assert house.run("replay", str(answer["id"]), "--release", new)[0] == 0
    assert house.run("replay", str(answer["id"]), "--release", "r_inventata")[0] == 2


def test_a_receipt_without_its_question_is_one_line(house: Any) -> None:
    house.build(text_of(71), PUMS)
    ledger = Ledger(ledger_url(house.home))
    ledger.keep(Receipt("ans_old", "r_1", "answered", {"citations": []}))
    ledger.close()

    status, _, err = house.run("replay", "ans_old")
    assert (status, len(err.splitlines())) == (2, 1)
    assert "ans_old" in err


def test_without_an_answer_the_latest_are_listed(house: Any) -> None:
    assert "Nessuna ricevuta" in house.run("replay")[1]
    house.build(text_of(71), PUMS)
    answer = ask(house)

    assert str(answer["id"]) in house.run("replay")[1]
    assert json.loads(house.run("replay", "--json")[1])["receipts"][0]["answer"] == answer["id"]


def test_a_batch_leaves_a_receipt_each_and_counts_repetitions(house: Any, tmp_path: Path) -> None:
    house.build(text_of(71), PUMS)
    batch = tmp_path / "domande.jsonl"
    rows = [{"id": str(at), "question": QUESTION if at else "Ciao"} for at in range(3)]
    batch.write_text("\n".join(json.dumps(row) for row in rows))
    assert house.run("ask", "--batch", str(batch))[0] == 0

    ledger = Ledger(ledger_url(house.home))
    assert sorted(receipt.times for receipt in ledger.receipts()) == [1, 2]
    assert {receipt.channel for receipt in ledger.receipts()} == {"cli"}
    ledger.close()


def test_one_changed_character_is_a_difference() -> None:
    assistant = FakeAssistant(sample_release())
    receipt = receipt_of(assistant.ask("Quanti Comuni riunisce l'Agenzia?"), settings_of(Settings()))
    assert replay(receipt, assistant).is_identical
    said = receipt.body["answer"]
    text = said["text"].replace("71", "17")

    done = replay(Receipt("a", "r_prova", "answered", {**receipt.body, "answer": {**said, "text": text}}), assistant)

    assert not done.is_identical
    (difference,) = done.differences
    assert difference.part == "text"
    assert [line[0] for line in difference.lines()] == ["-", "+"]


def test_offsets_count_on_the_same_release_alone() -> None:
    assistant = FakeAssistant(sample_release())
    receipt = receipt_of(assistant.ask("Quanti Comuni riunisce l'Agenzia?"), settings_of(Settings()))
    said = json.loads(json.dumps(receipt.body["answer"]))
    said["citations"][0]["start"] = 1
    said["release"] = "r_altra"
    body = {**receipt.body, "answer": said}

    assert not replay(Receipt("a", "r_prova", "answered", body), assistant).is_identical
    assert replay(Receipt("a", "r_altra", "answered", body), assistant).is_identical


def test_settings_of_a_bare_receipt_are_those_of_today() -> None:
    settings = Settings(contact="Ufficio")

    assert settings_then(Receipt("a", "r", "answered", {}), settings) == settings
