"""
Driver records: one Driver of the strategic plan as data, read from YAML.

The form of a record is driver.schema.json; this module checks the same form at run time,
so that a person's own record is refused with a line that names the file and the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import cast

import yaml

from kb.errors import InputError

Fields = Mapping[str, object]

# Fields that a record may leave empty, with a reason in not_stated.
MAY_BE_EMPTY = (
    "aim",
    "actions",
    "targets",
    "actors",
    "instruments",
    "laws",
    "programmes",
    "pnrr_missions",
    "working_style",
    "plan_pages",
)
_KNOWN = frozenset((*MAY_BE_EMPTY, "number", "title", "subtitle", "edition", "publisher", "not_stated"))
_MISSIONS = frozenset(f"M{number}" for number in range(1, 7))
_PAGE_SOURCES = ("printed", "inferred")


@dataclass(frozen=True, slots=True)
class Target:
    """A figure of a Driver; sentence says it whole, so that it can be quoted alone."""

    value: str  # as written: "71", "25-30%", "2019-2021"
    unit: str
    what: str
    sentence: str
    qualifier: str | None = None  # "minimo", "su 133", "compreso il capoluogo"


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor, instrument, law or programme that a Driver names."""

    name: str
    sentence: str
    acronym: str | None = None


@dataclass(frozen=True, slots=True)
class DriverRecord:
    """One Driver as data; a field the plan does not state is empty and has its reason in not_stated."""

    number: int
    title: str
    subtitle: str | None = None
    edition: str | None = None
    publisher: str | None = None
    aim: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    actors: tuple[Mention, ...] = ()
    instruments: tuple[Mention, ...] = ()
    laws: tuple[Mention, ...] = ()
    programmes: tuple[Mention, ...] = ()
    pnrr_missions: tuple[str, ...] = ()  # "M1" … "M6"
    working_style: tuple[str, ...] = ()
    plan_pages: tuple[str, ...] = ()  # printed labels
    plan_pages_source: str | None = None  # "printed": the plan's text carries a label; "inferred": counted
    not_stated: Mapping[str, str] = field(default_factory=dict)


def shipped_records() -> tuple[Traversable, ...]:
    """The YAML files of the shipped driver records, by Driver number."""
    return _shipped("drivers", ".yaml")


def shipped_guide() -> tuple[Traversable, ...]:
    """The Markdown files of the shipped guide, by name."""
    return _shipped("guide", ".md")


def load_drivers() -> tuple[DriverRecord, ...]:
    """
    The ten shipped records, by number.

    Raises:
        InputError: a shipped record is broken.
    """
    records = (parse_record(file.read_text(encoding="utf-8"), file.name) for file in shipped_records())
    return tuple(sorted(records, key=lambda record: record.number))


def parse_record(text: str, source: str) -> DriverRecord:
    """
    One driver record from YAML text; source is the file's name, for messages.

    Raises:
        InputError: no YAML, an unknown, missing or wrong field, or an empty field without its reason.
    """
    form = _Form(_read_yaml(text, source), source)
    form.refuse_others(_KNOWN)
    number, title = form.integer("number"), form.text("title")
    pages = form.inner("plan_pages")
    record = DriverRecord(
        number=number,
        title=title,
        subtitle=form.optional("subtitle"),
        edition=form.optional("edition"),
        publisher=form.optional("publisher"),
        aim=form.sentences("aim"),
        actions=form.sentences("actions"),
        targets=tuple(_target(each) for each in form.items("targets")),
        actors=_mentions(form, "actors"),
        instruments=_mentions(form, "instruments"),
        laws=_mentions(form, "laws"),
        programmes=_mentions(form, "programmes"),
        pnrr_missions=_missions(form),
        working_style=form.sentences("working_style"),
        plan_pages=_page_labels(pages),
        plan_pages_source=_page_source(pages),
        not_stated=_reasons(form),
    )
    _check_reasons(record, form)
    return record


