"""A GGUF file as a chat model in this process: llama.cpp, on a loopback address that only we have the key of."""

from __future__ import annotations

import importlib.util
import secrets
import threading
from pathlib import Path
from typing import Any

from kb.backends.chat import Address
from kb.backends.processor import free_cores
from kb.errors import ModelError

CONTEXT_TOKENS = 4096
"""Instructions, passages and reply together; the passages are held far below by BUSSOLA_LLM_CONTEXT_CHARS."""
MODEL_NAME = "gguf"


class LocalModel:
    """The server of one GGUF file, started when it is first asked for; it ends with the process."""

    def __init__(self, file: Path, *, threads: int | None = None) -> None:
        """
        Nothing is loaded yet.

        Raises:
            ModelError: the extra is not installed, or there is no such GGUF file.
        """
        check_gguf(file)
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelError(
                f"per usare BUSSOLA_LLM_GGUF={file} manca l'extra local-llm: installalo con "
                "«pip install 'bussola[local-llm]'»."
            )
        self._file = file
        self._threads = threads or free_cores()
        self._lock = threading.Lock()
        self._server: Any = None
        self._key = secrets.token_urlsafe(32)

    def address(self) -> Address:
        """
        Where the model answers; the first call loads it.

        Raises:
            ModelError: llama.cpp can't load the file.
        """
        with self._lock:
            if self._server is None:
                self._server = _start(self._file, key=self._key, threads=self._threads)
            return Address(f"{self._server.listening_address}/v1", MODEL_NAME, self._key)


def _start(file: Path, *, key: str, threads: int) -> Any:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.model_alias = {MODEL_NAME}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0  # any free one
    parameters.api_keys = [key]
    parameters.offline = True
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 1  # the cores are few: a second question waits its turn, within its own time limit
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.verbosity = 0
    parameters.warmup = False
    try:
        return xllamacpp.Server(parameters)
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"il modello {file} non si carica ({' '.join(str(error).split())}): "
            "controlla che sia un GGUF che llama.cpp conosce, o togli BUSSOLA_LLM_GGUF."
        ) from None


def check_gguf(file: Path) -> None:
    """
    Nothing where the file begins as a GGUF does.

    Raises:
        ModelError: there is no such file, or it is something else; llama.cpp would end the process on some of those.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        raise ModelError(
            f"BUSSOLA_LLM_GGUF vale «{file}», che non si legge ({error.strerror}): indica un file GGUF, o togli la "
            "variabile."
        ) from None
    if start != b"GGUF":
        raise ModelError(f"BUSSOLA_LLM_GGUF vale «{file}», che non è un file GGUF: indicane uno, o togli la variabile.")
