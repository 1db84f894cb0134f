"""`bussola bot` as the real command, over HTTP: a fake Bot API on one side, the API with a fake assistant beyond."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from bot.testing import BOT, FakeTelegram, Sent, running_bot, serving, serving_telegram
from kb.records import Answer, AnswerMode, AnswerSentence, AnswerStatus
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release

QUESTION = "Che cosa riunisce l'Agenzia per la formazione?"
GROUP = -1_000_000_000_077
PEOPLE = itertools.count(100)


class Talker(FakeAssistant):
    """The fake assistant, with an answer of each sort that the bot has to show."""

    may_answer = threading.Event()
    """A slow answer waits for it."""

    asked: list[tuple[str, tuple[str, ...]]] = []  # noqa: RUF012 - one list for the module, read by the tests

    knows_examples = True

    def examples(self, wished: Sequence[str], *, language: str) -> tuple[str, ...]:
        """Those wished for, or none."""
        return tuple(wished) if self.knows_examples else ()

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        """What the sample release says, changed as the question's words ask."""
        self.asked.append((question, tuple(history)))
        answer = super().ask(question, history=history, mode=mode)
        if "lenta" in question:
            assert self.may_answer.wait(120)
        if "generica" in question:
            choices = ("Agenzia per la formazione", "Progetto Prova")
            return replace(answer, status=AnswerStatus.NEEDS_CLARIFICATION, text="Di quale?", suggestions=choices)
        if "lunga" in question:
            sentence = "Una <frase> & un’altra, perché la risposta non stia in un messaggio solo. " * 4
            sentences = tuple(AnswerSentence(f"{at}. {sentence.strip()}", (1,), 1.0) for at in range(40))
            return replace(answer, sentences=sentences)
        return replace(answer, suggestions=("Che cosa prevede il progetto Prova?",))


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """The address of an API that answers from the sample release."""
    settings = Settings(api_limit_citizen="100000/minute")
    with serving(create_app(lambda: Talker(sample_release()), settings), lifespan="on") as address:  # type: ignore[arg-type, return-value]
        yield address


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    """The fake Bot API; whatever it refused to a bot fails the module."""
    with serving_telegram(FakeTelegram()) as fake:
        yield fake
    assert [one for one in fake.refused if "blocked" not in one and "drafts" not in one] == []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bot")


@pytest.fixture(scope="module")
def bot(telegram: FakeTelegram, api: str, home: Path) -> Iterator[FakeTelegram]:
    """The fake Bot API with a bot at work behind it."""
    with running_bot(telegram, home, api_url=api):
        yield telegram


@pytest.fixture
def ada() -> int:
    """A chat that nobody has used yet."""
    return next(PEOPLE)


def ask(telegram: FakeTelegram, chat: int, text: str, **more: Any) -> Sent:
    """The message that answers a text."""
    before = len(telegram.messages(chat))
    telegram.write(chat, text, **more)
    return telegram.said(chat, before + 1)[-1]


def labels(sent: Sent) -> list[str]:
    return [button["text"] for row in sent.buttons for button in row]


def test_a_question_is_answered_with_its_source_behind_a_button(bot: FakeTelegram, ada: int) -> None:
    answer = ask(bot, ada, QUESTION)
    bot.tap(answer, "p. 120")
    source = bot.said(ada, 2)[1]

    assert answer.text.endswith("22 Comuni. [1]")
    assert source.text.startswith("Fonte 1")
    assert "Piano di prova, ed. 2022-2024, p. 120" in source.text
    assert "«orientamento» & lavoro" in source.text


def test_the_first_message_says_who_speaks_and_what_is_kept(bot: FakeTelegram, ada: int) -> None:
    first = ask(bot, ada, "/start")
    bot.tap(first, "AFOL")
    answered = bot.said(ada, 2)[1]

    assert all(word in first.text for word in ("sistema automatico", "Che cosa non so", "Privacy", "30 giorni"))
    assert len(labels(first)) == 3
    assert first.text.endswith("Scrivi la tua domanda, o tocca un esempio.")
    assert answered.text.startswith("Domanda: Quanti Comuni partecipano ad AFOL Metropolitana?")


