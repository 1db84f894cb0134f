"""What holds for the whole house: sizes, arrows that the linter can't see, commands, docs, licence, pins."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bussola
from evals.docs import PARTS, README, fill, main, settings_table
from kb.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ingest", "kb", "bot", "api", "prompts", "evals")
MODULES = [*sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py")), ROOT / "bussola.py"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb", "fastapi", "pypdf", "telegram", "llama_index")

CONTRACT = {
    "ingest": (
        "--title --kind --edition --date --url --status --remove --fresh --json --password --ocr --allow-screened"
    ),
    "ask": "--history --mode --release --batch --json",
    "search": "-k --driver --document --kind --mission --article --batch --json",
    "replay": "--release --json",
    "step": "--batch --history --release --json",
    "releases": "--json",
    "show": "--json",
    "diff": "--answers --receipts --html --json",
    "evaluate": "--json",
    "publish": "--override --json",
    "rollback": "--json",
    "bench": "--json --only --sizes --rounds --quick --readme",
    "gaps": "--since --json",
    "gaps approve": "--kind --must-include --out --json",
    "evals run": "--release --out --against --repeats --variants --json",
    "evals judge": "--labelled --json",
    "evals retrieval": "--json --out --against",
    "evals facts": "-k --release --json",
    "evals editions": "--json",
    "evals extraction": "--source --json",
    "models": "--json",
    "models fetch": "--json",
    "serve": "--host --port --workers",
    "mcp": "",
    "doctor": "--json",
    "backup": "--with-cache --json",
    "restore": "--force --json",
    "retention": "--json",
    "keys add": "--role --days --json",
    "keys list": "--json",
    "keys revoke": "--json",
}
"""DESIGN, "Commands": names and options are a contract."""


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def command_named(path: str) -> click.Command:
    command: click.Command = bussola.bussola
    for name in path.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found, f"no command {path}"
        command = found
    return command


def every_command(command: click.Command = bussola.bussola, path: str = "bussola") -> list[tuple[str, click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            found += every_command(child, f"{path} {name}")
    return found


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    lines = (function.end_lineno or 0) - function.lineno + 1
    return lines - ((first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0)


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_modules_and_functions_stay_short(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert len(source.splitlines()) <= 400
    assert {function.name: n for function in functions if (n := code_lines(function)) > 50} == {}


def test_files_of_tests_stay_short_too() -> None:
    lengths = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in TESTS}

    assert {name: length for name, length in lengths.items() if length > 400} == {}


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_nobody_imports_the_command(file: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])

    assert "bussola" not in imported


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_what_is_public_says_what_it_gives(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    public = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]

    assert ast.get_docstring(tree), "the module has no docstring"
    assert [node.name for node in public if not node.name.startswith("_") and not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", CONTRACT)
def test_the_commands_of_the_contract_are_mounted(path: str) -> None:
    options = {name for parameter in command_named(path).params for name in parameter.opts}

    assert set(CONTRACT[path].split()) <= options


def test_every_command_and_option_explains_itself_in_italian() -> None:
    english = re.compile(r"\b(the|of|and|to|is|are|for|with|this|that|from|by|show|print)\b", re.IGNORECASE)

    for path, command in every_command():
        texts = [command.help or ""] + [p.help or "" for p in command.params if isinstance(p, click.Option)]
        assert all(texts), f"{path} leaves something unexplained"
        assert not [text for text in texts if english.search(text)], path


def test_the_command_calls_itself_by_its_name_however_it_was_started() -> None:
    ran = subprocess.run([sys.executable, "-m", "bussola", "search", "x", "-k", "0"], capture_output=True, text=True)

    assert ran.returncode == 2
    assert "vedi «bussola search --help»" in ran.stderr
    assert "bussola.py" not in ran.stderr


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, bussola; sys.argv = ['bussola', '--help']\n"
        "try:\n    bussola.main()\n"
        f"finally:\n    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)

    assert ran.returncode == 0
    assert ran.stderr.strip() == "[]"


def test_readme_prints_what_the_code_says() -> None:
    text = README.read_text(encoding="utf-8")

    assert fill(text) == text, "run `make format`"


def test_every_setting_is_in_the_table() -> None:
    table = settings_table()

    for name, field in Settings.model_fields.items():
        assert f"`BUSSOLA_{name.upper()}`" in table
        assert field.description
        assert field.description in table


def test_a_stale_readme_fails_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "README.md"
    stale.write_text("".join(f"<!-- {name}:begin -->\nvecchio\n<!-- {name}:end -->\n" for name in PARTS))
    monkeypatch.setattr("evals.docs.README", stale)
    monkeypatch.setitem(PARTS, "help", lambda: "aiuto \\1")

    assert main(["--check"]) == 1
    assert main([]) == 0
    assert "aiuto \\1" in stale.read_text()
    assert main(["--check"]) == 0


def test_missing_markers_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "README.md"
    bare.write_text("# Bussola\n")
    monkeypatch.setattr("evals.docs.README", bare)

    assert main(["--check"]) == 2
    assert "settings:begin" in capsys.readouterr().err


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), "names and versions only"
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def test_everything_installed_for_us_is_pinned() -> None:
    """The closure of our requirements, as installed, stands in constraints.txt with the same version."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    waiting = [Requirement(r) for r in project["dependencies"] + project["optional-dependencies"]["dev"]]
    installed: dict[str, str] = {}
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        if (key := f"{canonicalize_name(requirement.name)} {sorted(requirement.extras)}") in seen:
            continue
        seen.add(key)
        distribution = importlib.metadata.distribution(requirement.name)
        installed[canonicalize_name(requirement.name)] = distribution.version.partition("+")[0]
        for text in distribution.requires or ():
            needed = Requirement(text)
            extras = {"": "", **dict.fromkeys(requirement.extras, "")}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)

    assert {name: version for name, version in installed.items() if pins().get(name) != version} == {}


