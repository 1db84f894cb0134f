"""Where the bot's answers come from: an API that comes and goes, or this process and its releases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import kb.wiring
from bot.client import Rating, Unavailable, changes
from bot.handlers.buttons import REASONS
from bot.local import LocalSource
from bot.remote import ApiSource
from bot.sources import make_source
from kb.errors import NotFound, ReleaseError
from kb.ledger import Receipt
from kb.settings import Settings
from kb.testing import FakeAssistant, sample_release

PASSAGE = {"passage": "p_1", "document": "piano", "text": "…", "page_label": "7", "page_index": 7}


def api(answer: Callable[[httpx.Request], httpx.Response], *, patience_s: float = 1.0) -> ApiSource:
    return ApiSource(
        "http://prova/", timeout_s=1, patience_s=patience_s, transport=httpx.MockTransport(answer)
    )  # fmt: skip


def test_an_api_is_asked_with_the_history() -> None:
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        return httpx.Response(200, json={"status": "answered"})

    assert asyncio.run(api(answer).ask("E poi?", ["Prima?"])) == {"status": "answered"}
    assert asked == [b'{"question":"E poi?","history":["Prima?"]}']


def test_passages_come_with_their_documents_titles_in_one_request() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.copy_with(query=None).path))
        return httpx.Response(200, json={"passages": [PASSAGE | {"title": "Il Piano"}]})

    found = asyncio.run(api(answer).search("x", count=2))
    assert [one["title"] for one in found] == ["Il Piano"]
    assert asked == ["/v1/search"]


@pytest.mark.parametrize(
    "first",
    [httpx.Response(503), httpx.Response(200, text="<html>"), httpx.Response(200, json=[]), httpx.ConnectError("x")],
)
def test_an_api_that_restarts_is_waited_for(first: Any, fake_time: Any) -> None:
    replies = [first, httpx.Response(200, json={"status": "answered"})]

    def answer(_request: httpx.Request) -> httpx.Response:
        reply = replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    assert fake_time.run(api(answer).ask("x", [])) == {"status": "answered"}


def test_an_api_that_stays_away_is_unavailable(fake_time: Any) -> None:
    with pytest.raises(Unavailable, match="BUSSOLA_API_URL"):
        fake_time.run(api(lambda _request: httpx.Response(503), patience_s=20.0).ask("x", []))


class Releases:
    """The published release's name, and who was opened and closed."""

    def __init__(self) -> None:
        self.current: str | None = "r_1"
        self.closed: list[str] = []

    def published(self) -> str | None:
        return self.current

    def previous(self) -> str | None:
        return None

    def open(self, _settings: Settings) -> FakeAssistant:
        if self.current is None:
            raise NotFound("niente di pubblicato")
        release = sample_release()
        release.id = self.current
        release.close = lambda: self.closed.append(release.id)  # type: ignore[method-assign]
        return FakeAssistant(release)


@pytest.fixture
def releases(monkeypatch: pytest.MonkeyPatch) -> Releases:
    found = Releases()
    monkeypatch.setattr(kb.wiring, "release_store", lambda _settings: found)
    monkeypatch.setattr(kb.wiring, "open_assistant", found.open)
    return found


def test_examples_are_those_of_the_release_that_serves(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeAssistant, "examples", lambda _self, wished, language: tuple(wished[:1]))

    async def go() -> list[list[str]]:
        source = LocalSource(Settings())
        found = [await source.examples("it"), await source.examples("en")]
        await source.close()
        return found

    assert asyncio.run(go()) == [["Che cos'è l'Agenda strategica?"], ["What is the strategic agenda?"]]


def test_where_nothing_is_published_there_are_no_examples(releases: Releases) -> None:
    releases.current = None

    assert asyncio.run(LocalSource(Settings()).examples("it")) == []


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (httpx.Response(200, json={"release": "r_1", "questions": ["Chi paga?"]}), ["Chi paga?"]),
        (httpx.Response(404), []),
        (httpx.Response(503), []),
    ],
)
def test_an_api_is_asked_for_its_examples(reply: httpx.Response, found: list[str]) -> None:
    assert asyncio.run(api(lambda _request: reply).examples("it")) == found


