"""The ten conversations of the README are had with the real command; here the API's assistant is the fake."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.app import create_app
from bot.testing import serving
from bot.transcript import __main__ as transcript
from bot.transcript.__main__ import main
from kb.records import Page
from kb.settings import Settings
from kb.testing import FakeAssistant, FakeRelease, sample_release


def test_every_conversation_is_had_and_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "SETTLED_S", 0.3)
    monkeypatch.setattr(transcript, "_draw", lambda _page, _picture: None)
    sample = sample_release()
    counter = Page("guida", 2, "Agli sportelli di quartiere della Città metropolitana si chiede aiuto.")
    pages = [page for document in sample.documents for page in sample.pages(document)]
    release = FakeRelease([*sample.documents.values()], [*pages, counter])
    app = create_app(lambda: FakeAssistant(release), Settings(api_limit_citizen="100000/minute"))  # type: ignore[arg-type, return-value]
    with serving(app, lifespan="on") as address:
        monkeypatch.setenv("BUSSOLA_API_URL", address)
        assert main([str(tmp_path)]) == 0

    page = (tmp_path / "transcript.html").read_text(encoding="utf-8")
    assert page.count('<div class="phone">') == 10
    assert page.count("Leggo soltanto messaggi di testo") == 1
    assert "Ho tolto dalla domanda i dati personali" in page
    assert "Ho cancellato i dati di questa chat" in page
    assert "Fonte 1" in page
