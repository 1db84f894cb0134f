"""A source is shown with the picture of its page, the quote highlighted."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx
import pytest
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

import kb.wiring
from api.app import create_app
from bot.handlers.pictures import LONGEST_CAPTION, MOST_SIDES, fits
from bot.local import LocalSource
from bot.remote import ApiSource
from bot.testing import FakeTelegram, Sent, running_bot, serving, serving_telegram
from ingest.readers.pdf.reader import read_pdf
from ingest.sources import SourceStore
from kb.answering.serialize import answer_to_json
from kb.records import Document, DocumentKind, Page
from kb.settings import Settings
from kb.testing import FakeAssistant, FakeRelease

SHORT = "Nel Piano di prova si piantano cinquecento alberi."
LONG = [f"Riga {at}: la biblioteca di quartiere apre la sera, il sabato e la domenica mattina." for at in range(24)]
QUESTIONS = {"short": "Quanti alberi si piantano?", "long": "Quando apre la biblioteca di quartiere?"}
PEOPLE = itertools.count(900)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> FakeRelease:
    """A PDF of two pages, one with little text and one with more than fits a caption, beside a guide without a file."""
    path = tmp_path_factory.mktemp("pdf") / "piano.pdf"
    canvas = Canvas(str(path), pagesize=A5)
    canvas.drawString(40, 500, SHORT)
    canvas.showPage()
    for at, line in enumerate(LONG):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(40, 560 - 16 * at, line)
    canvas.save()
    document = Document("piano", "Piano", DocumentKind.PLAN, hashlib.sha256(path.read_bytes()).hexdigest())
    guide = Document("guida", "Guida", DocumentKind.GUIDE, "1" * 64)
    first, second = (page.text for page in read_pdf(path).pages)
    pages = [Page("piano", 1, first), Page("piano", 2, second), Page("guida", 1, "La guida spiega gli sportelli.")]
    found = FakeRelease([document, guide], pages)
    found.path = path  # type: ignore[attr-defined]
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, release: FakeRelease) -> Path:
    """A home that keeps the original."""
    home = tmp_path_factory.mktemp("home")
    SourceStore(home).keep(release.path, release.documents["piano"])  # type: ignore[attr-defined]
    return home


@pytest.fixture(scope="module")
def api(release: FakeRelease, home: Path) -> Iterator[str]:
    app = create_app(lambda: FakeAssistant(release), Settings(home=home, api_limit_citizen="100000/minute"))  # type: ignore[arg-type, return-value]
    with serving(app, lifespan="on") as address:
        yield address


@pytest.fixture(scope="module")
def bot(api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    with serving_telegram(FakeTelegram()) as fake, running_bot(fake, tmp_path_factory.mktemp("bot"), api_url=api):
        yield fake
    assert [one for one in fake.refused if "file identifier" not in one] == []


def open_source(bot: FakeTelegram, question: str, *, messages: int = 1) -> list[Sent]:
    """What comes of asking in a new chat and tapping the first source."""
    chat = next(PEOPLE)
    bot.write(chat, question)
    bot.tap(bot.wait_for(lambda: bot.messages(chat))[0], "1 ·")
    bot.wait_for(lambda: len(bot.messages(chat)) == 1 + messages)
    return bot.messages(chat)[1:]


def uploads(bot: FakeTelegram) -> list[bool]:
    """Of each picture sent, whether it was uploaded; else its file id was used."""
    return [isinstance(call.data["photo"], bytes) for call in bot.calls if call.method == "sendPhoto"]


def test_a_source_is_the_picture_of_its_page_with_quote_and_place_under_it(bot: FakeTelegram) -> None:
    (shown,) = open_source(bot, QUESTIONS["short"])

    assert shown.photo is not None and shown.photo.startswith(b"\x89PNG")
    assert shown.text.startswith("Fonte 1\n" + SHORT)
    assert "Piano, pagina 1 del file" in shown.text
    assert shown.text.endswith("Nell'immagine la citazione è evidenziata.")


def test_a_picture_goes_to_telegram_once_and_again_only_when_it_is_gone_there(bot: FakeTelegram) -> None:
    open_source(bot, QUESTIONS["short"])
    before = len(uploads(bot))
    (again,) = open_source(bot, QUESTIONS["short"])
    bot.files.clear()
    (renewed,) = open_source(bot, QUESTIONS["short"])

    assert uploads(bot)[before:] == [False, False, True]
    assert again.photo == renewed.photo


def test_a_quote_too_long_for_a_caption_comes_first_by_itself(bot: FakeTelegram) -> None:
    text, picture = open_source(bot, QUESTIONS["long"], messages=2)
    bot.files.clear()
    text_again, renewed = open_source(bot, QUESTIONS["long"], messages=2)

    assert len(text.text) > LONGEST_CAPTION
    assert "Riga 23" in text.text
    assert picture.text == "Nell'immagine la citazione è evidenziata."
    assert picture.photo == renewed.photo
    assert text_again.text == text.text


def test_a_source_without_a_picture_is_its_text(bot: FakeTelegram) -> None:
    (shown,) = open_source(bot, "Che cosa spiega la guida sugli sportelli?")

    assert shown.photo is None
    assert shown.text.startswith("Fonte 1\nLa guida spiega gli sportelli.")


@pytest.mark.parametrize(
    ("width", "height", "taken"), [(1280, 1810, True), (1, MOST_SIDES, False), (100, 2100, False), (0, 0, False)]
)
def test_only_what_telegram_takes_is_sent_as_a_photo(width: int, height: int, taken: bool) -> None:
    header = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")

    assert fits(header) is taken
    assert not fits(b"GIF89a" + header)


def test_in_this_process_the_page_of_the_release_of_the_answer_is_drawn(
    release: FakeRelease, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = FakeRelease([release.documents["guida"]], [Page("guida", 1, "La guida spiega gli sportelli.")])
    newer.id = "r_nuova"
    monkeypatch.setattr(kb.wiring, "open_assistant", lambda _settings: FakeAssistant(newer))
    monkeypatch.setattr(kb.wiring, "open_release", lambda _settings, id_: nullcontext({release.id: release}[id_]))
    citation = answer_to_json(FakeAssistant(release).ask(QUESTIONS["short"]))["citations"][0]

    async def draw() -> tuple[object, object]:
        source = LocalSource(Settings(home=home))
        drawn = await source.picture(citation, release.id)
        lacking = await source.picture({**citation, "document": "guida"}, newer.id)
        await source.close()
        return drawn, lacking

    drawn, lacking = asyncio.run(draw())
    assert getattr(drawn, "is_marked", None) is True
    assert lacking is None


def test_an_api_that_serves_another_release_is_not_asked_for_a_picture() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, content=json.dumps({"release": "r_2", "documents": []}))

    source = ApiSource("http://prova", timeout_s=1, transport=httpx.MockTransport(answer))
    citation = {"document": "piano", "page_index": 1, "start": 0, "end": 3}

    assert asyncio.run(source.picture(citation, "r_1")) is None
    assert asked == ["/v1/documents"]
