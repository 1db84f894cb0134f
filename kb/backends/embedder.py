"""Embedding by sentence-transformers: the default model or any other of that library."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from kb.backends.model_source import ModelSource, damaged_model, find_model, load_failure
from kb.backends.processor import CPU_INFO, processor_flags
from kb.errors import EmbedderError
from kb.ports import Matrix, Progress, TokenVectors, Vector, no_progress
from kb.vectors import unit_rows

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Precision = Literal["float32", "bfloat16", "int8"]

BATCH_TOKENS = 1536
"""Tokens in a padded batch: 1,024 to 2,048 are the fastest; 8,192 falls out of the caches and loses a third."""

_COUNTED_AT_ONCE = 512
FEW_TOKENS = 96
"""Texts up to this many tokens, padding included, are computed by one thread."""
_CHARS_PER_TOKEN = 4


def open_embedder(name: str, home: Path, *, precision: Precision | None = None) -> SentenceTransformerEmbedder:
    """
    The embedder of that name (empty: the default model, kept under home); nothing heavy is loaded before its first use.

    precision is that of passages; None takes bfloat16 where the processor computes in it, else float32.

    Raises:
        EmbedderError: no such model.
    """
    return SentenceTransformerEmbedder(find_model(name, home), precision=precision or native_precision())


def native_precision(cpu_info: Path = CPU_INFO) -> Precision:
    """torch's fastest precision on this processor: bfloat16 with AMX-BF16 or AVX512-BF16, else float32."""
    return "bfloat16" if {"amx_bf16", "avx512_bf16"} & processor_flags(cpu_info) else "float32"


