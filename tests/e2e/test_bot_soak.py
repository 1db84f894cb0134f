"""2,000 messages from 200 chats through faults and a kill: one answer each, in order, in flat memory."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from bot.testing import FakeTelegram, Fault, running_bot, serving, serving_telegram

CHATS, EACH = 200, 10
SEED = 8
PAUSE_S = 0.02  # up to 50 messages a second; Telegram lets a bot send 30
MOST_GROWTH_MIB = 16


def answer_to(question: str) -> dict[str, Any]:
    """An answer in the contract's JSON that repeats its question."""
    citation = {
        **{"number": 1, "document": "piano", "title": "Piano di prova", "edition": None, "section": [], "driver": None},
        **{"article": None, "page_label": "7", "page_index": 7, "quote": question, "passage": "p_1", "start": 0},
        **{"end": len(question), "url": None},
    }
    return {
        **{"id": "ans_1", "question": question, "standalone_question": question, "language": "it"},
        **{"status": "answered", "mode": "extractive", "text": question, "notes": [], "suggestions": ["E poi?"]},
        **{"sentences": [{"text": question, "citations": [1], "support": 1.0}], "citations": [citation]},
        **{"release": "r_prova", "timings_ms": {}, "trace": []},
    }


@dataclass
class Weather:
    """Faults by chance, always the same for the same seed and order of requests."""

    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def telegram(self, method: str, _data: dict[str, Any]) -> Fault | None:
        """What goes wrong with a request of the bot."""
        with self.lock:
            luck = self.rng.random()
        if method == "getUpdates":
            return self._pick(luck, {"getUpdates 500": (0.02, Fault(500)), "getUpdates garbage": (0.02, GARBAGE)})
        if method in ("sendMessage", "editMessageText"):
            return self._pick(luck, SPEAKING)
        return self._pick(luck, {"other 500": (0.005, Fault(500)), "other 429": (0.002, Fault(429, retry_after=1))})

    def api_fails(self) -> bool:
        """True when the API is to answer 503."""
        with self.lock:
            failing = self.rng.random() < 0.02
        self.counts["api 503"] += failing
        return failing

    def _pick(self, luck: float, faults: dict[str, tuple[float, Fault]]) -> Fault | None:
        for name, (share, fault) in faults.items():
            luck -= share
            if luck < 0:
                self.counts[name] += 1
                return fault
        return None


GARBAGE = Fault(200, body='{"ok": true, "resu')
SPEAKING = {
    "429": (0.03, Fault(429, retry_after=1)),
    "500": (0.01, Fault(500)),
    "502 with a page": (0.01, Fault(502, body="<html>Bad Gateway</html>")),
    "500 after it was sent": (0.005, Fault(500, done_first=True)),
    "timeout": (0.005, Fault(500, hang_s=1.3)),
    "timeout after it was sent": (0.005, Fault(500, hang_s=1.3, done_first=True)),
    "garbage after it was sent": (0.005, Fault(200, body=GARBAGE.body, done_first=True)),
}


def resident_mib(pid: int) -> float:
    """Memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def answers_of(telegram: FakeTelegram, chat: int) -> list[str]:
    """What was answered in a chat, in order; sources that were opened are not answers."""
    return [text.partition(" [1]")[0] for text in telegram.texts(chat) if not text.startswith("Fonte")]


class People:
    """200 people who write, send the same thing twice, and tap old buttons."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram
        self._rng = random.Random(SEED + 1)
        self._pushed: list[tuple[int, dict[str, Any]]] = []
        self.duplicates = self.taps = 0

    def write_all(self, *, first: int, last: int) -> None:
        """Each chat's questions from first to last, chats mixed."""
        turns = [chat for chat in range(1, CHATS + 1) for _ in range(first, last)]
        self._rng.shuffle(turns)
        asked: Counter[int] = Counter()
        for turn in turns:
            body = {"message": self._telegram.message(turn, question_of(turn, first + asked[turn]))}
            asked[turn] += 1
            self._pushed.append((self._telegram.push(body), body))
            if self._rng.random() < 0.05:
                number, again = self._rng.choice(self._pushed)
                self._telegram.push(again, update_id=number)
                self.duplicates += 1
            if self._rng.random() < 0.05:
                self._tap()
            time.sleep(PAUSE_S)

    def _tap(self) -> None:
        shown = self._telegram.messages(self._rng.randint(1, CHATS))
        if not shown:
            return
        data = [b["callback_data"] for row in shown[0].buttons for b in row if b["callback_data"][0] in "sud"]
        self._telegram.tap_data(self._rng.choice(shown), self._rng.choice([*data, "s:vecchissima:1"]))
        self.taps += 1


