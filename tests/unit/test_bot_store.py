"""What the bot remembers and forgets."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.keys import Keys
from bot.sent import AHEAD, REACH, candidates, numbers_in
from bot.store import BotStore, Delivery, Erased, KeptAnswer
from kb.errors import StoreError

BODY = {"status": "answered", "release": "r_1", "citations": [], "suggestions": []}


@pytest.fixture
def store(tmp_path: Path) -> BotStore:
    return BotStore(tmp_path / "casa" / "bot.sqlite3")


def kept(code: str, chat: str = "ada", **more: int) -> KeptAnswer:
    return KeptAnswer(code, chat, BODY, **more)


def test_an_update_is_taken_in_once_and_waits_until_answered(store: BotStore, tmp_path: Path) -> None:
    assert store.take_in([(2, {"update_id": 2}), (3, {"update_id": 3})]) == [2, 3]
    assert store.take_in([(3, {"update_id": 3}), (4, {"update_id": 4})]) == [4]
    store.answered(3)
    store.close()

    again = BotStore(tmp_path / "casa" / "bot.sqlite3")
    assert again.unanswered() == [{"update_id": 2}, {"update_id": 4}]
    assert again.take_in([(3, {"update_id": 3})]) == []


def test_a_delivery_remembers_what_was_known_before_it(store: BotStore) -> None:
    store.note_numbers({"row": 40, "ada": 12})
    store.note_numbers({"row": 38})
    store.begin_delivery(2, 0, row="row", chat="ada")
    assert store.delivery(2, 0) == Delivery(40, 12, None)

    store.end_delivery(2, 0, message_id=41)
    assert store.delivery(2, 0) == Delivery(40, 12, 41)
    store.answered(2)
    assert store.delivery(2, 0) is None


def test_a_message_of_much_later_tells_where_what_may_have_been_sent_ends(store: BotStore) -> None:
    store.begin_delivery(2, 0, row="row", chat="ada")
    now = datetime.now(UTC)
    past, later = now - timedelta(minutes=1), now + timedelta(minutes=1)
    store.note_later([("row", 90, past), ("altra", 91, later)])
    assert store.delivery(2, 0) == Delivery(0, 0, None, None)

    store.note_later([("row", 92, later), ("row", 93, later)])
    assert store.delivery(2, 0) == Delivery(0, 0, None, 92)
    store.begin_delivery(2, 0, row="row", chat="ada")
    assert store.delivery(2, 0) == Delivery(0, 0, None, None), "a new try may come later"


def test_numbers_are_tried_as_far_as_a_message_can_be() -> None:
    last = {
        "few unknown": max(candidates(Delivery(100, 5), 120, 0)),
        "many held back": max(candidates(Delivery(100, 5), 120, 500)),
        "one known to be later": max(candidates(Delivery(100, 5, before_id=140), 9000, 500)),
        "a year of others": max(candidates(Delivery(100, 5), 90_000, 500)),
    }
    tried = list(candidates(Delivery(0, 5), 20, 0))

    assert last == {
        "few unknown": 120 + AHEAD,
        "many held back": 120 + AHEAD + 500,
        "one known to be later": 139,
        "a year of others": 100 + REACH,
    }
    assert tried[0] == 6
    assert sorted(tried) == list(range(1, 21 + AHEAD))


def test_a_memory_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    BotStore(path).take_in([(1, {"update_id": 1})])
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE pictures")
        connection.execute("DROP TABLE deliveries")
        connection.execute(
            "CREATE TABLE deliveries (update_id INTEGER, part INTEGER, after_id INTEGER NOT NULL, "
            "after_in_chat INTEGER NOT NULL, message_id INTEGER, PRIMARY KEY (update_id, part))"
        )
        connection.execute("INSERT INTO deliveries VALUES (1, 0, 40, 12, NULL)")
        connection.execute("UPDATE schema_version SET version = 1")
    connection.close()

    store = BotStore(path)
    assert store.delivery(1, 0) == Delivery(40, 12, None, None)
    store.keep_picture("pagina", "file", is_marked=True)
    assert store.picture("pagina") == ("file", True)
    assert store.unanswered() == [{"update_id": 1}]


def test_a_chats_ratings_are_named_for_taking_back(store: BotStore) -> None:
    for code, chat in (("c1", "ada"), ("c2", "ada"), ("c3", "bruno")):
        answer = KeptAnswer(code, chat, {**BODY, "id": f"ans_{code}"})
        store.keep_turn(answer, "domanda")
        store.rate(answer, "up")
    store.keep_turn(kept("c4"), "di una versione che non diceva il codice")
    store.rate(kept("c4"), "up")

    assert store.ratings_of("ada") == [("ans_c1", "c1"), ("ans_c2", "c2")]


def test_a_picture_is_kept_until_telegram_has_it_no_more(store: BotStore) -> None:
    assert store.picture("pagina") is None
    store.keep_picture("pagina", "uno", is_marked=True)
    store.keep_picture("pagina", "due", is_marked=False)
    assert store.picture("pagina") == ("due", False)
    store.drop_picture("pagina")
    assert store.picture("pagina") is None

    store.keep_picture("pagina", "tre", is_marked=True)
    store.expire(days=1, now=datetime.now(UTC) + timedelta(days=2))
    assert store.picture("pagina") is None


def test_the_last_six_questions_are_kept_and_a_repetition_is_none(store: BotStore) -> None:
    for at in range(8):
        store.keep_turn(kept(f"c{at}"), f"domanda {at}")
    store.keep_turn(kept("c7"), "domanda 7")

    assert store.turns("ada") == [f"domanda {at}" for at in range(2, 8)]
    assert store.turns("ada", before="c7") == [f"domanda {at}" for at in range(2, 7)]
    assert store.turns("bruno") == []


def test_an_answer_is_found_by_its_code_in_its_chat_alone(store: BotStore) -> None:
    store.keep_turn(kept("c1", question_id=5), "domanda")
    store.show_at("c1", message_id=6)

    found = store.answer("c1", "ada")
    assert found == KeptAnswer("c1", "ada", BODY, 5, 6)
    assert store.answer_to(5, "ada") == found
    assert store.answer("c1", "bruno") is None


def test_a_rating_takes_the_place_of_the_one_before(store: BotStore) -> None:
    store.rate(kept("c1"), "up")
    store.rate(kept("c1"), "down", reason="wrong")

    assert [(one["verdict"], one["reason"], one["status"]) for one in store.ratings()] == [
        ("down", "wrong", "answered")
    ]
    assert "chat" not in store.ratings()[0]


def test_erasing_leaves_nothing_of_a_chat_in_any_file(store: BotStore, tmp_path: Path) -> None:
    for chat in ("ada", "bruno"):
        store.keep_turn(kept(f"c-{chat}", chat), f"parola di {chat}")
        store.rate(kept(f"c-{chat}", chat), "up")
        store.choose_language(chat, "en")

    assert store.erase("ada") == Erased(turns=1, answers=1, feedback=1, preferences=1)
    assert store.erase("ada") == Erased(0, 0, 0, 0)
    assert store.turns("bruno") == ["parola di bruno"]
    assert store.language("ada") is None
    files = b"".join(path.read_bytes() for path in (tmp_path / "casa").iterdir())
    assert b"parola di ada" not in files
    assert b"parola di bruno" in files


def test_what_is_old_goes_and_what_waits_stays(store: BotStore) -> None:
    store.keep_turn(kept("c1"), "domanda")
    store.choose_language("ada", "en")
    store.take_in([(1, {"update_id": 1}), (2, {"update_id": 2})])
    store.answered(1)
    now = datetime.now(UTC)

    assert store.expire(days=30, now=now + timedelta(days=1)) == 0
    assert store.expire(days=30, now=now + timedelta(days=31)) == 4
    assert (store.turns("ada"), store.answer("c1", "ada"), store.language("ada")) == ([], None, None)
    assert store.unanswered() == [{"update_id": 2}]
    assert store.take_in([(1, {"update_id": 1})]) == [1]


def test_a_newer_file_is_refused_in_one_line(store: BotStore, tmp_path: Path) -> None:
    store.turns("ada")
    store.close()
    with sqlite3.connect(tmp_path / "casa" / "bot.sqlite3") as connection:
        connection.execute("UPDATE schema_version SET version = 99")

    with pytest.raises(StoreError, match="versione più nuova"):
        store.turns("ada")


def test_a_damaged_file_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite3").write_bytes(b"non e' un database" * 100)

    with pytest.raises(StoreError, match=r"bot\.sqlite3"):
        BotStore(tmp_path / "bot.sqlite3").turns("ada")


def test_a_chat_is_hidden_behind_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "casa")

    assert keys.hide(12) == Keys(tmp_path / "casa").hide(12) != Keys(tmp_path / "altra").hide(12)
    assert len({keys.hide(number) for number in range(-50, 50)}) == 100
    assert keys.code_of(7) != keys.code_of(8)
    assert (tmp_path / "casa" / "bot.key").stat().st_mode & 0o777 == 0o600


def test_a_spoilt_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.key").write_bytes(b"corta")

    keys = Keys(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreError, match="32 byte"):
            keys.hide(1)


def test_numbers_are_read_from_messages_in_the_row_they_stand_in(tmp_path: Path) -> None:
    keys = Keys(tmp_path)

    def read(chat: int) -> dict[str, int]:
        return numbers_in({"update_id": 1, "message": {"message_id": 9, "chat": {"id": chat}}}, keys)

    assert read(5) == {"row": 9, keys.hide(5): 9}
    assert read(-5) == {"row": 9, keys.hide(-5): 9}
    assert read(-1_000_000_000_005) == {keys.hide(-1_000_000_000_005): 9}
    assert numbers_in({"update_id": 1, "inline_query": {}}, keys) == {}
    assert numbers_in({"update_id": 1, "message": {"chat": "x"}}, keys) == {}
