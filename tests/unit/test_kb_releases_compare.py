"""What changes between two releases is found and named: documents, pages, sections, Drivers, figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from kb.records import Document, DocumentKind, DocumentStatus, Page, Passage, Span
from kb.releases.compare import Change, ReleaseDiff, compare
from kb.releases.compare_pages import align_pages, same_order, same_words
from kb.testing import FakeRelease

PLAN = Document("piano", "Piano strategico", DocumentKind.PLAN, "0" * 64, edition="2022-2024")
GREEN = (
    "Il Piano riduce il consumo di suolo del 25% entro il 2025. La rete verde unisce i parchi e i fiumi. "
    "I Comuni curano gli alberi e le siepi lungo le strade di campagna."
)
WORK = (
    "Ad AFOL partecipano 71 Comuni, Milano compreso. Le scuole aprono le palestre al pomeriggio. "
    "Gli uffici aiutano chi cerca lavoro con colloqui, corsi e tirocini nelle imprese del territorio."
)
HOME = (
    "Le case per gli studenti sorgono accanto alle stazioni. Il fondo compra edifici vuoti e li ripara. "
    "Gli affitti restano bassi per dieci anni, poi il Comune decide con gli abitanti che cosa farne."
)


class Release(FakeRelease):
    """A fake release whose pages speak of one Driver each, under a section of that name."""

    def __init__(self, pages: Sequence[Page], *documents: Document, drivers: Sequence[int | None] = ()) -> None:
        super().__init__(documents or [PLAN], pages)
        self.passages = [
            Passage(
                f"p_{at}",
                page.document,
                page.text,
                (Span(page.index, 0, len(page.text)),),
                ("",),
                section=(f"Driver {driver}",) if driver else (),
                driver=driver,
            )
            for at, (page, driver) in enumerate(zip(pages, drivers or [2] * len(pages), strict=True))
        ]


def plan(*texts: str) -> list[Page]:
    return [Page("piano", at, text, label=str(108 + at)) for at, text in enumerate(texts, start=1)]


def difference(before: Sequence[Page], after: Sequence[Page]) -> ReleaseDiff:
    return compare(Release(before), Release(after))


def test_equal_releases_differ_in_nothing() -> None:
    assert difference(plan(GREEN, WORK), plan(GREEN, WORK)).empty


def test_other_spaces_are_no_change() -> None:
    assert difference(plan(GREEN), plan(GREEN.replace(". ", ".\n"))).empty


def test_a_changed_figure_is_said_in_one_line() -> None:
    found = difference(plan(GREEN, WORK), plan(GREEN.replace("25%", "27%"), WORK))

    assert [change.line for change in found.figures] == ["25% → 27%, Driver 2, p. 109"]
    assert [(page.change, page.label) for page in found.pages] == [(Change.CHANGED, "109")]
    assert not found.figures[0].declared
    assert found.figures[0].sentence_before.startswith("Il Piano riduce")


def test_a_figure_that_went_and_one_that_came_are_told_apart() -> None:
    before = "Il fondo per le case vale molto e dura 10 anni."
    lost = difference(plan(before), plan("Il fondo per le case vale molto e dura anni."))
    won = difference(plan("Il fondo per le case vale molto e dura anni."), plan(before))

    assert [change.line for change in lost.figures] == ["10 → (tolta), Driver 2, p. 109"]
    assert [change.line for change in won.figures] == ["(nessuna) → 10, Driver 2, p. 109"]


def test_a_figure_said_in_words_is_the_same_figure() -> None:
    assert difference(plan("Il progetto dura dieci anni."), plan("Il progetto dura 10 anni.")).figures == ()


def test_a_page_without_printed_number_is_named_by_its_place() -> None:
    before = [Page("piano", 3, GREEN)]
    after = [Page("piano", 3, GREEN.replace("25%", "26%"))]
    found = compare(Release(before, drivers=[None]), Release(after, drivers=[None]))

    assert found.figures[0].line == "25% → 26%, «Piano strategico», pagina 3 del file"


def test_a_missing_page_moves_no_other() -> None:
    found = difference(
        plan(GREEN, WORK, HOME), [replace(page, index=at) for at, page in enumerate(plan(GREEN, HOME), 1)]
    )

    assert [(page.change, page.before, page.label) for page in found.pages] == [(Change.REMOVED, 2, "110")]
    assert found.figures == ()


def test_a_missing_page_among_changed_ones_is_still_found() -> None:
    """Every page differs, so that no two are equal and the words decide which is which."""
    after = [text.replace(" e ", " ed ") for text in (GREEN, HOME)]
    found = difference(plan(GREEN, WORK, HOME), plan(*after))

    assert [(page.change, page.before, page.after) for page in found.pages] == [
        (Change.CHANGED, 1, 1),
        (Change.REMOVED, 2, None),
        (Change.CHANGED, 3, 2),
    ]


def test_interleaved_columns_keep_the_words_and_lose_the_order() -> None:
    words = (GREEN + " " + HOME).split()
    lines = [" ".join(words[at : at + 5]) for at in range(0, len(words), 5)]
    half = len(lines) // 2
    mixed = "\n".join(line for pair in zip(lines[:half], lines[half:], strict=False) for line in pair)
    before, after = plan(GREEN + " " + HOME)[0], plan(mixed)[0]

    assert same_words(before, after) > 0.9
    assert same_order(before, after) < 0.1


def test_order_and_words_by_hand() -> None:
    """Ten words, three runs of eight; the last word changed breaks one of the three."""
    before = Page("piano", 1, "uno due tre quattro cinque sei sette otto nove dieci")
    after = Page("piano", 1, "uno due tre quattro cinque sei sette otto nove undici")

    assert same_words(before, after) == 0.9
    assert same_order(before, after) == 2 / 3
    assert same_order(Page("piano", 1, "poche parole"), after) == 1.0


def test_a_driver_and_its_section_that_go_are_named() -> None:
    before = Release(plan(GREEN, WORK), drivers=[2, 8])
    found = compare(before, Release(plan(GREEN), drivers=[2]))

    assert [(one.change, one.driver) for one in found.drivers] == [(Change.REMOVED, 8)]
    assert [(one.change, one.section) for one in found.sections] == [(Change.REMOVED, ("Driver 8",))]
    assert found.pages[0].drivers == (8,)


def test_documents_that_come_and_go() -> None:
    other = Document("pums", "PUMS", DocumentKind.MOBILITY_PLAN, "1" * 64)
    with_other = Release([*plan(GREEN), Page("pums", 1, WORK)], PLAN, other)

    assert [(one.document, one.change) for one in compare(with_other, Release(plan(GREEN))).documents] == [
        ("pums", Change.REMOVED)
    ]
    assert [(one.document, one.change) for one in compare(Release(plan(GREEN)), with_other).documents] == [
        ("pums", Change.ADDED)
    ]


@pytest.mark.parametrize("kept", [True, False])
def test_a_new_edition_is_held_against_the_one_it_replaces(kept: bool) -> None:
    new = replace(PLAN, id="piano-2025-2027", edition="2025-2027", sha256="1" * 64)
    old = replace(PLAN, status=DocumentStatus.SUPERSEDED)
    page = replace(plan(GREEN.replace("25%", "27%"))[0], document=new.id)
    after = Release([page, *(plan(GREEN) if kept else [])], new, *([old] if kept else []))

    found = compare(Release(plan(GREEN)), after)

    assert [change.line for change in found.figures] == ["25% → 27%, Driver 2, p. 109"]
    assert found.figures[0].declared
    assert next(one for one in found.documents if one.document == new.id).before == "piano"
    assert Change.REMOVED not in {one.change for one in found.documents}


def test_a_page_that_can_no_longer_be_read_is_said() -> None:
    after = [replace(plan(GREEN)[0], readable=False)]

    assert difference(plan(GREEN), after).pages[0].became_unreadable


def test_the_difference_is_plain_data() -> None:
    found = difference(plan(GREEN, WORK), plan(GREEN.replace("25%", "27%"))).to_json()

    assert json.loads(json.dumps(found))["figures"][0]["line"] == "25% → 27%, Driver 2, p. 109"
    assert list(found) == ["before", "after", "documents", "pages", "sections", "drivers", "figures"]


def test_every_page_stands_in_one_pair() -> None:
    before, after = plan(GREEN, WORK, HOME), plan("Tutt'altro testo.", HOME, GREEN)
    pairs = align_pages(before, after)

    assert [pair.before for pair in pairs if pair.before] == before
    assert [pair.after for pair in pairs if pair.after] == after