def test_without_questions_that_the_documents_answer_none_is_offered(bot: FakeTelegram, ada: int) -> None:
    first = ask(bot, ada, "/start")
    Talker.knows_examples = False
    try:
        bot.tap(first, "AFOL")
        gone = bot.said(ada, 2)[1]
        now = ask(bot, ada, "/start")
    finally:
        Talker.knows_examples = True

    assert gone.text.startswith("I documenti sono cambiati e questo esempio non c'è più.")
    assert labels(now) == []
    assert now.text.endswith("Scrivi la tua domanda.")


def test_the_menu_is_shown_in_both_languages(bot: FakeTelegram, ada: int) -> None:
    ask(bot, ada, "/start")
    menus = {c.data.get("language_code", ""): c.data["commands"] for c in bot.calls if c.method == "setMyCommands"}

    assert set(menus) == {"", "en"}
    assert all(f'"{name}"' in menus["en"] for name in ("start", "aiuto", "driver", "fonti", "novita", "lingua"))
    assert {"setMyDescription", "setMyShortDescription"} <= {call.method for call in bot.calls}


def test_a_driver_is_shown_in_short_with_its_record_and_more_to_ask(bot: FakeTelegram, ada: int) -> None:
    listed = ask(bot, ada, "/driver")
    bot.tap(listed, "8 · Il lavoro al lavoro")
    page = bot.said(ada, 2)[1]
    bot.tap(page, "Che cosa prevede")
    asked = bot.said(ada, 3)[2]

    assert len(labels(listed)) == 10
    assert "Scheda Driver 8, edizione 2022-2024" in page.text
    assert "Con chi: Città metropolitana di Milano, AFOL Metropolitana, Centri per l’Impiego" in page.text
    assert asked.text.startswith("Domanda: Che cosa prevede il Driver 8?")
    assert ask(bot, ada, "/driver 3").text.startswith("Driver 3 · Sustain-Ability")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/aiuto", "Come si usa"),
        ("/help", "Come si usa"),
        ("/fonti", "Piano di prova, ed. 2022-2024"),
        ("/novita", "Questa è la prima versione dei documenti"),
        ("/novità", "Questa è la prima versione dei documenti"),
        ("/privacy", "Che cosa conservo"),
        ("/nuova", "Ho dimenticato la conversazione"),
        ("/boh", "non lo conosco"),
    ],
)
def test_every_command_has_its_reply(bot: FakeTelegram, ada: int, command: str, says: str) -> None:
    assert says in ask(bot, ada, command).text


def test_the_language_is_chosen_and_kept(bot: FakeTelegram, ada: int) -> None:
    bot.tap(ask(bot, ada, "/lingua"), "English")
    assert "I speak English" in bot.said(ada, 2)[1].text
    assert "automatic system" in ask(bot, ada, "/start").text


def test_english_is_spoken_to_whose_telegram_is_english(bot: FakeTelegram, ada: int) -> None:
    assert "How it works" in ask(bot, ada, "/aiuto", language_code="en-GB").text


def test_an_answer_is_rated_with_one_reason_at_most(bot: FakeTelegram, ada: int) -> None:
    answer = ask(bot, ada, QUESTION)
    bot.tap(answer, "👎")
    bot.wait_for(lambda: "È sbagliata" in labels(answer))
    bot.tap(answer, "È sbagliata")
    bot.wait_for(lambda: "È sbagliata" not in labels(answer))

    bot.wait_for(lambda: bot.toasts()[-2:] == ["Grazie. Se vuoi, dimmi perché.", "Grazie, l'ho segnato."])
    assert "👍" in labels(answer)


def test_suggestions_and_clarifying_questions_are_tapped(bot: FakeTelegram, ada: int) -> None:
    unclear = ask(bot, ada, "Una domanda generica?")
    bot.tap(unclear, "Progetto Prova")
    answer = bot.said(ada, 2)[1]
    bot.tap(answer, "Che cosa prevede")

    assert labels(unclear) == ["Agenzia per la formazione", "Progetto Prova"]
    assert answer.text.startswith("Domanda: Progetto Prova")
    assert bot.said(ada, 3)[2].text.startswith("Domanda: Che cosa prevede il progetto Prova?")


