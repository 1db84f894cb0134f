"""Updates do what staff expect: editions, renamed files, twins, removed documents; only what changed is embedded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest import intake
from ingest.changes import find_changes
from ingest.documents import Facts
from ingest.editions import settle_editions
from ingest.gathered import Gathered
from ingest.intake import Order, gather
from ingest.split import split
from kb.backends.vector_cache import CachedEmbedder
from kb.ports import Matrix, Progress, no_progress
from kb.records import Document, DocumentKind, DocumentStatus, Page, Passage
from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts

SUPERSEDED, IN_FORCE, DRAFT = DocumentStatus.SUPERSEDED, DocumentStatus.IN_FORCE, DocumentStatus.DRAFT
SECTIONS = [
    "Le linee della rete sono sette.",
    "I Comuni del piano sono 133.",
    "La quota di verde sale al 12 per cento.",
]


class CountingEmbedder(FakeEmbedder):
    """Remembers which texts it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_passages(self, texts: Sequence[str], *, progress: Progress = no_progress) -> Matrix:
        self.asked += texts
        return super().embed_passages(texts, progress=progress)


class Home:
    """A store with its vector cache, and the folder of the files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = ReleaseStore(folder / "home", parts=fake_parts)
        self.embedder = CountingEmbedder()

    def write(self, name: str, *sections: str, title: str = "Il piano") -> Path:
        body = "\n\n".join(f"## Parte {at}\n\n{text}" for at, text in enumerate(sections, start=1))
        file = self.folder / name
        file.write_text(f"# {title}\n\n{body}\n", encoding="utf-8")
        return file

    def ingest(self, *paths: Path, remove: tuple[str, ...] = (), fresh: bool = False, **facts: str) -> Gathered:
        return gather(Order(paths, Facts(**facts), remove, fresh), self.store)

    def publish(self, gathered: Gathered) -> str:
        self.embedder.asked.clear()
        cached = CachedEmbedder(self.embedder, self.folder / "cache")
        manifest = build_release(gathered.intake(), store=self.store, embedder=cached)
        self.store.publish(manifest.id)
        return manifest.id


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def statuses(gathered: Gathered) -> dict[str, DocumentStatus]:
    return {id_: one.document.status for id_, one in gathered.taken.items()}


def test_an_update_embeds_only_what_changed(home: Home) -> None:
    other = home.write("altro.md", "Un altro documento parla di parchi.", title="Altro")
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), other, fresh=True))
    assert len(home.embedder.asked) == 4
    changed = home.write("piano.md", SECTIONS[0], "I Comuni del piano sono 134.", SECTIONS[2])
    gathered = home.ingest(changed)
    home.publish(gathered)

    (asked,) = home.embedder.asked
    assert "134" in asked
    changes = find_changes(home.ingest(changed))
    assert (changes.passages_added, changes.passages_removed, changes.passages_unchanged) == (0, 0, 4)


def test_what_changes_is_counted_against_the_published_release(home: Home) -> None:
    other = home.write("altro.md", "Un altro documento parla di parchi.", title="Altro")
    gone = home.write("vecchio.md", "Un documento che se ne va.", title="Vecchio")
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), other, gone, fresh=True))
    home.write("piano.md", *SECTIONS[:2], "La quota di verde sale al 15 per cento.")
    new = home.write("nuovo.md", "Un documento nuovo.", title="Nuovo")
    changes = find_changes(home.ingest(home.folder / "piano.md", new, remove=("vecchio",)))

    assert changes.published
    assert (changes.documents_added, changes.documents_removed) == (("nuovo",), ("vecchio",))
    assert changes.documents_changed == ("piano",)
    assert (changes.passages_added, changes.passages_removed, changes.passages_unchanged) == (2, 2, 3)


def test_a_fresh_release_is_compared_too(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True))
    changes = find_changes(home.ingest(home.write("nuovo.md", "Un documento nuovo."), fresh=True))

    assert (changes.documents_added, changes.documents_removed) == (("nuovo",), ("piano",))
    assert not find_changes(Gathered()).published


def test_a_removed_document_is_gone_from_the_new_release_only(home: Home) -> None:
    other = home.write("altro.md", "Un altro documento parla di parchi.", title="Altro")
    old = home.publish(home.ingest(home.write("piano.md", *SECTIONS), other, fresh=True))
    new = home.publish(home.ingest(remove=("altro",)))

    assert home.embedder.asked == []
    with home.store.open(new) as release:
        assert set(release.documents) == {"piano"}
        assert not release.lexical.search("parchi", count=5)
        assert {release.passage(id_).document for id_ in release.vectors.ids()} == {"piano"}
    with home.store.open(old) as release:
        assert "altro" in release.documents


def test_two_identical_files_are_one_document(home: Home) -> None:
    first, second = home.write("a.md", *SECTIONS), home.write("b.md", *SECTIONS)
    gathered = home.ingest(first, second, fresh=True)

    assert list(gathered.taken) == ["a"]
    assert gathered.duplicates == [("b.md", "a")]


def test_three_files_of_one_name_are_three_documents(home: Home) -> None:
    paths = []
    for number in range(3):
        (home.folder / str(number)).mkdir()
        paths.append(home.write(f"{number}/piano.md", f"Testo numero {number}."))

    assert list(home.ingest(*paths, fresh=True).taken) == ["piano", "piano-md", "piano-md-2"]


def test_a_renamed_file_is_the_same_document(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True))
    gathered = home.ingest((home.folder / "piano.md").rename(home.folder / "piano-definitivo.md"))

    assert set(gathered.taken) == {"piano"}
    assert gathered.duplicates == [("piano-definitivo.md", "piano")]


def test_a_renamed_and_changed_file_says_what_it_may_replace(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True))
    gathered = home.ingest(home.write("piano-definitivo.md", "Un testo nuovo."))

    assert set(gathered.taken) == {"piano", "piano-definitivo"}
    assert any("--remove piano" in note for note in gathered.taken["piano-definitivo"].notes)


def test_a_new_edition_supersedes_the_older_which_stays(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True, edition="2019-2021"))
    gathered = home.ingest(home.write("piano.md", "Un testo nuovo."), edition="2022-2024")

    assert statuses(gathered) == {"piano-2019-2021": SUPERSEDED, "piano-2022-2024": IN_FORCE}
    assert gathered.superseded == [("piano-2019-2021", "piano-2022-2024")]
    assert gathered.taken["piano-2019-2021"].change == "superseded"
    home.publish(gathered)
    assert len(home.embedder.asked) == 1  # the older edition's vectors stay


def test_an_older_edition_that_comes_later_is_superseded_itself(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True, edition="2022"))

    assert statuses(home.ingest(home.write("piano.md", "Vecchio."), edition="2019")) == {
        "piano-2022": IN_FORCE,
        "piano-2019": SUPERSEDED,
    }
    assert statuses(home.ingest(home.write("piano.md", "Vecchio."), edition="2019", status="in_force")) == {
        "piano-2022": IN_FORCE,
        "piano-2019": IN_FORCE,
    }


def test_editions_in_files_of_other_names_are_known_by_their_title(home: Home) -> None:
    home.publish(home.ingest(home.write("p2019.md", *SECTIONS), fresh=True, edition="2019"))
    gathered = home.ingest(home.write("p2022.md", "Un testo nuovo."), edition="2022")

    assert statuses(gathered) == {"p2019-2019": SUPERSEDED, "p2022-2022": IN_FORCE}


def test_a_draft_supersedes_nothing(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True, edition="2019"))
    gathered = home.ingest(home.write("piano.md", "Bozza."), edition="2025", status="draft")

    assert statuses(gathered) == {"piano-2019": IN_FORCE, "piano-2025": DRAFT}


def test_a_document_that_gets_its_edition_is_not_there_twice(home: Home) -> None:
    file = home.write("piano.md", *SECTIONS)
    home.publish(home.ingest(file, fresh=True))
    gathered = home.ingest(file, edition="2022")

    assert statuses(gathered) == {"piano-2022": IN_FORCE}
    assert gathered.renamed == [("piano", "piano-2022")]


def test_dates_decide_before_editions() -> None:
    def document(edition: str, date: str) -> Document:
        return Document(f"p-{edition}", "P", DocumentKind.PLAN, edition, edition=edition, date=date)

    new, others = settle_editions(document("1", "2024"), [document("2", "2020")], status_given=False)
    assert (new.status, [other.status for other in others]) == (IN_FORCE, [SUPERSEDED])


def test_removing_the_edition_in_force_says_what_is_left(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True, edition="2019"))
    home.publish(home.ingest(home.write("piano.md", "Un testo nuovo."), edition="2022"))
    gathered = home.ingest(remove=("piano-2022",))

    assert statuses(gathered) == {"piano-2019": SUPERSEDED}
    (hint,) = gathered.hints
    assert hint.startswith("piano-2019: ") and "--status in_force" in hint
    again = home.ingest(home.write("piano.md", *SECTIONS), remove=("piano-2022",), edition="2019", status="in_force")
    assert statuses(again) == {"piano-2019": IN_FORCE}


def test_facts_given_for_a_renamed_file_are_not_lost_in_silence(home: Home) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True))
    gathered = home.ingest((home.folder / "piano.md").rename(home.folder / "altro.md"), title="Titolo nuovo")

    assert gathered.hints == [
        "piano: i dati indicati non sono stati applicati; per cambiarli dai al file il nome «piano.md»"
    ]


def test_documents_that_stay_are_cut_again_only_by_another_rule(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.publish(home.ingest(home.write("piano.md", *SECTIONS), fresh=True))
    other = home.write("guida.md", "Gli uffici aprono alle 9.", title="La guida")
    cut: list[str] = []

    def noting(document: Document, pages: Sequence[Page]) -> list[Passage]:
        cut.append(document.id)
        return split(document, pages)

    monkeypatch.setattr(intake, "split", noting)
    before = home.ingest(other)
    assert cut == []
    monkeypatch.setattr(intake, "SPLITTER", "another")

    assert home.ingest(other).taken["piano"] == before.taken["piano"]
    assert cut == ["piano"]
    assert before.taken["piano"].passages == tuple(split(before.taken["piano"].document, before.taken["piano"].pages))
