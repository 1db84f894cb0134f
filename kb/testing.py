"""Fakes that keep the same contracts as the real parts: for tests, evaluations and demonstrations."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from kb.errors import NotFound
from kb.language.words import content_stems, tokenize
from kb.ports import Matrix, Progress, TokenVectors, Vector, no_progress
from kb.records import (
    Answer,
    AnswerMode,
    AnswerSentence,
    AnswerStatus,
    Block,
    BlockKind,
    Citation,
    Document,
    DocumentKind,
    Page,
    Passage,
    PassageFilter,
    ScoredPassage,
    SentenceEvent,
    Span,
)
from kb.releases.build import Intake
from kb.releases.manifest import Manifest
from kb.releases.parts import IndexParts
from kb.retrieval.lexical import K1, B
from kb.retrieval.query import QueryReading
from kb.retrieval.search_text import search_text
from kb.retrieval.vocabulary import harvest_acronyms

Found = TypeVar("Found")


def wait_until(what: Callable[[], Found], *, timeout_s: float = 120.0, pause_s: float = 0.01) -> Found:
    """What the function gives, as soon as it is true; AssertionError when it never is, be the machine ever so slow."""
    until = time.monotonic() + timeout_s
    while not (found := what()):
        assert time.monotonic() < until, f"not within {timeout_s:.0f} s"
        time.sleep(pause_s)
    return found


class FakeEmbedder:
    """Bag-of-words vectors by hashing: equal words are near, nothing is loaded."""

    def __init__(self, dimension: int = 64) -> None:
        self._dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Names the fake and its width."""
        return f"fake-{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._dimension

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        """n × dimension, rows of length 1."""
        rows = [self.embed_query(text) for text in texts]
        progress("vettori", len(texts), len(texts))
        return np.stack(rows) if rows else np.zeros((0, self._dimension), dtype=np.float32)

    def embed_query(self, text: str) -> Vector:
        """One vector of length 1; text without words has the first unit vector."""
        vector = np.zeros(self._dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[hashlib.sha256(word.encode()).digest()[0] % self._dimension] += 1
        if not vector.any():
            vector[0] = 1
        return vector / np.linalg.norm(vector)


class FakeTokenEmbedder(FakeEmbedder):
    """The fake embedder that also shows its tokens: one a word, equal words equal."""

    def embed_tokens(self, texts: Sequence[str], *, is_query: bool, layer: int = -3) -> list[TokenVectors]:
        """Each text's words as tokens; a question's are those of a passage."""
        return [self._tokens(text) for text in texts]

    def _tokens(self, text: str) -> TokenVectors:
        found = list(re.finditer(r"\w+", text.lower()))
        rows = [self.embed_query(match[0]) for match in found]
        return TokenVectors(
            vectors=np.stack(rows) if rows else np.zeros((0, self._dimension), dtype=np.float32),
            ids=np.array([int(row.argmax()) for row in rows], dtype=np.int32),
            offsets=np.array([match.span() for match in found], dtype=np.int32).reshape(-1, 2),
            pooled=self.embed_query(text),
        )


class FakeVectorIndex:
    """Vectors in a dictionary, scanned exactly."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Vector, dict[str, str | int]]] = {}

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[Mapping[str, str | int]]) -> None:
        """Add or replace."""
        for id_, vector, about in zip(ids, vectors, metadata, strict=True):
            self._rows[id_] = (vector, dict(about))

    def nearest(self, vector: Vector, *, count: int, narrow: PassageFilter | None = None) -> list[tuple[str, float]]:
        """Exact scan; ties by id."""
        found = [(id_, float(row @ vector)) for id_, (row, about) in self._rows.items() if _matches(about, narrow)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]

    def ids(self) -> set[str]:
        """Every id kept."""
        return set(self._rows)

    def close(self) -> None:
        """Forget everything."""
        self._rows.clear()


class FolderVectorIndex(FakeVectorIndex):
    """The exact scan, kept in a folder as Chroma keeps its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / "vectors.json"

    @classmethod
    def create(cls, folder: Path) -> FolderVectorIndex:
        """An empty index in a folder that is not there yet."""
        folder.mkdir(parents=True)
        return cls(folder)

    @classmethod
    def open(cls, folder: Path) -> FolderVectorIndex:
        """The index that a folder holds."""
        index = cls(folder)
        for id_, row, about in json.loads(index._file.read_text(encoding="utf-8")):
            index._rows[id_] = (np.array(row, dtype=np.float32), about)
        return index

    def put(self, ids: Sequence[str], vectors: Matrix, metadata: Sequence[Mapping[str, str | int]]) -> None:
        """Add or replace, and write."""
        super().put(ids, vectors, metadata)
        rows = [(id_, row.tolist(), about) for id_, (row, about) in self._rows.items()]
        self._file.write_text(json.dumps(rows), encoding="utf-8")


def intake_of(texts: Mapping[str, Sequence[str]], *, fingerprints: Mapping[str, str] | None = None) -> Intake:
    """What a release is built of, from document ids and their pages' texts: a page is a passage."""
    pages = [Page(document, at, text) for document, found in texts.items() for at, text in enumerate(found, start=1)]
    passages = [
        Passage(
            f"p_{p.document}_{p.index}", p.document, p.text, (Span(p.index, 0, len(p.text)),), ("",), ordinal=p.index
        )
        for p in pages
    ]
    documents = [
        Document(
            id=name, title=f"Documento {name}", kind=DocumentKind.PLAN, sha256=hashlib.sha256(name.encode()).hexdigest()
        )
        for name in texts
    ]
    return Intake(documents, pages, passages, fingerprints or {"reader": "fake", "splitter": "fake"})


def fake_parts() -> IndexParts:
    """Indexes that scan exactly and lie in the release's folder, so that releases are built without Chroma."""
    return IndexParts(
        create_vectors=FolderVectorIndex.create,
        open_vectors=FolderVectorIndex.open,
        build_lexical=FakeLexicalIndex,
        load_lexical=FakeLexicalIndex.load,
        search_text=search_text,
        lexical_fingerprint="fake",
    )


class FakeLexicalIndex:
    """BM25 by the formula, every passage scanned."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        self._texts = dict(zip(ids, texts, strict=True))
        self._terms = {id_: Counter(content_stems(text)) for id_, text in self._texts.items()}

    @property
    def words(self) -> dict[str, int]:
        """Every folded word, and in how many passages it stands."""
        return dict(Counter(word for text in self._texts.values() for word in set(tokenize(text))))

    @property
    def acronyms(self) -> dict[str, str]:
        """Acronyms that the texts explain."""
        return harvest_acronyms(self._texts.values())

    def search(self, text: str, *, count: int, allowed: set[str] | None = None) -> list[tuple[str, float]]:
        """At most count (id, score > 0) pairs, best first, ties by id."""
        asked = set(content_stems(text))
        ids = [id_ for id_ in self._texts if allowed is None or id_ in allowed]
        scored = [(id_, sum(self._weight(term, id_) for term in sorted(asked))) for id_ in ids]
        return sorted(((i, s) for i, s in scored if s > 0), key=lambda pair: (-pair[1], pair[0]))[:count]

    def save(self, folder: Path) -> None:
        """Write ids and texts."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "texts.json").write_text(json.dumps(self._texts), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> FakeLexicalIndex:
        """The index that save wrote."""
        texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        return cls(list(texts), list(texts.values()))

    def _weight(self, term: str, id_: str) -> float:
        often = self._terms[id_][term]
        having = sum(term in found for found in self._terms.values())
        idf = math.log(1 + (len(self._terms) - having + 0.5) / (having + 0.5))
        mean = sum(found.total() for found in self._terms.values()) / len(self._terms)
        return idf * often / (often + K1 * (1 - B + B * self._terms[id_].total() / mean)) if often else 0.0


def _matches(about: Mapping[str, str | int], narrow: PassageFilter | None) -> bool:
    if narrow is None:
        return True
    wanted = {
        "driver": narrow.driver,
        "document": narrow.document,
        "kind": narrow.kind.value if narrow.kind else None,
        "article": narrow.article,
        "mission": narrow.mission,
    }
    return all(value is None or about.get(name) == value for name, value in wanted.items())


class FakeRelease:
    """Documents and pages in dictionaries, with the methods of an open release."""

    def __init__(self, documents: Sequence[Document], pages: Sequence[Page]) -> None:
        self.id = "r_prova"
        self.folder = Path(self.id)
        self.manifest = Manifest(self.id, "", (), fingerprints={}, contents={}, files={})
        self.documents = {document.id: document for document in documents}
        self._pages = {(page.document, page.index): page for page in pages}
        self.passages = [
            Passage(f"p_{at}", page.document, page.text, (Span(page.index, 0, len(page.text)),), ("",), ordinal=at)
            for at, page in enumerate(pages)
        ]

    def page(self, document: str, index: int) -> Page:
        """
        That page.

        Raises:
            NotFound: there is none.
        """
        if (document, index) not in self._pages:
            raise NotFound(f"«{document}» non ha una pagina {index}: scegli una pagina dell'elenco.")
        return self._pages[document, index]

    def pages(self, document: str) -> list[Page]:
        """The document's pages in order."""
        return [page for (name, _), page in sorted(self._pages.items()) if name == document]

    def passage(self, id_: str) -> Passage:
        """That passage."""
        return next(passage for passage in self.passages if passage.id == id_)

    def close(self) -> None:
        """Nothing is held."""


def sample_release() -> FakeRelease:
    """Two documents of three pages, invented but for their form: a plan with a heading and a list, and a guide."""
    heading = "Driver 8 | Formazione e lavoro"
    body = "L'Agenzia per la formazione riunisce 71 Comuni: «orientamento» & lavoro."
    item = "Il progetto Prova è firmato da 22 Comuni."
    text = f"{heading}\n{body}\n{item}"
    blocks = (
        Block(0, len(heading), BlockKind.HEADING, 2),
        Block(len(heading) + 1, len(heading) + 1 + len(body)),
        Block(len(text) - len(item), len(text), BlockKind.LIST_ITEM),
    )
    plan = Document("piano", "Piano di prova", DocumentKind.PLAN, "0" * 64, edition="2022-2024")
    guide = Document("guida", "Guida <breve>", DocumentKind.GUIDE, "1" * 64)
    pages = [
        Page("piano", 1, "L'Agenda strategica ha dieci Driver.", label="105"),
        Page("piano", 2, text, blocks, label="120"),
        Page("guida", 1, "Il PUMS è il Piano urbano della mobilità sostenibile."),
    ]
    return FakeRelease([plan, guide], pages)


@dataclass(frozen=True)
class FakeSearchResult:
    """What a search gives, nothing read in the question but its words."""

    passages: tuple[ScoredPassage, ...]
    timings_ms: dict[str, float]
    reading: QueryReading
    confidence: float = 0.5


class FakeAssistant:
    """Quotes the page that shares most words of five letters with the question; else the documents don't say."""

    def __init__(self, release: FakeRelease) -> None:
        self.release = release
        self.on_answer: Callable[[Answer], object] | None = None

    def search(self, text: str, *, count: int = 10, narrow: PassageFilter | None = None) -> FakeSearchResult:
        """Pages that share a word, best first; only the document of a filter is heeded."""
        words = set(re.findall(r"\w{5,}", text.lower()))
        found = [
            ScoredPassage(passage, float(shared), {"words": float(shared)})
            for passage in self.release.passages
            if (shared := len(words & set(re.findall(r"\w{5,}", passage.text.lower()))))
            and (narrow is None or narrow.document in (None, passage.document))
        ]
        best = sorted(found, key=lambda scored: (-scored.score, scored.passage.id))
        return FakeSearchResult(tuple(best[:count]), {"search": 0.0}, QueryReading(text, text, text))

    def ask(self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None) -> Answer:
        """The best page's text as one sentence, or not found."""
        best = self.search(question, count=1).passages
        unknown = Answer(
            id="ans_prova",
            question=question,
            standalone_question=question,
            language="it",
            status=AnswerStatus.NOT_FOUND,
            mode=mode or AnswerMode.EXTRACTIVE,
            text="I documenti non lo dicono.",
            suggestions=("Che cosa dice il Piano?",),
            release=self.release.id,
            history=tuple(history),
        )
        answer = replace(unknown, **_quoted(self.release, best[0].passage)) if best else unknown
        if self.on_answer is not None:
            self.on_answer(answer)
        return answer

    def examples(self, wished: Sequence[str], *, language: str) -> tuple[str, ...]:
        """The questions that are wished for, as if it answered them all."""
        return tuple(wished)

    def stream(
        self, question: str, *, history: Sequence[str] = (), mode: AnswerMode | None = None
    ) -> Iterator[SentenceEvent | Answer]:
        """The sentence, if there is one, then the answer that `ask` gives."""
        answer = self.ask(question, history=history, mode=mode)
        yield from (SentenceEvent(sentence, answer.citations) for sentence in answer.sentences)
        yield answer


def _quoted(release: FakeRelease, passage: Passage) -> dict[str, Any]:
    page = release.page(passage.document, passage.spans[0].page_index)
    document = release.documents[passage.document]
    citation = Citation(
        number=1,
        document=document.id,
        title=document.title,
        edition=document.edition,
        section=passage.section,
        driver=passage.driver,
        article=passage.article,
        page_label=page.label,
        page_index=page.index,
        quote=page.text,
        passage=passage.id,
        start=0,
        end=len(page.text),
    )
    sentence = AnswerSentence(page.text, (1,), 1.0)
    return {
        "status": AnswerStatus.ANSWERED,
        "text": page.text,
        "sentences": (sentence,),
        "citations": (citation,),
        "suggestions": (),
    }
