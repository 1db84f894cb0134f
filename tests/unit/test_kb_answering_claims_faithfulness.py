"""Each check by a lie that only it can see, and by the honest sentence beside it."""

from __future__ import annotations

import pytest

from kb.answering.claims.drivers import sources_of_drivers
from kb.answering.claims.faithfulness import find_unfaithful, is_plain

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


def test_a_sentence_without_end_is_not_judged_but_dropped() -> None:
    assert find_unfaithful("in a anni " * 50, ["Il Comune cura il verde."]) == "support"
    assert find_unfaithful("Il Comune cura il verde.", ["Il Comune cura il verde e le acque. " * 100]) == "support"


def test_a_sentence_that_says_nothing_of_its_quote_is_dropped() -> None:
    assert find_unfaithful("Anche così, e poi ancora.", ["Il Comune cura il verde."]) is not None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        # denied in another way than with "non"
        ("Non si possono prestare i quotidiani.", "Sono esclusi dal prestito i quotidiani e le riviste."),
        ("La merce non è ammessa.", "Sono ammissibili gli arredi, non la merce né l’affitto."),
        (
            "Se nessuno degli sposi è residente si versano 450 euro.",
            "Si versano 280 euro se uno degli sposi è residente e 450 euro negli altri casi.",
        ),
        (
            "Chi chiude prima di tre anni deve restituire il contributo.",
            "Il negozio deve restare aperto almeno tre anni, altrimenti il contributo va restituito.",
        ),
        # in another order or form
        ("Ai corsi si accede soltanto se restano posti.", "Ai corsi si è ammessi se restano posti."),
        ("Il servizio è per ragazzi dai 18 ai 30 anni.", "Il servizio è dedicato a ragazzi tra i 18 e i 30 anni."),
        (
            "Le nuove linee devono raggiungere le aree oggi non servite.",
            "Occorre che la rete abbia nuove linee che raggiungano aree oggi non servite, cogliendo le opportunità.",
        ),
        ("La prima linea va al mare.", "La linea va al mare: è la prima."),
        ("La porta va aperta entro le 9.", "La porta va aperta entro le ore 9."),
        (
            "Entro le 9 i proprietari liberano il marciapiede.",
            "I proprietari liberano il marciapiede, per un metro, entro le ore 9.",
        ),
        (
            "La graduatoria si forma in base ai voti e, a parità di voti, vale l’ISEE più basso.",
            "La graduatoria è formata in base ai voti; a parità di voti vale l’ISEE più basso.",
        ),
        (
            "Prima si sperimenta per sei mesi, poi deciderà il Consiglio comunale.",
            "Si sperimenta prima per sei mesi, al termine dei quali il Consiglio comunale deciderà.",
        ),
        ("Ci sono motivi di salute.", "Il motivo è di salute."),
        ("Per ogni albero tagliato se ne piantano due.", "Gli alberi tagliati si sostituiscono: se ne piantano due."),
        (
            "Ci si prenota con tre giorni di anticipo o più.",
            "Le visite si prenotano con almeno tre giorni di anticipo.",
        ),
        ("Con tre ritardi non si ha più il servizio.", "Chi ha tre ritardi è sospeso dal servizio."),
    ],
)
def test_what_is_said_in_another_way_passes(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is None


@pytest.mark.parametrize(
    ("claim", "source", "fault"),
    [
        ("I verbali si devono consultare in segreteria.", "I verbali sono consultabili in segreteria.", "modality"),
        ("Gli sposi devono addobbare la sala.", "Gli sposi possono addobbare la sala a proprie spese.", "modality"),
        (
            "L’uso dell’auto è sceso al 48 per cento.",
            "Il piano vuole ridurre l’uso dell’auto al 48 per cento.",
            "modality",
        ),
        ("Non è aperta solo la sala studio.", "Il sabato è aperta solo la sala studio.", "negation"),
        ("Il piano non vuole che i Centri chiudano tardi.", "Il piano vuole che i Centri chiudano tardi.", "negation"),
        ("La sede comunale non ritira più i rifiuti.", "La sede comunale ritira i rifiuti.", "negation"),
        ("Oggi le stazioni sono 2018.", "Le stazioni sono oggi 55. Dal 2018 la rete ha anche i tralicci.", "figure"),
        ("Le linee sono 8.", "Il Driver 8 segue tre linee.", "figure"),
        ("Il Driver tre segue tre linee.", "Il Driver 8 segue tre linee.", "figure"),
        ("Il rendiconto si presenta dopo il saldo.", "Il saldo si versa dopo il rendiconto.", "cause"),
        ("Il sindaco pulisce le strade principali.", "Il sindaco pulisce le strade secondarie.", "direction"),
        ("Gli accordi sono con 133 Comuni su 133.", "Gli accordi sono con 70 Comuni su 133.", "figure"),
        ("Le spese sono a carico del Comune.", "Il Comune affitta case; le spese sono a carico di chi abita.", "actor"),
        (
            "L’associazione gestisce lo sportello.",
            "Lo sportello è gestito da dieci ragazzi, formati da un’associazione.",
            "actor",
        ),
        (
            "Gli sposi possono delegare la celebrazione.",
            "Il Sindaco può delegare la celebrazione. Gli sposi possono addobbare la sala.",
            "actor",
        ),
    ],
)
def test_a_turn_of_phrase_hides_no_lie(claim: str, source: str, fault: str) -> None:
    assert find_unfaithful(claim, [source]) == fault
