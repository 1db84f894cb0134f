"""Documents without golden questions are probed by their own headings."""

from __future__ import annotations

from collections.abc import Sequence

from evals.gate_set import GateSet, choose_questions
from evals.golden import GoldenQuestion, GoldenSet, QuestionKind
from evals.probes import IN_ALL, PER_DOCUMENT, add_probes, make_probes
from evals.run import run_golden
from kb.records import Document, DocumentKind, Passage, Span
from kb.testing import FakeAssistant, sample_release


class Sections:
    """Documents with headings, a passage each."""

    def __init__(self, headings: dict[str, Sequence[str]]) -> None:
        self.documents = {id_: Document(id_, id_, DocumentKind.OTHER, "0" * 64) for id_ in headings}
        self.passages = [
            Passage(f"{id_}{at}", id_, "Testo.", (Span(1, 0, 6),), ("",), section=("Titolo", heading))
            for id_, found in headings.items()
            for at, heading in enumerate(found)
        ]


def questions(headings: dict[str, Sequence[str]], covered: Sequence[str] = ()) -> list[str]:
    return [probe.question for probe in make_probes(Sections(headings), covered=covered)]


def test_a_heading_becomes_a_question_without_its_number() -> None:
    assert questions({"d": ["2.1 Vasche di raccolta", "DRIVER 5 | IL DIRITTO ALLA MOBILITÀ", "Indice"]}) == [
        "Che cosa si dice di «Vasche di raccolta»?",
        "Che cosa si dice di «il diritto alla mobilità»?",
    ]


def test_documents_with_golden_questions_need_no_probe() -> None:
    assert questions({"d": ["Vasche di raccolta"], "e": ["Case e studenti"]}, covered=["d"]) == [
        "Che cosa si dice di «Case e studenti»?"
    ]


def test_probes_are_few_spread_and_the_same_each_time() -> None:
    many = {f"d{at}": [f"Argomento numero {n}" for n in range(20)] for at in range(40)}

    assert len(questions({"d0": many["d0"]})) == PER_DOCUMENT
    assert "numero 16" in questions({"d0": many["d0"]})[-1]
    assert len(questions(many)) == IN_ALL
    assert questions(many) == questions(many)


def test_what_the_published_release_was_asked_is_asked_of_the_candidate() -> None:
    golden = GoldenSet((GoldenQuestion("ciao", QuestionKind.SMALL_TALK, "Ciao"),), "f", "prova")
    before, after = Sections({"d": ["Vasche di raccolta"]}), Sections({"d": ["Alberi lungo le strade"]})

    both = add_probes(choose_questions(golden, ["d"]), [after, before], covered=[])

    assert isinstance(both, GateSet)
    assert len(both.golden.questions) == 3


def test_a_probe_is_held_to_fidelity_and_must_be_answered() -> None:
    library = sample_release()
    probes = (
        GoldenQuestion("sonda-1", QuestionKind.PROBE, "Che cosa si dice di «orientamento»?"),
        GoldenQuestion("sonda-2", QuestionKind.PROBE, "Che cosa si dice di «xyz»?"),
    )
    report = run_golden(GoldenSet(probes, "f", "prova"), FakeAssistant(library), evidence=library)

    assert (report.metrics["right"].n, report.metrics["abstention_f1"].n) == (0, 0), "no right answer is known"
    assert report.metrics["quote_fidelity"].n > 0
    assert report.failed == ["sonda-2"]
    assert report.judgements[1].reasons == ["su una parte del documento non risponde"]
