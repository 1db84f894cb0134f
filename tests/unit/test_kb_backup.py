"""Backups: whole or not at all, made while others write, and put back only when every file is what was saved."""

from __future__ import annotations

import io
import json
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.backup.contents import LIST_NAME
from kb.backup.restoring import BEFORE, LOCKS, restore
from kb.backup.saving import save
from kb.commands import backups
from kb.errors import InputError, ReleaseError
from kb.ledger import Ledger, ledger_url
from kb.releases.build import build_release
from kb.releases.folders import IN_USE, in_use, only_one
from kb.releases.store import ReleaseStore
from kb.testing import FakeEmbedder, fake_parts, intake_of

TEXTS = {"afol": ["I Comuni che partecipano ad AFOL sono 71."], "rete": ["La rete copre 133 Comuni."]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    store = ReleaseStore(home, parts=fake_parts)
    store.publish(build_release(intake_of(TEXTS), store=store, embedder=FakeEmbedder()).id)
    (home / "cache").mkdir(exist_ok=True)
    (home / "cache" / "grande.bin").write_bytes(b"0" * 1000)
    (home / "releases" / ".building-1-dead").mkdir()
    (home / "releases" / ".building-1-dead" / "meta").write_text("mezza")
    return home


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".sqlite3" and path.name not in LOCKS
    }


def test_what_is_restored_is_what_was_saved_and_serves(home: Path, tmp_path: Path) -> None:
    contents = save(home, tmp_path / "copia.tar.gz")
    other = tmp_path / "other"

    done = restore(tmp_path / "copia.tar.gz", other)

    expected = {n: d for n, d in files(home).items() if not n.startswith("cache/") and ".building-" not in n}
    assert files(other) == expected
    assert done.set_aside is None
    assert done.contents == contents
    store = ReleaseStore(other, parts=fake_parts)
    assert store.open().id == contents.published
    assert len(Ledger(ledger_url(other)).publications()) == 1
    assert (tmp_path / "copia.tar.gz").stat().st_mode & 0o777 == 0o600


def test_caches_go_along_when_asked(home: Path, tmp_path: Path) -> None:
    save(home, tmp_path / "copia.tar.gz", with_cache=True)
    restore(tmp_path / "copia.tar.gz", tmp_path / "other")

    assert (tmp_path / "other" / "cache" / "grande.bin").stat().st_size == 1000


@pytest.mark.usefixtures("patient_ledger")
def test_a_ledger_in_use_is_copied_as_it_was_at_one_moment(home: Path, tmp_path: Path) -> None:
    """A writer adds pairs of receipts, each pair in one transaction: the copy holds no half pair."""
    path, stop, began = home / "ledger.sqlite3", threading.Event(), threading.Event()

    def write() -> None:
        ledger, number = Ledger(ledger_url(home)), 0
        while not stop.is_set():
            number += 1
            with ledger.transaction() as connection:
                for half in "ab":
                    connection.exec_driver_sql(
                        "INSERT INTO receipts (answer, release, status, created_at, body) VALUES (?, '', '', '', '')",
                        (f"{number}{half}",),
                    )
            began.set()
        ledger.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert began.wait(120)
        for number in range(5):
            save(home, tmp_path / f"copia{number}.tar.gz")
    finally:
        stop.set()
        writer.join()

    counts = []
    for number in range(5):
        restore(tmp_path / f"copia{number}.tar.gz", tmp_path / f"other{number}")
        copy = sqlite3.connect(tmp_path / f"other{number}" / path.name)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts.append(copy.execute("SELECT count(*) FROM receipts").fetchone()[0])
        copy.close()
    assert all(count % 2 == 0 for count in counts)
    assert counts[-1] > 0


