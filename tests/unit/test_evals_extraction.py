"""The measure of extraction, worked by hand."""

from __future__ import annotations

import pytest

from evals.extraction import Declared, fold_words, join_pages, measure_declared, measure_extraction
from kb.errors import InputError
from kb.records import Block, Page

TEN = "uno due tre quattro cinque sei sette otto nove dieci"


def test_a_text_finds_itself_whole() -> None:
    """Ten words hold three runs of eight."""
    result = measure_extraction(TEN, TEN)

    assert (result.runs, result.found, result.share) == (3, 3, 1.0)


def test_one_wrong_word_loses_the_runs_that_hold_it() -> None:
    """Of the three runs only the last (three … ten) lacks the word "due", so one in three is found."""
    result = measure_extraction(TEN.replace("due", "DUO"), TEN)

    assert (result.runs, result.found) == (3, 1)
    assert result.share == pytest.approx(1 / 3)


def test_runs_out_of_order_count_once() -> None:
    """Two blocks of eight words, swapped: 9 runs, each block holds one that stands whole; only one keeps the order."""
    first, second = " ".join("abcdefgh"), " ".join("ilmnopqr")

    result = measure_extraction(f"{second} {first}", f"{first} {second}")

    assert (result.runs, result.found) == (9, 1)


def test_words_of_another_column_break_every_run() -> None:
    """A line of the other column after each four words leaves no run whole."""
    mixed = "uno due tre quattro ALTRO cinque sei sette otto ALTRO nove dieci"

    assert measure_extraction(mixed, TEN).found == 0


def test_a_run_is_matched_one_to_one() -> None:
    """The source says the run twice, the extraction once: one of the runs that hold it stays unfound."""
    run = " ".join("abcdefgh")

    result = measure_extraction(run, f"{run} x y z v w q r s {run}")

    assert (result.runs, result.found) == (17, 1)


def test_case_hyphens_apostrophes_and_ligatures_do_not_count_but_accents_do() -> None:
    """Words are compared as a reader would, with their accents."""
    assert fold_words("L'Efﬁcienza — lock-in, «città» inter\u00adna") == [
        "l",
        "efficienza",
        "lock",
        "in",
        "città",
        "interna",
    ]
    assert fold_words("citta") != fold_words("città")


def test_many_repeats_stay_fast_and_exact() -> None:
    """A text of one word said 3,000 times has one run, matched each time."""
    text = "no " * 3000

    assert measure_extraction(text, text).found == 3000 - 7


def test_too_short_a_source_is_refused() -> None:
    """Seven words hold no run; a share of nothing is not a share."""
    with pytest.raises(InputError, match="8 parole"):
        measure_extraction(TEN, "uno due tre quattro cinque sei sette")


def test_a_block_that_continues_is_joined_across_pages() -> None:
    """The sentence that a page leaves open goes on, and a word cut at the page's end is whole again."""
    pages = [
        Page("", 1, "Titolo\nLa strada pub-", (Block(0, 6), Block(7, 21))),
        Page("", 2, "blica apre.\nFine.", (Block(0, 11, continues=True), Block(12, 17))),
    ]

    assert join_pages(pages) == "Titolo\nLa strada pubblica apre.\nFine."


def test_unreadable_pages_declared_by_hand() -> None:
    """Of pages 2 and 3, which can't be read, one was declared; page 4 was declared and is good."""
    pages = [Page("d", n, "testo", readable=n not in (2, 4)) for n in (1, 2, 3, 4)]
    assert measure_declared(pages, [2, 3]) == Declared(bad=2, declared=1, wrongly=1)
    assert measure_declared(pages, []) == Declared(bad=0, declared=0, wrongly=2)
    with pytest.raises(InputError, match="pagina 9"):
        measure_declared(pages, [9])
