"""The default embedder for asking, real: against sentence-transformers on the same weights; what it never imports."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

import kb.corpus
from kb.backends import e5 as e5_model
from kb.backends.e5_engine import E5Engine
from kb.backends.e5_int8 import OUTLIERS
from kb.backends.e5_outliers import COUNT, calibration_texts, find_outliers
from kb.backends.e5_pieces import Pieces
from kb.backends.embedder import SentenceTransformerEmbedder, open_embedder
from kb.backends.light import LightEmbedder, open_light_embedder

TEXTS = [
    "Il Piano strategico triennale del territorio metropolitano (PSTTM) è stato approvato.",
    "Quali sono gli obiettivi del Driver 3?",
    "La Città metropolitana di Milano riunisce 133 Comuni e circa 3,2 milioni di abitanti.",
    "art. 18, comma 5-bis del D.Lgs. n. 42/2004",
    "Who is responsible for sustainable mobility in the metropolitan area?",
    "mobilita' sostenibile, citta' dei 15 minuti", "PUMS, PULS, STTM", "Sì", "3", "", " ", "?!…",
    "«Città», “virgolette” e ‘apici’ – trattini — lunghi", "piu\u0300 universita\u0300", "due  spazi,   tre",
    "una\tscheda e\r\nuna riga\n", "spazio\u00a0fisso, \u200blargo, \ufeffBOM", "ﬁnanziamento ½\u0301 ² № ℃ Ⅳ ①",
    "Ｌａｒｇｈｅｚｚａ ﾊﾝｶｸ",
    "🚲 bici e 🚋 tram 👍🏽 👩‍🚒", "🦽🧋🪐 caratteri ignoti 𓀀𓀁", "<s> </s> <mask> testo <unk>",
    "▁▁ metaspazio ▁x", "ΑΒΓ Привет 你好 こんにちは العربية हिन्दी กำ 가각", "a" * 300, "tre\u0001controllo\u007f",
    "Il Driver 8 riguarda formazione, lavoro e orientamento dei giovani. " * 25, "parola " * 700,
]  # fmt: skip


@pytest.fixture(scope="module")
def exact(e5: SentenceTransformerEmbedder, model_cache: Path) -> SentenceTransformerEmbedder:
    """The embedder that builds, in float32."""
    return open_embedder("", model_cache, precision="float32")


@pytest.fixture(scope="module")
def library(light: LightEmbedder, model_cache: Path) -> Tokenizer:
    light.embed_query("")
    return Tokenizer.from_file(str(e5_model.default_model_folder(model_cache) / "tokenizer.json"))


@pytest.fixture(scope="module")
def light_float32(light: LightEmbedder, model_cache: Path) -> LightEmbedder:
    """The same as light, on a processor that is fast in nothing else."""
    opened = open_light_embedder("", model_cache, precision="float32")
    assert isinstance(opened, LightEmbedder)
    return opened


def test_questions_are_those_of_sentence_transformers(
    light: LightEmbedder, light_float32: LightEmbedder, exact: SentenceTransformerEmbedder
) -> None:
    """To the last digits in float32, to 0.999 in the precision that this processor is fastest in."""
    expected = {text: exact.embed_query(text) for text in TEXTS}

    for embedder, bound in ((light_float32, 0.99999), (light, 0.999)):
        cosines = {text: float(embedder.embed_query(text) @ vector) for text, vector in expected.items()}
        assert {text: cosine for text, cosine in cosines.items() if cosine < bound} == {}


def test_whole_passages_are_those_of_sentence_transformers(
    light: LightEmbedder, light_float32: LightEmbedder, exact: SentenceTransformerEmbedder
) -> None:
    expected = exact.embed_passages(TEXTS)

    for embedder, bound in ((light_float32, 0.99999), (light, 0.999)):
        cosines = (embedder.embed_passages(TEXTS) * expected).sum(axis=1)
        assert {text: cosine for text, cosine in zip(TEXTS, cosines, strict=True) if cosine < bound} == {}


def test_the_table_of_outliers_is_what_the_model_shows(light: LightEmbedder, model_cache: Path) -> None:
    """On a few of the texts that it was made from; the last of the eight may change places with the ninth."""
    light.embed_query("")
    folder = e5_model.default_model_folder(model_cache)
    texts = calibration_texts(Path(kb.corpus.__file__).parent / "guide")[::8]

    found = find_outliers(folder, texts)
    table = json.loads(OUTLIERS.read_text(encoding="utf-8"))

    assert table.keys() == found.keys()
    assert {name for name, channels in found.items() if len(set(channels) & set(table[name])) < COUNT // 2} == set()


@pytest.mark.parametrize("layer", [-1, -3, -12])
@pytest.mark.parametrize("is_query", [False, True])
def test_tokens_are_those_of_sentence_transformers(
    light_float32: LightEmbedder, exact: SentenceTransformerEmbedder, is_query: bool, layer: int
) -> None:
    found = light_float32.embed_tokens(TEXTS, is_query=is_query, layer=layer)
    expected = exact.embed_tokens(TEXTS, is_query=is_query, layer=layer)

    for text, ours, theirs in zip(TEXTS, found, expected, strict=True):
        assert ours.ids.tolist() == theirs.ids.tolist(), text
        assert text.startswith("tre\u0001") or ours.offsets.tolist() == theirs.offsets.tolist(), text
        assert ours.pooled @ theirs.pooled > 0.99999
        assert (ours.vectors * theirs.vectors).sum(axis=1).min(initial=1) > 0.9999


def test_offsets_pass_over_a_character_that_is_dropped(light: LightEmbedder) -> None:
    """There the library's own are one place off."""
    (tokens,) = light.embed_tokens(["tre\u0001Comuni"], is_query=True)

    assert "tre\u0001Comuni"[tokens.offsets[-1][0] : tokens.offsets[-1][1]] in ("Comuni", "uni", "muni", "i", "ni")


