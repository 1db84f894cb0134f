"""An answer as plain text for programs that show nothing else: sentences with numbers, then each numbered source."""

from __future__ import annotations

from kb.records import Answer, AnswerSentence, Citation
from prompts.replies import load_replies, name_page

SILENT_NOTES = ("nearest_passages",)  # the text of a refusal says it already


def write_answer(answer: Answer) -> str:
    """Notes, sentences with their numbers, sources with their quotes; a refusal with its suggestions."""
    if not answer.sentences:
        return "\n".join([answer.text, *(f"- {line}" for line in answer.suggestions)])
    # The quotes are Italian whatever the question's language; the reply's own words say so.
    frame = [] if answer.language == "it" else [load_replies(answer.language).say("quote_frame", text="").strip()]
    return "\n".join([*_notes(answer), *frame, *map(write_sentence, answer.sentences), *_sources(answer)])


def write_rest(answer: Answer, *, sent: int) -> str:
    """What is still to say after so many sentences: the others, notes and sources."""
    return "\n".join([*map(write_sentence, answer.sentences[sent:]), *_notes(answer), *_sources(answer)])


def write_sentence(sentence: AnswerSentence) -> str:
    """The sentence with the numbers of its sources."""
    return f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)}".rstrip()


def write_source(citation: Citation) -> str:
    """Where a quote stands, and the quote."""
    where = [citation.title, *([f"ed. {citation.edition}"] if citation.edition else []), *citation.section[-1:]]
    page = name_page(citation.page_label, citation.page_index)
    return f"[{citation.number}] {', '.join([*dict.fromkeys(where), page])}: «{citation.quote}»"


def _notes(answer: Answer) -> list[str]:
    return [note.text for note in answer.notes if note.kind not in SILENT_NOTES]


def _sources(answer: Answer) -> list[str]:
    return ["", "Fonti:", *map(write_source, answer.citations)] if answer.citations else []
