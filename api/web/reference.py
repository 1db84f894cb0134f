"""The API's schema as a reference that reads without scripts: operations, parameters, answers, an example each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

Schema = Mapping[str, Any]

TYPES = {
    "string": "testo",
    "integer": "numero intero",
    "number": "numero",
    "boolean": "sì o no",
    "array": "elenco",
    "object": "oggetto",
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


def read_operations(schema: Schema, *, address: str) -> tuple[Operation, ...]:
    """Every operation of an OpenAPI schema, in its order; examples call the service at that address."""
    return tuple(
        _operation(schema, method, path, told, address)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    )


def _operation(schema: Schema, method: str, path: str, told: Schema, address: str) -> Operation:
    parameters = [_parameter(schema, each) for each in told.get("parameters", ())]
    body = _pointed(schema, told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"))
    given: Schema = next((each for status, each in told["responses"].items() if status.startswith("2")), {})
    gives = _pointed(schema, given.get("content", {}).get("application/json", {}).get("schema"))
    faults = ((status, each["description"]) for status, each in told["responses"].items() if status[0] in "45")
    return Operation(
        method=method.upper(),
        path=path,
        group=told["tags"][0],
        summary=told["summary"],
        purpose=told.get("description", ""),
        takes=(*parameters, *_members(schema, body)),
        gives=_members(schema, gives),
        faults=tuple(sorted(faults)),
        example=_example(method, path, told.get("parameters", ()), body, address),
    )


def _parameter(schema: Schema, told: Schema) -> Field:
    return Field(told["name"], _takes(schema, told["schema"]), told["required"], told.get("description", ""))


def _members(schema: Schema, body: Schema) -> tuple[Field, ...]:
    required = body.get("required", ())
    return tuple(
        Field(name, _takes(schema, told), name in required, told.get("description", ""))
        for name, told in body.get("properties", {}).items()
    )


def _takes(schema: Schema, told: Schema) -> str:
    if "anyOf" in told:
        return " o ".join(_takes(schema, each) for each in told["anyOf"] if each.get("type") != "null")
    told = _pointed(schema, told)
    if "enum" in told:
        return " | ".join(str(value) for value in told["enum"])
    if told.get("type") == "array":
        members = _pointed(schema, told.get("items")).get("properties")
        return f"elenco di oggetti: {', '.join(members)}" if members else "elenco"
    word = TYPES.get(told.get("type", ""), "valore")
    limits = [f"da {told['minimum']}"] if "minimum" in told else []
    limits += [f"al più {told['maximum']}"] if "maximum" in told else []
    limits += [f"predefinito {told['default']}"] if told.get("default") not in (None, []) else []
    return f"{word} ({', '.join(limits)})" if limits else word


def _pointed(schema: Schema, told: Schema | None) -> Schema:
    if told and "$ref" in told:
        pointed: Schema = schema["components"]["schemas"][told["$ref"].rpartition("/")[2]]
        return pointed
    return told or {}


def _example(method: str, path: str, parameters: Any, body: Schema, address: str) -> str:
    query = []
    for each in parameters:
        for value in each["schema"].get("examples", ())[:1] or each.get("examples", ())[:1]:
            if each["in"] == "path":
                path = path.replace("{" + each["name"] + "}", quote(str(value)))
            elif each["required"]:
                query.append(f"{each['name']}={quote(str(value))}")
    target = f"{address.rstrip('/')}{path}" + (f"?{'&'.join(query)}" if query else "")
    if method in ("get", "delete"):
        return f"curl '{target}'" if method == "get" else f"curl -X DELETE '{target}'"
    properties = body.get("properties", {})
    sent = {name: told["examples"][0] for name, told in properties.items() if "examples" in told}
    return f"curl '{target}' --json '{json.dumps(sent, ensure_ascii=False)}'"