def test_a_newly_published_release_takes_over_and_the_old_one_is_closed(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.local.LOOK_EVERY_S", 0.0)

    async def go() -> list[str]:
        source = LocalSource(Settings())
        seen = [await source.open(), (await source.ask("formazione", []))["release"]]
        releases.current = "r_2"
        seen += [(await source.ask("formazione", []))["release"], (await source.documents())["release"]]
        assert (await source.search("formazione", count=1))[0]["title"] == "Piano di prova"
        assert await source.differences() is None
        await source.close()
        return seen

    assert asyncio.run(go()) == ["r_1", "r_1", "r_2", "r_2"]
    assert releases.closed == ["r_1", "r_2"]


def test_a_release_that_breaks_under_way_is_unavailable(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_options: object) -> None:
        raise ReleaseError("danneggiata")

    async def go() -> None:
        source = LocalSource(Settings())
        await source.open()
        monkeypatch.setattr(FakeAssistant, "ask", broken)
        try:
            await source.ask("x", [])
        finally:
            await source.close()

    with pytest.raises(Unavailable, match="danneggiata"):
        asyncio.run(go())


def test_without_a_release_the_bot_does_not_start(releases: Releases) -> None:
    releases.current = None

    async def go() -> None:
        source = LocalSource(Settings())
        try:
            await source.open()
        finally:
            await source.close()

    with pytest.raises(NotFound):
        asyncio.run(go())


def test_the_settings_choose_the_source(tmp_path: Path) -> None:
    assert isinstance(make_source(Settings(home=tmp_path)), LocalSource)
    assert isinstance(make_source(Settings(home=tmp_path, api_url="http://x")), ApiSource)


def test_changes_are_told_by_document() -> None:
    before = [{"id": "a", "title": "A", "edition": "1"}, {"id": "b", "title": "B"}, {"id": "c", "title": "C"}]
    now = [{"id": "a", "title": "A", "edition": "2"}, {"id": "b", "title": "B"}, {"id": "d", "title": "D"}]

    found = {kind: [one["id"] for one in documents] for kind, documents in changes(now, before).items()}
    assert found == {"added": ["d"], "removed": ["c"], "changed": ["a"]}


def test_answers_of_this_process_leave_receipts_and_ratings_reach_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path)
    monkeypatch.setattr(kb.wiring, "open_assistant", lambda _settings: FakeAssistant(sample_release()))

    async def converse() -> None:
        source = LocalSource(settings)
        answer = await source.ask("Quanti Comuni? Scrivi a mario@esempio.it", ["E prima?"])
        for reason in (None, *REASONS):
            await source.rate(Rating(answer["id"], -1, reason, key="codice"))
        await source.rate(Rating(answer["id"], 1, None, key="altro"))
        await source.rate(Rating("ans_inventata", 1, None, key="terzo"))
        await source.close()

    asyncio.run(converse())

    ledger = kb.wiring.open_ledger(settings)
    receipt = ledger.receipt("ans_prova")
    ratings = ledger.feedback("ans_prova")
    ledger.close()
    assert (receipt.channel, receipt.body["history"]) == ("bot", ["E prima?"])
    assert "mario" not in repr(receipt)
    assert sorted((one.verdict, one.reason, one.channel) for one in ratings) == [
        (-1, REASONS[-1], "bot"),
        (1, None, "bot"),
    ], "a change of mind replaces"
    assert "ans_inventata" in caplog.text


