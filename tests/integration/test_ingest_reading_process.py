"""Files are read in a process of their own: what takes too long, too much or crashes is one line, the rest is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject
from reportlab.pdfgen.canvas import Canvas

from ingest.intake import Order, gather
from ingest.readers.document import Wish
from ingest.readers.reading import PageStep, Reading, no_step
from ingest.reading_process import Limits, ReadingProcess
from kb.errors import InputError, UnreadableFile
from kb.releases.store import ReleaseStore
from kb.testing import fake_parts


def draw(path: Path, pages: int = 2) -> Path:
    canvas = Canvas(str(path))
    for number in range(1, pages + 1):
        canvas.drawString(50, 700, f"La pagina {number} parla del piano.")
        canvas.showPage()
    canvas.save()
    return path


def slow_page(path: Path, at: int) -> Path:
    """A PDF of three pages, one of them with so many operators that it takes seconds."""
    writer = PdfWriter(draw(path, 3))
    stream = DecodedStreamObject()
    stream.set_data(b"q " * 14_000_000)
    writer.pages[at - 1][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    writer.write(path)
    return path


class Stopper:
    """Reads; a worker that begins a page is stopped there for good, so that it can't be quicker than its limit."""

    def __init__(self, reader: ReadingProcess) -> None:
        self.read_whole = reader.read
        self._reader = reader
        self.stopped = 0

    def read(self, path: Path, wish: Wish, on_page: PageStep = no_step, *, page: int) -> Reading:
        def step(number: int, total: int) -> None:
            on_page(number, total)
            if number == page and not self.stopped:
                self.stopped = stop(self._reader)
                self._reader.limits = Limits()  # of the worker that comes next, which has to start

        self._reader.limits = Limits(page_s=4)
        return self.read_whole(path, wish, step)


def stop(reader: ReadingProcess) -> int:
    """Its worker does nothing any more, and can't finish before it is killed; the worker's number."""
    assert reader._worker
    os.kill(reader._worker._process.pid, signal.SIGSTOP)
    return reader._worker._process.pid


def test_files_are_read_one_after_the_other_by_one_process(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with ReadingProcess() as reader:
        first = reader.read(draw(tmp_path / "a.pdf"), Wish(), lambda page, total: seen.append((page, total)))
        pid = reader._worker and reader._worker._process.pid
        (tmp_path / "b.txt").write_text("Il piano.\n", encoding="utf-8")
        second = reader.read(tmp_path / "b.txt", Wish())
        assert reader._worker and reader._worker._process.pid == pid

    assert [page.text for page in first.pages] == ["La pagina 1 parla del piano.", "La pagina 2 parla del piano."]
    assert second.pages[0].text == "Il piano."
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)


def test_errors_of_the_readers_come_back_as_they_are(tmp_path: Path) -> None:
    writer = PdfWriter(draw(tmp_path / "a.pdf"))
    writer.encrypt("segreta", algorithm="AES-256")
    writer.write(tmp_path / "b.pdf")
    (tmp_path / "c.txt").write_bytes(b"")
    with ReadingProcess() as reader:
        with pytest.raises(InputError, match="--password"):
            reader.read(tmp_path / "b.pdf", Wish())
        assert len(reader.read(tmp_path / "b.pdf", Wish(password="segreta")).pages) == 2
        with pytest.raises(UnreadableFile, match="vuoto"):
            reader.read(tmp_path / "c.txt", Wish())


def test_a_page_that_takes_too_long_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    with ReadingProcess() as reader:
        reader.read(draw(tmp_path / "a.pdf"), Wish())
        found = Stopper(reader).read(slow_page(tmp_path / "b.pdf", 2), Wish(), page=2)

    assert [page.readable for page in found.pages] == [True, False, True]
    assert "tempo ammesso" in found.pages[1].problems[0]
    assert "pagina 1" in found.pages[0].text and "pagina 3" in found.pages[2].text


def test_a_reader_that_hangs_or_dies_costs_its_file_alone(tmp_path: Path) -> None:
    """The worker hangs, then dies while it has the file; the next file finds a new one."""
    with ReadingProcess() as reader:
        for dies, said in ((False, "tempo ammesso"), (True, "si è interrotto")):
            reader.limits = Limits(skipped_pages=0)
            reader.read(draw(tmp_path / "b.pdf"), Wish())
            pid = stop(reader)
            if dies:
                threading.Timer(1.0, os.kill, (pid, signal.SIGKILL)).start()
            else:
                reader.limits = Limits(page_s=1.0, skipped_pages=0)
            with pytest.raises(UnreadableFile, match=f"«a\\.pdf».*{said}") as caught:
                reader.read(draw(tmp_path / "a.pdf"), Wish())
            assert "\n" not in str(caught.value)
        reader.limits = Limits()
        assert len(reader.read(draw(tmp_path / "b.pdf"), Wish()).pages) == 2


