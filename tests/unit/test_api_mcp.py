"""What a desktop assistant, or whoever asks at /mcp, is told of a fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from mcp.server.mcpserver.exceptions import ToolError

from api.mcp import _told_as_tool_error
from kb.errors import BussolaError, EmbedderError, InputError, NotFound, StoreError

HOME = Path("/srv/casa")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (InputError("la domanda è vuota."), "la domanda è vuota."),
        (NotFound("la versione r_1 non c'è più in /srv/casa/releases."), "il servizio non riesce a usare i suoi dati"),
        (StoreError("il registro /altrove non si può usare."), "il servizio non riesce a usare i suoi dati"),
        (EmbedderError("il modello in «/altrove» è danneggiato."), "il servizio non riesce a usare i suoi dati"),
    ],
)
def test_a_tool_tells_the_fault_and_no_place(error: BussolaError, told: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ToolError) as caught, _told_as_tool_error(HOME):
        raise error

    assert told in str(caught.value)
    assert "/srv" not in str(caught.value)
    assert "/altrove" not in str(caught.value)
    assert (str(error) in caplog.text) == (told not in str(error))
