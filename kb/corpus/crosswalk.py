"""The crosswalk: which Driver goes with which instrument, actor, mission, target, law and programme, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kb.corpus.records import DriverRecord, Mention


class Relation(StrEnum):
    """What a Driver goes with."""

    INSTRUMENT = "instrument"
    ACTOR = "actor"
    MISSION = "mission"
    TARGET = "target"
    LAW = "law"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Link:
    """One row: a Driver and one thing that it goes with, with the sentence that says so where there is one."""

    driver: int
    driver_title: str
    relation: Relation
    name: str  # of a target: what is counted
    acronym: str | None = None
    value: str | None = None  # targets alone: the figure as written
    unit: str | None = None
    qualifier: str | None = None  # "minimo", "su 133"
    sentence: str | None = None
    plan_pages: tuple[str, ...] = ()  # the Driver's


def cross(records: Iterable[DriverRecord]) -> list[Link]:
    """Every link, Driver after Driver, in the order of Relation and of the records."""
    return [link for record in records for link in _links(record)]


def _links(record: DriverRecord) -> list[Link]:
    named: tuple[tuple[Relation, tuple[Mention, ...]], ...] = (
        (Relation.INSTRUMENT, record.instruments),
        (Relation.ACTOR, record.actors),
    )
    also: tuple[tuple[Relation, tuple[Mention, ...]], ...] = (
        (Relation.LAW, record.laws),
        (Relation.PROGRAMME, record.programmes),
    )
    missions = [_link(record, Relation.MISSION, mission) for mission in record.pnrr_missions]
    targets = [
        _link(
            record,
            Relation.TARGET,
            target.what,
            value=target.value,
            unit=target.unit,
            qualifier=target.qualifier,
            sentence=target.sentence,
        )
        for target in record.targets
    ]
    return [*_mentions(record, named), *missions, *targets, *_mentions(record, also)]


def _mentions(record: DriverRecord, named: Iterable[tuple[Relation, tuple[Mention, ...]]]) -> list[Link]:
    return [
        _link(record, relation, mention.name, acronym=mention.acronym, sentence=mention.sentence)
        for relation, mentions in named
        for mention in mentions
    ]


def _link(record: DriverRecord, relation: Relation, name: str, **told: str | None) -> Link:
    return Link(record.number, record.title, relation, name, plan_pages=record.plan_pages, **told)
