"""What turns a sentence is found by its form: negation, quantifiers, modality, and how a figure holds."""

from __future__ import annotations

import pytest

from kb.language.figures import find_figures
from kb.language.polarity import Bound, MarkKind, Side, bound_of, find_marks, side_of


def kinds(text: str) -> set[MarkKind]:
    return {mark.kind for mark in find_marks(text)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("La salute non è una funzione diretta.", MarkKind.NEGATION),
        ("Il parco resta senza recinzione.", MarkKind.NEGATION),
        ("Il sistema non comprende solo infrastrutture.", MarkKind.NOT_ONLY),
        ("La tariffa vale soltanto per i residenti.", MarkKind.ONLY),
        ("Ogni Comune partecipa.", MarkKind.ALL),
        ("Alcuni Comuni partecipano.", MarkKind.SOME),
        ("La maggior parte dei Comuni partecipa.", MarkKind.SHARE),
        ("I Comuni hanno già sottoscritto l’accordo.", MarkKind.DONE),
        ("Il piano vuole ridurre il traffico.", MarkKind.PLANNED),
        ("La rete sarà completata.", MarkKind.PLANNED),
        ("I Comuni devono aderire.", MarkKind.MUST),
        ("I Comuni sono tenuti a aderire.", MarkKind.OBLIGED),
        ("I Comuni possono aderire.", MarkKind.MAY),
        ("L’adesione è facoltativa.", MarkKind.OPTIONAL),
        ("La strada è chiusa perché piove.", MarkKind.CAUSE),
    ],
)
def test_marks_are_found(text: str, kind: MarkKind) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Il sistema non comprende solo infrastrutture.", MarkKind.NEGATION),
        ("Il contributo non supera il 40%.", MarkKind.NEGATION),
        ("Sono 156 in tutto.", MarkKind.ALL),
        ("Gli interventi hanno effetti sul territorio.", MarkKind.DONE),
        ("La riunione si è tenuta a Milano.", MarkKind.OBLIGED),
    ],
)
def test_what_only_looks_like_a_mark_is_none(text: str, kind: MarkKind) -> None:
    assert kind not in kinds(text)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("La riduzione è del 20%.", Bound.EXACT),
        ("La riduzione è almeno del 20%.", Bound.LEAST),
        ("Il 20% minimo per le altre funzioni.", Bound.LEAST),
        ("La riduzione minima per le altre funzioni è il 20%.", Bound.LEAST),
        ("Il contributo arriva fino al 20%.", Bound.MOST),
        ("Il contributo non supera il 20%.", Bound.MOST),
        ("La riduzione è superiore al 20%.", Bound.MORE),
        ("La riduzione è inferiore al 20%.", Bound.LESS),
        ("La riduzione è circa del 20%.", Bound.ABOUT),
        ("La riduzione è tra il 20% e il 30%.", Bound.RANGE),
        ("La riduzione è del 20-30%.", Bound.RANGE),
        ("Oltre a 20 Comuni partecipa la Regione.", Bound.EXACT),
    ],
)
def test_a_figure_holds_as_it_is_bound(text: str, bound: Bound) -> None:
    figures = find_figures(text)

    assert bound_of(text, figures[0], figures) is bound


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("La rete cresce dal 2018.", Side.FROM),
        ("La rete cresce fino al 2018.", Side.UNTIL),
        ("I lavori finiscono entro il 30 giugno 2018.", Side.UNTIL),
        ("La rete nasce nel 2018.", Side.AT),
    ],
)
def test_a_date_has_a_side(text: str, side: Side) -> None:
    assert side_of(text, find_figures(text)[0]) is side