@pytest.mark.parametrize("moment", [1, 3, 6])
def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_is_whole(
    home: Path, tmp_path: Path, moment: int
) -> None:
    target = tmp_path / "copia.tar.gz"
    program = (
        "import os, signal, sys; from pathlib import Path; from kb.backup.saving import save\n"
        "def strike(_what, done, _total):\n"
        "    if done == int(sys.argv[3]): os.kill(os.getpid(), signal.SIGKILL)\n"
        "save(Path(sys.argv[1]), Path(sys.argv[2]), progress=strike)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(home), str(target), str(moment)], check=False)

    assert ran.returncode == -signal.SIGKILL
    assert not target.exists()
    save(home, target)
    restore(target, tmp_path / "other")
    assert [path.name for path in tmp_path.glob(".copia*")] == []


@pytest.mark.parametrize("moment", range(1, 12))
def test_a_restoring_that_is_killed_serves_the_old_or_nothing_and_can_be_repeated(
    home: Path, tmp_path: Path, moment: int
) -> None:
    """Killed as it is about to rename for the n-th time, or to unpack."""
    target, other = tmp_path / "copia.tar.gz", tmp_path / "other"
    save(home, target)
    store = ReleaseStore(other, parts=fake_parts)
    old = build_release(intake_of({"a": ["prima"]}), store=store, embedder=FakeEmbedder()).id
    store.publish(old)
    program = (
        "import os, signal, sys; from pathlib import Path; from kb.backup.restoring import restore\n"
        "seen = 0\n"
        "def strike(event, _arguments):\n"
        "    global seen\n"
        "    seen += event == 'os.rename'\n"
        "    if seen == int(sys.argv[3]): os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.addaudithook(strike)\n"
        "restore(Path(sys.argv[1]), Path(sys.argv[2]), force=True)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(target), str(other), str(moment)], check=False)

    new = ReleaseStore(home, parts=fake_parts).published()
    assert store.published() in ((old, None, new) if ran.returncode else (new,))
    assert moment > 1 or store.published() == old
    restore(target, other, force=True)
    assert store.open().id == new
    assert list(other.glob(f"{BEFORE}*"))


def test_a_backup_that_is_not_there_is_said_before_anything_else(home: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nulla\.tar\.gz non c'è: controlla il percorso"):
        restore(tmp_path / "nulla.tar.gz", home, force=False)


def test_a_home_that_is_not_empty_is_kept_unless_forced_and_then_set_aside(home: Path, tmp_path: Path) -> None:
    save(home, tmp_path / "copia.tar.gz")
    (home / "nota.txt").write_text("mia")
    with pytest.raises(InputError, match="--force"):
        restore(tmp_path / "copia.tar.gz", home)

    done = restore(tmp_path / "copia.tar.gz", home, force=True)

    assert done.set_aside is not None
    assert (done.set_aside / "nota.txt").read_text() == "mia"
    assert not (home / "nota.txt").exists()
    assert ReleaseStore(home, parts=fake_parts).open().id == done.contents.published


def test_nothing_is_restored_under_a_service_that_works(home: Path, tmp_path: Path) -> None:
    """It would go on with the ledger that was set aside: keys revoked since, and ratings, would be lost."""
    save(home, tmp_path / "copia.tar.gz")

    with in_use(home), in_use(home), pytest.raises(ReleaseError, match="ferma «bussola serve»"):
        restore(tmp_path / "copia.tar.gz", home, force=True)
    with (
        only_one(home / IN_USE, busy=""),
        pytest.raises(ReleaseError, match="in corso un ripristino"),
        in_use(home),
    ):
        pytest.fail("a service began under a restoring")

    assert restore(tmp_path / "copia.tar.gz", home, force=True).set_aside is not None


def test_a_home_where_no_file_can_be_made_serves_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with in_use(tmp_path / "home"):
        pass


def archive_of(target: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(target, "w:gz") as archive:
        for about, data in members:
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return target


def link(kind: bytes) -> tarfile.TarInfo:
    about = tarfile.TarInfo("published")
    about.type, about.linkname = kind, "/etc/passwd"
    return about


TRICKS = {
    "up": tarfile.TarInfo("../fuori"),
    "inner up": tarfile.TarInfo("releases/../../fuori"),
    "absolute": tarfile.TarInfo("/tmp/fuori"),
    "windows": tarfile.TarInfo("C:\\fuori"),
    "backslash": tarfile.TarInfo("releases\\..\\fuori"),
    "dot": tarfile.TarInfo("./published"),
    "symbolic link": link(tarfile.SYMTYPE),
    "hard link": link(tarfile.LNKTYPE),
    "device": link(tarfile.CHRTYPE),
    "pipe": link(tarfile.FIFOTYPE),
    "folder": link(tarfile.DIRTYPE),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_an_archive_with_tricks_in_its_paths_is_refused_and_touches_nothing(tmp_path: Path, trick: str) -> None:
    archive, home = archive_of(tmp_path / "a.tar.gz", [(TRICKS[trick], b"")]), tmp_path / "x" / "home"

    with pytest.raises(InputError, match="non viene da Bussola"):
        restore(archive, home)

    found = {path.name for path in tmp_path.rglob("*")}
    assert found - {"a.tar.gz", "x", "home"} == {*LOCKS}


def with_list(files: dict[str, str]) -> tuple[tarfile.TarInfo, bytes]:
    told = {"format": 1, "created_at": "", "version": "", "published": None, "files": files}
    return tarfile.TarInfo(LIST_NAME), json.dumps(told).encode()


@pytest.mark.parametrize(
    "members",
    [
        [(tarfile.TarInfo("a"), b"1")],
        [(tarfile.TarInfo("a"), b"1"), with_list({"a": "0" * 64})],
        [(tarfile.TarInfo("a"), b"1"), with_list({})],
        [with_list({"a": "0" * 64})],
        [with_list({}), (tarfile.TarInfo("a"), b"1")],
        [(tarfile.TarInfo("a"), b"1"), (tarfile.TarInfo("a"), b"2"), with_list({})],
        [(tarfile.TarInfo(LIST_NAME), b"{}")],
        [(tarfile.TarInfo(LIST_NAME), b'{"format": 9, "created_at": "", "version": "", "published": "", "files": {}}')],
    ],
    ids=["no list", "other bytes", "not listed", "missing", "after the list", "twice", "no list at all", "newer"],
)
def test_an_archive_that_is_not_its_list_is_refused(
    tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    with pytest.raises(InputError, match="copia"):
        restore(archive_of(tmp_path / "a.tar.gz", members), tmp_path / "home")

    assert {path.name for path in (tmp_path / "home").iterdir()} == {*LOCKS}


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]


@pytest.mark.parametrize("spoil", [cut, flip, lambda _data: b"", lambda _data: b"non un archivio" * 100])
def test_a_spoilt_file_is_refused(home: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    target = tmp_path / "copia.tar.gz"
    save(home, target)
    target.write_bytes(spoil(target.read_bytes()))
    before = files(home)

    with pytest.raises(InputError, match="copia"):
        restore(target, home, force=True)

    assert files(home) == before


def test_a_damaged_release_is_not_saved_as_if_it_were_whole(home: Path, tmp_path: Path) -> None:
    store = ReleaseStore(home, parts=fake_parts)
    (store.folder(str(store.published())) / "pages.jsonl").write_text("altro")

    with pytest.raises(ReleaseError, match="danneggiata"):
        save(home, tmp_path / "copia.tar.gz")

    assert list(tmp_path.glob("*copia*")) == []


def test_targets_that_will_not_do_are_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "c.tar.gz").write_text("preziosa")
    for target, why in (
        (tmp_path / "c.tar.gz", "c'è già"),
        (home / "dentro.tar.gz", "dentro"),
        (tmp_path / "manca" / "c.tar.gz", "non c'è"),
    ):
        with pytest.raises(InputError, match=why):
            save(home, target)
    with pytest.raises(InputError, match="BUSSOLA_HOME"):
        save(tmp_path / "manca", tmp_path / "d.tar.gz")
    assert (tmp_path / "c.tar.gz").read_text() == "preziosa"


def test_links_in_the_home_are_not_followed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "segreto").write_text("altrui")
    (home / "collegamento").symlink_to(tmp_path / "segreto")

    assert "collegamento" not in save(home, tmp_path / "copia.tar.gz").files


def test_the_commands_tell_what_they_did(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSSOLA_HOME", str(home))
    target = str(tmp_path / "copia.tar.gz")
    told = json.loads(CliRunner().invoke(backups.backup, [target, "--json"]).stdout)
    assert told["published"] == ReleaseStore(home, parts=fake_parts).published()
    assert told["notes"] == []
    monkeypatch.setenv("BUSSOLA_HOME", str(tmp_path / "other"))
    ran = CliRunner().invoke(backups.restore, [target])

    assert "Ripristinata" in ran.stdout
    again = CliRunner().invoke(backups.restore, [target, "--force", "--json"])
    assert json.loads(again.stdout)["set_aside"].startswith(str(tmp_path / "other" / BEFORE))
