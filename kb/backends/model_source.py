"""Finds the embedding model that a name stands for: its folder, checksum and prefixes, without loading it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kb.backends import e5
from kb.errors import EmbedderError

_WEIGHTS = {".safetensors", ".bin", ".json", ".txt", ".model", ".spm"}
_OTHER_ENGINES = {"onnx", "openvino"}
_E5 = re.compile(r"(^|[-_/])e5([-_]|$)")


@dataclass(frozen=True, slots=True)
class ModelSource:
    """An embedding model before it is loaded."""

    name: str
    checksum: str  # SHA-256 of everything that makes its vectors
    query_prefix: str
    passage_prefix: str
    folder: Callable[[], Path]  # where it lies; the default model is converted on the first call
    is_made_here: bool = False  # the default model's folder is: one that is damaged may be made again

    def fingerprint(self, precision: str) -> str:
        """Model, checksum (weights, tokenizer, longest text), prefixes and precision."""
        return f"{self.name}|{self.checksum}|{self.query_prefix!r}+{self.passage_prefix!r}|{precision}"


def find_model(name: str, home: Path) -> ModelSource:
    """
    The model of that name: empty for the default, a sentence-transformers folder, or a name on the model hub.

    The network is asked only for a name that is neither a folder nor in the hub's cache on this machine.

    Raises:
        EmbedderError: there is no such folder, and no such model in the cache or on the network.
    """
    if not name:
        return ModelSource(
            name=e5.NAME,
            checksum=f"{e5.CHECKSUM}-{e5.CONVERSION}",
            query_prefix="query: ",
            passage_prefix="passage: ",
            folder=partial(e5.default_model_folder, home),
            is_made_here=True,
        )
    path = Path(name).expanduser()
    folder = path if path.is_dir() else _from_hub(name)
    query_prefix, passage_prefix = _prefixes(name, folder)
    return ModelSource(name, _checksum(folder), query_prefix, passage_prefix, lambda: folder)


def load_failure(name: str, reason: str) -> EmbedderError:
    """The one line for a model that can't be had."""
    return EmbedderError(
        f"BUSSOLA_EMBED_MODEL vale «{name}», ma il modello non si carica ({' '.join(reason.split())}): "
        "indica la cartella di un modello sentence-transformers già scaricato, "
        "o togli la variabile per usare quello predefinito."
    )


class DamagedModelError(EmbedderError):
    """The default model's folder is not what was written there; another way of computing would not mend it."""


def damaged_model(folder: Path, reason: str) -> DamagedModelError:
    """The one line for a folder of the default model that can't be read any longer."""
    return DamagedModelError(
        f"il modello predefinito in «{folder}» è danneggiato ({' '.join(reason.split())}): cancella quella cartella e "
        "ripeti, si rifà da sola."
    )


def _from_hub(name: str) -> Path:
    if Path(name).is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise load_failure(name, "la cartella non esiste")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    unneeded = ["onnx/*", "openvino/*", "*.h5", "*.ot", "*.msgpack", "*.onnx"]
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    except ValueError:
        raise load_failure(name, "non è una cartella né il nome di un modello") from None
    try:
        return Path(snapshot_download(repository, ignore_patterns=unneeded))
    except Exception as error:  # the hub's client fails in dozens of ways; for the reader they are one
        raise load_failure(name, "non è una cartella, e la rete non lo dà") from error


def _prefixes(name: str, folder: Path) -> tuple[str, str]:
    prompts = _read_prompts(folder)
    query = prompts.get("query", "")
    passage = next((prompts[key] for key in ("document", "passage", "corpus") if prompts.get(key)), "")
    known_e5 = _E5.search(f"{name}/{folder.name}".lower()) and "instruct" not in name.lower()
    if known_e5 and not (query or passage):
        # Published E5 folders carry no prompts, yet the models are trained with these (arXiv 2402.05672, section 2).
        return "query: ", "passage: "
    return query, passage


def _read_prompts(folder: Path) -> dict[str, str]:
    path = folder / "config_sentence_transformers.json"
    try:
        prompts = json.loads(path.read_text(encoding="utf-8")).get("prompts") or {}
    except (OSError, ValueError, AttributeError):
        return {}
    return {str(key): str(value) for key, value in prompts.items()}


def _checksum(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix not in _WEIGHTS or _OTHER_ENGINES & set(inside.parts) or not path.is_file():
            continue
        with path.open("rb") as file:
            total.update(f"{inside.as_posix()}:{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()