def question_of(chat: int, at: int) -> str:
    return f"Domanda {at} della chat {chat}, che cosa dice il Piano?"


def answering(weather: Weather) -> Any:
    """An API that repeats questions, and is away now and then."""

    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if weather.api_fails():
            response = JSONResponse({"detail": "riavvio"}, 503)
        elif request.url.path == "/v1/documents":
            response = JSONResponse({"release": "r_prova", "documents": []})
        else:
            try:
                response = JSONResponse(answer_to((await request.json())["question"]))
            except ClientDisconnect:  # a killed bot leaves requests half sent
                return
        await response(scope, receive, send)

    return api


@pytest.mark.slow
def test_every_message_gets_exactly_one_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weather = Weather()

    telegram = FakeTelegram(faults=weather.telegram, keep_calls=False)
    with serving(answering(weather)) as address, serving_telegram(telegram):
        people, began = People(telegram), time.monotonic()
        answered = lambda: sum(len(answers_of(telegram, chat)) for chat in range(1, CHATS + 1))  # noqa: E731
        with running_bot(telegram, tmp_path, api_url=address, telegram_timeout_s="1") as first:
            writing = threading.Thread(target=people.write_all, kwargs={"first": 0, "last": EACH // 2})
            writing.start()
            telegram.wait_for(lambda: answered() > CHATS * EACH // 5, timeout_s=900, pause_s=0.5)
            first.kill()
            first.wait()
            at_kill = answered()
            writing.join()
        with running_bot(telegram, tmp_path, api_url=address, telegram_timeout_s="1") as second:
            telegram.wait_for(lambda: answered() >= CHATS * EACH // 2, timeout_s=900, pause_s=0.5)
            before_mib = resident_mib(second.pid)
            people.write_all(first=EACH // 2, last=EACH)
            telegram.wait_for(lambda: answered() >= CHATS * EACH, timeout_s=900, pause_s=0.5)
            time.sleep(2)  # what comes twice would come now
            after_mib = resident_mib(second.pid)
        elapsed_s = time.monotonic() - began

    wrong = {chat: got for chat in range(1, CHATS + 1) if (got := answers_of(telegram, chat)) != expected(chat)}
    with capsys.disabled():
        print(
            f"\nsoak: {answered()} answers to {CHATS * EACH} messages of {CHATS} chats in {elapsed_s:.0f} s, "
            f"killed after {at_kill}; chats wrong: {len(wrong)}; repeated updates: {people.duplicates}, "
            f"taps: {people.taps}; memory {before_mib:.0f} → {after_mib:.0f} MiB; faults: {dict(weather.counts)}"
        )
    assert {chat: unlike(got, expected(chat)) for chat, got in wrong.items()} == {}
    assert after_mib - before_mib < MOST_GROWTH_MIB
    assert [one for one in telegram.refused if "to edit not found" not in one and "not modified" not in one] == []


def expected(chat: int) -> list[str]:
    return [question_of(chat, at) for at in range(EACH)]


def unlike(got: list[str], wanted: list[str]) -> dict[str, Any]:
    """What is missing, too many or out of place, in few words."""
    more, less = Counter(got) - Counter(wanted), Counter(wanted) - Counter(got)
    return {"more": dict(more), "less": dict(less), "order": [text[8:10] for text in got]}
