"""The commands on releases, on a home folder with indexes that scan exactly."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.releases.build import build_release
from kb.releases.store import ReleaseStore
from kb.testing import FakeTokenEmbedder, fake_parts, intake_of


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseStore:
    monkeypatch.setattr("kb.wiring.index_parts", fake_parts)
    monkeypatch.setattr("kb.wiring.make_embedder", lambda settings: FakeTokenEmbedder())
    golden = tmp_path / "domande.yaml"
    golden.write_text("questions: [{id: ciao, kind: small_talk, question: Ciao!}]")
    monkeypatch.setenv("BUSSOLA_GOLDEN", str(golden))
    return ReleaseStore(tmp_path / "home", parts=fake_parts)


Run = Callable[..., tuple[int, str, str]]


def build(store: ReleaseStore, text: str) -> str:
    intake = intake_of({"d": [text], "e": ["Altro documento."]})
    return build_release(intake, store=store, embedder=FakeTokenEmbedder()).id


def test_an_empty_home_says_how_to_begin(run: Run, store: ReleaseStore) -> None:
    status, out, _ = run("releases")
    assert (status, "bussola ingest" in out) == (0, True)
    assert json.loads(run("releases", "--json")[1]) == {"published": None, "releases": [], "damaged": []}
    assert not store.home.exists(), "listing writes nothing"


def test_releases_mark_the_published_one(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, "uno"), build(store, "due")
    assert "Nessuna è pubblicata" in run("releases")[1]
    run("publish", one)

    lines = run("releases")[1].splitlines()
    assert [line for line in lines if line.startswith("*  ")] == [line for line in lines if one in line]
    listed = json.loads(run("releases", "--json")[1])
    assert listed["published"] == one
    assert {line["release"]: line["published"] for line in listed["releases"]} == {one: True, two: False}
    assert {line["passages"] for line in listed["releases"]} == {2}


def test_show_lists_documents_and_settings(run: Run, store: ReleaseStore) -> None:
    one = build(store, "uno")
    status, out, _ = run("show", one[2:7])
    assert status == 0
    assert f"{one} (mai pubblicata)" in out
    assert "Documento d" in out and "in vigore" in out and "fake-64" in out

    shown = json.loads(run("show", one, "--json")[1])
    assert shown["release"] == one
    assert [(d["document"], d["pages"], d["passages"], d["status"]) for d in shown["documents"]] == [
        ("d", 1, 1, "in_force"),
        ("e", 1, 1, "in_force"),
    ]
    assert shown["fingerprints"]["embedder"] == "fake-64"


def test_publish_and_rollback_print_the_contract(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, "Il parco ha molti alberi."), build(store, "Il parco ha tanti alberi.")

    published = [json.loads(run("publish", id_, "--json")[1]) for id_ in (one, two)]
    assert f"{one} (non più in uso)" in run("show", one)[1]
    assert f"{two} (in uso)" in run("show", two)[1]
    assert published == [
        {"published": one, "previous": None, "gate": "passed"},
        {"published": two, "previous": one, "gate": "passed"},
    ]
    assert json.loads(run("rollback", "--json")[1]) == {"published": one, "previous": two, "gate": "not_applied"}
    assert run("publish", one)[1].startswith(f"La versione {one} era già pubblicata")
    assert run("publish", two[:8], "--override", "serve oggi")[1] == f"Pubblicata la versione {two} (prima: {one}).\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "r_none"), "«r_none» non esiste"),
        (("publish", "r_none"), "«r_none» non esiste"),
        (("rollback",), "versione precedente"),
        (("publish", "r_none", "--override", " "), "motivo"),
        (("show",), "show"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    run: Run, store: ReleaseStore, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_damaged_releases_and_a_spoilt_pointer_do_not_hide_the_list(run: Run, store: ReleaseStore) -> None:
    one, two = build(store, "uno"), build(store, "due")
    (store.folder(two) / "manifest.json").write_text("{")
    (store.home / "published").write_text("?")

    status, out, err = run("releases")
    assert status == 0
    assert one in out and f"{two}  danneggiata" in out
    assert "bussola publish ID" in err
