"""Names typed in lowercase are written as the documents write them."""

from __future__ import annotations

import pytest

from kb.answering.conversing.naming import as_named, with_last_driver
from kb.answering.weighing.weights import count_words
from kb.records import Passage, Span

TEXT = "Il Piano PUMS orienta gli spostamenti. Con il progetto Silam i Comuni lavorano, e DECIWATT fa la diagnosi."


class Shelf:
    """A release of these passages."""

    def __init__(self, passages: list[Passage]) -> None:
        self.id = f"r_{len(passages)}"
        self.passages = passages


def passage(driver: int | None = None) -> Passage:
    return Passage("p_1", "piano", TEXT, (Span(1, 0, len(TEXT)),), ("",), driver=driver)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("e il pums?", "e il PUMS?"),
        ("e il driver 3?", "e il Driver 3?"),
        ("quanto costa deciwatt", "quanto costa DECIWATT"),
        ("che cosa fanno i comuni del silam", "che cosa fanno i comuni del silam"),  # a name in small letters
        ("chi orienta gli spostamenti?", "chi orienta gli spostamenti?"),
        ("e a monza?", "e a monza?"),
    ],
)
def test_names_have_their_capitals(question: str, named: str) -> None:
    shelf = Shelf([passage()])
    assert as_named(question, shelf, count_words(shelf.passages)) == named


def test_the_last_driver_is_the_one_of_the_highest_number() -> None:
    shelf = Shelf([passage(3), passage(12), passage(None)])
    assert with_last_driver("Che cosa prevede l'ultimo Driver?", shelf) == "Che cosa prevede il Driver 12?"
    assert with_last_driver("Che cosa prevede l'ultimo Driver?", Shelf([])) == "Che cosa prevede l'ultimo Driver?"