@pytest.mark.parametrize("reply", [httpx.Response(204), httpx.Response(404), httpx.ConnectError("x")])
def test_a_rating_is_passed_to_the_api_once_and_never_in_the_way(reply: Any, caplog: pytest.LogCaptureFixture) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(reply, Exception):
            raise reply
        return reply

    asyncio.run(api(answer).rate(Rating("ans_1", -1, "wrong", key="codice")))

    (request,) = asked
    assert (request.method, request.url.path) == ("POST", "/v1/feedback")
    assert json.loads(request.content) == {"answer": "ans_1", "verdict": -1, "reason": "wrong", "key": "codice"}
    assert bool(caplog.records) == (not (isinstance(reply, httpx.Response) and reply.is_success))


def events(*told: tuple[str, Any]) -> str:
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in told)


def sentence(text: str) -> dict[str, Any]:
    return {"sentence": {"text": text, "citations": [1], "support": 1.0}, "citations": []}


def test_an_apis_sentences_are_told_as_they_come_and_anew_when_the_stream_breaks(fake_time: Any) -> None:
    answered = ("answer", {"status": "answered"})
    replies = [
        events(("sentence", sentence("Uno."))),
        events(("error", {"status": 503})),
        events(("sentence", sentence("Uno.")), ("sentence", sentence("Due.")), answered),
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        assert "text/event-stream" in request.headers["Accept"]
        return httpx.Response(200, text=replies.pop(0), headers={"Content-Type": "text/event-stream; charset=utf-8"})

    seen: list[list[str]] = []

    def heed(sentences: list[dict[str, Any]]) -> None:
        seen.append([one["text"] for one in sentences])

    assert fake_time.run(api(answer, patience_s=2).ask("x", [], on_sentences=heed)) == {"status": "answered"}
    assert seen == [["Uno."], ["Uno."], ["Uno.", "Due."]]


def test_sentences_of_this_process_are_told_before_the_answer(releases: Releases) -> None:
    seen: list[str] = []

    async def go() -> str:
        source = LocalSource(Settings())
        answer = await source.ask("formazione", [], on_sentences=lambda told: seen.extend(one["text"] for one in told))
        await source.close()
        return str(answer["text"])

    assert [asyncio.run(go())] == seen


def test_an_apis_differences_are_told_or_nobody_knows() -> None:
    known = httpx.Response(200, json={"documents": []})
    for reply, told in ((known, {"documents": []}), (httpx.Response(404), None), (httpx.ConnectError("x"), None)):

        def answer(_request: httpx.Request, reply: Any = reply) -> httpx.Response:
            if isinstance(reply, Exception):
                raise reply
            return reply  # type: ignore[no-any-return]

        assert asyncio.run(api(answer).differences()) == told


def test_ratings_are_taken_back_one_by_one_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    replies = [httpx.Response(200, json={"erased": 1}), httpx.Response(503), httpx.Response(200, json={"erased": 0})]
    asked: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, json.loads(request.content)))
        return replies.pop(0)

    ratings = [Rating(f"ans_{at}", 0, None, key=f"codice{at}") for at in range(3)]
    assert asyncio.run(api(answer).forget(ratings)) == 1
    assert asked[0] == ("DELETE", {"answer": "ans_0", "key": "codice0"})
    assert len(asked) == 3
    assert "alla sua scadenza" in caplog.text


def test_ratings_of_this_process_are_erased_from_the_ledger(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    ledger = kb.wiring.open_ledger(settings)
    ledger.keep(Receipt("ans_1", "r_1", "answered", {}))
    for key, channel in (("mia", "bot"), ("sua", "bot"), ("mia", "api")):
        ledger.add_feedback("ans_1", 1, channel=channel, key=key)

    async def go() -> int:
        source = LocalSource(settings)
        gone = await source.forget([Rating("ans_1", 0, None, key="mia"), Rating("ans_2", 0, None, key="mia")])
        await source.close()
        return gone

    assert asyncio.run(go()) == 1
    assert sorted(one.channel for one in ledger.feedback("ans_1")) == ["api", "bot"]
    ledger.close()
