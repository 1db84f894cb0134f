"""
Corpora made by rule from the sentences of the shipped corpus, of any size, with their vectors.

A made passage is sentences drawn by a seeded generator. Its vector is the mean of its sentences' own vectors, moved by
seeded noise and brought to length 1; its tokens' vectors are those of its sentences. So 100,000 passages cost the model
a thousand sentences, and both sides of a comparison get the same texts and the same vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.language.sentences import split_sentences
from kb.ports import Matrix, Progress, TokenVectors, Vector, no_progress
from kb.records import Document, DocumentKind, Page, Passage, Span
from kb.releases.build import Intake

SEED = 20261122
LEAST_WORDS = 90
"""Words from which a made passage is long enough; those of the product aim at 120."""
NOISE = 0.25
"""Length of the noise beside a mean vector of about 1: neighbours stay apart, subjects stay together."""
_WORDS_OF_SENTENCE = 6
_PER_PAGE = 3
_PER_DOCUMENT = 300


def corpus_sentences() -> list[str]:
    """The different sentences of the shipped corpus, in order, those of a few words left out."""
    found: dict[str, None] = {}
    for text in corpus_texts():
        for start, end in split_sentences(text):
            sentence = " ".join(text[start:end].split())
            if len(sentence.split()) >= _WORDS_OF_SENTENCE:
                found[sentence] = None
    return list(found)


def corpus_texts() -> list[str]:
    """The shipped corpus, a text a document, as Bussola reads it."""
    from ingest.intake import shipped_files
    from ingest.readers.document import read_document

    readings = [read_document(found.path) for found in shipped_files()]
    return ["\n".join(page.text for page in reading.pages) for reading in readings]


def draw_passages(sentences: Sequence[str], count: int, *, seed: int = SEED) -> list[tuple[int, ...]]:
    """The sentences of each of count passages, by place; the first n are the same whatever the count."""
    rng = np.random.default_rng(seed)
    lengths = [len(sentence.split()) for sentence in sentences]
    passages = []
    for _ in range(count):
        places: list[int] = []
        words = 0
        while words < LEAST_WORDS:
            places.append(int(rng.integers(len(sentences))))
            words += lengths[places[-1]]
        passages.append(tuple(places))
    return passages


def make_texts(count: int, *, seed: int = SEED) -> list[str]:
    """Made passages as texts; another seed gives others."""
    sentences = corpus_sentences()
    return [" ".join(sentences[place] for place in places) for places in draw_passages(sentences, count, seed=seed)]


def intake_of(texts: Sequence[str]) -> Intake:
    """What a release of these passages is built of: three a page, three hundred a document."""
    documents, pages, passages = [], [], []
    for first in range(0, len(texts), _PER_DOCUMENT):
        some = texts[first : first + _PER_DOCUMENT]
        name = f"documento-{first // _PER_DOCUMENT + 1:05d}"
        digest = hashlib.sha256("\n".join(some).encode()).hexdigest()
        title = f"Documento di prova {first // _PER_DOCUMENT + 1}"
        documents.append(Document(id=name, title=title, kind=DocumentKind.OTHER, sha256=digest))
        for start in range(0, len(some), _PER_PAGE):
            on_page = some[start : start + _PER_PAGE]
            index = start // _PER_PAGE + 1
            pages.append(Page(name, index, "\n".join(on_page), label=str(index)))
            passages += _passages(name, index, on_page, start)
    return Intake(documents, pages, passages)


def _passages(document: str, page: int, texts: Sequence[str], ordinal: int) -> list[Passage]:
    found, at = [], 0
    for place, text in enumerate(texts, start=ordinal):
        id_ = f"p_{document[-5:]}_{place:03d}"
        found.append(Passage(id_, document, text, (Span(page, at, at + len(text)),), ("",), ordinal=place))
        at += len(text) + 1
    return found


@dataclass(frozen=True, slots=True, eq=False)
class MadeCorpus:
    """Sentences with their vectors, from which any number of passages is made."""

    sentences: list[str]
    pooled: Matrix
    rows: Matrix  # all tokens of all sentences, one after the other
    ids: NDArray[np.int32]
    starts: NDArray[np.int64]  # where each sentence's rows begin, and where the last one's end
    fingerprint: str

    @classmethod
    def compute(cls, home: Path, *, most: int) -> MadeCorpus:
        """The corpus's first sentences, at most so many, through the default model, whose folder lies in home."""
        from kb.backends.light import open_light_embedder

        sentences = corpus_sentences()[:most]
        embedder = open_light_embedder("", home)
        found = embedder.embed_tokens(sentences, is_query=False)
        return cls(
            sentences,
            np.stack([one.pooled for one in found]),
            np.concatenate([one.vectors for one in found]),
            np.concatenate([one.ids for one in found]),
            np.cumsum([0, *(len(one.ids) for one in found)]),
            embedder.fingerprint,
        )

    def save(self, folder: Path) -> None:
        """Write it to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "arrays.npz", pooled=self.pooled, rows=self.rows, ids=self.ids, starts=self.starts)
        about = {"sentences": self.sentences, "fingerprint": self.fingerprint}
        (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> MadeCorpus:
        """The corpus that save wrote."""
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz") as kept:
            return cls(
                about["sentences"], kept["pooled"], kept["rows"], kept["ids"], kept["starts"], about["fingerprint"]
            )

    def texts(self, count: int) -> list[str]:
        """The first count passages."""
        return [self._text(places) for places in draw_passages(self.sentences, count)]

    def vectors(self, count: int) -> Matrix:
        """Their vectors: count × dimension, rows of length 1."""
        rows = np.stack([self.pooled[list(places)].mean(axis=0) for places in draw_passages(self.sentences, count)])
        noise = np.random.default_rng(SEED).standard_normal(rows.shape, dtype=np.float32)
        noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        rows += noise
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows, dtype=np.float32)

    def intake(self, count: int) -> Intake:
        """The first count passages as a release is built of them."""
        return intake_of(self.texts(count))

    def embedder(self, count: int) -> MadeEmbedder:
        """What gives the first count passages the vectors made with them."""
        places = {self._text(drawn): (at, drawn) for at, drawn in enumerate(draw_passages(self.sentences, count))}
        return MadeEmbedder(self, places, self.vectors(count))

    def tokens(self, drawn: Sequence[int], pooled: Vector) -> TokenVectors:
        """The tokens of those sentences, one after the other."""
        rows = [slice(self.starts[place], self.starts[place + 1]) for place in drawn]
        ids = np.concatenate([self.ids[one] for one in rows])
        vectors = np.concatenate([self.rows[one] for one in rows])
        return TokenVectors(vectors, ids, np.zeros((len(ids), 2), dtype=np.int32), pooled)

    def _text(self, places: Sequence[int]) -> str:
        return " ".join(self.sentences[place] for place in places)


class MadeEmbedder:
    """An Embedder and TokenEmbedder of made passages alone: it looks up what was made, and computes nothing."""

    def __init__(self, corpus: MadeCorpus, places: dict[str, tuple[int, tuple[int, ...]]], vectors: Matrix) -> None:
        self._corpus, self._places, self._vectors = corpus, places, vectors

    @property
    def fingerprint(self) -> str:
        """The model's: the sentences went through it, and questions will."""
        return self._corpus.fingerprint

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._vectors.shape[1])

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """The vectors made with these passages."""
        return np.stack([self._vectors[self._made(text)[0]] for text in texts])

    def embed_query(self, text: str) -> Vector:
        """A made passage's own vector; questions are for the model."""
        vector: Vector = self._vectors[self._made(text)[0]]
        return vector

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        """The tokens of the passages' sentences."""
        made = [self._made(text) for text in texts]
        return [self._corpus.tokens(drawn, self._vectors[at]) for at, drawn in made]

    def _made(self, text: str) -> tuple[int, tuple[int, ...]]:
        # What is embedded of a passage begins with its document's title, on a line of its own.
        return self._places[text.rpartition("\n")[2]]
