"""
Builds and publishings that are really killed (SIGKILL), with the real indexes.

A driver in a process of its own forks a child for each moment, so that Chroma is imported once and its
threads live in no process that forks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

DRIVER = '''
import json, os, signal, sys, time
from pathlib import Path

from kb.errors import BussolaError
from kb.releases.build import build_release
from kb.releases.opened import check_whole
from kb.releases.store import ReleaseStore
from kb.retrieval.search import Searcher
from kb.testing import FakeEmbedder, intake_of
from kb.wiring import index_parts
import bm25s, chromadb  # imported before forking, opened only in children

HOME, MODE = Path(sys.argv[1]), sys.argv[2]
OLD = {"old": [f"Il Comune numero {n} aderisce ad AFOL." for n in range(40)]}
NEW = {**OLD, "new": [f"La rete {n} copre {n} Comuni." for n in range(260)]}
store = ReleaseStore(HOME, parts=index_parts)


class HeldEmbedder(FakeEmbedder):
    """Says that it was called and then waits to be killed."""

    def __init__(self, called):
        super().__init__(256)
        self.called = called

    def embed_passages(self, texts, *, progress=lambda *_: None):
        os.write(self.called, b"x")
        time.sleep(600)


def in_child(work, *, kill_after_s=None, kill_when=None):
    """
    What work returned in a forked child, or None when the child was killed.

    It is killed after so many seconds, unless it is quicker, or when there is something to read from kill_when.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            answer = work()
        except BussolaError as error:
            answer = {"error": str(error)}
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    if kill_when is not None:
        os.read(kill_when, 1)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
    if (kill_after_s, kill_when) != (None, None):
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read()
    killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    return None if killed else json.loads(text)


def watch(seen):
    """Call seen with each change of the home folder's files that Python is about to make."""
    def hook(event, arguments):
        changing = event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir") or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if changing and str(arguments[0]).startswith(str(HOME)):
            seen(event, [str(argument) for argument in arguments[:2]])
    sys.addaudithook(hook)


def build(texts, embedder=None):
    manifest = build_release(intake_of(texts), store=store, embedder=embedder or FakeEmbedder(256))
    return {"id": manifest.id, "reused": manifest.reused}


def killed_at(moment):
    """A build that kills itself as it is about to make its moment-th change."""
    count = 0
    def strike(_event, _arguments):
        nonlocal count
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)
    def work():
        watch(strike)
        answer = build(NEW)
        return {**answer, "changes": count}
    return work


def state():
    """What serves, whether it answers, and what lies there."""
    with store.open() as release:
        found = Searcher(release, FakeEmbedder(256)).search("Comune numero 7 AFOL").passages
    for id_ in store.ids():
        check_whole(store.folder(id_), parts=index_parts())
    return {
        "published": store.published(),
        "found": [[scored.passage.id, scored.passage.text] for scored in found],
        "ids": store.ids(),
        "half_built": len(list(store.releases.glob(".building-*"))),
        "pointers": sorted(path.name for path in HOME.glob("*published*")),
    }


def forget(new):
    """Take the new release away again, so that the next build really builds."""
    import shutil
    if new in store.ids():
        shutil.rmtree(store.folder(new))
