"""The API's schema as a file; `python -m api.schema` writes it, with --check it only compares."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kb.settings import Settings

FILE = Path(__file__).parent / "openapi.json"


def write_schema() -> str:
    """The schema of an API with default settings, as JSON text."""
    from api.app import create_app

    with tempfile.TemporaryDirectory(prefix="bussola-schema-") as home:
        schema = create_app(_nobody, Settings.model_construct(home=Path(home))).openapi()
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _nobody() -> Any:
    raise AssertionError("nobody is asked for a schema")


def main(arguments: Sequence[str]) -> int:
    """Write the file, or say whether it is what the code says."""
    text = write_schema()
    if "--check" not in arguments:
        FILE.write_text(text, encoding="utf-8")
        return 0
    is_current = FILE.is_file() and FILE.read_text(encoding="utf-8") == text
    if not is_current:
        sys.stderr.write(f"{FILE} is not what the API says: run `python -m api.schema` and read the difference.\n")
    return 0 if is_current else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
