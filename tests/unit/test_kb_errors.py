"""What a disk refuses: one line for a person, told apart from defects."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from kb.errors import disk_fault
from kb.releases import folders

REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)


@pytest.mark.parametrize("number", REFUSED)
def test_what_a_disk_refuses_is_ours_and_names_the_file(number: int) -> None:
    told = str(disk_fault(OSError(number, os.strerror(number), "/srv/x.lock")))

    assert "«/srv/x.lock»" in told
    assert os.strerror(number) in told
    assert "spazio e permessi" in told


def test_a_write_that_names_no_file_is_told_too() -> None:
    told = disk_fault(OSError(errno.ENOSPC, "No space left on device"))

    assert "il disco rifiuta un file (No space left on device)" in str(told)


@pytest.mark.parametrize(
    "error", [BrokenPipeError(errno.EPIPE, "x"), TimeoutError(), FileNotFoundError(errno.ENOENT, "x")]
)
def test_other_faults_of_the_system_are_not_the_disks(error: OSError) -> None:
    assert disk_fault(error) is None


def test_a_read_only_home_is_one_line_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    def refuse(path: object, *_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setenv("BUSSOLA_HOME", str(tmp_path))
    monkeypatch.setattr(folders.os, "open", refuse)

    status, out, err = run("rollback")

    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert f"«{tmp_path / '.publishing'}» (Read-only file system)" in err
