"""What is chosen to answer: whole lists, a Driver's overview, sources beside summaries, nothing where support lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from kb.answering.compose import compose
from kb.answering.composing.overview import overview
from kb.answering.corroborate import corroborate
from kb.answering.decide import decide, decision_features
from kb.answering.gather import gather
from kb.answering.judging.announced import announced
from kb.answering.judging.judge import Judge
from kb.answering.quoting import draft_sentence
from kb.answering.state import Evidence, Library, State, Tools
from kb.answering.weighing.decision import load_decision
from kb.answering.weighing.nearness import NearWords
from kb.answering.weighing.weights import count_words
from kb.errors import ReleaseError
from kb.language.questions import read_question
from kb.language.sentences import split_sentences
from kb.records import Document, DocumentKind, Page, Passage, PassageFilter, ScoredPassage, Span
from kb.retrieval.query import QueryReading
from kb.retrieval.search import SearchResult
from kb.testing import FakeEmbedder

PLAN = """Tre sono le linee di lavoro.
In primo luogo si riduce il suolo.
In secondo luogo si pianta il verde.
Infine si aiuta l’agricoltura."""
AFOL = "AFOL Metropolitana, azienda speciale, è partecipata da 71 Comuni. Il Progetto Silam è firmato da 22 Comuni."
RECORD = "Ad AFOL Metropolitana, azienda speciale, partecipano 71 Comuni."
AIM = "Il Driver 8 vuole un servizio pubblico per il lavoro. Il Driver 8 aiuta giovani e disoccupati."
GUIDE = "Il Driver 1 è Campus.\nIl Driver 2 è Politiche verdi.\nIl Driver 3 è Sustain-Ability."


def passage(name: str, text: str, *, driver: int | None = None, section: tuple[str, ...] = ("S",)) -> Passage:
    return Passage(f"p_{name}", name, text, (Span(1, 0, len(text)),), ("",), section=section, driver=driver)


PASSAGES = [
    passage("piano", PLAN, driver=2),
    passage("afol", AFOL, driver=8),
    passage("driver-08", RECORD, driver=8, section=("Driver 8 | Il lavoro", "Attori")),
    passage("driver-8-aim", AIM, driver=8, section=("Driver 8 | Il lavoro", "Obiettivo")),
    passage("guida", GUIDE),
]
KINDS = {
    "driver-08": DocumentKind.DRIVER_RECORD,
    "driver-8-aim": DocumentKind.DRIVER_RECORD,
    "guida": DocumentKind.GUIDE,
}


@dataclass
class Shelf:
    """One page a passage."""

    id: str = "r_prova"

    @property
    def documents(self) -> dict[str, Document]:
        return {
            p.document: Document(p.document, p.document, KINDS.get(p.document, DocumentKind.PLAN), "0")
            for p in PASSAGES
        }

    @property
    def passages(self) -> list[Passage]:
        return PASSAGES

    def page(self, document: str, index: int) -> Page:
        return Page(document, index, next(p.text for p in PASSAGES if p.document == document))


class Finder:
    """Finds every passage, in the shelf's order."""

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> SearchResult:
        return found(text)


def found(text: str, *, drivers: tuple[int, ...] = (), only: tuple[Passage, ...] = tuple(PASSAGES)) -> SearchResult:
    reading = QueryReading(text=text, plain=text, lexical_text=text, drivers=drivers)
    return SearchResult(tuple(ScoredPassage(p, 1.0 - i / 100, {"cosine": 0.9}) for i, p in enumerate(only)), reading)


@pytest.fixture
def tools() -> Tools:
    embedder = FakeEmbedder()
    return Tools(Shelf(), Finder(), embedder, count_words(PASSAGES), NearWords(embedder), "ufficio", 1000)


def ask(question: str, tools: Tools, *, drivers: tuple[int, ...] = ()) -> State:
    state = State(question, standalone=question, asked=read_question(question), found=found(question, drivers=drivers))
    return compose(decide(gather(state, tools), tools), tools)


def texts(state: State) -> list[str]:
    return [sentence.text for sentence in state.draft]


def test_a_list_that_is_announced_comes_whole(tools: Tools) -> None:
    assert texts(ask("Quali sono le linee di lavoro?", tools)) == PLAN.split("\n")