'''

KILL_BUILDS = (
    DRIVER
    + """
live = in_child(lambda: build(OLD))["id"]
in_child(lambda: store.publish(live).published)
before = in_child(state)
whole = in_child(killed_at(0))
new, changes = whole["id"], whole["changes"]
forget(new)
struck = []
for moment in sorted({1 + (changes - 1) * step // 11 for step in range(12)}):
    killed = in_child(killed_at(moment)) is None
    struck.append({"moment": f"change {moment} of {changes}", "sure": True, "killed": killed, "state": in_child(state)})
    forget(new)
read, called = os.pipe()
killed = in_child(lambda: build(NEW, HeldEmbedder(called)), kill_when=read) is None
struck.append({"moment": "embedding", "sure": True, "killed": killed, "state": in_child(state)})
forget(new)
began = time.perf_counter()
in_child(lambda: build(NEW))
lasts_s = time.perf_counter() - began
forget(new)
for step in range(10):
    after_s = lasts_s * (0.05 + 0.09 * step)
    killed = in_child(lambda: build(NEW), kill_after_s=after_s) is None
    moment = f"second {after_s:.2f} of {lasts_s:.2f}"  # of a build that may be quicker than the one before
    struck.append({"moment": moment, "sure": False, "killed": killed, "state": in_child(state)})
    forget(new)
again = in_child(lambda: build(NEW))
print(json.dumps({
    "live": live, "new": new, "before": before, "struck": struck, "again": again, "after": in_child(state),
}))
"""
)

KILL_PUBLISHING = (
    DRIVER
    + """
def killed_before_replace():
    def strike(event, arguments):
        if event == "os.rename" and arguments[1].endswith("/published"):
            os.kill(os.getpid(), signal.SIGKILL)
    watch(strike)
    return store.publish(two).published

def slow_publish(id_, ready, may_move):
    def work():
        move = store._point_at
        def wait_and_move(chosen):
            os.write(ready, b"x")
            os.read(may_move, 1)
            move(chosen)
        store._point_at = wait_and_move
        return store.publish(id_).published
    return work

one = in_child(lambda: build(OLD))["id"]
two = in_child(lambda: build(NEW))["id"]
in_child(lambda: store.publish(one).published)
before = in_child(state)
killed = in_child(killed_before_replace) is None
after_kill = in_child(state)

read, ready = os.pipe()
may_move, move = os.pipe()
slow = os.fork()
if slow == 0:
    slow_publish(two, ready, may_move)()
    os._exit(0)
os.read(read, 1)
told = in_child(lambda: store.publish(one).published)
os.write(move, b"x")
os.waitpid(slow, 0)
during = in_child(lambda: store.published())
back = in_child(lambda: store.rollback().published)
print(json.dumps({
    "one": one, "two": two, "before": before, "killed": killed, "after_kill": after_kill, "told": told,
    "during": during, "back": back, "after": in_child(state),
}))
"""
)


def drive(program: str, home: Path) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BUSSOLA_")}
    done = subprocess.run(
        [sys.executable, "-c", program, str(home), "run"],
        capture_output=True,
        text=True,
        timeout=900,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_a_build_killed_at_any_moment_leaves_the_published_release_answering(tmp_path: Path) -> None:
    result = drive(KILL_BUILDS, tmp_path)

    assert result["before"]["found"][0][0] == "p_old_8"
    assert [struck["moment"] for struck in result["struck"] if struck["sure"] and not struck["killed"]] == []
    assert len(result["struck"]) >= 20
    for struck in result["struck"]:
        state = struck["state"]
        assert state["published"] == result["live"], struck["moment"]
        assert state["found"] == result["before"]["found"], struck["moment"]
        # Killed after the rename, the new release is there and whole (state checked it); never a part of it.
        assert set(state["ids"]) <= {result["live"], result["new"]}, struck["moment"]
    assert any(struck["state"]["half_built"] for struck in result["struck"]), "no kill fell inside a build"
    assert result["again"] == {"id": result["new"], "reused": False}
    assert result["after"]["ids"] == sorted([result["live"], result["new"]])
    assert result["after"]["half_built"] == 0


def test_a_publishing_killed_or_met_by_another_leaves_one_whole_release_serving(tmp_path: Path) -> None:
    result = drive(KILL_PUBLISHING, tmp_path)

    assert result["killed"]
    assert result["after_kill"]["published"] == result["one"]
    assert result["after_kill"]["pointers"] == [".published.new", "published"], "killed between the two, really"
    assert result["after_kill"]["found"] == result["before"]["found"]
    assert "in corso" in result["told"]["error"]
    assert result["during"] == result["two"]
    assert result["back"] == result["one"]
    assert result["after"]["pointers"] == ["published"]
    assert result["after"]["found"] == result["before"]["found"], "rolling back restores identical results"
