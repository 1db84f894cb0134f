"""Notes at the foot of a page and the raised numbers that call them."""

from __future__ import annotations

from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.marks import Box
from ingest.readers.pdf.notes import called_numbers, drop_calls, find_notes


def line(text: str, base: float, size: float = 10.0) -> Line:
    return Line(text, Box(50, base - size, 300, base), base, size)


def test_a_call_is_taken_out_and_a_square_metre_stays() -> None:
    """A raised 2 after a word calls note 2; after a unit it is a power."""
    assert drop_calls("nel 2022² su 40 m² e 3 km²", {"2"}) == "nel 2022 su 40 m² e 3 km²"
    assert drop_calls("nel 2022²", {"1"}) == "nel 2022²"
    assert called_numbers(["Beni ¹³ e altri¹⁴"]) == {"13", "14"}


def test_small_lines_with_a_number_at_the_foot_are_notes() -> None:
    """Each number starts a note; a line without one goes on with it."""
    lines = [
        line("Testo.", 300),
        line("1 Prima nota", 700, 8),
        line("che va a capo.", 710, 8),
        line("2 Altra.", 720, 8),
    ]
    notes = find_notes(lines, called=set(), body=10, height=800)

    assert [[each.text for each in note] for note in notes] == [["1 Prima nota", "che va a capo."], ["2 Altra."]]


def test_a_list_in_the_body_is_no_note() -> None:
    """Numbered lines in the body's size that nothing calls stay where they are."""
    lines = [line("Testo:", 680), line("1 primo punto", 700), line("2 secondo punto", 720)]

    assert find_notes(lines, called=set(), body=10, height=800) == []
    assert len(find_notes(lines, called={"1"}, body=10, height=800)) == 2