def test_lines_that_say_the_same_of_different_things_come_together(tools: Tools) -> None:
    state = ask("Quali sono i Driver?", tools)
    assert texts(state) == GUIDE.split("\n")


def test_a_count_is_answered_by_the_number_of_that_thing(tools: Tools) -> None:
    assert texts(ask("Quanti Comuni partecipano ad AFOL Metropolitana?", tools))[0].count("71") == 1
    assert "22" in texts(ask("Quanti Comuni hanno firmato il Progetto Silam?", tools))[0]


def test_what_the_passages_leave_out_is_not_answered(tools: Tools) -> None:
    assert texts(ask("Quanti elefanti vivono nello zoo?", tools)) == []
    assert texts(ask("Quanto costa AFOL Metropolitana?", tools)) == []


def test_a_driver_that_no_document_has_is_not_answered(tools: Tools) -> None:
    assert texts(ask("Che cosa prevede il Driver 12?", tools, drivers=(12,))) == []


def test_a_driver_asked_as_a_whole_is_answered_by_its_aim(tools: Tools) -> None:
    assert texts(ask("Che cosa prevede il Driver 8?", tools, drivers=(8,))) == [
        "Il Driver 8 vuole un servizio pubblico per il lavoro.",
        "Il Driver 8 aiuta giovani e disoccupati.",
    ]


def test_a_summary_is_shown_with_the_plans_own_words(tools: Tools) -> None:
    record = PASSAGES[2]
    start, end = split_sentences(AFOL)[0]
    state = State(
        "?",
        standalone="?",
        asked=read_question("?"),
        found=found("?"),
        evidence=(Evidence(PASSAGES[1], start, end, 1.0),),
        draft=(draft_sentence(record, 0, len(RECORD), support=1.0),),
    )
    (sentence,) = corroborate(state, tools).draft
    assert [quote.passage.document for quote in sentence.beside] == ["afol"]


def test_a_source_with_another_figure_does_not_back_a_summary(tools: Tools) -> None:
    start, end = split_sentences(AFOL)[1]
    state = State(
        "?",
        evidence=(Evidence(PASSAGES[1], start, end, 1.0),),
        draft=(draft_sentence(PASSAGES[2], 0, len(RECORD), support=1.0),),
    )
    assert corroborate(state, tools).draft[0].beside == ()


def test_support_grows_with_what_the_sentence_holds(tools: Tools) -> None:
    state = ask("Quanti Comuni partecipano ad AFOL?", tools)
    assert state.asked is not None
    near, far = Judge(state.asked, tools.weights, {}).rank(found("?", only=(PASSAGES[1],)).passages)
    model = load_decision()
    assert model.probability(decision_features(state, near)) > model.probability(decision_features(state, far))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Tre sono le linee di lavoro.", 3),
        ("Le azioni si articolano su tre assi temporali.", 3),
        ("I dieci Driver sono elencati qui.", 10),
        ("Il Driver 3 ha un obiettivo.", None),
        ("Vi partecipano 71 Comuni.", None),
        ("Un solo obiettivo.", None),
    ],
)
def test_what_a_sentence_announces(text: str, count: int | None) -> None:
    assert announced(text) == count


def test_a_further_sentence_that_says_the_same_is_left_out(tools: Tools) -> None:
    state = ask("Che cos'è AFOL Metropolitana?", tools)
    assert len([text for text in texts(state) if "71" in text]) == 1


@pytest.mark.parametrize(
    ("second", "score", "said"),
    [
        ("Per le altre funzioni la riduzione è del 20%.", 2.9, 2),
        ("Per il residenziale la riduzione è del 30%.", 2.9, 1),  # the same figure says nothing else
        ("Per le altre funzioni la riduzione è del 20%.", 2.0, 1),
        ("Per le altre funzioni la riduzione è minore.", 2.9, 1),
    ],
)
def test_another_figure_that_answers_as_well_is_said_too(tools: Tools, second: str, score: float, said: int) -> None:
    """A person who asks "di quanto?" without saying of what must not take one threshold for all of them."""
    first = "Per il residenziale la riduzione è del 30%."
    evidence = tuple(
        Evidence(passage("soglie", text), 0, len(text), value, {"coverage": 0.9}, support=0.9)
        for text, value in ((first, 3.0), (second, score))
    )
    state = replace(ask("Di quanto si riduce il suolo?", tools), evidence=evidence, parts=())
    assert len(compose(state, tools).draft) == said


