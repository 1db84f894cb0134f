"""The pages over a fake assistant: what is shown, escaped and marked, and nothing from elsewhere."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape

from api.app import create_app
from api.web.pages import link_addresses
from api.web.words import EXAMPLES, HEADINGS, tell_figure
from kb.records import AnswerStatus, Note, Passage, Span
from kb.settings import Settings
from kb.testing import FakeAssistant, wait_until

AGENCY = "Quanti Comuni riunisce l'Agenzia per la formazione?"
PATHS = (
    "/",
    f"/?q={AGENCY}",
    "/?q=xyz",
    "/?q=",
    "/documenti",
    "/documenti/piano",
    "/documenti/piano/pagine/2?start=31&end=60",
    "/cerca",
    "/cerca?q=Comuni",
    "/cerca?q=xyzxyz",
    "/cerca?documento=piano",
    "/driver",
    "/driver/8",
    "/incroci?driver=8",
    "/novita",
    "/privacy",
    "/accessibilita",
    "/avviso-ia",
    "/nulla",
    "/docs",
)
AS_PERSON = {"Accept": "text/html"}


@pytest.fixture
def client(assistant: FakeAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: assistant, Settings()), headers=AS_PERSON) as opened:
        wait_until(lambda: opened.get("/readyz").status_code == 200)
        yield opened


class Outline(HTMLParser):
    """What a reader of the page meets: tags with their attributes, in order, and unclosed tags."""

    VOID = ("meta", "link", "br", "input", "img", "use", "circle", "path", "rect")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def values(self, attribute: str) -> list[str]:
        """Every value of that attribute."""
        return [value for _, attrs in self.tags if (value := attrs.get(attribute)) is not None]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_well_formed_and_loads_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    outline = Outline(client.get(path).text)

    assert outline.open == []
    assert outline.values("style") == []
    assert not [name for _, attrs in outline.tags for name in attrs if name.startswith("on")]
    for tag, attrs in outline.tags:
        loaded = attrs.get("src") or (attrs.get("href") if tag in ("link", "use") else None)
        if tag == "script":
            assert loaded, "inline script"
        if loaded:
            assert re.match(r"/[a-z]", loaded)
            assert client.get(loaded.partition("#")[0]).status_code == 200


def test_no_style_loads_from_elsewhere(client: TestClient) -> None:
    """Fonts and pictures of every style sheet are ours, or inside it."""
    for path in ("/static/bussola.css", "/italia/css/bootstrap-italia.min.css"):
        css = client.get(path).text
        for loaded in re.findall(r"url\(\s*[\"']?([^\"')]+)", css):
            assert loaded.startswith(("data:", "/italia/", "#")), loaded[:80]
            if loaded.startswith("/italia/"):
                assert client.get(loaded).status_code == 200
        assert "@import" not in css


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_built_for_every_reader(client: TestClient, path: str) -> None:
    """Language, one first heading, no level skipped, landmarks, labels, unique ids, links that land."""
    html = client.get(path).text
    outline = Outline(html)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    ids = outline.values("id")

    assert outline.tags[0] == ("html", {"lang": "it"})
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in outline.tags}
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in outline.values("href") if target.startswith("#")} <= set(ids)
    assert set(outline.values("for")) == {
        attrs["id"]
        for tag, attrs in outline.tags
        if tag in ("textarea", "input", "select") and attrs.get("type") != "hidden"
    }
    assert set(" ".join(outline.values("aria-describedby")).split()) <= set(ids)
    assert "progetto dimostrativo" in html.lower()
    assert "sistema automatico" in html.lower()


def test_the_question_box_works_without_script(client: TestClient) -> None:
    outline = Outline(client.get("/").text)
    form = next(attrs for tag, attrs in outline.tags if tag == "form")
    box = next(attrs for tag, attrs in outline.tags if tag == "textarea")

    assert (form["method"], form["action"], box["name"]) == ("get", "/#risposta", "q")
    assert len(EXAMPLES) == 3


def test_an_answer_shows_its_source_quote_and_page(client: TestClient) -> None:
    html = client.get("/", params={"q": AGENCY}).text

    assert '<h2 id="titolo-risposta">Risposta</h2>' in html
    assert 'href="#fonte-1"' in html
    assert 'id="fonte-1"' in html
    assert '<strong lang="it">Piano di prova</strong>, edizione 2022-2024' in html
    assert "p. 120" in html
    assert "<blockquote" in html
    assert "71 Comuni: «orientamento» &amp; lavoro." in html


def test_a_source_link_lands_on_the_quote_marked_in_its_page(client: TestClient) -> None:
    html = client.get("/", params={"q": AGENCY}).text
    link = next(link for link in Outline(html).values("href") if link.startswith("/documenti/piano"))

    page = client.get(link.replace("&amp;", "&")).text

    assert link.endswith("#citazione")
    assert page.count('id="citazione"') == 1
    marked = re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL)
    assert marked[0] == "Driver 8 | Formazione e lavoro"
    assert len(marked) == 3, "one a block: a quote may run across blocks"


@pytest.mark.parametrize("query", ["", "?start=0&end=0", "?start=5", "?start=900&end=1000", "?start=9&end=3"])
def test_a_page_without_a_stretch_marks_nothing(client: TestClient, query: str) -> None:
    response = client.get(f"/documenti/piano/pagine/2{query}")

    assert response.status_code == 200
    assert "<mark" not in response.text


def test_what_was_written_is_escaped(client: TestClient) -> None:
    attack = "<script>alert(1)</script>\"'>"

    for path in ("/", "/?q="):
        response = client.get(path, params={"q": attack} if path == "/" else None)
        assert "<script>alert" not in response.text
    assert "Guida &lt;breve&gt;" in client.get("/documenti").text
    assert "<script>" not in client.get("/" + attack.replace("/", "")).text


def test_the_documents_that_bind_are_listed_first(client: TestClient) -> None:
    html = client.get("/documenti").text

    parts = [
        html.index(text) for text in ("Piani e documenti dell", "Piano di prova", ">Guide<", "Guida &lt;breve&gt;")
    ]
    assert parts == sorted(parts)
    assert "Schede dei Driver" not in html, "a part without documents is left out"


@pytest.mark.parametrize("path", ["/", "/documenti", "/healthz", "/v1/documents", "/nulla", "/v1/ask"])
def test_a_head_is_answered_as_its_get(client: TestClient, path: str) -> None:
    head, whole = client.head(path), client.get(path)

    assert head.status_code == whole.status_code
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/cerca?driver=99", "Il campo «driver» («99») non ha la forma giusta: usa un numero da 1 a 10."),
        ("/en/cerca?missione=M9", "The field «missione» («M9») does not have the right form: use a mission from M1"),
        ("/cerca?q=" + "a" * 1001, "Il campo «Parole da cercare» («aaaa"),
    ],
)
def test_a_wrong_address_is_told_in_words(client: TestClient, path: str, told: str) -> None:
    response = client.get(path)

    assert response.status_code == 422
    assert told in html.unescape(response.text)
    assert '<span lang="it">The field' not in response.text


@pytest.mark.parametrize(
    ("contact", "links"),
    [
        ("Ufficio Piano, www.comune.it.", ["https://www.comune.it"]),
        ("https://comune.it/piano/ o piano@comune.it", ["https://comune.it/piano/", "mailto:piano@comune.it"]),
        ("Ufficio <b>Piano</b>", []),
    ],
)
def test_the_office_to_ask_can_be_followed(contact: str, links: list[str]) -> None:
    html = link_addresses(contact)

    assert re.findall(r'href="([^"]*)"', html) == links
    assert re.sub(r"</?a[^>]*>", "", html) == escape(contact)


@pytest.mark.parametrize(
    ("path", "told", "link"),
    [
        ("/driver/99", "Il Driver «99» non esiste: scegline uno da 1 a 10", "/driver"),
        ("/driver/otto", "Il Driver «otto» non esiste", "/driver"),
        ("/en/driver/99", "There is no Driver «99»: choose one from 1 to 10", "/en/driver"),
        ("/documenti/ignoto", "Il documento «ignoto» non è nella versione in servizio", "/documenti"),
        ("/documenti/%3Cb%3E", "Il documento «&lt;b&gt;» non è", "/documenti"),
        ("/novita?prima=r_9", "La versione «r_9» non esiste", "/novita"),
    ],
)
def test_a_page_that_is_not_there_leads_to_those_that_are(client: TestClient, path: str, told: str, link: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    lead = re.search(r'<p class="lead">(.*?)</p>', response.text)
    assert lead
    assert lead[1].startswith(told)
    assert f'<a href="{link}">' in lead[1]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            "/driver/docs/x",
            "La pagina «/driver/docs/x» non esiste: controlla l&#39;indirizzo, o riparti dalle domande.",
        ),
        ("/nulla%00%0A", "La pagina «/nulla��» non esiste"),
    ],
)
def test_an_address_of_no_page_is_told_as_it_was_written(client: TestClient, path: str, told: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert f'<p class="lead">{told}' in response.text


def test_a_page_that_is_named_is_called_by_its_name(client: TestClient) -> None:
    assert '<a href="/driver">Driver</a>' in client.get("/driver/99").text
    assert '<a href="/en/driver">Drivers</a>' in client.get("/en/driver/99").text


def test_every_page_of_a_document_tells_its_section(client: TestClient, assistant: FakeAssistant) -> None:
    """Also one in which no passage begins."""
    release = assistant.release
    both = (Span(1, 0, 10), Span(2, 0, 10))
    release.passages = [Passage("p_1", "piano", "x", both, ("", " "), section=("5", "Driver 2"), ordinal=1)]

    assert client.get("/documenti/piano").text.count("Driver 2</span>") == 2


def test_what_was_just_asked_is_no_example_of_something_else(client: TestClient) -> None:
    first, *others = EXAMPLES

    shown = client.get("/", params={"q": first}).text.partition('id="esempi"')[2]

    assert escape(first) not in shown
    assert all(escape(one) in shown for one in others)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("70", "amministrazioni comunali", "su 133"), ("70", "amministrazioni comunali", "su 133")),
        (("55", "stazioni", None), ("55", "stazioni", "")),
        (("2018", "anno", "dal"), ("dal 2018", "", "")),
        (("2019-2021", "anni", "Piano precedente"), ("2019-2021", "", "Piano precedente")),
    ],
)
def test_a_figure_of_a_record_is_said_as_people_say_it(
    told: tuple[str, str, str | None], said: tuple[str, str, str]
) -> None:
    assert tell_figure(*told) == said


def test_not_found_says_so_and_what_else_to_ask(client: TestClient) -> None:
    html = client.get("/", params={"q": "xyz"}).text

    assert HEADINGS[AnswerStatus.NOT_FOUND] in html
    assert "I documenti non lo dicono." in html
    assert "/?q=Che+cosa+dice+il+Piano%3F" in html


@pytest.mark.parametrize("status", AnswerStatus)
def test_every_status_has_its_heading(client: TestClient, assistant: FakeAssistant, status: AnswerStatus) -> None:
    give(assistant, status=status, notes=(Note("prova", "Una nota."),))

    html = client.get("/", params={"q": "xyz"}).text

    assert HEADINGS[status] in html
    assert "Una nota." in html


def test_a_note_that_the_text_says_already_is_not_said_twice(client: TestClient, assistant: FakeAssistant) -> None:
    give(assistant, text="Il nome «X» non risulta. Non lo dicono.", notes=(Note("x", "Il nome «X» non risulta."),))

    assert client.get("/?q=xyz").text.count("non risulta") == 1


def test_an_english_answer_is_marked_as_english(client: TestClient, assistant: FakeAssistant) -> None:
    give(assistant, language="en", text="The documents don't say.")

    assert '<p class="plain" lang="en">The documents don&#39;t say.</p>' in client.get("/?q=xyz").text


@pytest.mark.parametrize(("question", "why"), [("", "vuoto"), ("  ", "vuoto"), ("a" * 1001, "1001 caratteri")])
def test_a_bad_question_is_told_beside_the_box(client: TestClient, question: str, why: str) -> None:
    response = client.get("/", params={"q": question})

    assert response.status_code == 422
    assert why in response.text
    assert 'role="alert"' in response.text
    assert 'aria-invalid="true"' in response.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nulla", 404),
        ("/documenti/ignoto/pagine/1", 404),
        ("/documenti/piano/pagine/9", 404),
        ("/documenti/piano/pagine/0", 422),
        ("/documenti/piano/pagine/2?start=-1&end=3", 422),
        ("/documenti/piano/pagine/2?start=x", 422),
    ],
)
def test_a_persons_error_is_a_page(client: TestClient, path: str, status: int) -> None:
    response = client.get(path)

    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert "Codice della richiesta" in response.text


def test_pages_lead_to_their_neighbours(client: TestClient) -> None:
    first, second = (client.get(f"/documenti/piano/pagine/{index}").text for index in (1, 2))

    assert "/documenti/piano/pagine/2" in first
    assert "Pagina precedente" not in first
    assert "/documenti/piano/pagine/1" in second
    assert "Pagina successiva" not in second


def give(assistant: FakeAssistant, **fields: Any) -> None:
    """Make the assistant's answers hold these fields."""
    ask = assistant.ask
    assistant.ask = lambda question, **options: replace(ask(question, **options), **fields)  # type: ignore[method-assign]


def test_the_api_page_tells_every_operation(client: TestClient) -> None:
    html = client.get("/docs").text

    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in html
    assert "curl &#39;http://testserver/v1/search?q=consumo%20di%20suolo&#39;" in html
    assert "/v1/documents/driver-08/pages/1" in html
    assert "&#34;question&#34;: &#34;Quanti Comuni partecipano ad AFOL Metropolitana?&#34;" in html
