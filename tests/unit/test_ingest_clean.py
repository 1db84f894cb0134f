"""Cleaning: split words joined by what the document itself shows, encodings told, damage mended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import collapse, decode, gather_words, join_lines, join_pieces, repair
from kb.errors import UnreadableFile


def joined(*lines: str, elsewhere: str = "") -> str:
    return join_lines(lines, gather_words([*lines, *elsewhere.split("\n")]))


@pytest.mark.parametrize(
    ("lines", "elsewhere", "expected"),
    [
        (("accompagna-", "mento"), "", "accompagnamento"),
        (("un’a-", "zienda speciale"), "", "un’azienda speciale"),
        (("la de-", "carbonizzazione"), "la de-carbonizzazione", "la de-carbonizzazione"),
        (("partenariato pubblico-pri-", "vato"), "il privato", "partenariato pubblico-privato"),
        (("partnership pubbli-", "co-privato"), "il pubblico", "partnership pubblico-privato"),
        (("banda ultra-", "larga"), "la banda larga", "banda ultra-larga"),
        (("forze economico-", "sociali"), "economico e sociali", "forze economico-sociali"),
        (("One-stop-", "Shop"), "", "One-stop-Shop"),
        (("infrastrutture/", "servizi"), "", "infrastrutture/servizi"),
        (("di massa -", "si arricchisca"), "", "di massa - si arricchisca"),
        (("due  blanks ", " here"), "", "due blanks here"),
        (("anni 2019-", "2021"), "", "anni 2019- 2021"),
    ],
)
def test_line_ends(lines: tuple[str, ...], elsewhere: str, expected: str) -> None:
    assert joined(*lines, elsewhere=elsewhere) == expected


def test_fragments_of_split_words_are_no_words() -> None:
    words = gather_words(["la rigenera-", "zione urbana"]).words

    assert set(words) == {"la", "urbana"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_the_encoding_is_told(encoding: str) -> None:
    text = "L’attività è già in città: più qualità, perché no?"

    assert decode(text.encode(encoding), "a.txt") == (text, encoding)


@pytest.mark.parametrize("content", [b"", b"  \n ", bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9])
def test_what_is_no_text_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"«a\.txt»") as caught:
        decode(content, "a.txt")

    assert "\n" not in str(caught.value)


def test_damage_is_mended() -> None:
    assert repair("cittÃ\u00a0 eï¬ƒciente\u00ad\r\nefﬁciente") == "città efficiente\nefficiente"
    assert repair("citta\u0300") == "città"


@given(st.lists(st.text(alphabet="abcàè -/.,", min_size=1, max_size=12), max_size=6))
def test_joining_lines_loses_only_blanks_and_hyphens(lines: list[str]) -> None:
    text = join_lines(lines, gather_words(lines))

    def letters(value: str) -> str:
        return "".join(char for char in value if char not in " -")

    assert letters(text) == letters("".join(lines))
    assert text == collapse(text)


def test_pieces_join_over_a_column() -> None:
    words = gather_words(["proponendo", "proponendosi"])

    assert join_pieces("proponendo-", "si di favorire", words) == "proponendosi di favorire"
