"""The guides: what they link to, show and name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bussola import PLACES
from kb.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ("LEGGIMI.md", "api/deploy/CRESCITA.md")
TEMPLATES = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted((ROOT / "api" / "web" / "templates").rglob("*.html"))
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(text: str) -> set[str]:
    """The addresses that headings get on a page."""
    return {re.sub(r"[^\w\s-]", "", title.lower()).replace(" ", "-") for title in re.findall(r"(?m)^#+ (.+)$", text)}


@pytest.mark.parametrize("name", GUIDES)
def test_links_and_pictures_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", text_of(name)):
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("name", GUIDES)
def test_files_named_in_code_are_there(name: str) -> None:
    for path in re.findall(r"`((?:tests|api/deploy)/[\w./-]+)`", text_of(name)):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("name", GUIDES)
def test_commands_and_settings_are_those_there_are(name: str) -> None:
    text = text_of(name)
    known = {f"BUSSOLA_{field.upper()}" for field in Settings.model_fields} | {"BUSSOLA_"}

    assert set(re.findall(r"(?<=bussola )(?!-)[a-z]+(?=[ `\n])", " ".join(re.findall(r"`[^`\n]+`", text)))) <= set(
        PLACES
    )
    assert set(re.findall(r"BUSSOLA_[A-Z_]*", text)) <= known


def test_the_italian_guide_names_buttons_and_pages_as_they_are_written() -> None:
    """What a person is told to press stands in the pages, word for word."""
    for name in (
        "Carica documenti",
        "Costruisci la candidata",
        "Valuta e pubblica",
        "Torna a quella",
        "Copia come citazione",
        "Copia testo e citazione",
        "Area personale",
        "Novità",
        "Giudizi",
        "Lacune",
        "Chiavi",
        "Revoca",
    ):
        assert f"**{name}**" in text_of("LEGGIMI.md"), name
        assert name in TEMPLATES, name


def test_screenshots_are_small() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\((api/deploy/schermate/[\w.]+)\)", text_of("LEGGIMI.md"))

    assert 3 <= len(shown) <= 5
    for described, path in shown:
        assert len(described) > 20
        assert (ROOT / path).stat().st_size < 200_000
    assert {Path(path).name for _, path in shown} == {file.name for file in (ROOT / "api/deploy/schermate").iterdir()}
