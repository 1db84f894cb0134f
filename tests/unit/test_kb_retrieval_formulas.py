"""The formulas of the search, against figures worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kb.records import Document, DocumentKind, Passage, Span
from kb.retrieval.fusion import bm25_shares, fuse
from kb.retrieval.interaction import block_maxima, coverage, window_coverage
from kb.retrieval.ranker import LinearModel, shipped_model
from kb.retrieval.search_text import search_text
from kb.retrieval.spelling import SpellingBook, edit_distance, slip_of_hand
from kb.retrieval.vocabulary import harvest_acronyms, read_vocabulary


def passage(text: str, *section: str, driver: int | None = None) -> Passage:
    return Passage("p", "d", text, (Span(1, 0, len(text)),), ("",), section=section, driver=driver)


def test_shares_are_of_the_most_a_question_can_reach() -> None:
    assert bm25_shares({"a": 3.0, "b": 1.5}, 6.0) == {"a": 0.5, "b": 0.25}
    assert bm25_shares({"a": 3.0}, 0.0) == {"a": 0.0}


def test_fused_scores_are_a_weighted_sum() -> None:
    found = fuse({"a": 0.9, "b": 0.8}, {"b": 0.5, "c": 0.25}, weight=0.8)

    # a: .8 × .9; b: .8 × .8 + .2 × .5; c was not named by the vectors: .8 × .8 (their least) + .2 × .25
    assert found == pytest.approx({"a": 0.72, "b": 0.74, "c": 0.69})


def test_no_lexical_match_adds_nothing() -> None:
    """Without words in common the fused order is the vectors' own, and no passage joins."""
    found = fuse({"a": 0.9, "b": 0.8}, {})

    assert found == pytest.approx({"a": 0.72, "b": 0.64})
    assert fuse({}, {}) == {}


# Two passages of 3 and 2 places; two parts of a question.
SIMILARITY = np.array([[0.1, 0.9, 0.2, 0.4, 0.3], [0.8, 0.0, 0.1, 0.2, 0.6]], dtype=np.float32)
LENGTHS = np.array([3, 2])
WEIGHTS = np.array([3.0, 1.0], dtype=np.float32)


def test_blocks_stay_within_their_passage() -> None:
    blocks, counts = block_maxima(SIMILARITY, LENGTHS, block=2)

    assert counts.tolist() == [2, 1]
    assert blocks == pytest.approx(np.array([[0.9, 0.2, 0.4], [0.8, 0.1, 0.6]]))


def test_coverage_is_the_weighted_mean_of_the_best() -> None:
    blocks, counts = block_maxima(SIMILARITY, LENGTHS, block=1)

    # (3 × .9 + 1 × .8) / 4 and (3 × .4 + 1 × .6) / 4
    assert coverage(blocks, counts, WEIGHTS) == pytest.approx([0.875, 0.45])


def test_window_coverage_counts_what_stands_together() -> None:
    blocks, counts = block_maxima(SIMILARITY, LENGTHS, block=1)

    # width 1, best place: (3 × .9 + 0) / 4; in the second passage (3 × .3 + .6) / 4 = .375 against (1.2 + .2) / 4 = .35
    assert window_coverage(blocks, counts, WEIGHTS, width=1) == pytest.approx([0.675, 0.375])
    # width 2: places 1 and 2 hold .9 and .8; width 9 is the whole passage
    assert window_coverage(blocks, counts, WEIGHTS, width=2) == pytest.approx([0.875, 0.45])
    assert window_coverage(blocks, counts, WEIGHTS, width=9) == pytest.approx(coverage(blocks, counts, WEIGHTS))


def test_a_model_is_a_weighted_sum() -> None:
    model = LinearModel("t", {"a": 2.0, "b": -1.0}, bias=0.5)
    features = {"a": np.array([1.0, 0.0], dtype=np.float32), "b": np.array([0.5, 1.0], dtype=np.float32)}

    assert model.score(features) == pytest.approx([2.0, -0.5])
    assert model.fits(features)
    assert not model.fits({"a": features["a"]})


@pytest.mark.parametrize("name", ["ranker", "confidence", "confidence_plain"])
def test_shipped_weights_have_a_version(name: str) -> None:
    model = shipped_model(name)

    assert model.version
    assert model.weights


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("casa", "casa", 0), ("casa", "cassa", 1), ("casa", "csaa", 1), ("casa", "cose", 2), ("casa", "pesi", 3)],
)
def test_edit_distance(one: str, other: str, slips: int) -> None:
    assert edit_distance(one, other, limit=5) == slips
    assert edit_distance(one, other, limit=1) == min(slips, 2)


def test_slips_of_the_hand() -> None:
    assert slip_of_hand("consummo", "consumo")
    assert slip_of_hand("conusmo", "consumo")
    assert not slip_of_hand("risotto", "ridotto")
    assert not slip_of_hand("parola", "parla")


def test_a_form_of_a_known_stem_is_no_typo() -> None:
    assert SpellingBook({"partecipato": 1, "partecipano": 1}).correct(["partecipare"]) == {}
    assert SpellingBook({"a": 1}).correct([]) == {}
    assert SpellingBook({"consumi": 1, "consumo": 5}).correct(["consumpo"]) == {"consumpo": "consumo"}


def test_acronyms_are_harvested_where_the_initials_spell_them() -> None:
    found = harvest_acronyms(
        [
            "approva il Piano Urbano per la Mobilità Sostenibile (PUMS), che",
            "i Luoghi\nUrbani per la Mobilità (LUM)",
            "il PTM (Piano Territoriale Metropolitano) e il Comune di Milano (MI)",
            "il Consiglio Nazionale delle Ricerche (vedi ALTRO)",
            "le Strategie Tematico-Territoriali Metropolitane (STTM)",
        ]
    )

    assert found == {
        "lum": "luoghi urbani per la mobilita",
        "ptm": "piano territoriale metropolitano",
        "pums": "piano urbano per la mobilita sostenibile",
        "sttm": "strategie tematico territoriali metropolitane",
    }


def test_the_name_given_most_often_wins() -> None:
    texts = ["Piano Territoriale Metropolitano (PTM)"] * 2 + ["Progetto Treni Milanesi (PTM)"]

    assert harvest_acronyms(texts) == {"ptm": "piano territoriale metropolitano"}


def test_drivers_titles_come_from_the_section_path() -> None:
    found = read_vocabulary(
        [passage("…", "Agenda", "DRIVER 8 | Il lavoro al lavoro", driver=8), passage("…", "Altro")],
        {},
        words={},
        acronyms={},
    )

    assert found.driver_titles == {8: "il lavoro al lavoro"}


def test_search_text_has_title_and_path_once() -> None:
    document = Document("d", "Piano strategico", DocumentKind.PLAN, "0")

    assert search_text(passage("Testo.", "PIANO STRATEGICO", "Driver 1"), document) == (
        "Piano strategico › Driver 1\nTesto."
    )
    assert search_text(passage("Testo."), Document("d", "", DocumentKind.PLAN, "0")) == "Testo."