def test_random_text_is_cut_as_the_library_does(library: Tokenizer) -> None:
    """Of every block of Unicode, so also what no one has thought of."""
    random = np.random.default_rng(5)
    pieces = Pieces(e5_model.default_words())
    planes = [(0x1, 0x3000), (0x1, 0xD800), (0xE000, 0x20000)]
    texts = []
    for length in random.integers(0, 14, 3000):
        chosen = [planes[which] for which in random.integers(0, 3, length)]
        texts.append("".join(chr(random.integers(low, high)) for low, high in chosen))

    differing = [
        text for text in texts if pieces.cut(text).ids.tolist() != library.encode(text, add_special_tokens=False).ids
    ]

    assert differing == []


@pytest.mark.shared
def test_the_plan_is_cut_as_the_library_does(library: Tokenizer, shared: Path) -> None:
    pieces = Pieces(e5_model.default_words())
    lines = (shared / "corpus" / "psttm-agenda-strategica.txt").read_text(encoding="utf-8").split("\n")

    for line in lines:
        expected = library.encode("passage: " + line, add_special_tokens=False)
        cut = pieces.cut("passage: " + line)
        assert cut.ids.tolist() == expected.ids
        assert [tuple(span) for span in cut.offsets.tolist()] == expected.offsets


def test_a_text_has_the_same_vectors_alone_in_company_and_in_threads(light: LightEmbedder, model_cache: Path) -> None:
    again = open_light_embedder("", model_cache)
    alone = [light.embed_tokens([text], is_query=False, layer=-1)[0] for text in TEXTS]

    with ThreadPoolExecutor(4) as pool:
        queries = list(pool.map(again.embed_query, TEXTS))
    together = again.embed_tokens(TEXTS, is_query=False, layer=-1)

    assert [vector.tolist() for vector in queries] == [light.embed_query(text).tolist() for text in TEXTS]
    for one, other in zip(alone, together, strict=True):
        assert one.vectors.tolist() == other.vectors.tolist()
        assert one.pooled.tolist() == other.pooled.tolist()


def run(code: str, *arguments: object) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


ASK = """
import sys, pathlib, hashlib
from kb.backends.light import open_light_embedder
embedder = open_light_embedder("", pathlib.Path(sys.argv[1]))
vector = embedder.embed_query("Chi si occupa di mobilità?")
tokens = embedder.embed_tokens(["I tram.", "Le biciclette dei Comuni."], is_query=False, layer=-1)
digest = hashlib.sha256(vector.tobytes() + b"".join(one.vectors.tobytes() for one in tokens)).hexdigest()
heavy = {"torch", "transformers", "sentence_transformers", "tokenizers", "chromadb", "scipy"} & set(sys.modules)
print(digest, *sorted(heavy))
"""


def test_two_processes_agree_to_the_last_bit_and_import_nothing_heavy(light: LightEmbedder, model_cache: Path) -> None:
    light.embed_query("")

    first, second = (run(ASK, model_cache).split() for _ in range(2))

    assert first == second
    assert first[1:] == []
    vector = light.embed_query("Chi si occupa di mobilità?")
    tokens = light.embed_tokens(["I tram.", "Le biciclette dei Comuni."], is_query=False, layer=-1)
    data = vector.tobytes() + b"".join(one.vectors.tobytes() for one in tokens)
    assert hashlib.sha256(data).hexdigest() == first[0]


def test_weights_that_lost_their_end_are_not_taken(light: LightEmbedder, model_cache: Path, tmp_path: Path) -> None:
    light.embed_query("")
    folder = shutil.copytree(e5_model.default_model_folder(model_cache), tmp_path / "model")
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 3])

    with pytest.raises((ValueError, OSError, e5_model.EmbedderError)):
        E5Engine(folder)


def test_a_home_that_cannot_be_written_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "home"
    blocked.write_text("un file, non una cartella")

    with pytest.raises(e5_model.EmbedderError, match="BUSSOLA_HOME"):
        open_light_embedder("", blocked).embed_query("lavoro")
    assert caplog.messages == []


@pytest.mark.parametrize("left", [b"", b"\xff\x00{"])
def test_a_damaged_default_model_names_the_folder_to_delete(tmp_path: Path, left: bytes) -> None:
    folder = tmp_path / "cache" / "models" / e5_model.FOLDER_NAME
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "tokenizer.json", "modules.json"):
        (folder / name).write_bytes(left)

    with pytest.raises(e5_model.EmbedderError, match=r"danneggiato.*cancella quella cartella") as caught:
        open_light_embedder("", tmp_path).embed_query("lavoro")
    assert f"«{folder}»" in str(caught.value)
    assert "BUSSOLA_EMBED_MODEL" not in str(caught.value)


def test_a_folder_without_its_sizes_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 384}))

    with pytest.raises((KeyError, OSError)):
        E5Engine(tmp_path)