def test_what_the_documents_do_not_say_is_said_and_rated(bot: FakeTelegram, ada: int) -> None:
    answer = ask(bot, ada, "xyz?")

    assert answer.text == "I documenti non lo dicono."
    assert labels(answer) == ["👍", "👎", "Che cosa prevede il progetto Prova?"]


def test_earlier_questions_are_sent_along_until_forgotten(bot: FakeTelegram, ada: int) -> None:
    for text in (f"Prima di {ada}?", "E poi?", "/nuova", "E adesso?"):
        ask(bot, ada, text)

    mine = [(question, history) for question, history in Talker.asked if history[:1] == (f"Prima di {ada}?",)]
    assert mine == [("E poi?", (f"Prima di {ada}?",))]
    assert ("E adesso?", ()) in Talker.asked


def test_in_a_group_only_what_is_meant_for_it_is_answered(bot: FakeTelegram) -> None:
    mention = f"@{BOT['username']}"
    bot.write(GROUP, "Chiacchiere fra noi")
    named = bot.write(
        GROUP, f"{mention} {QUESTION}", entities=[{"type": "mention", "offset": 0, "length": len(mention)}]
    )
    answer = bot.said(GROUP)[0]
    reply = bot.message(GROUP, answer.text, message_id=answer.message_id) | {"from": BOT}
    replied = bot.write(GROUP, "E il progetto Prova?", reply_to_message=reply)
    bot.write(GROUP, f"/aiuto@{BOT['username']}")
    bot.write(GROUP, "/aiuto@UnAltroBot")

    assert [sent.reply_to for sent in bot.said(GROUP, 3)[:2]] == [named, replied]
    assert len(bot.messages(GROUP)) == 3
    assert mention not in Talker.asked[-2][0]


def test_passages_are_offered_inline(bot: FakeTelegram) -> None:
    person = {"id": 5, "is_bot": False, "first_name": "Ada", "language_code": "it"}
    for text in ("fo", "formazione orientamento"):
        bot.push({"inline_query": {"id": text, "from": person, "query": text, "offset": ""}})
    calls = bot.wait_for(lambda: [c for c in bot.calls if c.method == "answerInlineQuery"][1:])

    assert "Piano di prova, p. 120" in calls[-1].data["results"]
    assert "blockquote" in calls[-1].data["results"]


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}},
        {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]},
        {"document": {"file_id": "f", "file_unique_id": "u"}},
        {"sticker": {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "is_animated": False}
         | {"is_video": False, "type": "regular"}},
    ],
    ids=lambda content: next(iter(content)),
)  # fmt: skip
def test_what_is_no_text_is_refused_politely(bot: FakeTelegram, ada: int, content: dict[str, Any]) -> None:
    bot.write(ada, None, **content)

    assert bot.said(ada)[0].text.startswith("Leggo soltanto messaggi di testo")


def test_a_corrected_question_changes_its_answer(bot: FakeTelegram, ada: int) -> None:
    number = bot.write(ada, "Formazzione?")
    answer = bot.said(ada)[0]
    bot.push({"edited_message": bot.message(ada, QUESTION, message_id=number) | {"edit_date": int(time.time())}})
    bot.wait_for(lambda: "71 Comuni" in answer.text)

    assert len(bot.messages(ada)) == 1


def test_what_was_corrected_is_not_sent_along(bot: FakeTelegram, ada: int) -> None:
    ask(bot, ada, f"Prima di {ada}?")
    number = bot.write(ada, f"Sbagliata di {ada}?")
    bot.said(ada, 2)
    corrected = f"Corretta di {ada}?"
    bot.push({"edited_message": bot.message(ada, corrected, message_id=number) | {"edit_date": int(time.time())}})
    bot.wait_for(lambda: [question for question, _ in Talker.asked if question == corrected])
    ask_again = f"E poi, {ada}?"
    bot.write(ada, ask_again)
    bot.said(ada, 3)

    histories = {question: history for question, history in Talker.asked if str(ada) in question}
    assert histories[corrected] == (f"Prima di {ada}?",)
    assert histories[ask_again] == (f"Prima di {ada}?", corrected)


