"""The crosswalk drawn: well formed, every link a line, nothing of a record run as markup."""

from __future__ import annotations

from xml.etree import ElementTree

from api.web.picture import draw_crosswalk
from kb.corpus.crosswalk import Link, Relation, cross
from kb.corpus.records import load_drivers

SVG = "{http://www.w3.org/2000/svg}"


def test_each_link_is_a_line_and_shared_names_stand_once() -> None:
    links = [
        Link(1, "Uno", Relation.ACTOR, "Comuni"),
        Link(2, "Due", Relation.ACTOR, "Comuni"),
        Link(2, "Due", Relation.INSTRUMENT, "Piano urbano", acronym="PUMS"),
        Link(2, "Due", Relation.MISSION, "M2"),
        Link(2, "Due", Relation.TARGET, "del suolo", value="25%", unit="in meno"),
    ]

    drawn = ElementTree.fromstring(draw_crosswalk(links))

    assert len(drawn.findall(f"{SVG}path")) == 5
    said = [text.text for text in drawn.findall(f"{SVG}text")]
    assert said.count("Comuni") == 1
    assert {"PUMS", "M2", "25% in meno: del suolo", "Driver 1", "Driver 2"} <= set(said)
    assert "5 legami fra 2 Driver" in str(drawn.get("aria-label"))


def test_all_ten_drivers_are_drawn_with_their_whole_names() -> None:
    links = [link for link in cross(load_drivers()) if link.relation is not Relation.LAW]

    drawn = ElementTree.fromstring(draw_crosswalk(links))

    whole = {title.text for title in drawn.iter(f"{SVG}title")}
    assert {link.acronym or link.name for link in links if link.relation is Relation.ACTOR} <= whole
    assert len(drawn.findall(f"{SVG}rect")) == 10


def test_a_name_is_text_whatever_it_holds() -> None:
    drawn = draw_crosswalk(
        [Link(1, "<b>", Relation.ACTOR, '<script>alert(1)</script> & "altri" attori del territorio')]
    )

    assert "<script>" not in drawn
    ElementTree.fromstring(drawn)
