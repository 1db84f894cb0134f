"""Examples: questions to offer that the release answers, whatever its documents are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest

from kb.answering.state import Library, State
from kb.language.words import STOP_WORDS, fold, tokenize
from kb.records import AnswerStatus
from prompts.replies import load_replies

ENOUGH = 4
"""Questions made of headings: as many as are ever offered, and one more for when one of them was asked."""
MOST_TRIED = 12
"""Questions made of headings that are asked until enough are answered: some 20 ms each."""
DOUBTS = frozenset({"not_defined", "not_told", "name_not_in_documents", "figure_not_in_documents"})
"""Notes of an answer that does not quite answer."""

_HEADING_CHARS = range(6, 41)  # a button of a phone shows the question whole
_NUMBERING = re.compile(
    r"^(?:(?:art|articolo|capo|titolo|sezione|parte)\b\.?\s*[\divxlc]+(?:-\w+)?|\d+(?:\.\d+)*|[ivxlc]+(?=\s?[.)–—|-]))"
    r"\s*[.)|:–—-]*\s+",
    re.IGNORECASE,
)
_NO_SUBJECT = re.compile(r"[?\d:;«»]|^(?:chi|che|come|cosa|dove|quando|quant\w|qual\w*|perché)\b", re.IGNORECASE)
_TWO_SUBJECTS = re.compile(r"\s(?:e|ed|o|and|or)\s|,", re.IGNORECASE)
_TELLING = re.compile(r"[^\W\d]{4,}")

Answering = Callable[[str], State]
"""The state that a question ends with."""


class Examples:
    """Questions that one release answers; each is asked once and remembered. Safe to use from several threads."""

    def __init__(self, library: Library, answering: Answering) -> None:
        self._library = library
        self._answering = answering
        self._answered: dict[str, bool] = {}
        self._made: dict[str, tuple[str, ...]] = {}

    def offer(self, wished: Sequence[str], *, language: str, asked: str = "") -> tuple[str, ...]:
        """
        As many questions as are wished for: those of them that are answered, then some made of headings.

        In the order of the wishes and of the documents; fewer where no more can be made, never the one that was asked.
        """
        kept = [one for one in wished if self._is_answered(one)]
        made = self._made_of_headings(language) if len(kept) < len(wished) else ()
        offered = dict.fromkeys([*kept, *made])
        return tuple(one for one in offered if _plain(one) != _plain(asked))[: len(wished)]

    def _is_answered(self, question: str) -> bool:
        known = self._answered.get(question)
        if known is None:
            known = self._answered[question] = _answers(self._answering(question))
        return known

    def _made_of_headings(self, language: str) -> tuple[str, ...]:
        known = self._made.get(language)
        if known is None:
            known = self._made[language] = tuple(islice(self._make(language), ENOUGH))
        return known

    def _make(self, language: str) -> Iterator[str]:
        """Of the first headings tried, those under which the answer to their question begins."""
        replies = load_replies(language)
        for document, heading in _spread_headings(self._library)[:MOST_TRIED]:
            shown = heading.lower() if heading.isupper() else heading
            question = replies.say("what_is_said", heading=shown)
            ended = self._answering(question)
            if not _answers(ended):
                continue
            first = ended.draft[0].quotes[0].passage
            if first.document == document and first.section and _bare(first.section[-1]) == heading:
                yield question


def _answers(ended: State) -> bool:
    doubts = DOUBTS & {note.kind for note in ended.notes}
    return ended.status is AnswerStatus.ANSWERED and bool(ended.draft) and not doubts


def _spread_headings(library: Library) -> list[tuple[str, str]]:
    """Documents' headings that name a subject, the most telling first; the first of each document, then the second."""
    found: dict[str, list[str]] = {}
    for passage in library.passages:
        if passage.section:
            found.setdefault(passage.document, []).append(_bare(passage.section[-1]))
    named = {document: list(dict.fromkeys(headings)) for document, headings in found.items()}
    shared = Counter(fold(heading) for headings in named.values() for heading in headings)
    columns = [
        [(document, one) for one in sorted(headings, key=_vagueness) if _is_subject(one) and shared[fold(one)] == 1]
        for document, headings in named.items()
    ]
    return [one for row in zip_longest(*columns) for one in row if one is not None]


def _bare(heading: str) -> str:
    return _NUMBERING.sub("", heading.strip()).strip(" .")


def _is_subject(heading: str) -> bool:
    return len(heading) in _HEADING_CHARS and not _NO_SUBJECT.search(heading) and bool(_TELLING.search(heading))


def _vagueness(heading: str) -> int:
    """0 for "Sosta a pagamento", 1 for "Costi e risorse", which hold two subjects, 2 for "Fattibilità"."""
    if len([word for word in tokenize(heading) if word not in STOP_WORDS]) < 2:
        return 2
    return 1 if _TWO_SUBJECTS.search(heading) else 0


def _plain(question: str) -> str:
    return fold(question).strip("?! ")
