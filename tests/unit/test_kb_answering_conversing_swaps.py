"""A turn that says only what differs takes its place in the question before."""

from __future__ import annotations

import pytest

from kb.answering.conversing.swaps import swap


@pytest.mark.parametrize(
    ("body", "before", "subject", "question"),
    [
        ("a Monza", "Chi lo ha deciso (il consumo di suolo)?", "", "Chi lo ha deciso a Monza (il consumo di suolo)?"),
        ("per l'acqua", "Di quanto (una tariffa unica)?", "", "Di quanto per l'acqua (una tariffa unica)?"),
        ("il PULS", "che cosè il PUMS", "PUMS", "che cosè il PULS"),
        ("i depuratori", "Chi paga l'acqua?", "l'acqua", "Chi paga i depuratori?"),
        ("la 1", "Che cos'è la STTM 3?", "STTM 3", "Che cos'è la STTM 1?"),
        ("i treni", "Parlami della metro", "Parlami della metro", "Parlami dei treni"),
        ("le scuole", "quanti comuni aderiscono a silam", "comuni aderiscono a silam", "quante sono le scuole?"),
        ("il doppio", "quanti comuni aderiscono a silam", "comuni aderiscono a silam", None),
        ("differenza col PULS", "Che cos'è il PUMS?", "PUMS", "Che differenza c'è tra PUMS e PULS?"),
        ("differenza con la rete fognaria", "Come funziona la rete duale?", "la rete duale",
         "Che differenza c'è tra la rete duale e la rete fognaria?"),
    ],
)  # fmt: skip
def test_what_differs_takes_its_place(body: str, before: str, subject: str, question: str | None) -> None:
    assert swap(body, before, subject=subject, things="") == question
