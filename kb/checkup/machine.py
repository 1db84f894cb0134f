"""The machine: Python's packages, the home folder, room on the disk, the published release, the model, Tesseract."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from packaging.requirements import Requirement

from kb import wiring
from kb.checkup.finding import Finding, broken, good, off, warning
from kb.errors import BussolaError, NotFound
from kb.releases.opened import check_whole
from kb.settings import Settings

GIGABYTE = 10**9
LITTLE_ROOM = 2 * GIGABYTE
"""A release of the plan takes 20 MB; the working copies of an update and a backup, several times as much."""
NO_ROOM = GIGABYTE // 5
PROGRAM_S = 10


def check_packages(_settings: Settings) -> Finding:
    """Whether every package that Bussola needs is here, in a version that it takes."""
    wrong = [told for text in importlib.metadata.requires("bussola") or [] if (told := _missing(Requirement(text)))]
    version = importlib.metadata.version("bussola")
    if wrong:
        return broken("programma", f"mancano o non vanno bene: {', '.join(wrong)}", "reinstalla con «make install»")
    return good("programma", f"Bussola {version}, Python {platform.python_version()}")


def check_home(settings: Settings) -> Finding:
    """Whether the home folder can be written."""
    folder = _existing(settings.home)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".bussola-doctor-") as file:
            file.write(b"prova")
            file.flush()
    except OSError as error:
        seen = f"{folder} non si può scrivere ({error.strerror or error})"
        return broken("cartella dei dati", seen, "correggi i permessi, o indica un'altra cartella in BUSSOLA_HOME")
    return good(
        "cartella dei dati", str(settings.home) + ("" if folder == settings.home else " (nascerà al primo uso)")
    )


def check_room(settings: Settings) -> Finding:
    """Whether the disk of the home folder has room left."""
    free = shutil.disk_usage(_existing(settings.home)).free
    seen = f"{free / GIGABYTE:.1f} GB liberi".replace(".", ",")
    remedy = "libera spazio, o sposta BUSSOLA_HOME su un disco più grande"
    if free < NO_ROOM:
        return broken("spazio su disco", seen, remedy)
    return warning("spazio su disco", seen, remedy) if free < LITTLE_ROOM else good("spazio su disco", seen)


def check_release(settings: Settings) -> Finding:
    """Whether what is published is whole and opens."""
    store = wiring.release_store(settings)
    try:
        id_ = store.resolve(None)
        manifest = check_whole(store.folder(id_), parts=wiring.parts_for(settings))
    except NotFound as error:
        return broken("base di conoscenza", "nessuna versione pubblicata che si possa aprire", str(error))
    except BussolaError as error:
        return broken(
            "base di conoscenza", str(error), "ricostruisci con «bussola ingest» o torna con «bussola rollback»"
        )
    told = f"{manifest.id}: {len(manifest.documents)} documenti, {manifest.passages} passaggi"
    return good("base di conoscenza", told)


def check_embedder(settings: Settings) -> Finding:
    """Whether the embedding model computes a question, and is the one that the published release was built with."""
    start = time.perf_counter()
    try:
        embedder = wiring.make_embedder(settings, asking=True)
        length = len(embedder.embed_query("Che cos'è il Piano strategico?"))
    except BussolaError as error:
        return broken(
            "modello dei significati", str(error), "reinstalla con «make install» o correggi BUSSOLA_EMBED_MODEL"
        )
    try:
        with wiring.open_release(settings) as release:
            release.check_embedder(embedder)
    except NotFound:
        pass  # nothing to compare with: told of the knowledge base
    except BussolaError as error:
        return broken("modello dei significati", str(error), "rimetti BUSSOLA_EMBED_MODEL com'era, o ricostruisci")
    name = settings.embed_model or "quello di serie"
    took = f"{time.perf_counter() - start:.1f}".replace(".", ",")
    return good("modello dei significati", f"{name}, {length} valori, pronto in {took} s")


def check_tesseract(_settings: Settings) -> Finding:
    """Whether scans can be read."""
    remedy = "per leggere le scansioni (--ocr): apt install tesseract-ocr tesseract-ocr-ita"
    program = shutil.which("tesseract")
    if program is None:
        return off("Tesseract", f"non è installato; {remedy}")
    try:
        ran = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=PROGRAM_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return warning("Tesseract", "non risponde", remedy)
    if "ita" not in ran.stdout.split():
        return warning("Tesseract", "manca la lingua italiana", remedy)
    return good("Tesseract", "installato, con l'italiano")


def _missing(requirement: Requirement) -> str:
    """What is wrong with a requirement, empty when nothing is."""
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return ""
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return requirement.name
    return "" if requirement.specifier.contains(version, prereleases=True) else f"{requirement.name} {version}"


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next((path for path in (folder, *folder.absolute().parents) if path.is_dir()), Path("/"))