def composed(question: str, tools: Tools, *sentences: tuple[str, dict[str, float]]) -> State:
    """What is chosen of some sentences of one passage, each with its features, best first."""
    text = " ".join(sentence for sentence, _ in sentences)
    one = passage("prova", text)
    at = [text.index(sentence) for sentence, _ in sentences]
    evidence = tuple(
        Evidence(one, start, start + len(sentence), 3.0 - place / 100, {"coverage": 0.9} | features, support=0.9)
        for place, (start, (sentence, features)) in enumerate(zip(at, sentences, strict=True))
    )
    state = State(question, standalone=question, asked=read_question(question), found=found(question))
    return compose(replace(state, evidence=evidence), tools)


REASONS = "Consumi ed energia crescono per molte ragioni diverse, tutte note da anni."
SCHOOLS = "I Comuni hanno potuto usare le palestre."


@pytest.mark.parametrize(
    ("question", "after", "said"),
    [
        ("Chi può usare le palestre?", "Anche le Associazioni hanno avuto palestre.", 2),
        ("Chi può usare le palestre?", "Anche nel 2020 le palestre erano nuove.", 1),  # adds nobody
        ("Chi può usare le palestre?", "Anche le Associazioni sono molte.", 1),
        ("Come si usano le palestre?", "Anche le Associazioni hanno avuto palestre.", 1),
    ],
)
def test_an_answer_goes_on_with_the_others_of_whom_the_same_is_so(
    tools: Tools, question: str, after: str, said: int
) -> None:
    assert len(composed(question, tools, (SCHOOLS, {}), (after, {"coverage": 0.1})).draft) == said


@pytest.mark.parametrize(
    ("question", "first", "second", "said"),
    [  # what weighs beside them is beside the point
        ("Perché consumi ed energia?", REASONS, "I consumi pesano sulle famiglie e sugli enti.", 1),
        ("Perché consumi ed energia?", REASONS, "Consumi ed energia pesano sulle famiglie e sugli enti.", 2),
        ("Le comunità saranno pubbliche o private?", "Le comunità saranno pubbliche.", "Le scuole sono private.", 1),
        ("Le comunità saranno pubbliche o private?", "Le comunità saranno pubbliche.", "Le comunità sono nuove.", 1),
        ("Le comunità saranno pubbliche o private?", "Le comunità saranno pubbliche.", "Vi sono comunità private.", 2),
    ],
)
def test_a_further_sentence_is_to_the_point(tools: Tools, question: str, first: str, second: str, said: int) -> None:
    assert len(composed(question, tools, (first, {}), (second, {})).draft) == said


@pytest.mark.parametrize(
    ("second", "said"), [("Il PTM dà indicazioni ai Comuni.", 2), ("Molti progetti dipendono dal PTM e da altri.", 1)]
)
def test_what_is_added_to_a_definition_tells_of_the_term(tools: Tools, second: str, said: int) -> None:
    state = composed("Che cos'è il PTM?", tools, ("Il PTM è uno strumento.", {"definition": 1.0}), (second, {}))
    assert len(state.draft) == said


def test_a_sentence_that_another_begins_with_is_left_out(tools: Tools) -> None:
    short, whole = "Silam è un progetto.", "Silam è un progetto che 22 Comuni hanno sottoscritto."
    state = composed("Che cos'è Silam?", tools, (short, {"definition": 1.0}), (whole, {"definition": 1.0}))
    assert [one.text for one in state.draft] == [whole]


def test_a_term_that_is_only_named_is_said_to_be_so(tools: Tools) -> None:
    state = composed("Che cosa sono le zone omogenee?", tools, ("I Comuni sono raccolti in Zone omogenee.", {}))
    assert [(note.kind, "«zone omogenee»" in note.text) for note in state.notes] == [("not_defined", True)]
    told = composed("Che cosa sono le zone omogenee?", tools, ("Le Zone omogenee sono sette.", {"definition": 1.0}))
    assert told.notes == ()


def test_drivers_that_the_sentences_do_not_name_are_named_before_them(tools: Tools) -> None:
    evidence = tuple(
        Evidence(passage("d", text, driver=driver), 0, len(text), 1.0, {"coverage": 1.0}, support=0.9)
        for driver, text in ((7, "Le scuole si aprono."), (1, "Il Driver 1 porta la rete nelle scuole."))
    )
    question = "Quali Driver parlano di scuole?"
    state = State(question, standalone=question, asked=read_question(question), found=found(question))
    (note,) = compose(replace(state, evidence=evidence), tools).notes
    assert (note.kind, "1, 7" in note.text) == ("named_drivers", True)


