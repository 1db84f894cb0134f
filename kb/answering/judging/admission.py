"""Admission: which sentences may answer a question at all, by what it asks for and what it sets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.answering.judging.conditions import (
    meets_days,
    meets_denial,
    meets_duration,
    meets_future,
    meets_how_to,
    meets_label,
    meets_lack,
    meets_law,
    meets_permission,
    meets_superlative,
    meets_years,
    names_members,
)
from kb.answering.judging.driver_questions import asks_which_drivers
from kb.answering.judging.expected import TYPED, meets, tells_fines
from kb.answering.judging.identity import identifies
from kb.answering.judging.qualifiers import meets_qualifier
from kb.answering.judging.recipients import names_recipients
from kb.answering.judging.rows import (
    cells_of,
    counts_as_titled,
    counts_in_unit,
    counts_labels,
    gives_sum,
    is_beside_its_row,
    says_place,
    title_over,
)
from kb.answering.judging.severals import asks_what_is_needed, tells_what_is_needed
from kb.answering.judging.shapes import head_of, is_sentence, list_end
from kb.answering.judging.times import meets_time
from kb.answering.weighing.weights import WordWeights
from kb.language.questions import Asked, Expectation
from kb.language.twins import others_alone, speaks_of_underground
from kb.language.words import fold
from kb.records import Passage

_NAMES_DRIVER = re.compile(r"\bDriver \d", re.IGNORECASE)
_GIVES_TITLE = re.compile(r"\W*Il (?:sotto)?titolo del Driver\b")
_OF_A_TITLE = re.compile(r"\b(?:(?:sotto)?titol\w+|intitol\w+|nome|chiam\w+|called|name|title)\b")
_OF_A_DRIVER = re.compile(r"\bdrivers?\b(?!\s*\d)")
"""Speaks of Drivers, not only of what is so in one ("secondo il Driver 10")."""
_CONDITIONS = (
    meets_future,
    meets_days,
    meets_how_to,
    meets_superlative,
    meets_duration,
    meets_label,
    meets_lack,
    meets_law,
    meets_time,
    identifies,
)


@dataclass(frozen=True, slots=True)
class Admission:
    """Admits sentences for one question."""

    asked: Asked
    weights: WordWeights
    expansions: Mapping[str, tuple[tuple[str, ...], ...]]
    names: Mapping[str, str]  # document → its title and edition
    twins: Mapping[str, frozenset[str]]  # stem → words of it that are not meant

    def admits(self, passage: Passage, start: int, end: int) -> bool:
        """True for a sentence that is of the kind asked for and meets what the question sets."""
        text = passage.text[start:end]
        if not is_sentence(text):
            return False
        about = [*passage.section, self.names.get(passage.document, "")]
        if not meets_denial(self.asked, text) or not meets_years(self.asked, text, *about):
            return False
        if not all(test(self.asked, text) for test in _CONDITIONS) or not self._gives_rule(passage, start, text):
            return False
        if not self._names_those_asked(text) or self._counts_others(text):
            return False
        if self._lacks_driver(passage, text) or self._is_of_the_city(text) or self._lacks_needs(passage, start, end):
            return False
        heading = " ".join([*passage.section[-1:], title_over(passage.text, start)])
        if is_beside_its_row(self.asked, passage.text, start) or not meets_qualifier(self.asked, text, heading):
            return False
        return self.asked.expects not in TYPED or self._is_of_its_type(passage, start, text)

    def _names_those_asked(self, text: str) -> bool:
        """False where members, recipients or a content are asked for and a sentence names none, or a title alone."""
        if not names_members(self.asked, text, known_words=self.weights.lowercase):
            return False
        return names_recipients(self.asked.text, text) and (not _GIVES_TITLE.match(text) or self._asks_title())

    def _asks_title(self) -> bool:
        """True where a Driver's title may answer: it is asked for, or which Driver something is told of."""
        said = fold(self.asked.text)
        of_a_driver = _OF_A_DRIVER.search(said) and self.asked.expects is not Expectation.DEFINITION
        return bool(of_a_driver or _OF_A_TITLE.search(said))

    def _is_of_the_city(self, text: str) -> bool:
        """True where the underground is asked about and a sentence only has the adjective of the City or its area."""
        return speaks_of_underground(self.asked.text) and not speaks_of_underground(text)

    def _lacks_needs(self, passage: Passage, start: int, end: int) -> bool:
        """True where it is asked what is needed and neither a sentence nor the list that it opens or is in tells it."""
        if not asks_what_is_needed(self.asked.text):
            return False
        head = head_of(passage.text, start)
        opening = passage.text[slice(*head)] if head else ""
        return not tells_what_is_needed(f"{opening} {passage.text[start : list_end(passage.text, end)]}")

    def _lacks_driver(self, passage: Passage, text: str) -> bool:
        """True where it is asked which of the Drivers, and a sentence neither names one nor stands among its texts."""
        return asks_which_drivers(self.asked) and passage.driver is None and not _NAMES_DRIVER.search(text)

    def _is_of_its_type(self, passage: Passage, start: int, text: str) -> bool:
        if self.asked.expects is Expectation.WHERE and cells_of(text) and not says_place(text):
            return False
        known, counted_as = self.weights.lowercase, self._counted_as()
        if meets(self.asked, text, known_words=known, counted_as=counted_as):
            return not counts_labels(self.asked, text, counted_as=counted_as or ())
        around = " ".join([*passage.section, passage.text])
        if gives_sum(self.asked, text, around) or counts_in_unit(self.asked, text):
            return True
        title = title_over(passage.text, start) or " ".join(passage.section[-1:])
        return counts_as_titled(self.asked, text, title, counted_as=counted_as or ())

    def _gives_rule(self, passage: Passage, start: int, text: str) -> bool:
        """True unless a rule is asked for and neither a sentence nor what opens its list ("È vietato:") is one."""
        if self.asked.expects in TYPED:  # "fino a che ISEE si può chiedere?" asks for the figure, not for the leave
            return True
        head = head_of(passage.text, start)
        if head is not None and tells_fines(passage.text[slice(*head)]) and not tells_fines(self.asked.text):
            return False  # what it costs to do wrong is no leave
        if meets_permission(self.asked, text):
            return True
        return head is not None and meets_permission(self.asked, passage.text[slice(*head)])

    def _counts_others(self, text: str) -> bool:
        """True where what is counted stands in a sentence only as another word of its stem ("abitazioni")."""
        counted = self.asked.counted or ""
        return counted in self.twins and others_alone(self.twins[counted], counted, text)

    def _counted_as(self) -> tuple[str, ...] | None:
        """The stems of what is counted, and of what the searcher read it as: a number of anything else is no answer."""
        counted = self.asked.counted
        if counted is None or self.asked.language == "en":
            return None
        meant = [word for one in self.expansions.get(counted, ()) for word in one]
        return (counted, *meant)
