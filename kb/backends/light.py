"""The default embedder: questions and passages through onnxruntime, with torch never imported."""

from __future__ import annotations

import logging
import struct
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from kb.backends.e5_engine import E5Engine, EncodedText
from kb.backends.embedder import Precision, SentenceTransformerEmbedder, encodable, open_embedder
from kb.backends.model_source import DamagedModelError, ModelSource, find_model
from kb.backends.processor import CPU_INFO, free_cores, multiplies_bytes, processor_flags
from kb.errors import EmbedderError
from kb.ports import Matrix, Progress, TokenVectors, Vector, no_progress
from kb.vectors import unit_rows

QUESTIONS_KEPT = 4
"""Questions whose layers are kept, at most some megabytes each: search and answer ask for those of the same one."""

log = logging.getLogger("bussola")


def open_light_embedder(
    name: str, home: Path, *, precision: Precision | None = None
) -> SentenceTransformerEmbedder | LightEmbedder:
    """
    The embedder of that name (empty: the default model, kept under home); nothing heavy is loaded before its first use.

    The default model is computed by onnxruntime where that is installed; any other by sentence-transformers. None takes
    the precision that this processor is fastest in.

    Raises:
        EmbedderError: no such model.
    """
    if name or find_spec("onnxruntime") is None:
        return open_embedder(name, home, precision=None if precision == "int8" else precision)
    source = find_model(name, home)
    chosen = precision or light_precision()
    # bfloat16 is torch's alone, and so is every precision where onnxruntime can't load the model.
    builder = SentenceTransformerEmbedder(source, precision="float32" if chosen == "int8" else chosen)
    return LightEmbedder(source, builder, precision=chosen)


def light_precision(cpu_info: Path = CPU_INFO) -> Precision:
    """The fastest precision for passages: eight bits with VNNI, else float32; bfloat16 by torch where AMX is."""
    if "amx_bf16" in processor_flags(cpu_info):
        return "bfloat16"
    return "int8" if multiplies_bytes(cpu_info) else "float32"


class LightEmbedder:
    """
    An Embedder and TokenEmbedder for the default model; in bfloat16, whole passages are left to sentence-transformers.

    Threads may share it; each text is computed alone, so its vectors never depend on what is asked beside it.

    Source: against sentence-transformers in float32 every vector has cosine above 0.99999, in eight bits above 0.999
    (tests/integration).
    """

    def __init__(
        self, source: ModelSource, builder: SentenceTransformerEmbedder, *, precision: Precision = "float32"
    ) -> None:
        self._source = source
        self._builder = builder
        self._precision: Precision = precision
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._loaded: E5Engine | None = None
        self._unusable = False
        self._questions: OrderedDict[str, EncodedText] = OrderedDict()

    @property
    def fingerprint(self) -> str:
        """Model, checksum, prefixes and the precision of passages; known without loading."""
        return self._source.fingerprint(self._precision)

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        engine = self._engine()
        return engine.width if engine else self._builder.dimension

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """
        n × dimension, rows of length 1, in the order given.

        Raises:
            EmbedderError: the model can't be loaded or run.
        """
        engine = None if self._precision == "bfloat16" else self._engine()
        if engine is None:
            return self._builder.embed_passages(texts, progress=progress)
        found = self._encoded(engine, texts, (), progress)
        return np.stack([one.pooled for one in found]) if texts else np.zeros((0, engine.width), dtype=np.float32)

    def embed_query(self, text: str) -> Vector:
        """
        One vector of length 1.

        Raises:
            EmbedderError: the model can't be loaded or run.
        """
        engine = self._engine()
        return self._question(engine, text).pooled if engine else self._builder.embed_query(text)

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        """
        Each text's tokens with the whole text's vector, in the order given.

        Raises:
            EmbedderError: the model has no such layer, or can't be loaded or run.
        """
        engine = self._engine()
        if engine is None:
            return self._builder.embed_tokens(texts, is_query=is_query, layer=layer)
        if not -engine.layers <= layer < 0:
            raise EmbedderError(f"Strato {layer} inesistente: il modello «{self._source.name}» ne ha {engine.layers}.")
        if is_query:
            prefix = self._source.query_prefix
            return [_tokens(self._question(engine, text), layer, skipped=len(prefix)) for text in texts]
        return self._passages(engine, texts, layer)

    def _question(self, engine: E5Engine, text: str) -> EncodedText:
        """The question with every layer."""
        with self._lock:
            known = self._questions.get(text)
        if known is None:
            known = engine.encode(self._source.query_prefix + encodable(text), range(engine.layers + 1))
        with self._lock:
            self._questions[text] = known
            self._questions.move_to_end(text)
            while len(self._questions) > QUESTIONS_KEPT:
                self._questions.popitem(last=False)
        return known

    def _passages(self, engine: E5Engine, texts: Sequence[str], layer: int) -> list[TokenVectors]:
        skipped = len(self._source.passage_prefix)
        return [_tokens(one, -1, skipped=skipped) for one in self._encoded(engine, texts, [layer], no_progress)]

    def _encoded(
        self, engine: E5Engine, texts: Sequence[str], layers: Sequence[int], progress: Progress
    ) -> list[EncodedText]:
        """Passages, as many at a time as there are cores: the library lets go of the interpreter while it computes."""
        prefix = self._source.passage_prefix

        def encode(text: str) -> EncodedText:
            return engine.encode(prefix + encodable(text), layers)

        found = []
        progress("vettori", 0, len(texts))
        with ThreadPoolExecutor(max(min(len(texts), free_cores()), 1)) as pool:
            for one in pool.map(encode, texts):
                found.append(one)
                progress("vettori", len(found), len(texts))
        return found

    @property
    def _engine_precision(self) -> Precision:
        """Questions, and the words of passages found, are computed one at a time: there AMX gains nothing."""
        return "int8" if self._precision != "float32" and multiplies_bytes() else "float32"

    def _engine(self) -> E5Engine | None:
        """
        The model, loaded at its first use; None where it can't be, so that sentence-transformers takes its place.

        Raises:
            EmbedderError: there is no folder to load it from, or its weights are not those that were written.
        """
        with self._loading:
            if self._loaded is None and not self._unusable:
                folder = self._source.folder()  # what fails here fails for sentence-transformers too
                try:
                    self._loaded = E5Engine(folder, self._engine_precision)
                except DamagedModelError:
                    raise
                except (ImportError, OSError, ValueError, KeyError, struct.error, EmbedderError) as error:
                    log.warning(
                        "onnxruntime non si usa (%s): calcolo con sentence-transformers, più lento",
                        " ".join(str(error).split()),
                    )
                    self._unusable = True
            return self._loaded


def _tokens(encoded: EncodedText, layer: int, *, skipped: int) -> TokenVectors:
    """A text's own tokens; layer counts from the end of those encoded."""
    # A token that begins with the blank before the text belongs to the text; one that ends there, to the prefix.
    own = encoded.cut.offsets[:, 1] > skipped
    return TokenVectors(
        vectors=unit_rows(encoded.states[layer][own]),
        ids=encoded.cut.ids[own],
        offsets=np.maximum(encoded.cut.offsets[own] - skipped, 0).astype(np.int32),
        pooled=encoded.pooled,
    )
