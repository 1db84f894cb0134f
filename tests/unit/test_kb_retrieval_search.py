"""The search as a whole, on fakes: filters, boosts, editions, scores kept, and the regression list of the traps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.errors import ReleaseError
from kb.ports import Embedder
from kb.records import Document, DocumentKind, DocumentStatus, Passage, PassageFilter, Span
from kb.retrieval.boosts import edition_span, outdated
from kb.retrieval.memory import build_memory_release
from kb.retrieval.search import Searcher, SearchResult
from kb.retrieval.tokens import TokenStore, principal_directions, to_bytes
from kb.testing import FakeEmbedder, FakeTokenEmbedder

PLAN = Document("plan", "Piano strategico", DocumentKind.PLAN, "1", edition="2022-2024")
OLD = Document("old", "Piano strategico", DocumentKind.PLAN, "2", edition="2019-2021", status=DocumentStatus.SUPERSEDED)
NORMS = Document("norms", "Norme tecniche di attuazione", DocumentKind.TERRITORIAL_PLAN, "3")


def passage(id_: str, document: Document, text: str, section: str = "", **more: object) -> Passage:
    place = {"section": (section,) if section else ()}
    return Passage(id_, document.id, text, (Span(1, 0, len(text)),), ("",), **place, **more)  # type: ignore[arg-type]


DRIVERS = [
    passage(f"d{n}", PLAN, f"Il Driver {n} riguarda il tema {n} e le sue azioni.", f"DRIVER {n} | Tema {n}", driver=n)
    for n in range(1, 11)
]
OTHERS = [
    passage("pums", PLAN, "Il Piano Urbano per la Mobilità Sostenibile (PUMS) ordina ciclabili e trasporti."),
    passage("m3", PLAN, "La Missione 3 del PNRR finanzia infrastrutture per la mobilità."),
    passage("a5", NORMS, "Il perimetro delle zone è fissato dal piano.", "Art. 5", article="5"),
    passage("a5bis", NORMS, "Le deroghe sono ammesse di rado.", "Art. 5-bis", article="5-bis"),
    passage("law", NORMS, "La L.R. 29/2022 ridisciplina il parco; la soglia è del 25%."),
    passage("new", PLAN, "I cantieri della rigenerazione sono dodici."),
    passage("before", OLD, "I cantieri della rigenerazione sono otto, anzi i cantieri sono otto."),
]


def searcher(passages: Sequence[Passage] = (*DRIVERS, *OTHERS), *, folder: Path | None = None) -> Searcher:
    embedder: Embedder = FakeTokenEmbedder() if folder else FakeEmbedder()
    return Searcher(build_memory_release([PLAN, OLD, NORMS], passages, embedder, folder=folder), embedder)


def ids(result: SearchResult) -> list[str]:
    return [one.passage.id for one in result.passages]


@pytest.mark.parametrize("number", range(1, 11))
def test_a_driver_asked_by_number_outranks_the_others(number: int) -> None:
    assert ids(searcher().search(f"Che cosa prevede il Driver {number}?"))[0] == f"d{number}"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("art. 5", "a5"),
        ("Cosa dice l'art. 5-bis?", "a5bis"),
        ("dell'articolo 5", "a5"),
        ("articolo 5", "a5"),
        ("L.R. n. 29/2022", "law"),
        ("la soglia del 25 %", "law"),
        ("secondo il PUMS", "pums"),
        ("mobilita' sostenibile", "pums"),
        ("Il Piano per la mobilità sostenibbile", "pums"),
        ("Missione 3", "m3"),
    ],
)
def test_what_is_named_is_first(question: str, first: str) -> None:
    assert ids(searcher().search(question))[0] == first


def test_elision_changes_nothing() -> None:
    whole, elided = searcher().search("articolo 5"), searcher().search("dell'articolo 5")

    assert [one.scores.get("bm25") for one in whole.passages] == [one.scores.get("bm25") for one in elided.passages]


def test_superseded_editions_come_last_unless_named() -> None:
    question = "Quanti sono i cantieri della rigenerazione?"
    plain = ids(searcher().search(question, count=20))

    assert plain.index("new") == 0
    assert plain[-1] == "before"
    assert ids(searcher().search(question[:-1] + " nel Piano 2019-2021?"))[0] == "before"
    assert ids(searcher().search(question[:-1] + " nel Piano del 2020?"))[0] == "before"
    # A year alone is a term or a fact, which the edition in force may speak of too.
    assert ids(searcher().search(question[:-1] + " nel 2020?"))[0] == "new"


def test_an_earlier_edition_of_the_same_title_is_outdated() -> None:
    both = [
        Document("one", "Piano strategico 2019-2021", DocumentKind.PLAN, "1", edition="2019-2021"),
        Document("two", "Piano strategico 2022-2024", DocumentKind.PLAN, "2", edition="2022-2024"),
        Document("other", "PTM 2021", DocumentKind.TERRITORIAL_PLAN, "3", edition="2021"),
        Document("undated", "Piano strategico", DocumentKind.PLAN, "4"),
    ]

    assert outdated(both) == {"one"}
    assert outdated([]) == frozenset()


def chapters(edition: str, *titles: str) -> list[Document]:
    return [Document(f"{edition} {title}", title, DocumentKind.PLAN, title, edition=edition) for title in titles]


def test_the_chapters_of_an_earlier_edition_are_outdated_together() -> None:
    """Chapters renamed or dropped too, once three others show that the two are editions of one work."""
    old = chapters("2020-2022", "Capitolo 1. Servizi", "CAPITOLO 2 - Dati", "Strategia", "Governare")
    new = chapters("2024-2026", "Capitolo 3 - Servizi", "Capitolo 5. Dati", "Strategia", "Procurement")
    other = [Document("ptm", "PTM", DocumentKind.TERRITORIAL_PLAN, "3", edition="2020-2022")]

    assert outdated([*old, *new, *other]) == {document.id for document in old}
    assert outdated([*old[:2], *old[3:], *new]) == {old[0].id, old[1].id}, "two alike may be chance"


def test_edition_span() -> None:
    assert edition_span(OLD) == (2019, 2021)
    assert edition_span(NORMS) is None


@pytest.mark.parametrize(
    ("narrow", "kept"),
    [
        (PassageFilter(driver=4), {"d4"}),
        (PassageFilter(document="old"), {"before"}),
        (PassageFilter(kind=DocumentKind.TERRITORIAL_PLAN), {"a5", "a5bis", "law"}),
        (PassageFilter(article="5-bis"), {"a5bis"}),
        (PassageFilter(mission="M3"), {"m3"}),
        (PassageFilter(driver=99), set()),
    ],
)
def test_filters_keep_only_what_fits(narrow: PassageFilter, kept: set[str]) -> None:
    assert set(ids(searcher().search("il piano e le azioni", count=20, narrow=narrow))) == kept


def test_a_filter_asked_for_wins_over_one_read() -> None:
    assert ids(searcher().search("Driver 3", narrow=PassageFilter(driver=4))) == ["d4"]


def test_a_read_filter_that_leaves_nothing_is_dropped() -> None:
    result = searcher().search("Driver 3", narrow=PassageFilter(document="norms"))

    assert set(ids(result)) == {"a5", "a5bis", "law"}
    assert result.reading.narrow.is_open()


def test_raw_scores_are_kept_and_order_falls() -> None:
    result = searcher().search("Quante ciclabili ordina il PUMS?")

    assert {"cosine", "bm25", "bm25_share", "fused"} <= result.passages[0].scores.keys()
    assert [one.score for one in result.passages] == sorted((one.score for one in result.passages), reverse=True)
    assert 0 <= result.confidence <= 1
    assert "best_cosine" in result.features
    assert {"read", "embed", "candidates", "rank", "confidence"} == result.timings_ms.keys()


def test_no_lexical_match_adds_nothing() -> None:
    """A question without a word in common has no bm25 at all, and the order is the vectors'."""
    result = searcher().search("xyzzy", count=20)

    assert all("bm25" not in one.scores for one in result.passages)
    assert ids(result) == sorted(ids(result), key=lambda id_: (id_ == "before", ids(result).index(id_)))


