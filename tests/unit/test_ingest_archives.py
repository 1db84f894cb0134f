"""Zip archives: their documents come in, their tricks do not."""

from __future__ import annotations

import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from ingest import archives
from ingest.gathering import find_files
from ingest.intake import Order, gather
from kb.errors import InputError, UnreadableFile
from kb.releases.store import ReleaseStore
from kb.testing import fake_parts

PLAN = "# Il piano\n\nI Comuni sono 71.\n"


def zip_bytes(**files: str | bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def make(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_documents_of_an_archive_and_of_one_inside_come_in(tmp_path: Path) -> None:
    inner = zip_bytes(norme_txt="Art. 1 - Norme\n1. Vale il piano.\n")
    path = make(
        tmp_path / "atti.zip",
        {"piano.md": PLAN, "allegati/norme.zip": inner, "foto.jpg": b"x", ".nascosto.md": "x", "__MACOSX/a.md": "x"},
    )
    gathered = gather(Order((path,), fresh=True), ReleaseStore(tmp_path / "home", parts=fake_parts))

    assert set(gathered.taken) == {"piano", "allegati-norme-norme"}
    assert gathered.unsupported == ["foto.jpg"]
    assert gathered.taken["piano"].document.source == "piano.md"


def test_an_archive_in_a_folder_is_opened_and_a_bad_one_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "cartella"
    folder.mkdir()
    make(folder / "atti.zip", {"piano.md": PLAN})
    (folder / "guasto.zip").write_bytes(b"PK\x03\x04rotto")
    gathered = gather(Order((folder,), fresh=True), ReleaseStore(tmp_path / "home", parts=fake_parts))

    assert set(gathered.taken) == {"atti-piano"}
    assert [name for name, _why in gathered.unreadable] == ["guasto.zip"]


def test_what_was_unpacked_is_gone_afterwards(tmp_path: Path) -> None:
    with find_files((make(tmp_path / "atti.zip", {"piano.md": PLAN}),)) as files:
        (found,) = files.walked
        assert found.path.read_text(encoding="utf-8") == PLAN
    assert not found.path.exists()


@pytest.mark.parametrize(
    "name", ["../../fuori.md", "/etc/fuori.md", "C:\\x\\..\\fuori.md", "a/../../fuori.md", "x" * 300 + "/fuori.md"]
)
def test_no_path_leads_out(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "dentro"
    folder.mkdir()
    unpacked = archives.unpack(make(tmp_path / "a.zip", {name: PLAN}), folder)
    ((where, inside),) = unpacked.files

    assert where.resolve().is_relative_to(folder.resolve())
    assert inside.name == "fuori.md" and not inside.is_absolute() and ".." not in inside.parts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "dentro"]


def test_links_are_left_out(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("piano.md", PLAN)

    with find_files((tmp_path / "a.zip",)) as files:
        assert [found.inside.name for found in files.walked] == ["piano.md"]


def test_a_name_in_utf8_without_its_mark_is_mended(tmp_path: Path) -> None:
    path = make(tmp_path / "a.zip", {"citta\u0300.md": PLAN})
    content = path.read_bytes()
    flag = struct.pack("<H", 0x800)
    assert flag + b"\x08" in content
    path.write_bytes(content.replace(flag + b"\x08", b"\x00\x00\x08"))

    with find_files((path,)) as files:
        assert [found.inside.name for found in files.walked] == ["citta\u0300.md"]


@pytest.mark.parametrize(
    "files",
    [
        {"bomba.txt": b"0" * 30_000_000},
        {"a.zip": zip_bytes(bomba_txt=b"0" * 30_000_000)},
    ],
    ids=["flat", "nested"],
)
def test_a_bomb_is_one_clear_line(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    path = make(tmp_path / "bomba.zip", files)
    with pytest.raises(UnreadableFile, match=r"«bomba\.zip» non viene aperto.*bomba zip") as caught:
        gather(Order((path,), fresh=True), ReleaseStore(tmp_path / "home", parts=fake_parts))
    assert "\n" not in str(caught.value)


def test_an_archive_that_promises_less_than_it_holds_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 3_000_000)
    monkeypatch.setattr(archives._Unpacking, "_check_promise", lambda *_arguments: None)
    path = make(tmp_path / "a.zip", {f"{n}.txt": bytes(range(256)) * 4_000 for n in range(4)})

    with pytest.raises(UnreadableFile, match="bomba zip"), find_files((path,)):
        pass


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    path = make(tmp_path / "a.zip", {f"{n}.md": PLAN for n in range(4)})

    with pytest.raises(UnreadableFile, match="più di 3 file"), find_files((path,)):
        pass


def test_one_level_of_nesting_and_no_more(tmp_path: Path) -> None:
    deep = zip_bytes(b_zip=zip_bytes(piano_md=PLAN), piano_md=PLAN)
    with find_files((make(tmp_path / "a.zip", {"c.zip": deep}),)) as files:
        assert [found.inside.as_posix() for found in files.walked] == ["c/piano.md"]
        assert [name for name, _why in files.unreadable] == ["c/b.zip"]


def test_a_damaged_member_does_not_take_its_neighbours(tmp_path: Path) -> None:
    path = make(tmp_path / "a.zip", {"piano.md": PLAN * 50, "norme.md": PLAN})
    content = bytearray(path.read_bytes())
    content[45:55] = b"\xff" * 10
    path.write_bytes(bytes(content))

    with find_files((path,)) as files:
        assert [found.inside.name for found in files.walked] == ["norme.md"]
        assert [name for name, _why in files.unreadable] == ["piano.md"]


def test_protected_and_empty_archives_say_so(tmp_path: Path) -> None:
    path = make(tmp_path / "a.zip", {"piano.md": PLAN})
    content = path.read_bytes()
    path.write_bytes(content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
    with pytest.raises(InputError, match="non contiene alcun documento leggibile"), find_files((path,)):
        pass
    with pytest.raises(InputError, match="non contiene alcun"), find_files((make(tmp_path / "b.zip", {}),)):
        pass
    (tmp_path / "c.zip").write_bytes(b"testo")
    with pytest.raises(UnreadableFile, match=r"«c\.zip» non è un archivio zip"), find_files((tmp_path / "c.zip",)):
        pass
