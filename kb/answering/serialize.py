"""An answer as JSON: the contract of the API, the command line and the receipts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kb.records import Answer, ScoredPassage


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The answer as the JSON object that DESIGN.md fixes; every enum is its plain value."""
    return {
        "id": answer.id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "language": answer.language,
        "status": answer.status.value,
        "mode": answer.mode.value,
        "text": answer.text,
        "sentences": [
            {"text": s.text, "citations": list(s.citations), "support": round(s.support, 4)} for s in answer.sentences
        ],
        "citations": [{**asdict(c), "section": list(c.section)} for c in answer.citations],
        "notes": [asdict(note) for note in answer.notes],
        "suggestions": list(answer.suggestions),
        "release": answer.release,
        "timings_ms": {name: round(ms, 2) for name, ms in answer.timings_ms.items()},
        "trace": [{"step": line.step, "ms": round(line.ms, 2), **line.detail} for line in answer.trace],
    }


def scored_passage_to_json(found: ScoredPassage, *, page_label: str | None) -> dict[str, Any]:
    """A ranked passage as the search contract has it."""
    passage = found.passage
    return {
        "passage": passage.id,
        "document": passage.document,
        "section": list(passage.section),
        "driver": passage.driver,
        "article": passage.article,
        "page_label": page_label,
        "page_index": passage.spans[0].page_index,
        "text": passage.text,
        "score": found.score,
        "scores": found.scores,
    }
