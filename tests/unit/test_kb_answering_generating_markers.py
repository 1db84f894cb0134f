"""A chat model's reply is read sentence by sentence, and a reply out of form is none."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from kb.answering.generating.markers import MAX_CLAIMS, Claim, read_claims, reply_schema
from kb.errors import ModelReplyError

AFOL = "AFOL Metropolitana è partecipata da 71 Comuni."
SILAM = "Il Progetto Silam è firmato da 22 Comuni."
REPLY = json.dumps({"sentences": [{"text": AFOL, "passages": [1]}, {"text": SILAM, "passages": [2, 3]}]})
BOTH = [Claim(AFOL, (1,)), Claim(SILAM, (2, 3))]


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    "reply",
    [
        REPLY,
        f"```json\n{REPLY}\n```",
        f"<think>Vediamo [9]. {{</think>\n{REPLY}",
        f"{AFOL} [1] {SILAM} [2, 3]",
        f"{AFOL[:-1]} [1]. {SILAM[:-1]} [2][3].",
        f"  {AFOL} [1]\n\n{SILAM} [2;3]\n",
        json.dumps({"sentences": [{"text": f"{AFOL} [1]", "passages": [1]}, {"text": SILAM, "passages": [2, 3]}]}),
    ],
)
def test_both_forms_are_read_however_they_come_in_pieces(reply: str, size: int) -> None:
    assert [(c.text.rstrip("."), c.numbers) for c in read_claims(cut(reply, size))] == [
        (c.text.rstrip("."), c.numbers) for c in BOTH
    ]


def test_a_sentence_is_given_before_the_next_is_written() -> None:
    written: list[str] = []

    def pieces() -> Iterator[str]:
        for piece in cut(REPLY, 5):
            written.append(piece)
            yield piece

    claims = read_claims(pieces())

    assert next(claims) == BOTH[0]
    assert len("".join(written)) < len(REPLY) / 2 + 10


def test_several_sentences_in_one_text_are_judged_one_by_one() -> None:
    reply = json.dumps({"sentences": [{"text": f"{AFOL} {SILAM}", "passages": [1]}]})

    assert list(read_claims([reply])) == [Claim(AFOL, (1,)), Claim(SILAM, (1,))]


def test_a_sentence_without_marker_has_no_numbers() -> None:
    assert list(read_claims([f"{AFOL} [1] {SILAM}"])) == [Claim(AFOL, (1,)), Claim(SILAM, ())]


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "   \n",
        "Non lo so.",
        "<html><body>errore</body></html>",
        "<think>penso e ripenso",
        '{"risposta": "AFOL è partecipata da 71 Comuni secondo il Piano strategico."}',
        '{"sentences": "AFOL"}',
        '{"sentences": [',
        '{"sentences": [{"text": "AFOL", "passages": ["1"]}]}',
        '{"sentences": [{"text": "AFOL", "passages": [true]}]}',
        '{"sentences": [{"text": 71, "passages": [1]}]}',
        '{"sentences": [{"passages": [1]}]}',
        '{"sentences": ["AFOL"]}',
        '{"sentences": [{"text": "AFOL", "passages": [1]}',
        '{"sentences": [{"text": "AFOL", "passages": [1]}]} e poi altro',
        "[]",
    ],
)
def test_a_reply_out_of_form_is_refused(reply: str) -> None:
    with pytest.raises(ModelReplyError):
        list(read_claims(cut(reply, 4)))


def test_a_reply_may_hold_no_sentence() -> None:
    """The model found nothing in the passages: that is an answer in form."""
    assert list(read_claims(['{"sentences": []}'])) == []


def test_no_more_is_read_than_can_be_used() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield f"{AFOL} [1] "

    assert len(list(read_claims(endless()))) == MAX_CLAIMS


def test_the_schema_lets_only_shown_passages_be_named() -> None:
    validator = Draft202012Validator(reply_schema(3))

    assert validator.is_valid(json.loads(REPLY))
    assert not validator.is_valid({"sentences": [{"text": AFOL, "passages": [4]}]})
    assert not validator.is_valid({"sentences": [{"text": AFOL, "passages": []}]})
