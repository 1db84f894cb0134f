"""Click's own words come out in Italian."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kb.commands.italian import ITALIAN, MODULES, speak_italian


@click.group()
def house() -> None:
    """La casa."""


@house.command()
@click.argument("thing")
@click.option("--size", type=click.IntRange(1, 3), default=1, show_default=True, help="Quanto è grande.")
@click.option("--colour", type=click.Choice(["rosso", "blu"]), help="Di che colore è.")
def paint(thing: str, size: int, colour: str | None) -> None:
    """Dipinge una cosa con il colore che si sceglie, una volta o più volte, senza lasciare tracce in giro."""


@pytest.mark.parametrize("message", ITALIAN)
def test_every_word_of_the_table_is_still_one_of_clicks(message: str) -> None:
    """A new version of click may word a message otherwise, and then ours would no longer be found."""
    folder = Path(click.__file__).parent
    sources = "".join((folder / f"{name}.py").read_text(encoding="utf-8") for name in MODULES)

    assert repr(message)[1:-1] in sources


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--help"],
            ["Uso: house [OPZIONI] COMANDO [ARGOMENTI]...", "Opzioni:", "Comandi:", "Mostra questo aiuto", "in giro."],
        ),
        (["paint", "--help"], ["[OPZIONI] THING", "predefinito: 1"]),
        (["paint"], ["Manca l'argomento"]),
        (["paint", "muro", "tetto"], ["C'è un argomento di troppo (tetto)"]),
        (["paint", "muro", "--siz", "1"], ["L'opzione '--siz' non esiste."]),
        (["paint", "muro", "--size", "9"], ["Valore non valido per '--size': 9 è fuori dall'intervallo 1<=x<=3."]),
        (["paint", "muro", "--size", "x"], ["'x' non è un numero valido."]),
        (["paint", "muro", "--colour", "giallo"], ["'giallo' non è fra 'rosso', 'blu'."]),
        (["paint", "muro", "--size"], ["L'opzione '--size' vuole un valore."]),
        (["scava"], ["Il comando 'scava' non esiste."]),
    ],
)
def test_help_and_complaints_are_italian(arguments: list[str], said: list[str]) -> None:
    shown = CliRunner().invoke(speak_italian(house), arguments, prog_name="house").output

    for words in said:
        assert words in shown
