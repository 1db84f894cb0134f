"""What the codes of a report are called in Italian."""

from __future__ import annotations

import re

from evals.measures import TITLES
from evals.scorers import SCORERS
from kb.releases.compare import FACT_NAMES

KINDS = {
    "answerable": "con risposta",
    "unanswerable": "senza risposta nei documenti",
    "false_premise": "con una premessa falsa",
    "follow_up": "che segue un'altra domanda",
    "out_of_scope": "fuori tema",
    "small_talk": "convenevoli",
    "injection": "con un'istruzione nascosta",
    "probe": "sonda, fatta dai titoli di un documento",
}
STATUSES = {
    "answered": "risposta",
    "partly_answered": "risposta in parte",
    "not_found": "i documenti non lo dicono",
    "out_of_scope": "fuori tema",
    "small_talk": "convenevoli",
    "needs_clarification": "chiede di precisare",
    "blocked": "bloccata",
    "unavailable": "non disponibile",
    "": "nessuna risposta",
}
FORMS = {
    "plain": "come si scrive",
    "english": "in inglese",
    "upper_case": "tutto maiuscolo",
    "no_accents": "senza accenti",
    "accents_as_apostrophes": "apostrofi al posto degli accenti",
    "typographic": "apostrofi tipografici",
    "no_question_mark": "senza punto interrogativo",
    "typo": "con un errore di battitura",
    "other_apostrophes": "altri apostrofi",
    "polite": "con saluti e ringraziamenti",
    "double_spaces": "spazi doppi",
    "other_words": "con altre parole",
}
LANGUAGES = {"it": "italiano", "en": "inglese"}
OUTCOMES = {"passed": "rispettata", "failed": "non rispettata", "not_applied": "non applicata"}
VERDICTS = {
    "passed": "Si può pubblicare",
    "failed": "Non si può pubblicare",
    "": "Esito della prova",
}
FACTS = FACT_NAMES
METRICS = {scorer.name: scorer.title for scorer in SCORERS} | TITLES
SMALLER = frozenset(scorer.name for scorer in SCORERS if scorer.smaller_is_better)


_CODES = re.compile(rf"\b(?:{'|'.join(code for code in STATUSES if code)})\b")


def readable(reason: str) -> str:
    """A reason with the codes of endings in words."""
    return _CODES.sub(lambda code: f"«{STATUSES[code.group()]}»", reason)


def decimal(value: float | None, places: int = 2) -> str:
    """A number as Italians write it; a dash where there is none."""
    return "–" if value is None else f"{value:.{places}f}".replace(".", ",")


def driver_name(key: str) -> str:
    """The name of a group of questions by Driver."""
    return "senza Driver" if key == "-" else f"Driver {key.replace(',', ' e ')}"
