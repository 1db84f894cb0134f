"""The crosswalk as a picture: Drivers in the middle, what they go with on both sides, a line for each link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from api.web.language import ITALIAN, translate
from api.web.words import PICTURE as LABEL
from api.web.words import RELATION_GROUPS, tell_figure
from kb.corpus.crosswalk import Link, Relation

LEFT = (Relation.ACTOR, Relation.TARGET)
RIGHT = (Relation.INSTRUMENT, Relation.MISSION)
ROW = 22  # height of a line of text, in points; the text is 13 high
GROUP_GAP = 14
SIDE = 330  # width of a side's names
MIDDLE = 180  # width of a Driver's box
BETWEEN = 150
WIDTH = 2 * SIDE + 2 * BETWEEN + MIDDLE
LONGEST = 44  # letters of a name; the whole stands in its title and in the table


@dataclass(frozen=True)
class Placed:
    """A name at its height."""

    key: tuple[Relation, str]
    shown: str
    whole: str
    y: float


def draw_crosswalk(links: Sequence[Link], *, language: str = ITALIAN) -> Markup:
    """
    The links as an SVG with a title for each part; every name and line has the class of its kind or Driver.

    Names that several Drivers share stand once, as the documents have them. Colours come from the page's style sheet.
    """
    left, left_titles, left_height = _column(links, LEFT, language)
    right, right_titles, right_height = _column(links, RIGHT, language)
    numbers = sorted({link.driver for link in links})
    height = max(left_height, right_height, len(numbers) * 3 * ROW) + ROW
    drivers = {number: (at + 0.5) * height / len(numbers) for at, number in enumerate(numbers)}
    titles = {link.driver: link.driver_title for link in links}
    lines = [*_lines(links, left, drivers, is_left=True), *_lines(links, right, drivers, is_left=False)]
    body = [
        *lines,
        *_names(left, left_titles, x=SIDE, anchor="end"),
        *_names(right, right_titles, x=WIDTH - SIDE, anchor="start"),
        *(_box(number, titles[number], y) for number, y in drivers.items()),
    ]
    label = translate(LABEL, language) % {"links": len(links), "drivers": len(numbers)}
    return Markup(
        f'<svg class="crosswalk" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'width="{WIDTH}" height="{height:.0f}" aria-label="{escape(label)}">'
        f"{''.join(body)}</svg>"
    )


def _column(
    links: Iterable[Link], kinds: Sequence[Relation], language: str
) -> tuple[list[Placed], list[tuple[str, float]], float]:
    """The names of these kinds from top to bottom, the kinds' titles, and how high it all is."""
    placed: list[Placed] = []
    titles: list[tuple[str, float]] = []
    y = float(ROW)
    for kind in kinds:
        own = list(dict.fromkeys(_key(link) for link in links if link.relation is kind))
        if not own:
            continue
        titles.append((translate(RELATION_GROUPS[kind], language), y))
        y += ROW
        for key in own:
            placed.append(Placed(key, _short(key[1]), key[1], y))
            y += ROW
        y += GROUP_GAP
    return placed, titles, y


def _key(link: Link) -> tuple[Relation, str]:
    if link.relation is Relation.TARGET:
        figure, unit, _ = tell_figure(link.value or "", link.unit, link.qualifier)
        return link.relation, f"{figure} {unit}".rstrip() + f": {link.name}"
    return link.relation, link.acronym or link.name


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


def _lines(links: Iterable[Link], side: Sequence[Placed], drivers: dict[int, float], *, is_left: bool) -> list[str]:
    heights = {one.key: one.y for one in side}
    start = SIDE + 8 if is_left else WIDTH - SIDE - 8
    end = SIDE + BETWEEN if is_left else WIDTH - SIDE - BETWEEN
    middle = (start + end) / 2
    return [
        f'<path class="line line-{link.driver}" d="M{start} {y - 4:.0f}C{middle:.0f} {y - 4:.0f} {middle:.0f} '
        f'{drivers[link.driver]:.0f} {end} {drivers[link.driver]:.0f}"/>'
        for link in links
        if (y := heights.get(_key(link))) is not None
    ]


def _names(side: Iterable[Placed], titles: Iterable[tuple[str, float]], *, x: int, anchor: str) -> list[str]:
    told = [
        f'<text class="group" x="{x}" y="{y:.0f}" text-anchor="{anchor}">{escape(title)}</text>' for title, y in titles
    ]
    return told + [
        f'<text x="{x}" y="{one.y:.0f}" text-anchor="{anchor}">{escape(one.shown)}'
        f"<title>{escape(one.whole)}</title></text>"
        for one in side
    ]


def _box(number: int, title: str, y: float) -> str:
    x = SIDE + BETWEEN
    return (
        f'<rect class="box" x="{x}" y="{y - 24:.0f}" width="{MIDDLE}" height="48" rx="4"/>'
        f'<text class="number" x="{x + MIDDLE / 2:.0f}" y="{y - 4:.0f}" text-anchor="middle">Driver {number}</text>'
        f'<text class="title" x="{x + MIDDLE / 2:.0f}" y="{y + 14:.0f}" text-anchor="middle">{escape(_cut(title))}'
        f"<title>{escape(title)}</title></text>"
    )


def _cut(title: str) -> str:
    return title if len(title) <= 28 else title[:27].rstrip() + "…"
