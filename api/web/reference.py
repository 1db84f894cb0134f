"""The API's schema as a reference that reads without scripts: operations, parameters, answers, an example each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from api.english import said_in
from api.web.language import ENGLISH, ITALIAN

Schema = Mapping[str, Any]

CATALOGUE = Path(__file__).parent / "english_api.yaml"
TOLD = ("summary", "description")
"""The members of a schema that are words for people."""

ITALIAN_TYPES = {
    "string": "testo",
    "integer": "numero intero",
    "number": "numero",
    "boolean": "sì o no",
    "array": "elenco",
    "object": "oggetto",
    "": "valore",
    "or": " o ",
    "objects": "elenco di oggetti: ",
    "minimum": "da ",
    "maximum": "al più ",
    "default": "predefinito ",
}
ENGLISH_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "array": "list",
    "object": "object",
    "": "value",
    "or": " or ",
    "objects": "list of objects: ",
    "minimum": "from ",
    "maximum": "at most ",
    "default": "by default ",
}


@dataclass(frozen=True)
class Field:
    """A parameter or a member of a body: what it is called, what it takes, and what for."""

    name: str
    takes: str
    required: bool
    purpose: str


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    group: str
    summary: str
    purpose: str
    takes: tuple[Field, ...]
    gives: tuple[Field, ...]
    faults: tuple[tuple[str, str], ...]  # status and its meaning
    example: str  # a command line

    @property
    def anchor(self) -> str:
        """The id of its heading."""
        return f"{self.method}{self.path}".replace("/", "-").replace("{", "").replace("}", "").lower()


def read_operations(schema: Schema, *, address: str, language: str = ITALIAN) -> tuple[Operation, ...]:
    """Every operation of an OpenAPI schema, in its order; examples call the service at that address."""
    reader = Reader(_in_english(schema), ENGLISH_TYPES) if language == ENGLISH else Reader(schema, ITALIAN_TYPES)
    return tuple(
        reader.operation(method, path, told, address)
        for path, methods in reader.schema["paths"].items()
        for method, told in methods.items()
    )


@cache
def english_texts() -> dict[str, str]:
    """The English of every text of the schema that the page shows, by its Italian."""
    found: dict[str, str] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return found


def _in_english(part: Any) -> Any:
    """The schema with its words for people in English, where they are known."""
    if isinstance(part, list):
        return [_in_english(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _translated(value) if name in TOLD and isinstance(value, str) else _in_english(value)
        for name, value in part.items()
    }


def _translated(text: str) -> str:
    return english_texts().get(text) or said_in(ENGLISH, text)


@dataclass(frozen=True)
class Reader:
    """Reads a schema in one language."""

    schema: Schema
    types: Mapping[str, str]

    def operation(self, method: str, path: str, told: Schema, address: str) -> Operation:
        """One method of one path."""
        parameters = [self._parameter(each) for each in told.get("parameters", ())]
        body = self._pointed(told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"))
        given: Schema = next((each for status, each in told["responses"].items() if status.startswith("2")), {})
        gives = self._pointed(given.get("content", {}).get("application/json", {}).get("schema"))
        faults = ((status, each["description"]) for status, each in told["responses"].items() if status[0] in "45")
        return Operation(
            method=method.upper(),
            path=path,
            group=told["tags"][0],
            summary=told["summary"],
            purpose=told.get("description", ""),
            takes=(*parameters, *self._members(body)),
            gives=self._members(gives),
            faults=tuple(sorted(faults)),
            example=_example(method, path, told, body, address),
        )

    def _parameter(self, told: Schema) -> Field:
        return Field(told["name"], self._takes(told["schema"]), told["required"], told.get("description", ""))

    def _members(self, body: Schema) -> tuple[Field, ...]:
        required = body.get("required", ())
        return tuple(
            Field(name, self._takes(told), name in required, told.get("description", ""))
            for name, told in body.get("properties", {}).items()
        )

    def _takes(self, told: Schema) -> str:
        if "anyOf" in told:
            return self.types["or"].join(self._takes(each) for each in told["anyOf"] if each.get("type") != "null")
        told = self._pointed(told)
        if "enum" in told:
            return " | ".join(str(value) for value in told["enum"])
        if told.get("type") == "array":
            members = self._pointed(told.get("items")).get("properties")
            return self.types["objects"] + ", ".join(members) if members else self.types["array"]
        word = self.types.get(told.get("type", ""), self.types[""])
        limits = [
            f"{self.types[name]}{told[name]}"
            for name in ("minimum", "maximum", "default")
            if told.get(name) not in (None, [])
        ]
        return f"{word} ({', '.join(limits)})" if limits else word

    def _pointed(self, told: Schema | None) -> Schema:
        if told and "$ref" in told:
            pointed: Schema = self.schema["components"]["schemas"][told["$ref"].rpartition("/")[2]]
            return pointed
        return told or {}


def _example(method: str, path: str, told: Schema, body: Schema, address: str) -> str:
    """A command line that can be pasted; CHIAVE stands where a key is needed."""
    query = []
    for each in told.get("parameters", ()):
        for value in each["schema"].get("examples", ())[:1] or each.get("examples", ())[:1]:
            if each["in"] == "path":
                path = path.replace("{" + each["name"] + "}", quote(str(value)))
            elif each["required"]:
                query.append(f"{each['name']}={quote(str(value))}")
    target = f"{address.rstrip('/')}{path}" + (f"?{'&'.join(query)}" if query else "")
    words = ["curl", *(["-X", "DELETE"] if method == "delete" else []), _quoted(target)]
    if {} not in told.get("security", [{}]):
        words += ["-H", _quoted("Authorization: Bearer CHIAVE")]
    if method != "get":
        properties = body.get("properties", {})
        sent = {name: each["examples"][0] for name, each in properties.items() if "examples" in each}
        words += ["--json", _quoted(json.dumps(sent, ensure_ascii=False))]
    return " ".join(words)


def _quoted(text: str) -> str:
    """The text as one word of a shell."""
    return "'" + text.replace("'", r"'\''") + "'"
