"""Recombined words: each sentence below is made of its quote's own words."""

from __future__ import annotations

import pytest

from kb.answering.claims.alignment import align
from kb.answering.claims.attachment import find_misattached
from kb.answering.claims.faithfulness import find_unfaithful

CRAFT = (
    "La Camera degli artigiani, con il contributo della Fondazione Verri, promuove una scuola di liuteria, un "
    "archivio dei maestri e il restauro degli strumenti per i musei civici, mentre il Comune di Borgo gestisce la "
    "bottega comune."
)
WATER = (
    "Il consorzio del Lambretto ripulisce le rogge, cura gli argini e affida ai volontari la misura delle acque; "
    "le rogge sono 14 e i volontari 60."
)
SCHOOL = (
    "L’Istituto Galli, partecipato dalla Provincia e da 9 Comuni, forma i maestri di sci e, dove possibile, apre i "
    "corsi ai turisti."
)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("La Fondazione Verri promuove una scuola di liuteria.", CRAFT),
        ("Il Comune di Borgo promuove un archivio dei maestri.", CRAFT),
        ("La Camera degli artigiani gestisce la bottega comune.", CRAFT),
        ("I musei civici gestiscono la bottega comune.", CRAFT),
        ("I volontari ripuliscono le rogge.", WATER),
        ("I volontari curano gli argini.", WATER),
        ("Il consorzio cura la misura delle acque.", WATER),
        ("I volontari sono 14.", WATER),
        ("Le rogge sono 60.", WATER),
        ("La Provincia è partecipata dall’Istituto Galli.", SCHOOL),
        ("L’Istituto Galli è partecipato dai turisti.", SCHOOL),
        ("I turisti formano i maestri di sci.", SCHOOL),
        ("I 9 maestri di sci sono formati dall’Istituto Galli.", SCHOOL),
        ("L’Istituto Galli apre i corsi ai turisti.", SCHOOL),
    ],
)
def test_words_recombined_into_something_false_are_dropped(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is not None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("La Camera degli artigiani promuove una scuola di liuteria e un archivio dei maestri.", CRAFT),
        ("Una scuola di liuteria è promossa dalla Camera degli artigiani.", CRAFT),
        ("Il Comune di Borgo gestisce la bottega comune.", CRAFT),
        ("La bottega comune è gestita dal Comune di Borgo.", CRAFT),
        ("Il consorzio del Lambretto ripulisce le rogge e cura gli argini.", WATER),
        ("Il consorzio affida ai volontari la misura delle acque.", WATER),
        ("Le rogge sono 14.", WATER),
        ("L’Istituto Galli è partecipato dalla Provincia e da 9 Comuni.", SCHOOL),
        ("L’Istituto Galli forma i maestri di sci.", SCHOOL),
        ("Dove possibile, l’Istituto Galli apre i corsi ai turisti.", SCHOOL),
    ],
)
def test_what_the_quote_says_in_another_order_passes(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is None


def test_figures_of_two_quotes_are_not_one_fact() -> None:
    aligned = align("Le barche erano 31 nel 1998.", ["Le barche sono oggi 31.", "Dal 1998 la darsena ha una gru."])

    assert find_misattached(aligned) == "figures"


def test_a_subject_is_named_by_its_fault() -> None:
    assert find_misattached(align("I volontari curano gli argini.", [WATER])) == "subject"
    assert find_misattached(align("Il consorzio cura gli argini.", [WATER])) is None


def test_the_whole_of_a_pair_is_no_number_of_what_the_part_is() -> None:
    source = "Hanno già firmato l’accordo sulla fibra ottica 70 amministrazioni su 133."

    assert find_unfaithful("Hanno già firmato l’accordo sulla fibra ottica 133 amministrazioni.", [source]) is not None
    assert (
        find_unfaithful("Hanno già firmato l’accordo sulla fibra ottica 70 amministrazioni su 133.", [source]) is None
    )


def test_the_deed_of_another_is_not_given_to_whoever_the_documents_speak_of() -> None:
    source = "I Sindaci di montagna hanno difeso i rifugi e sono stati il riferimento degli escursionisti."

    assert find_unfaithful("La Città metropolitana ha difeso i rifugi.", [source], known="citta metropolitana")
    assert find_unfaithful("L’Ente è stato il riferimento degli escursionisti.", [source])
    assert find_unfaithful("I Sindaci di montagna hanno difeso i rifugi.", [source]) is None


COUNCIL = (
    "La Consulta dei ragazzi di Montebello, eletta ogni due anni dagli alunni, esprime pareri. L’amministrazione deve "
    "motivare le scelte diverse. Le assenze degli alunni si sono ridotte."
)


@pytest.mark.parametrize(
    "claim",
    [
        "Gli alunni eleggono la Consulta dei ragazzi ogni due anni.",
        "Gli alunni hanno ridotto le assenze.",
        "Ogni due anni gli alunni eleggono la Consulta dei ragazzi.",
    ],
)
def test_how_often_something_is_done_hides_nobody_who_does_it(claim: str) -> None:
    assert find_misattached(align(claim, [COUNCIL])) is None


def test_the_duty_of_one_body_is_not_that_of_another() -> None:
    assert find_misattached(align("La Consulta deve motivare le scelte diverse.", [COUNCIL])) == "actor"


def test_the_second_of_two_deeds_keeps_its_object() -> None:
    quote = "La ditta Ferri ha completato il ponte e ha avviato i lavori per la diga."

    assert find_misattached(align("La ditta Ferri ha completato il ponte e avviato i lavori.", [quote])) is None
    assert find_misattached(align("La ditta Ferri ha completato la diga e avviato il ponte.", [quote])) == "object"
