"""What the embedder decides before a model is loaded: batches, precision, prefixes, names that lead nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.backends.embedder import SentenceTransformerEmbedder, cut_batches, native_precision, open_embedder
from kb.backends.model_source import find_model
from kb.errors import EmbedderError


@given(st.lists(st.integers(0, 600), max_size=60), st.integers(1, 2000))
def test_batches_hold_every_text_once_within_the_limit(lengths: list[int], limit: int) -> None:
    batches = cut_batches(lengths, limit)

    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= limit


def test_batches_go_from_the_longest_to_the_shortest() -> None:
    assert cut_batches([3, 500, 4, 400], 1000) == [[1, 3], [2, 0]]


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("processor : 0\nflags\t\t: fpu avx512f avx512_bf16 sse\n", "bfloat16"),
        ("flags\t\t: fpu amx_tile amx_bf16\n", "bfloat16"),
        ("flags\t\t: fpu avx2 avx512f\n", "float32"),
        ("Features\t: fp asimd\n", "float32"),
    ],
)
def test_precision_follows_the_processor(tmp_path: Path, text: str, precision: str) -> None:
    (tmp_path / "cpuinfo").write_text(text)

    assert native_precision(tmp_path / "cpuinfo") == precision


def test_an_unknown_processor_computes_in_float32(tmp_path: Path) -> None:
    assert native_precision(tmp_path / "nothing") == "float32"


def model_folder(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    if prompts is not None:
        (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    return folder


@pytest.mark.parametrize(
    ("name", "prompts", "expected"),
    [
        ("un-modello", {"query": "Q: ", "document": "D: "}, ("Q: ", "D: ")),
        ("un-modello", {"query": "Q: ", "document": "", "passage": "P: "}, ("Q: ", "P: ")),
        ("un-modello", {"query": "Q: "}, ("Q: ", "")),
        ("un-modello", None, ("", "")),
        ("multilingual-e5-large", None, ("query: ", "passage: ")),
        ("multilingual-e5-large", {"query": "", "document": ""}, ("query: ", "passage: ")),
        ("multilingual-e5-large", {"query": "Q: "}, ("Q: ", "")),
        ("multilingual-e5-large-instruct", None, ("", "")),
        ("bge-m3", None, ("", "")),
        ("phase5-model", None, ("", "")),
    ],
)
def test_prefixes_are_the_models_own_or_those_of_e5(
    tmp_path: Path, name: str, prompts: dict[str, str] | None, expected: tuple[str, str]
) -> None:
    source = find_model(str(model_folder(tmp_path / name, prompts)), tmp_path)

    assert (source.query_prefix, source.passage_prefix) == expected


def test_a_broken_prompt_file_is_no_prompt(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "un-modello")
    (folder / "config_sentence_transformers.json").write_text("[1, 2")

    assert find_model(str(folder), tmp_path).query_prefix == ""


def test_the_fingerprint_changes_with_weights_prefixes_and_precision_alone(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "un-modello", {})

    def fingerprint(precision: str = "float32") -> str:
        return SentenceTransformerEmbedder(find_model(str(folder), tmp_path), precision=precision).fingerprint  # type: ignore[arg-type]

    first = fingerprint()
    (folder / "README.md").write_text("una nota")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.json").write_text("{}")
    assert fingerprint() == first
    assert fingerprint("bfloat16") != first
    (folder / "model.safetensors").write_bytes(b"other weights")
    second = fingerprint()
    assert second != first
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "Q: "}}))
    assert fingerprint() != second


def test_the_default_is_known_by_its_pinned_checksum_before_it_is_made(tmp_path: Path) -> None:
    embedder = open_embedder("", tmp_path, precision="float32")

    assert embedder.fingerprint.startswith("multilingual-e5-small|1571fc98")
    assert embedder.fingerprint.endswith("|float32")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["/non/esiste", "./non-esiste", "~/non-esiste-mai", "a/b/c/d"])
def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(EmbedderError) as caught:
        open_embedder(name, tmp_path)

    assert str(caught.value) == (
        f"BUSSOLA_EMBED_MODEL vale «{name}», ma il modello non si carica (la cartella non esiste): indica la cartella "
        "di un modello sentence-transformers già scaricato, o togli la variabile per usare quello predefinito."
    )


@pytest.mark.parametrize("name", ["intfloat/non-esiste-in-cache", "non-esiste-in-cache"])
def test_a_name_that_neither_cache_nor_network_gives_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """The cache is asked first; the network's own failures come out as one line."""
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    asked: list[bool] = []

    def snapshot_download(_repository: str, *, local_files_only: bool = False, **_other: object) -> str:
        asked.append(local_files_only)
        if local_files_only:
            raise LocalEntryNotFoundError("not cached")
        raise ConnectionError("no\nnetwork")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)

    with pytest.raises(EmbedderError, match=rf"vale «{name}».*la rete non lo dà.*indica la cartella") as caught:
        open_embedder(name, tmp_path)

    assert asked == [True, False]
    assert "\n" not in str(caught.value)


def test_a_name_that_no_hub_could_hold_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="non è una cartella né il nome di un modello"):
        open_embedder("modello con spazi", tmp_path)


def test_a_model_in_the_hubs_cache_needs_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub

    cached = model_folder(tmp_path / "snapshot", {"query": "Q: "})

    def snapshot_download(repository: str, *, local_files_only: bool = False) -> str:
        assert local_files_only
        assert repository == "sentence-transformers/minilm"
        return str(cached)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)

    assert find_model("minilm", tmp_path).folder() == cached
