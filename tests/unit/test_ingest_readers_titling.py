"""What a document says in its opening that it is, and whose."""

from __future__ import annotations

from ingest.readers.reading import Piece
from ingest.readers.text import read_plain
from ingest.readers.titling import headed_title, title_of
from kb.records import BlockKind


def heading(text: str) -> Piece:
    return Piece(text, BlockKind.HEADING, 1)


def test_a_heading_that_only_says_whose_it_is_is_no_title() -> None:
    pieces = [heading("COMUNE DI VALLERANO"), heading("AVVISO PUBBLICO BOTTEGHE VIVE"), Piece("Contributi ai negozi.")]

    assert headed_title(pieces) == "AVVISO PUBBLICO BOTTEGHE VIVE – COMUNE DI VALLERANO"
    assert headed_title(pieces[1:]) == "AVVISO PUBBLICO BOTTEGHE VIVE"
    assert headed_title([Piece("Testo.")]) is None


def test_an_act_is_called_by_what_it_is_about() -> None:
    act = [heading("DELIBERAZIONE N. 12 DEL 29 GENNAIO"), Piece("Oggetto: Bilancio partecipativo, linee guida.")]

    assert headed_title(act) == "DELIBERAZIONE N. 12 DEL 29 GENNAIO: Bilancio partecipativo, linee guida"
    assert title_of(act) == headed_title(act)


def test_offices_and_firms_over_a_title_are_no_title() -> None:
    regulation = (
        "COMUNE DI VALLERANO\nSettore Ambiente e Qualità Urbana\n\nREGOLAMENTO DEL VERDE PUBBLICO\n"
        "approvato con deliberazione n. 41\n\nArt. 1 - Finalità\n1. Il regolamento tutela il verde.\n"
    )
    calendar = (
        "VALLE AMBIENTE S.P.A. - COMUNE DI VALLERANO\nCALENDARIO DELLA RACCOLTA 2026\nUtenze domestiche\n\n"
        "COME FUNZIONA\nI sacchi si espongono la sera prima.\n"
    )

    assert read_plain(regulation).title == "REGOLAMENTO DEL VERDE PUBBLICO – COMUNE DI VALLERANO"
    assert read_plain(calendar).title == (
        "CALENDARIO DELLA RACCOLTA 2026 – VALLE AMBIENTE S.P.A. - COMUNE DI VALLERANO"
    )
