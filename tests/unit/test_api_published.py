"""What a service opens: a release of which a file changed is served, since what it quotes is checked, and told."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from api.published import published_source
from kb.settings import load_settings


@pytest.mark.parametrize("name", ["vectors.npy", "lexical/texts.json"])
def test_a_bit_that_the_disk_turned_is_told_when_the_release_is_opened(
    house: Any, name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUSSOLA_HOME", str(house.home))
    release = house.build("Il parco di Prova ha 12 alberi.")
    source, published = published_source(load_settings())
    with caplog.at_level(logging.ERROR):
        source().release.close()
    assert (published(), caplog.messages) == (release, [])

    file = house.store.folder(release) / name
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with caplog.at_level(logging.ERROR):
        source().release.close()

    (message,) = caplog.messages
    assert f"la versione {release} è danneggiata ({name} non è quello che fu scritto)" in message
    assert "bussola rollback" in message