def test_what_the_process_wrote_on_the_way_goes_with_it(tmp_path: Path) -> None:
    with ReadingProcess() as reader:
        reader.read(draw(tmp_path / "b.pdf"), Wish())
        assert reader._worker
        folder = Path(reader._worker._folder.name)
        (folder / "resto").write_text("x", encoding="utf-8")
    assert not folder.exists()


def test_memory_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"parola " * 30_000_000)
    with ReadingProcess(Limits(memory_bytes=400 * 1024**2)) as reader:
        with pytest.raises(UnreadableFile, match="troppa memoria"):
            reader.read(tmp_path / "a.txt", Wish())
        assert len(reader.read(draw(tmp_path / "b.pdf"), Wish()).pages) == 2


def test_a_file_beyond_the_size_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "a.pdf").open("wb") as file:
        file.truncate(3 * 1024**3)
    with ReadingProcess() as reader, pytest.raises(UnreadableFile, match=r"troppo grande \(3\.0 GB, al massimo 2\)"):
        reader.read(tmp_path / "a.pdf", Wish())


def test_a_cycle_in_the_page_tree_ends(tmp_path: Path) -> None:
    writer = PdfWriter(draw(tmp_path / "a.pdf"))
    tree = writer._pages.get_object()
    tree[NameObject("/Kids")] = ArrayObject([*tree["/Kids"], writer._pages])
    tree[NameObject("/Count")] = NumberObject(1_000_000)
    writer.write(tmp_path / "b.pdf")
    with ReadingProcess() as reader:
        try:
            assert len(reader.read(tmp_path / "b.pdf", Wish()).pages) >= 2
        except UnreadableFile as error:
            assert "b.pdf" in str(error)
            assert "tempo ammesso" not in str(error)


@pytest.mark.slow
def test_five_thousand_pages(tmp_path: Path) -> None:
    """Each is read; the pages share one stream, so that the file is small and the work is not."""
    writer = PdfWriter()
    page = PdfWriter(draw(tmp_path / "a.pdf", 1)).pages[0]
    first = writer.add_page(page)
    for _number in range(4_999):
        copy = DictionaryObject({key: first.raw_get(key) for key in first if key != "/Parent"})
        _append(writer, copy)
    writer.write(tmp_path / "b.pdf")
    with ReadingProcess() as reader:
        found = reader.read(tmp_path / "b.pdf", Wish())

    assert len(found.pages) == 5_000
    assert found.pages[-1].readable


def _append(writer: PdfWriter, page: DictionaryObject) -> None:
    tree = writer._pages.get_object()
    page[NameObject("/Parent")] = writer._pages
    tree["/Kids"].append(writer._add_object(page))
    tree[NameObject("/Count")] = NumberObject(len(tree["/Kids"]))


def test_in_a_folder_the_rest_is_ingested(tmp_path: Path) -> None:
    folder = tmp_path / "documenti"
    folder.mkdir()
    draw(folder / "a.pdf")
    slow_page(folder / "b.pdf", 1)
    (folder / "c.md").write_text("# Il piano\n\nI Comuni sono 71.\n", encoding="utf-8")
    store = ReleaseStore(tmp_path / "home", parts=fake_parts)
    with ReadingProcess() as reader:
        stopper = Stopper(reader)
        reads = {"b.pdf": partial(stopper.read, page=1)}
        gathered = gather(
            Order((folder,), fresh=True),
            store,
            read=lambda path, *given: reads.get(path.name, stopper.read_whole)(path, *given),
        )

    assert set(gathered.taken) == {"a", "b", "c"}
    assert [page.readable for page in gathered.taken["b"].pages] == [False, True, True]


def test_a_worker_whose_parent_is_gone_ends_by_itself() -> None:
    worker = subprocess.Popen([sys.executable, "-m", "ingest.worker"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert worker.stdin is not None
    worker.stdin.close()

    assert worker.wait(timeout=120) is not None
