from __future__ import annotations

from pathlib import Path

import pytest

from kb import wiring
from kb.errors import NotFound, ReleaseError
from kb.ports import Embedder
from kb.settings import Settings
from kb.testing import FakeEmbedder, fake_parts, intake_of


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(wiring, "index_parts", fake_parts)
    monkeypatch.setattr(wiring, "make_embedder", lambda _settings, **_: FakeEmbedder())
    return Settings(home=tmp_path)


def test_the_published_release_opens_unless_another_is_named(settings: Settings) -> None:
    one = wiring.build(settings, intake_of({"d": ["Uno."]})).id
    two = wiring.build(settings, intake_of({"d": ["Due."]})).id
    wiring.release_store(settings).publish(one)

    assert wiring.open_release(settings).id == one
    assert wiring.open_release(settings, two[:8]).id == two


def test_with_nothing_published_the_remedy_is_named(settings: Settings) -> None:
    for use in (wiring.open_release, wiring.open_assistant):
        with pytest.raises(NotFound, match=r"bussola ingest.*bussola publish"):
            use(settings)


def test_an_assistant_answers_from_the_release_that_was_built(settings: Settings) -> None:
    text = "I Comuni che partecipano ad AFOL Metropolitana sono 71."
    id_ = wiring.build(settings, intake_of({"d": [text], "e": ["Il consumo di suolo cala."]})).id
    assistant = wiring.open_assistant(settings, id_)
    assert assistant.ask("Quanti Comuni partecipano ad AFOL Metropolitana?").release == id_


def test_an_assistant_with_another_model_than_the_builder_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = wiring.build(settings, intake_of({"d": ["Uno."]})).id

    def other(_settings: Settings, *, asking: bool = False) -> Embedder:
        return FakeEmbedder(32)

    monkeypatch.setattr(wiring, "make_embedder", other)
    with pytest.raises(ReleaseError, match="BUSSOLA_EMBED_MODEL"):
        wiring.open_assistant(settings, id_)


def test_the_ledger_lies_where_the_settings_say(settings: Settings, tmp_path: Path) -> None:
    elsewhere = Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/elsewhere.sqlite3")
    id_ = wiring.build(settings, intake_of({"d": ["Uno."]})).id
    wiring.release_store(elsewhere).publish(id_)

    assert [line.release for line in wiring.open_ledger(elsewhere).publications()] == [id_]
    assert wiring.open_ledger(settings).publications() == []
