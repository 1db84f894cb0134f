"""Each check by a lie that only it can see, and by the honest sentence beside it."""

from __future__ import annotations

import pytest

from kb.answering.claims.drivers import sources_of_drivers
from kb.answering.claims.faithfulness import find_unfaithful, is_plain, support_of

AFOL = "Ad AFOL Metropolitana partecipano la Città metropolitana di Milano e 71 Comuni, Milano compreso."
SOIL = "La riduzione del consumo di suolo è tra il 25% e il 30% per la residenza e 20% minimo per le altre funzioni."
PACT = "Il Patto è promosso dal Comune di Milano ed è stato sottoscritto dalla Città metropolitana."
LAW = "La LR 29/2022 disciplina il Parco Agricolo Sud Milano (PASM)."
DUAL = "La rete duale riserva le acque pregiate ai soli usi umani e non serve agli usi agricoli."


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Settantuno Comuni, compreso Milano, partecipano ad AFOL Metropolitana.", AFOL),
        ("Per le altre funzioni la riduzione del consumo di suolo è almeno del 20%.", SOIL),
        ("Per la residenza la riduzione va dal 25 al 30 per cento.", SOIL),
        ("Il Comune di Milano promuove il Patto.", PACT),
        ("La legge regionale n. 29 del 2022 disciplina il PASM.", LAW),
        ("La rete duale non serve agli usi agricoli.", DUAL),
    ],
)
def test_an_honest_sentence_has_no_fault(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is None


@pytest.mark.parametrize(
    ("claim", "source", "fault"),
    [
        ("Ad AFOL Metropolitana partecipano 72 Comuni.", AFOL, "figure"),
        ("Ad AFOL Metropolitana partecipano oltre 71 Comuni.", AFOL, "quantifier"),
        ("Ad AFOL Metropolitana partecipano tutti i Comuni.", AFOL, "quantifier"),
        ("Ad AFOL Metropolitana partecipano 71 Comuni, Milano escluso.", AFOL, "direction"),
        ("Ad AFOL Lombardia partecipano 71 Comuni.", AFOL, "name"),
        ("Per la residenza la riduzione del consumo di suolo è almeno del 20%.", SOIL, "binding"),
        ("Per la residenza la riduzione del consumo di suolo è del 25%.", SOIL, "quantifier"),
        ("Il Patto è promosso dalla Città metropolitana.", PACT, "actor"),
        ("Il Patto sarà sottoscritto dalla Città metropolitana.", PACT, "modality"),
        ("La LR 29/2021 disciplina il Parco Agricolo Sud Milano.", LAW, "figure"),
        ("La rete duale serve agli usi agricoli.", DUAL, "negation"),
        ("La rete duale non riserva le acque pregiate agli usi umani.", DUAL, "negation"),
        ("La rete duale riserva le acque pregiate agli usi umani perché sono rare.", DUAL, "cause"),
        ("La rete duale costa ai cittadini una tassa sul balcone fiorito.", DUAL, "unsaid"),
    ],
)
def test_a_lie_is_named_by_its_fault(claim: str, source: str, fault: str) -> None:
    assert find_unfaithful(claim, [source]) == fault


@pytest.mark.parametrize(
    "claim",
    [
        "",
        "Vedi https://esempio.it per altro.",
        "Scrivi a ufficio@esempio.it per altro.",
        "**AFOL** è un'azienda.",
        "<b>AFOL</b> è un'azienda.",
        "AFOL è un'azienda [1](x).",
        "```AFOL```",
        "AFOL è\x07 un'azienda.",
        "AFOL è\nun'azienda.",
        "АФОЛ is 公司.",
        "AFOL è un'azienda \u202e.",
        "AFOL è un'azienda 🙂.",
        "parola " * 100,
    ],
)
def test_what_is_no_plain_sentence_is_refused(claim: str) -> None:
    assert not is_plain(claim)
    assert find_unfaithful(claim, [AFOL]) == "format"


def test_a_name_over_the_quote_may_be_said_and_the_question_s_may_not() -> None:
    claim, source = "Secondo il Piano di Vallechiara partecipano 71 Comuni.", "Vi partecipano 71 Comuni."

    assert find_unfaithful(claim, [source]) == "name"
    assert find_unfaithful(claim, [source], contexts=["Piano di Vallechiara"]) is None


def test_an_acronym_and_its_full_name_say_the_same_where_the_documents_explain_it() -> None:
    source = "Il PTM propone poli produttivi sovracomunali."
    claim = "Il Piano Territoriale Metropolitano propone poli produttivi sovracomunali."

    assert find_unfaithful(claim, [source]) is not None
    assert find_unfaithful(claim, [source], acronyms={"ptm": "piano territoriale metropolitano"}) is None


def test_what_one_driver_says_is_not_given_to_another() -> None:
    sources, contexts = ["La rete duale riserva le acque pregiate."], ["Driver 4 | Acque"]

    assert find_unfaithful("Il Driver 4 prevede la rete duale.", sources, contexts=contexts) is None
    assert find_unfaithful("Il Driver 3 prevede la rete duale.", sources, contexts=contexts) == "driver"


def test_two_drivers_keep_each_its_own() -> None:
    sources, over = ["La rete duale serve alle acque.", "DECIWATT serve alla diagnosi."], ["Driver 4", "Driver 3"]

    assert sources_of_drivers("Il Driver 4 ha la rete duale, il Driver 3 ha DECIWATT.", sources, over) == sources
    assert sources_of_drivers("Il Driver 3 ha la rete duale, il Driver 4 ha DECIWATT.", sources, over) is None


def test_hours_and_codes_are_locked_too() -> None:
    assert find_unfaithful("Il treno parte alle 8.30.", ["Il treno parte alle 9.30."]) == "figure"
    assert find_unfaithful("La temperatura è di -5 gradi.", ["La temperatura è di 5 gradi."]) == "figure"
    assert find_unfaithful("Vale il regolamento 2018/679.", ["Vale il regolamento 2016/679."]) == "figure"


def test_support_is_larger_where_more_is_said() -> None:
    honest, invented = "Ad AFOL partecipano 71 Comuni.", "AFOL assume giardinieri con un concorso pubblico."

    assert 0 < support_of(invented, [AFOL]) < support_of(honest, [AFOL]) < 1


def test_a_sentence_without_end_is_not_judged_but_dropped() -> None:
    assert find_unfaithful("in a anni " * 50, ["Il Comune cura il verde."]) == "support"
    assert find_unfaithful("Il Comune cura il verde.", ["Il Comune cura il verde e le acque. " * 100]) == "support"


def test_a_sentence_that_says_nothing_of_its_quote_is_dropped() -> None:
    assert find_unfaithful("Anche così, e poi ancora.", ["Il Comune cura il verde."]) is not None
