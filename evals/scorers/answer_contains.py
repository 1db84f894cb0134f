"""Does the answer's text hold what it must, and nothing it must not?"""

from __future__ import annotations

import re
import unicodedata

from evals.golden import GoldenQuestion
from evals.scorers.score import RIGHT, Case, Score, Scorer, Scores
from kb.language.words import fold

WHOLE_WORD_CHARS = 4
"""A wording of letters up to this length counts as a whole word only, lest "tre" be found in "oltre"."""


def answer_contains(case: Case) -> Scores:
    """
    One unit: every must_include item occurs in the text (of an inner list, any one), no must_not_include item does.

    Case, accents and spacing are ignored; a figure never matches inside a longer one.

    Source: metric A10 (answer containment), SQuAD-style gold strings.
    """
    text = normalise(case.answer.text)
    lacking = [" / ".join(group) for group in case.golden.must_include if not any(occurs(w, text) for w in group)]
    present = [wording for wording in case.golden.must_not_include if occurs(wording, text)]
    reasons = [f"manca «{item}»" for item in lacking] + [f"contiene «{item}»" for item in present]
    return (Score(False, "; ".join(reasons)),) if reasons else (RIGHT,)


def states_content(golden: GoldenQuestion) -> bool:
    """True where the golden question says what the text must or must not hold."""
    return bool(golden.must_include or golden.must_not_include)


def normalise(text: str) -> str:
    """The text as it is compared: compatibility forms folded, no case, no accents, single spaces."""
    return " ".join(fold(unicodedata.normalize("NFKC", text)).split())


def occurs(wording: str, normalised_text: str) -> bool:
    """True when the wording stands in a text that normalise() returned."""
    folded = normalise(wording)
    # Spaces are optional where the wording has one and beside every symbol: "25 %" is "25%".
    pieces = re.findall(r"\w+|[^\w\s]", folded)
    pattern = r"\s*".join(re.escape(piece) for piece in pieces)
    short = folded.isalpha() and len(folded) <= WHOLE_WORD_CHARS
    if folded[:1].isdigit():
        pattern = r"(?<!\d)(?<!\d[.,])" + pattern
    if folded[-1:].isdigit():
        pattern += r"(?![.,]?\d)"
    if short:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return re.search(pattern, normalised_text) is not None


SCORER = Scorer("answer_contains", "Contenuto atteso nella risposta", answer_contains, applies=states_content)
