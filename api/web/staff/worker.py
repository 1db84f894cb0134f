"""`python -m api.web.staff.worker FOLDER COMMAND…`: runs a job's command and leaves its outcome in its folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from api.web.staff.jobs import FILES, GIVEN, OUTCOME, SAID


def work(folder: Path, command: list[str]) -> int:
    """The command's exit status; what it gave and said lies in the folder, the files it was given are gone."""
    with (folder / GIVEN).open("wb") as given, (folder / SAID).open("wb") as said:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=given, stderr=said, check=False).returncode
    shutil.rmtree(folder / FILES, ignore_errors=True)
    half = folder / f"{OUTCOME}.half"
    half.write_text(json.dumps({"status": status}), encoding="utf-8")
    half.replace(folder / OUTCOME)
    return status


if __name__ == "__main__":
    sys.exit(work(Path(sys.argv[1]), sys.argv[2:]))