def test_the_same_question_gives_the_same_result() -> None:
    one, other = searcher().search("azioni del Driver 2"), searcher().search("azioni del Driver 2")

    assert one.passages == other.passages
    assert one.confidence == other.confidence


@pytest.mark.parametrize("text", ["", "   ", "?", "🚲", "la il di", "a" * 4000])
def test_odd_questions_are_searched_without_fault(text: str, tmp_path: Path) -> None:
    assert len(searcher().search(text).passages) == 10
    assert len(searcher(folder=tmp_path).search(text).passages) == 10


def test_one_passage_and_none() -> None:
    assert ids(searcher(DRIVERS[:1]).search("Driver 1")) == ["d1"]
    assert searcher(()).search("Driver 1").passages == ()
    assert searcher(()).search("Driver 1").confidence == 0.0


def test_the_second_stage_looks_at_tokens(tmp_path: Path) -> None:
    result = searcher(folder=tmp_path).search("Quante ciclabili ordina il PUMS?")

    assert ids(result)[0] == "pums"
    assert {"late", "late_near", "late_wide", "words_near", "ranker"} <= result.passages[0].scores.keys()
    assert "first_late" in result.features


def test_what_lies_past_the_depth_stays_below(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kb.retrieval.second_stage.DEPTH", 3)
    result = searcher(folder=tmp_path).search("il piano", count=20)

    assert len(result.passages) == len(DRIVERS) + len(OTHERS)
    assert ["ranker" in one.scores for one in result.passages].count(True) == 3
    in_force = [one.score for one in result.passages if one.passage.document != "old"]
    assert in_force == sorted(in_force, reverse=True)


def test_token_vectors_are_read_as_they_were_written(tmp_path: Path) -> None:
    searcher(folder=tmp_path)
    store = TokenStore.open(tmp_path, len(DRIVERS) + len(OTHERS))
    assert store is not None
    asked = FakeTokenEmbedder().embed_tokens(["Driver 3"], is_query=True)[0]
    rows, lengths = store.read([2, 0])

    assert rows.shape[0] == lengths.sum()
    # Driver 3's own text holds both words: a row each that is theirs, but for the rounding to eight bits.
    assert (store.project(asked.vectors) @ rows[: lengths[0]].T).max(axis=1) == pytest.approx([1.0, 1.0], abs=0.02)
    rare, common = store.rarity(asked.ids)[[1, 0]]
    assert rare > 0
    assert common > 0


def test_token_vectors_of_another_build_are_refused(tmp_path: Path) -> None:
    searcher(folder=tmp_path)

    with pytest.raises(ReleaseError, match="ingest"):
        TokenStore.open(tmp_path, 3)
    assert TokenStore.open(tmp_path / "elsewhere", 3) is None
    assert TokenStore.open(None, 3) is None


@pytest.mark.parametrize(
    "name", ["recipe.json", "vectors.npy", "scales.npy", "starts.npy", "projection.npy", "known.npy"]
)
@pytest.mark.parametrize("left", [b"", b"\xff\x00{", b"null", b"[]"])
def test_damaged_token_vectors_are_told_with_the_remedy(tmp_path: Path, name: str, left: bytes) -> None:
    searcher(folder=tmp_path)
    (tmp_path / "tokens" / name).write_bytes(left)

    with pytest.raises(ReleaseError, match=r"danneggiata \(tokens non si legge\).*ingest.*rollback"):
        TokenStore.open(tmp_path, len(DRIVERS) + len(OTHERS))


def test_rows_in_eight_bits_are_near() -> None:
    import numpy as np

    rows = np.random.default_rng(0).normal(size=(20, 16)).astype(np.float32)
    found, scales = to_bytes(rows)

    assert found.dtype == np.int8
    assert np.abs(found * scales[:, None] - rows).max() <= np.abs(rows).max() / 127
    directions = principal_directions(rows.T.astype(np.float64) @ rows, 4)
    assert directions.T @ directions == pytest.approx(np.eye(4), abs=1e-5)
