"""Pages drawn in a process of their own: a file that hangs or breaks the drawing harms nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from kb.errors import NotFound, UnreadableFile

WITHIN_S = 20.0
REMEMBERED = 64
_PDF = b"%PDF-"
_HEADER_BYTES = 1024  # where readers look for the header, as a PDF may begin with something else


def is_pdf(path: Path) -> bool:
    """Whether the file begins as PDFs do."""
    with path.open("rb") as file:
        return _PDF in file.read(_HEADER_BYTES)


@lru_cache(maxsize=REMEMBERED)
def draw_page(path: Path, index: int, *, quote: str = "", earlier: int = 0, width: int = 1000) -> tuple[bytes, bool]:
    """
    A PDF's page as a PNG of that width, and whether the quote was found on it and marked.

    earlier is how often the same words stand before the quote on the page. The path's content must never change.

    Raises:
        NotFound: the file has no such page, or none that can be drawn.
        UnreadableFile: drawing took longer than WITHIN_S.
    """
    asked = {"path": str(path), "index": index, "quote": quote, "earlier": earlier, "width": width}
    try:
        drawn = subprocess.run(
            [sys.executable, "-m", "ingest.readers.page_picture"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=WITHIN_S,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile(
            f"la pagina {index} non si disegna in {WITHIN_S:g} secondi: leggine il testo o apri l'originale."
        ) from None
    if drawn.returncode:
        raise NotFound(f"la pagina {index} non si riesce a disegnare: leggine il testo o apri l'originale.")
    return drawn.stdout, drawn.stderr == b"marked"