def test_whoever_blocks_the_bot_stops_nobody(bot: FakeTelegram, ada: int) -> None:
    bot.blocked.add(ada)
    bot.write(ada, QUESTION)
    other = next(PEOPLE)

    assert "71 Comuni" in ask(bot, other, QUESTION).text
    assert bot.messages(ada) == []


@pytest.mark.parametrize(("text", "says"), [("​ ‌", "è vuoto"), ("a" * 1200, "1200 caratteri")])
def test_empty_and_long_messages_are_told(bot: FakeTelegram, ada: int, text: str, says: str) -> None:
    assert says in ask(bot, ada, text).text


def test_fifty_messages_in_a_minute_get_thirty_answers_and_one_word(bot: FakeTelegram, ada: int) -> None:
    for at in range(50):
        bot.write(ada, f"{QUESTION} {at}")
    other = next(PEOPLE)

    assert "71 Comuni" in ask(bot, other, QUESTION).text
    bot.said(ada, 31)
    ask(bot, other, QUESTION)
    assert [text.startswith("Mi hai scritto troppi messaggi") for text in bot.texts(ada)] == [False] * 30 + [True]


def test_personal_data_goes_nowhere(bot: FakeTelegram, ada: int, home: Path) -> None:
    secret, name = "ada.lovelace@example.com", "Ada Prova"
    answer = ask(bot, ada, f"Scrivimi a {secret}: {QUESTION}")
    kept = b"".join(path.read_bytes() for path in home.glob("bot.sqlite3*"))
    log = (home / "bot.log").read_text()

    assert "Ho tolto dalla domanda i dati personali" in answer.text
    assert not [question for question, _ in Talker.asked if secret in question]
    bot.wait_for(lambda: secret.encode() not in b"".join(p.read_bytes() for p in home.glob("bot.sqlite3")))
    assert b"[dato personale]" in kept
    assert not [word for word in (secret, name, "Agenzia", "123456:") if word in log]


def test_everything_is_erased_on_request(bot: FakeTelegram, ada: int) -> None:
    answer = ask(bot, ada, QUESTION)
    bot.tap(answer, "👍")
    erased = ask(bot, ada, "/cancella")
    bot.tap(answer, "p. 120")
    bot.wait_for(lambda: "che non conservo più" in bot.toasts()[-1])

    assert "• Domande: 1\n• Risposte con le loro fonti: 1\n" in erased.text
    assert "• Valutazioni: 1 (1 anche dal registro del servizio)\n• Preferenze: 0\n" in erased.text


def test_a_long_answer_comes_whole_in_several_messages(bot: FakeTelegram, ada: int) -> None:
    bot.write(ada, f"Una risposta lunga: {QUESTION}")
    parts = bot.said(ada, 3)
    text = "\n".join(part.text for part in parts)

    assert [f"{at}. Una <frase> & un’altra" in text for at in range(40)] == [True] * 40
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]


def methods_to(telegram: FakeTelegram, chat: int) -> list[str]:
    """What the bot did in a chat, in order."""
    return [call.method for call in telegram.calls if call.data.get("chat_id") == str(chat)]


def test_who_waits_sees_that_something_is_done(bot: FakeTelegram, ada: int) -> None:
    """A draft where Telegram has them; in a group, a message that becomes the answer."""
    group = GROUP - 1
    bot.write(ada, "Una risposta lenta, per favore")
    bot.write(group, f"/start@{BOT['username']}")
    bot.said(group)
    reply = bot.message(group, "…", message_id=bot.messages(group)[0].message_id) | {"from": BOT}
    bot.write(group, "Una risposta lenta, per favore", reply_to_message=reply)
    waiting = bot.said(group, 2)[1]
    assert waiting.text == "Sto cercando nei documenti…"
    bot.wait_for(lambda: "sendMessageDraft" in methods_to(bot, ada))
    Talker.may_answer.set()
    bot.wait_for(lambda: waiting.text == "I documenti non lo dicono.")
    bot.said(ada)

    assert methods_to(bot, ada)[0] == "sendChatAction"
    assert bot.texts(ada) == ["I documenti non lo dicono."]
    assert len(bot.messages(group)) == 2