def test_the_licence_is_whole() -> None:
    """EUPL-1.2: fifteen articles, the appendix of compatible licences, and its closing sentence."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [int(number) for number in re.findall(r"(?m)^(\d+)\.\s?[A-Z]", text)] == list(range(1, 16))
    assert "Appendix" in text
    assert text.rstrip().endswith(
        "All other changes or additions to this Appendix require the production of a new EUPL version."
    )


TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "minItems": 1, "items": TEXT}
MEDIA_TYPES = {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+/[a-z0-9.+-]+$"}}
DESCRIPTION = {
    "type": "object",
    "required": ["shortDescription", "longDescription", "features"],
    "properties": {
        "shortDescription": {"type": "string", "minLength": 1, "maxLength": 150},
        "longDescription": {"type": "string", "minLength": 150, "maxLength": 10000},
        "features": {"type": "array", "minItems": 1, "items": {"type": "string", "maxLength": 100}},
    },
}
PUBLICCODE = {
    "type": "object",
    "required": [
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    ],
    "properties": {
        "publiccodeYmlVersion": {"enum": ["0.4", "0.4.0", "0.5", "0.5.0"]},
        "name": TEXT,
        "url": {"type": "string", "pattern": "^https://"},
        "platforms": TEXTS,
        "categories": TEXTS,
        "developmentStatus": {"enum": ["concept", "development", "beta", "stable", "obsolete"]},
        "softwareType": {
            "enum": [
                "standalone/mobile",
                "standalone/iot",
                "standalone/desktop",
                "standalone/web",
                "standalone/backend",
                "standalone/other",
                "addon",
                "library",
                "configurationFiles",
            ]
        },
        "description": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Z]{2})?$"},
            "additionalProperties": DESCRIPTION,
        },
        "legal": {"type": "object", "required": ["license"], "properties": {"license": {"const": "EUPL-1.2"}}},
        "maintenance": {
            "type": "object",
            "required": ["type", "contacts"],
            "properties": {
                "type": {"enum": ["internal", "community"]},
                "contacts": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["name"]}},
            },
        },
        "localisation": {
            "type": "object",
            "required": ["localisationReady", "availableLanguages"],
            "properties": {"localisationReady": {"type": "boolean"}, "availableLanguages": TEXTS},
        },
        "organisation": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
        "intendedAudience": {
            "type": "object",
            "properties": {"countries": {"type": "array", "items": {"pattern": "^[A-Z]{2}$"}}, "scope": TEXTS},
            "additionalProperties": False,
        },
        "inputTypes": MEDIA_TYPES,
        "outputTypes": MEDIA_TYPES,
        "softwareVersion": TEXT,
        "IT": {"type": "object", "properties": {"countryExtensionVersion": {"enum": ["0.2", "1.0"]}}},
    },
    "additionalProperties": False,
}
"""The keys that publiccode.yml 0.5 requires and the values it allows: https://yml.publiccode.tools/schema.core.html"""


def test_the_catalogue_file_is_valid() -> None:
    catalogue = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))

    jsonschema.validate(json.loads(json.dumps(catalogue)), PUBLICCODE)
    assert catalogue["softwareVersion"] == importlib.metadata.version("bussola")
    assert set(catalogue["localisation"]["availableLanguages"]) == set(catalogue["description"])


def test_continuous_integration_runs_the_checks_once() -> None:
    """.ci/run stops at the first fault, and its last word is pytest's."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    asked = " ".join(line.removeprefix("make ") for line in lines if line.startswith("make ")).split()
    shown = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "set -euo pipefail" in lines
    assert asked == ["install", "lint", "types", "arrows", "docs", "test"]
    assert [shown.count(tool) for tool in ("ruff check", "mypy", "lint-imports", "evals.docs --check", "pytest")] == [
        1
    ] * 5