@dataclass(frozen=True, slots=True)
class _Form:
    """A mapping being read; each getter refuses a wrong value by file and field."""

    fields: Fields
    source: str
    path: str = ""

    def refuse(self, name: str, why: str) -> InputError:
        return InputError(f"Scheda «{self.source}», campo «{self.path}{name}»: {why}.")

    def refuse_others(self, known: frozenset[str]) -> None:
        for name in self.fields:
            if name not in known:
                raise self.refuse(str(name), f"nome sconosciuto; quelli ammessi sono {', '.join(sorted(known))}")

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(name, "serve un testo non vuoto (i numeri vanno tra virgolette)")
        return value.strip()

    def sentence(self, name: str) -> str:
        value = self.text(name)
        if value[-1] not in ".!?":
            raise self.refuse(name, "serve una frase intera, che finisca con il punto")
        return value

    def optional(self, name: str) -> str | None:
        return None if self.fields.get(name) is None else self.text(name)

    def integer(self, name: str) -> int:
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.refuse(name, f"serve un numero intero da 1 in su, non {value!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_Form({at: value}, self.source, f"{self.path}{name}").text(at) for at, value in self._list(name))

    def sentences(self, name: str) -> tuple[str, ...]:
        return tuple(
            _Form({at: value}, self.source, f"{self.path}{name}").sentence(at) for at, value in self._list(name)
        )

    def items(self, name: str) -> list[_Form]:
        forms = []
        for at, value in self._list(name):
            if not isinstance(value, Mapping):
                raise self.refuse(f"{name}{at}", "serve un elenco di campi")
            forms.append(_Form(cast(Fields, value), self.source, f"{self.path}{name}{at}."))
        return forms

    def inner(self, name: str) -> _Form | None:
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.refuse(name, "serve un elenco di campi")
        return _Form(cast(Fields, value), self.source, f"{self.path}{name}.")

    def _list(self, name: str) -> list[tuple[str, object]]:
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse(name, "serve un elenco (una riga per voce, con il trattino)")
        return [(f"[{at}]", each) for at, each in enumerate(value)]


def _target(form: _Form) -> Target:
    form.refuse_others(frozenset(("value", "unit", "qualifier", "what", "sentence")))
    return Target(
        value=form.text("value"),
        unit=form.text("unit"),
        what=form.text("what"),
        sentence=form.sentence("sentence"),
        qualifier=form.optional("qualifier"),
    )


def _mentions(form: _Form, name: str) -> tuple[Mention, ...]:
    found = []
    for each in form.items(name):
        each.refuse_others(frozenset(("name", "acronym", "sentence")))
        found.append(Mention(each.text("name"), each.sentence("sentence"), each.optional("acronym")))
    return tuple(found)


def _missions(form: _Form) -> tuple[str, ...]:
    missions = form.texts("pnrr_missions")
    for mission in missions:
        if mission not in _MISSIONS:
            raise form.refuse("pnrr_missions", f"missione sconosciuta «{mission}»; si scrive da M1 a M6")
    return missions


def _page_labels(pages: _Form | None) -> tuple[str, ...]:
    if pages is None:
        return ()
    labels = pages.texts("labels")
    if not labels:
        raise pages.refuse("labels", "serve almeno una pagina; se non si conoscono, va tolto plan_pages")
    return labels


def _page_source(pages: _Form | None) -> str | None:
    if pages is None:
        return None
    pages.refuse_others(frozenset(("labels", "source")))
    source = pages.text("source")
    if source not in _PAGE_SOURCES:
        raise pages.refuse("source", f"valore sconosciuto «{source}»; si scrive {' o '.join(_PAGE_SOURCES)}")
    return source


def _reasons(form: _Form) -> dict[str, str]:
    inner = form.inner("not_stated")
    if inner is None:
        return {}
    inner.refuse_others(frozenset(MAY_BE_EMPTY))
    return {name: inner.text(name) for name in inner.fields}


def _check_reasons(record: DriverRecord, form: _Form) -> None:
    for name in MAY_BE_EMPTY:
        stated, excused = bool(getattr(record, name)), name in record.not_stated
        if not stated and not excused:
            raise form.refuse(name, "è vuoto; va riempito oppure spiegato sotto not_stated")
        if stated and excused:
            raise form.refuse(f"not_stated.{name}", "spiega un campo che invece è riempito; va tolto")


def _read_yaml(text: str, source: str) -> Fields:
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"Scheda «{source}»: non è YAML valido ({_place(error)}); va corretta la sintassi.") from error
    if not isinstance(read, dict):
        raise InputError(f"Scheda «{source}»: non contiene i campi di una scheda Driver (number, title, aim, …).")
    return cast(Fields, read)


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"riga {mark.line + 1}" if mark is not None else "carattere non ammesso"


def _shipped(folder: str, suffix: str) -> tuple[Traversable, ...]:
    found = (file for file in (files("kb.corpus") / folder).iterdir() if file.name.endswith(suffix))
    return tuple(sorted(found, key=lambda file: file.name))
