"""What is done after a worker's every word, with workers that say what the test wants."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from pathlib import Path

import pytest

import ingest.reading_process
from ingest.readers.document import Wish
from ingest.readers.reading import Reading, assemble_page
from ingest.reading_process import Limits, ReadingProcess
from ingest.worker import Message
from kb.errors import UnreadableFile

READ: Message = ("read", Reading((assemble_page(1, []),)))


class Script:
    """Workers whose answers are written beforehand, one list a worker; an empty list hangs."""

    def __init__(self, *workers: Sequence[Message]) -> None:
        self.waiting = [list(answers) for answers in workers]
        self.wishes: list[Wish] = []
        self.timeouts_s: list[float] = []
        self.killed = 0

    def __call__(self, _memory_bytes: int) -> Script:
        self.answers = self.waiting.pop(0)
        return self

    def ask(self, request: tuple[Path, Wish]) -> None:
        self.wishes.append(request[1])

    def answer(self, timeout_s: float) -> Message:
        self.timeouts_s.append(timeout_s)
        if not self.answers:
            raise queue.Empty
        return self.answers.pop(0)

    def kill(self) -> None:
        self.killed += 1


def run(monkeypatch: pytest.MonkeyPatch, script: Script, *, limits: Limits | None = None) -> Reading:
    monkeypatch.setattr(ingest.reading_process, "_Worker", script)
    with ReadingProcess(limits) as reader:
        return reader.read(Path("norme.pdf"), Wish())


def test_a_page_that_stops_the_worker_is_skipped_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(
        [("page", (1, 3)), ("page", (2, 3))],
        [("page", (1, 3)), ("page", (2, 3)), ("page", (3, 3)), ("broken", "il processo si è interrotto")],
        [READ],
    )
    assert run(monkeypatch, script) is READ[1]
    assert [dict(wish.skip) for wish in script.wishes] == [
        {},
        {2: "pagina non letta: la lettura supera il tempo ammesso"},
        {
            2: "pagina non letta: la lettura supera il tempo ammesso",
            3: "pagina non letta: il processo si è interrotto",
        },
    ]
    assert script.killed == 3  # two that were broken, one at the end


@pytest.mark.parametrize(
    "workers",
    [
        [[]],
        [[("page", (1, 1))], [("page", (1, 1))]],
        [[("page", (number, 9))] for number in range(1, 5)],
    ],
    ids=["before the first page", "after the last page", "page after page"],
)
def test_a_file_that_keeps_stopping_it_is_given_up(
    monkeypatch: pytest.MonkeyPatch, workers: list[list[Message]]
) -> None:
    with pytest.raises(UnreadableFile, match=r"«norme\.pdf»: la lettura supera il tempo ammesso; verifica"):
        run(monkeypatch, Script(*workers), limits=Limits(skipped_pages=3))


def test_a_long_document_has_more_time_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script([("page", (1, 5_000)), READ])
    run(monkeypatch, script, limits=Limits(page_s=10, each_page_s=0.1))

    assert script.timeouts_s == [10, 510]


def test_the_whole_has_its_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match="tempo ammesso"):
        run(monkeypatch, Script([("page", (1, 9))], [READ]), limits=Limits(whole_s=0))
