"""A PDF of our own for one of the conversations: the shipped corpus has no pages that could be pictured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TITLE = "Avviso d'esempio, sportelli di quartiere"
PAGE = (420, 300)  # points
HEADING = "Sportelli di quartiere: un avviso d'esempio"
LINES = (
    "Questo foglio non è un atto: serve a mostrare com'è una fonte in PDF.",
    "",
    "Gli sportelli di quartiere d'esempio sono aperti il martedì e il giovedì,",
    "dalle ore 9 alle ore 12.30.",
    "",
    "Agli sportelli di quartiere si chiede come partecipare agli incontri pubblici.",
)


def add_example(home: Path) -> None:
    """Ingest the example into a home and let it be served there, unevaluated: it is for a picture."""
    from kb.settings import Settings
    from kb.wiring import release_store

    path = home / "avviso-esempio.pdf"
    write_example(path)
    command = [sys.executable, "-m", "bussola", "ingest", str(path), "--title", TITLE, "--json"]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "BUSSOLA_HOME": str(home)}
    )
    release_store(Settings(home=home)).publish(json.loads(done.stdout)["release"])


def write_example(path: Path) -> None:
    """The example, one page."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=PAGE)
    canvas.setTitle(TITLE)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(30, 255, HEADING)
    canvas.setFont("Helvetica", 11)
    for at, line in enumerate(LINES):
        canvas.drawString(30, 215 - 22 * at, line)
    canvas.save()