class SentenceTransformerEmbedder:
    """
    An Embedder and TokenEmbedder over a sentence-transformers model, loaded at its first use.

    Passages are computed in the precision given, questions always in float32: one short text gains nothing from
    bfloat16. Threads may share it; they take turns batch by batch, so a question waits for one batch at most.
    """

    def __init__(self, source: ModelSource, *, precision: Precision = "float32") -> None:
        self._source = source
        self._precision: Precision = precision
        self._model: SentenceTransformer | None = None
        self._lock = threading.RLock()
        self._last_question: tuple[str, list[tuple[list[int], Any, dict[str, Any]]]] | None = None

    @property
    def fingerprint(self) -> str:
        """That of the model, with the precision of passages; known without loading."""
        return self._source.fingerprint(self._precision)

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._loaded().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """Longest text in tokens, prefix included; what lies beyond is not seen."""
        return int(self._loaded().max_seq_length or 512)

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """
        n × dimension, rows of length 1, in the order given.

        Raises:
            EmbedderError: the model can't be loaded or run.
        """
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for places, _encoded, features in self._batches(texts, self._source.passage_prefix, self._precision, progress):
            rows[places] = _pooled(features)
        return rows

    def embed_query(self, text: str) -> Vector:
        """
        One vector of length 1.

        Raises:
            EmbedderError: the model can't be loaded or run.
        """
        prefix = self._source.query_prefix
        ((_places, _encoded, features),) = self._batches([text], prefix, "float32", no_progress)
        row: Vector = _pooled(features)[0]
        return row

    def embed_tokens(
        self, texts: Sequence[str], *, is_query: bool, layer: int = -3, progress: Progress = no_progress
    ) -> list[TokenVectors]:
        """
        Each text's tokens with the whole text's vector, from one pass, in the order given.

        Raises:
            EmbedderError: the model has no token vectors, or no such layer.
        """
        prefix = self._source.query_prefix if is_query else self._source.passage_prefix
        found: dict[int, TokenVectors] = {}
        for places, encoded, features in self._passes(texts, is_query, progress):
            states = self._layer(features, layer)
            pooled = _pooled(features)
            for row, place in enumerate(places):
                found[place] = _token_vectors(encoded.encodings[row], states[row], pooled[row], skipped=len(prefix))
        return [found[place] for place in range(len(texts))]

    def _passes(
        self, texts: Sequence[str], is_query: bool, progress: Progress
    ) -> Iterable[tuple[list[int], Any, dict[str, Any]]]:
        """The model's output with every layer; that of the last question is kept, since search and answer both ask."""
        if not is_query or len(texts) != 1:
            prefix = self._source.query_prefix if is_query else self._source.passage_prefix
            return self._batches(texts, prefix, "float32" if is_query else self._precision, progress, layers=True)
        last = self._last_question
        if last is None or last[0] != texts[0]:
            passes = list(self._batches(texts, self._source.query_prefix, "float32", progress, layers=True))
            self._last_question = last = (texts[0], passes)
        return last[1]

    def _layer(self, features: dict[str, Any], layer: int) -> NDArray[np.float32]:
        states = features.get("all_layer_embeddings")
        if states is None:
            raise EmbedderError(f"Il modello «{self._source.name}» non dà vettori dei singoli token.")
        if not -len(states) < layer < 0:
            raise EmbedderError(
                f"Strato {layer} inesistente: il modello «{self._source.name}» ne ha {len(states) - 1}."
            )
        values: NDArray[np.float32] = states[layer].float().numpy()
        return values

    def _batches(
        self, texts: Sequence[str], prefix: str, precision: Precision, progress: Progress, layers: bool = False
    ) -> Iterator[tuple[list[int], Any, dict[str, Any]]]:
        """Batches of like length, longest first: places in texts, the encoding, the model's output."""
        if not texts:
            return
        clean = [encodable(text) for text in texts]
        lengths = self._lengths(clean, prefix)
        done = 0
        progress("vettori", done, len(texts))
        for places in cut_batches(lengths, BATCH_TOKENS):
            with self._lock, _running(self._source.name):
                model = self._loaded()
                encoded = model.preprocess([clean[place] for place in places], prompt=prefix or None)
                features = _forward(model, encoded, precision=precision, layers=layers)
            yield places, encoded, features
            done += len(places)
            progress("vettori", done, len(texts))

    def _lengths(self, texts: Sequence[str], prefix: str) -> list[int]:
        """Tokens in each text as the model will see it; a guess for models without a tokenizer of the usual kind."""
        tokenizer: Any = getattr(self._loaded(), "tokenizer", None)
        if len(texts) == 1 or not getattr(tokenizer, "is_fast", False):
            return [len(text) // _CHARS_PER_TOKEN + 1 for text in texts]
        counts: list[int] = []
        for start in range(0, len(texts), _COUNTED_AT_ONCE):
            with self._lock:
                some = [prefix + text for text in texts[start : start + _COUNTED_AT_ONCE]]
                counts += [len(ids) for ids in tokenizer(some, truncation=True)["input_ids"]]
        return counts

    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            if self._model is None:
                self._model = _load(self._source)
            return self._model


def cut_batches(lengths: Sequence[int], max_tokens: int) -> list[list[int]]:
    """Places of texts of like length, longest first; a batch has one text, or count × longest within max_tokens."""
    batches: list[list[int]] = []
    longest = 0
    for place in sorted(range(len(lengths)), key=lambda at: (-lengths[at], at)):
        if batches and (len(batches[-1]) + 1) * longest <= max_tokens:
            batches[-1].append(place)
        else:
            batches.append([place])
            longest = max(lengths[place], 1)
    return batches


def _load(source: ModelSource) -> SentenceTransformer:
    folder = source.folder()
    try:
        with _silence():
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
            model.eval()
    except Exception as error:  # whatever the libraries raise on a folder they can't read
        reason = str(error) or type(error).__name__
        raise (damaged_model(folder, reason) if source.is_made_here else load_failure(source.name, reason)) from error
    return model


@contextmanager
def _silence() -> Iterator[None]:
    """No warnings, notices or progress bars of the libraries on the terminal; ours says what matters."""
    for name in ("sentence_transformers", "transformers", "huggingface_hub"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        yield


@contextmanager
def _running(name: str) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError, TypeError, MemoryError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EmbedderError(
            f"Il modello «{name}» non riesce a calcolare i vettori ({reason}): "
            "riprova, o indica un altro modello con BUSSOLA_EMBED_MODEL."
        ) from error


def _forward(model: SentenceTransformer, encoded: Any, *, precision: Precision, layers: bool) -> dict[str, Any]:
    import torch

    config = getattr(model, "config", None)
    if layers and config is not None:
        config.output_hidden_states = True
    try:
        # Autocast keeps one set of weights and computes only the matrix products in bfloat16: as fast as a bfloat16
        # copy of the model here, and four times as near to float32.
        with (
            _threads_for(int(encoded["input_ids"].numel())),
            torch.inference_mode(),
            torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"),
        ):
            return dict(model(dict(encoded)))
    finally:
        if layers and config is not None:
            config.output_hidden_states = False


@contextmanager
def _threads_for(tokens: int) -> Iterator[None]:
    """
    One thread for a short text: it gains nothing from more, and loses tenfold when other work holds the cores.

    Source: measured on two cores, a question took 60 ms with one thread and 300 to 1,400 ms with two beside other load.
    """
    import torch

    usual = torch.get_num_threads()
    if tokens > FEW_TOKENS or usual == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def _pooled(features: dict[str, Any]) -> Matrix:
    return unit_rows(features["sentence_embedding"].float().numpy())


def _token_vectors(encoding: Any, states: NDArray[np.float32], pooled: Vector, *, skipped: int) -> TokenVectors:
    offsets = np.asarray(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    # A token that begins with the blank before the text belongs to the text; one that ends there, to the prefix.
    own = (np.asarray(encoding.special_tokens_mask) == 0) & (offsets[:, 1] > skipped)
    return TokenVectors(
        vectors=unit_rows(states[own]),
        ids=np.asarray(encoding.ids, dtype=np.int32)[own],
        offsets=np.maximum(offsets[own] - skipped, 0).astype(np.int32),
        pooled=pooled,
    )


def encodable(text: str) -> str:
    """The text in a form that UTF-8 has, of the same length."""
    # A lone surrogate (half an emoji, from JSON) has no UTF-8 form; "?" keeps the length, hence the offsets.
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
