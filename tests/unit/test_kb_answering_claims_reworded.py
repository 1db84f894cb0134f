"""Reworded: faithful sentences in other turns of phrase, each beside the lie that it must not be confused with."""

from __future__ import annotations

import pytest

from kb.answering.claims.faithfulness import find_unfaithful

FAIR = (
    "Non possono avere lo stallo i mercanti di animali e chi ha un debito con la fiera. Chi non versa la quota "
    "perde il posto. La domanda non va allegata: l’ufficio la riceve dal consorzio. Se all’apertura non c’è "
    "nessuno, lo stallo resta vuoto."
)
CARE = (
    "Il custode non apre le teche, tranne quelle di vetro, con il permesso della direzione. Per il prestito basta "
    "la firma del socio. L’ufficio controlla almeno il 20 per cento delle schede e tutte quelle per cui sorgono "
    "dubbi. Il 48 per cento degli armadi è chiuso a chiave."
)
SEATS = (
    "Le prove si tengono per due ore a persona. I soci vanno avvisati con almeno 48 ore di anticipo. La tessera "
    "vale dal 3 maggio 2025 al 30 giugno 2026. Chi ha causato danni agli arredi ne risponde; il teatro può "
    "trattenere la cauzione. Le visite per allergia richiedono il certificato. Due ritardi comportano la revoca."
)
HARVEST = (
    "I sacchi sono 3.260; a fine 2022 ne erano stati riempiti 2.480. La lista è approvata entro il 10 luglio 2026 "
    "e resta valida fino al 31 dicembre 2026."
)
CENTRE = (
    "Il centro è chiuso al traffico dalle 10 alle 19, tutti i giorni, domenica compresa. Non sono esclusi i furgoni."
)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Lo stallo non spetta a chi ha un debito con la fiera.", FAIR),  # a "non" goes on over its list
        ("Chi non versa la quota non tiene il posto.", FAIR),  # "perde" denies too
        ("Non serve allegare la domanda, perché l’ufficio la riceve dal consorzio.", FAIR),  # a colon gives a cause
        ("Se nessuno è presente all’apertura, lo stallo resta vuoto.", FAIR),
        ("Il custode apre soltanto le teche di vetro, con il permesso della direzione.", CARE),  # "non …, tranne"
        ("Per il prestito serve soltanto la firma del socio.", CARE),  # "basta"
        ("L’ufficio controlla tutte le schede che fanno sorgere dubbi.", CARE),  # "tutte quelle per cui"
        ("Quasi metà degli armadi è chiusa a chiave.", CARE),
        ("I soci vanno avvisati almeno 48 ore prima.", SEATS),  # "prima" orders nothing
        ("La tessera vale fino al 30 giugno 2026.", SEATS),  # the end of a stretch of time
        ("Chi provoca danni agli arredi ne risponde.", SEATS),
        ("Le visite dovute ad allergie richiedono il certificato.", SEATS),  # "per" gives a cause
        ("Dopo due ritardi c’è la revoca.", SEATS),  # what comes of them comes after them
        ("Alla fine del 2022 erano stati riempiti 2.480 sacchi su 3.260.", HARVEST),
        ("La lista rimane valida fino al 31 dicembre 2026.", HARVEST),
        ("Anche i furgoni devono restare fuori dal centro chiuso al traffico.", CENTRE),
    ],
)
def test_a_faithful_rewording_is_let_through(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Lo stallo spetta a chi ha un debito con la fiera.", FAIR),
        ("L’ufficio non riceve la domanda dal consorzio.", FAIR),
        ("Il custode non apre le teche di vetro.", CARE),
        ("L’ufficio controlla tutte le schede.", CARE),
        ("Tutti gli armadi sono chiusi a chiave.", CARE),
        ("Il teatro trattiene sempre la cauzione.", SEATS),
        ("Il teatro può non trattenere chi ha causato danni.", SEATS),
        ("Due ritardi non comportano la revoca.", SEATS),
        ("La tessera vale dal 30 giugno 2026.", SEATS),
        ("I sacchi sono 2.480.", HARVEST),
        ("La lista è approvata entro il 31 dicembre 2026.", HARVEST),
        ("La domenica il centro non è chiuso al traffico.", CENTRE),
        ("I furgoni sono esclusi.", CENTRE),
        ("I ragazzi entrano nel centro da soli.", "I ragazzi entrano nel centro solo con un genitore."),
        (
            "L’inquilino deve accettare per iscritto e impegnarsi a non avviare lo sfratto per nove mesi.",
            "Se l’inquilino è in ritardo, la somma può essere versata al proprietario, che deve accettare per iscritto "
            "e impegnarsi a non avviare lo sfratto per nove mesi.",
        ),
        ("I diari si leggono per 40 anni.", "I diari si leggono dopo 40 anni."),
        ("Le domande tardive si accolgono.", "Le domande tardive si accolgono se restano posti."),
        (
            "Dopo due mesi il consorzio sospende la fornitura.",
            "Dopo due mesi il consorzio manda un avviso e, in mancanza di risposta, sospende la fornitura.",
        ),
    ],
)
def test_the_lie_beside_it_is_still_dropped(claim: str, source: str) -> None:
    assert find_unfaithful(claim, [source]) is not None
