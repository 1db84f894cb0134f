"""What the bot shows: HTML that Telegram takes, cut at its limit, buttons within theirs."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.replies import (
    MOST_UNITS,
    QUESTION_CHARS,
    answer_buttons,
    answer_html,
    escape,
    meanwhile_html,
    place_of,
    plain,
    source_html,
    split_html,
    units,
)
from bot.testing_rules import Refusal, check_text, read_buttons
from kb.answering.serialize import answer_to_json
from kb.records import AnswerStatus, Note
from kb.testing import FakeAssistant, sample_release
from prompts.bot import load_bot_replies

IT = load_bot_replies("it")
ANSWER = FakeAssistant(sample_release()).ask("Che cosa riunisce l'Agenzia per la formazione?")


def shown(answer: Any = ANSWER) -> dict[str, Any]:
    return answer_to_json(answer)


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "blockquote", ""]), st.text(max_size=80)), max_size=30))
@example([("b", "a&b<c>"), ("", "😀" * 60), ("i", "x" * 80)])
def test_parts_are_balanced_short_and_lose_no_letter(pieces: list[tuple[str, str]]) -> None:
    text = "".join(f"<{tag}>{escape(words)}</{tag}>" if tag else escape(words) for tag, words in pieces)
    parts = split_html(text, 50)

    for part in parts:
        assert units(check_text({"text": part, "parse_mode": "HTML"})) <= 50
    assert letters("".join(plain(part) for part in parts)) == letters(plain(text))


def test_a_cut_falls_where_a_person_pauses() -> None:
    paragraph = "Una frase che finisce qui. Un'altra, poco più lunga, che finisce qui.\n\n"
    parts = split_html(paragraph * 100)

    assert len(parts) == 2
    assert all(part.endswith("che finisce qui.") for part in parts)


def test_a_text_of_five_thousand_bold_characters_stays_bold() -> None:
    parts = split_html(f"<b>{'parola ' * 750}</b>")

    assert [part[:3] + part[-4:] for part in parts] == ["<b></b>", "<b></b>"]
    assert [units(plain(part)) <= MOST_UNITS for part in parts] == [True, True]


def test_a_message_has_at_most_a_hundred_tags() -> None:
    parts = split_html("<b>a</b> " * 250)

    assert len(parts) == 3
    assert [part.count("<b>") for part in parts] == [100, 100, 50]


def test_an_emoji_at_the_limit_is_not_cut_in_two() -> None:
    assert split_html("x" * 49 + "😀", 50) == ["x" * 49, "😀"]


def test_links_are_closed_and_opened_again_whole() -> None:
    link = '<a href="https://e.it/a?b=1&amp;c=2">'
    assert split_html(f"{link}{'parola ' * 20}</a>", 100)[1].startswith(link)


def test_every_sentence_shows_the_numbers_of_its_sources() -> None:
    text = answer_html(shown(), IT)

    assert text.endswith("22 Comuni. [1]")
    assert "«orientamento» &amp; lavoro" in text


def test_notes_stand_before_the_answer_once() -> None:
    notes = (Note("figure_not_in_documents", "La cifra «9» <non> risulta."), Note("nearest_passages", "Piano"))
    text = answer_html(shown(replace(ANSWER, notes=(*notes, Note("personal_data", "…"), Note("other", "Nota.")))), IT)

    assert text.startswith("<i>La cifra «9» &lt;non&gt; risulta.</i>\n\n<i>Nota.</i>\n\nDriver 8")
    assert "Piano</i>" not in text


def test_what_was_not_found_stands_after_the_answer_and_unknown_names_before_it() -> None:
    notes = (Note("part_not_found", "Sul costo non ho trovato risposta."), Note("name_not_in_documents", "«Zeta» no."))
    answer = shown(replace(ANSWER, status=AnswerStatus.PARTLY_ANSWERED, notes=notes))
    text = answer_html(answer, IT)

    assert text.startswith("<i>«Zeta» no.</i>\n\nDriver 8")
    assert text.endswith("22 Comuni. [1]\n\n<i>Sul costo non ho trovato risposta.</i>")
    refused = {**answer, "sentences": [], "text": "«Zeta» no. Sul Driver 2 non compare."}
    refused["notes"] = [{"kind": "not_in_driver", "text": "Sul Driver 2 non compare."}]
    assert answer_html(refused, IT) == "«Zeta» no. Sul Driver 2 non compare."


def test_whoever_asked_in_english_is_told_that_sentences_are_in_italian() -> None:
    text = answer_html(shown(replace(ANSWER, language="en")), load_bot_replies("en"))

    assert text.startswith("<i>The documents say, in Italian:</i>\n\nDriver 8")


def test_sentences_that_are_certain_are_shown_before_the_others() -> None:
    first = shown()["sentences"][0]

    assert meanwhile_html([first]).endswith("22 Comuni. [1]\n\n…")
    assert units(plain(meanwhile_html([first] * 200))) <= MOST_UNITS


def test_an_answer_without_sentences_is_shown_as_it_comes() -> None:
    assert answer_html(shown(FakeAssistant(sample_release()).ask("xyz?")), IT) == "I documenti non lo dicono."


def test_a_note_that_a_refusal_says_already_is_said_once() -> None:
    refusal = FakeAssistant(sample_release()).ask("xyz?")
    notes = (Note("no_such_driver", "Non c'è un Driver 11."), Note("generated_slow", "Il modello è lento."))
    text = answer_html(shown(replace(refusal, text="Non c'è un Driver 11. Chiedi a noi.", notes=notes)), IT)

    assert text == "<i>Il modello è lento.</i>\n\nNon c'è un Driver 11. Chiedi a noi."


def test_the_short_items_of_a_list_stand_a_line_each() -> None:
    sentence = ANSWER.sentences[0]
    items = tuple(replace(sentence, text=f"Il Driver {at} c'è.", citations=(1,)) for at in range(1, 7))

    assert "Il Driver 1 c'è. [1]\nIl Driver 2 c'è. [1]\n" in answer_html(shown(replace(ANSWER, sentences=items)), IT)
    assert "Il Driver 1 c'è. [1]\n\nIl Driver 2" in answer_html(shown(replace(ANSWER, sentences=items[:2])), IT)


def test_buttons_carry_few_bytes_and_fit_their_line() -> None:
    long = replace(
        ANSWER.citations[0], title="Un piano dal titolo lunghissimo, che su un pulsante non può stare intero"
    )
    answer = shown(replace(ANSWER, citations=(long,), suggestions=("Una domanda " * 10,)))
    rows = answer_buttons(answer, "abcdefghij", IT).inline_keyboard

    assert [row[0].callback_data for row in rows] == ["s:abcdefghij:1", "u:abcdefghij", "g:abcdefghij:0"]
    assert rows[0][0].text.startswith("1 · Un piano dal titolo")
    assert rows[0][0].text.endswith("…, p. 120")
    assert all(len(button.text) <= QUESTION_CHARS for row in rows for button in row)


@pytest.mark.parametrize("status", ["small_talk", "needs_clarification", "blocked", "unavailable"])
def test_what_is_no_answer_has_no_thumbs_and_no_empty_keyboard(status: str) -> None:
    talk = {"citations": [], "status": status}
    offered = answer_buttons({**talk, "suggestions": ["Che cosa prevede il Driver 8?"]}, "abcdefghij", IT)

    assert [[one.text for one in row] for row in offered.inline_keyboard] == [["Che cosa prevede il Driver 8?"]]
    assert answer_buttons({**talk, "suggestions": []}, "abcdefghij", IT) is None


def test_sources_of_one_document_stand_beside_each_other_and_are_told_apart() -> None:
    places = (("plan", "Obiettivo"), ("plan", "Azioni"), ("plan", "Strumenti e mezzi"), ("guide", "Sigle"))
    cited = tuple(
        replace(
            ANSWER.citations[0],
            number=at,
            document=document,
            title="Scheda, in breve",
            section=(name,),
            page_label=None,
        )
        for at, (document, name) in enumerate(places, start=1)
    )
    rows = answer_buttons(shown(replace(ANSWER, citations=cited)), "abcdefghij", IT).inline_keyboard

    assert [[one.text for one in row] for row in rows[:2]] == [
        ["1 · Obiettivo", "2 · Azioni", "3 · Strument…"],
        ["4 · Scheda, Sigle"],
    ]
    of_one = [{**one, "document": "plan"} for one in shown(replace(ANSWER, citations=cited))["citations"]]
    rows = answer_buttons({**shown(), "citations": of_one}, "abcdefghij", IT).inline_keyboard
    assert [len(row) for row in rows[:2]] == [2, 2]


def test_many_sources_are_numbers_in_rows() -> None:
    many = tuple(replace(ANSWER.citations[0], number=at) for at in range(1, 60))
    markup = answer_buttons(shown(replace(ANSWER, citations=many)), "abcdefghij", IT)

    assert [button.text for button in markup.inline_keyboard[0]] == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    assert len(read_buttons({"reply_markup": markup.to_json()})) == 9


def test_a_source_shows_quote_document_edition_article_section_and_page() -> None:
    found = replace(ANSWER.citations[0], section=("Titolo I", "Capo <2>"), article="5-bis", url="https://e.it/p.PDF")
    text = source_html(shown(replace(ANSWER, citations=(found,)))["citations"][0], IT)
    lines = check_text({"text": text, "parse_mode": "HTML"}).split("\n")

    assert lines[0] == "Fonte 1"
    assert lines[-3:] == [
        "Piano di prova, ed. 2022-2024, art. 5-bis, p. 120",
        "Titolo I › Capo <2>",
        "Apri il documento",
    ]
    assert 'href="https://e.it/p.PDF#page=2"' in text


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "file:///etc/passwd", ""])
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert "href" not in source_html({**shown()["citations"][0], "url": url}, IT)


def test_a_page_without_a_printed_number_is_counted() -> None:
    citation = {**shown()["citations"][0], "page_label": None}

    assert place_of(citation, IT) == "Piano di prova, pagina 2 del file"
    assert place_of({**citation, "section": ["Titolo", "Obiettivo"]}, IT) == "Piano di prova, Obiettivo"
    assert "pagina 2 del file" in source_html({**citation, "section": ["Obiettivo"]}, IT)


@pytest.mark.parametrize("text", ["<b>a", "a</b>", "<x>a</x>", "a & b", "", " ", "x" * 4097, "<b>a</b>" * 101])
def test_the_fake_refuses_what_telegram_refuses(text: str) -> None:
    with pytest.raises(Refusal):
        check_text({"text": text, "parse_mode": "HTML"})


def test_random_markup_of_any_size_is_taken() -> None:
    rng = random.Random(3)
    for _ in range(30):
        words = [rng.choice(["parola", "<b>forte</b>", "&amp;", "\n\n", "fine. ", "😀"]) for _ in range(3000)]
        for part in split_html(" ".join(words)):
            check_text({"text": part, "parse_mode": "HTML"})
