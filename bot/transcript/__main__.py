"""
Write transcript.html and transcript.png: ten conversations with `bussola bot`, answered by the published release.

The bot is the real command; only Telegram is the fake of bot.testing. The picture needs Chromium and Pillow.
"""

from __future__ import annotations

import base64
import html
import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import yaml

from bot.testing import FakeTelegram, Sent, running_bot, serving_telegram
from bot.transcript.example import add_example
from kb.settings import load_settings

FOLDER = Path(__file__).resolve().parent
FIRST_ANSWER_S = 120.0  # the model is loaded at the start
SETTLED_S = 1.0
SCREEN = "1688,1900"
COLOURS = 64
PHOTO_WIDTH = 560  # dots: twice what a phone's screen here has
VOICE = {"file_id": "f", "file_unique_id": "u", "duration": 4}


def main(arguments: list[str]) -> int:
    """Have the conversations and draw them; 0 when all went well."""
    out = Path(arguments[0]).resolve() if arguments else FOLDER
    conversations = yaml.safe_load((FOLDER / "conversations.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as memory, serving_telegram(FakeTelegram()) as telegram:
        home = Path(memory)
        _move_in(home)
        with running_bot(telegram, home):
            screens = [list(_converse(telegram, chat, one)) for chat, one in enumerate(conversations, start=1)]
    phones = [_phone(one["title"], screen) for one, screen in zip(conversations, screens, strict=True)]
    page = Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(phones="\n".join(phones))
    (out / "transcript.html").write_text(page, encoding="utf-8")
    _draw(out / "transcript.html", out / "transcript.png")
    return 0


def _move_in(home: Path) -> None:
    """A home of its own with what is published and the example, unless an API answers."""
    settings = load_settings()
    if settings.api_url:
        return
    shutil.copytree(settings.home / "releases", home / "releases")
    for name in ("published", "ledger.sqlite3"):
        shutil.copy(settings.home / name, home / name)
    (home / "cache").symlink_to(settings.home / "cache")
    add_example(home)


def _converse(telegram: FakeTelegram, chat: int, conversation: dict[str, Any]) -> Iterator[str | Sent]:
    """What stands on the screen: HTML of what the person does, messages of the bot as they end up, toasts."""
    shown: set[int] = set()
    for step in conversation["steps"]:
        state, toasts = _state(telegram, chat), len(_toasts(telegram))  # before: the bot may be quicker than we are
        yield _do(telegram, chat, step, conversation.get("language", "it"))
        _settle(telegram, chat, state, toasts)
        for sent in telegram.messages(chat):
            if sent.message_id not in shown:
                shown.add(sent.message_id)
                yield sent
        for toast in _toasts(telegram)[toasts:]:
            yield f'<p class="toast">{html.escape(toast)}</p>'


def _do(telegram: FakeTelegram, chat: int, step: dict[str, str], language: str) -> str:
    if "tap" in step:
        # What came last may still be on its way, however long the bot was silent.
        sent = telegram.wait_for(
            lambda: next((s for s in reversed(telegram.messages(chat)) if step["tap"] in str(s.buttons)), None),
            timeout_s=FIRST_ANSWER_S,
        )
        assert sent is not None
        telegram.tap(sent, step["tap"])
        label = next(b["text"] for row in sent.buttons for b in row if step["tap"] in b["text"])
        return f'<p class="tap">tocca «{html.escape(label)}»</p>'
    if "send" in step:
        telegram.write(chat, None, language_code=language, **{step["send"]: VOICE})
        return '<p class="me">🎤 messaggio vocale</p>'
    telegram.write(chat, step["write"], language_code=language)
    return f'<p class="me">{html.escape(step["write"])}</p>'


def _settle(telegram: FakeTelegram, chat: int, before: list[tuple[int, int]], toasts: int) -> None:
    """Return once the bot has reacted and said all it had to say."""
    telegram.wait_for(
        lambda: _state(telegram, chat) != before or len(_toasts(telegram)) > toasts, timeout_s=FIRST_ANSWER_S
    )
    while (before := _state(telegram, chat)) is not None:
        time.sleep(SETTLED_S)
        if _state(telegram, chat) == before:
            return


def _state(telegram: FakeTelegram, chat: int) -> list[tuple[int, int]]:
    return [(sent.message_id, sent.edits) for sent in telegram.messages(chat)]


def _toasts(telegram: FakeTelegram) -> list[str]:
    """What taps were answered with in words; without, something else is to come."""
    said = [call.data.get("text", "") for call in telegram.calls if call.method == "answerCallbackQuery"]
    return [text for text in said if text]


def _phone(title: str, screen: list[str | Sent]) -> str:
    items = [item if isinstance(item, str) else _message(item) for item in screen]
    is_long = sum(len(item) for item in items) > 1800
    return (
        f'<section><h2>{html.escape(title)}</h2><div class="phone"><header>Bussola<small>bot</small></header>'
        f'<div class="chat{" long" if is_long else ""}">{"".join(items)}</div></div></section>'
    )


def _message(sent: Sent) -> str:
    rows = ["".join(f"<span>{html.escape(button['text'])}</span>" for button in row) for row in sent.buttons]
    picture = f'<img src="data:image/png;base64,{_small(sent.photo)}" alt="">' if sent.photo else ""
    return f'<div class="bot">{picture}{sent.html}</div>' + "".join(f'<div class="row">{row}</div>' for row in rows)


def _small(photo: bytes) -> str:
    """A picture at the width of a message, in Base64."""
    from PIL import Image

    with Image.open(io.BytesIO(photo)) as whole:
        small = whole.convert("RGB").resize((PHOTO_WIDTH, round(whole.height * PHOTO_WIDTH / whole.width)))
    out = io.BytesIO()
    small.quantize(COLOURS).save(out, "png", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def _draw(page: Path, picture: Path) -> None:
    """A picture of the page, in few colours so that it stays small."""
    from PIL import Image

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.stderr.write("Chromium non c'è: ho scritto solo la pagina.\n")
        return
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={SCREEN}", f"--screenshot={picture}"]
    subprocess.run([browser, *options, page.as_uri()], check=True, capture_output=True, timeout=60)
    with Image.open(picture) as drawn:
        drawn.convert("RGB").quantize(COLOURS).save(picture, optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