def test_a_driver_of_whose_passages_none_was_found_is_looked_for(tools: Tools) -> None:
    question = "Quali Driver parlano di giovani?"
    only = (passage("piano", "Il Driver 9 ospita i giovani.", driver=9),)
    state = State(question, standalone=question, asked=read_question(question), found=found(question, only=only))
    assert {one.passage.driver for one in gather(state, tools).evidence} == {8, 9}


def test_a_definition_that_was_not_found_is_looked_for(tools: Tools) -> None:
    definition = passage("norme", "Gli ambiti sono i luoghi da rigenerare.")
    shelf = SimpleNamespace(id="r", documents=Shelf().documents, passages=[*PASSAGES, definition])
    others = replace(tools, library=cast(Library, shelf))
    question = "Che cosa sono gli ambiti?"
    only = (passage("piano", "Nel Piano si parla molto di ambiti."),)
    state = State(question, standalone=question, asked=read_question(question), found=found(question, only=only))
    assert gather(state, others).evidence[0].text == definition.text
    assert [one.text for one in gather(state, tools).evidence] == [only[0].text]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Chi sono gli attori del Driver 8?", [RECORD]),
        ("Quali sono i soggetti del Driver 8?", [RECORD]),
        ("Qual è l'obiettivo del Driver 8?", AIM.replace(". ", ".\n").split("\n")),
        ("Che cos'è Il lavoro nuovo?", AIM.replace(". ", ".\n").split("\n")),  # its title
        ("Quando nasce Il lavoro nuovo?", []),
        ("Chi sono gli attori e i costi del Driver 8?", []),
        ("Quali sono gli strumenti del Driver 8?", []),  # no such part
    ],
)
def test_a_part_of_a_record_or_a_driver_by_its_title(question: str, said: list[str]) -> None:
    passages = [replace(one, section=("Driver 8 | Il lavoro nuovo", *one.section[1:])) for one in PASSAGES[2:4]]
    kinds = {one.document: Document(one.document, "Scheda", DocumentKind.DRIVER_RECORD, "0") for one in passages}
    library = SimpleNamespace(passages=passages, documents=kinds)
    state = State(question, standalone=question, asked=read_question(question), found=found(question, drivers=(8,)))
    assert [one.text for one in overview(state, cast(Tools, SimpleNamespace(library=library)))] == said


ARTICLE = """ART. 7 – DISTANZE
1. I chioschi stanno a dieci metri dal mare. Le cabine stanno dietro i chioschi.
2. Le deroghe sono date dal Comune."""


@pytest.mark.parametrize(
    ("question", "commas", "opens"),
    [
        ("Che cosa dice l'articolo 7?", (), "ART. 7"),
        ("Che cosa dice l'art. 7, comma 2?", ("2",), "2. Le deroghe"),
        ("Che cosa dice l'art. 7, comma 5?", ("5",), None),
        ("Che cosa dice l'art. 7 sui gelati?", (), None),
    ],
)
def test_an_article_is_said_from_its_beginning_or_its_comma(
    question: str, commas: tuple[str, ...], opens: str | None
) -> None:
    norms = replace(passage("norme", ARTICLE), article="7")
    library = SimpleNamespace(passages=[norms])
    reading = QueryReading(question, question, question, articles=("7",), commas=commas)
    result = SearchResult((ScoredPassage(norms, 1.0, {}),), reading)
    state = State(question, standalone=question, asked=read_question(question), found=result)
    said = overview(state, cast(Tools, SimpleNamespace(library=library)))
    assert (said[0].text.startswith(opens) if opens else not said) is True


def test_a_release_decides_with_the_model_that_it_keeps(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "decision.json").write_text('{"version": "sua", "weights": {}, "bias": 0, "enough": 0.9}')
    assert load_decision(tmp_path).version == "sua"
    assert load_decision(tmp_path / "altra").version == load_decision().version


def test_a_spoilt_decision_is_named(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "decision.json").write_text("{")
    with pytest.raises(ReleaseError, match=r"decision\.json"):
        load_decision(tmp_path)
