"""
The words on PostgreSQL beside the words in the folder, measured at several sizes; every score must be the same.

    python api/deploy/prova_delle_parole.py [--sizes 1000 10000 100000] [--json]

Passages are made by rule from the shipped corpus (evals/bench/made.py), questions are the golden ones. A question costs
what a search asks of the index: the best 100 by words, the scores of 50 given passages, the words of 50. Each way has a
process of its own; "nothing kept" asks the server for every row anew. "In SQL" adds the scores up on the server. Exit
status 1 where one answer differs. Needs PostgreSQL (make programs).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evals.bench.figures import percentile
from evals.bench.machine import folder_mib, memory_of
from evals.bench.made import make_texts
from evals.golden import load_golden
from kb.backends.postgresql import PostgresqlServer
from kb.backends.postgresql_lexical import Tables, check_on_server, keep_on_server, open_on_server, remove_tables
from kb.backends.postgresql_postings import KEPT_BYTES, Recent, ServerPostings
from kb.language.words import content_stems
from kb.retrieval.lexical import Bm25Index
from kb.retrieval.postings import is_on_server
from kb.testing_servers import postgresql_server

GOLDEN = Path(__file__).resolve().parents[2] / "evals" / "golden"
COUNT = 100
LOOKED_AT = 50
WAYS = {"folder": ("folder", KEPT_BYTES), "server": ("server", KEPT_BYTES), "server, nothing kept": ("server", 0)}
IN_SQL = """
    SELECT id, score FROM (
        SELECT place, sum(score) AS score
        FROM (SELECT unnest(places) AS place, unnest(scores) AS score FROM arrays WHERE number = ANY(%s::integer[])
              ORDER BY number) AS rows
        GROUP BY place ORDER BY score DESC FETCH FIRST %s ROWS WITH TIES) AS best
    JOIN names USING (place) ORDER BY score DESC, id COLLATE "C" LIMIT %s
"""


def questions() -> list[str]:
    """The golden questions, each once."""
    return list(dict.fromkeys(golden.question for golden in load_golden(GOLDEN).questions))


def measure(size: int, url: str, folder: Path) -> dict[str, Any]:
    """The figures of one size."""
    folders = {name: folder / f"{size}-{name}" for name in ("folder", "server")}
    texts = make_texts(size)
    index, built = timed(lambda: Bm25Index.build([f"p_{place:07d}" for place in range(size)], texts))
    saved = timed(lambda: index.save(folders["folder"]))[1]
    kept = timed(lambda: keep_on_server(index, folders["server"], url, release=f"r_{size:012x}"))[1]
    checked = timed(lambda: check_on_server(folders["server"], url))[1]
    sql = in_sql(index, url, questions()[::5])
    found = {name: in_child(folders[place], url, kept_bytes) for name, (place, kept_bytes) in WAYS.items()}
    row = {
        "passages": size,
        "scores_kept": len(index.postings.whole().places),
        "build_s": built,
        "folder": {"write_s": saved, "mb": round(folder_mib(folders["folder"]), 1)},
        "server": {"write_s": kept, "check_s": checked, "mb": table_mib(folders["server"], url)},
        "left_in_folder_mb": round(folder_mib(folders["server"]), 1),
        "ways": {**found, "in SQL": sql},
        "same": sql["same"] and len({one["answers"] for one in found.values()}) == 1,
    }
    remove_tables(folders["server"], url)
    return row


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work returned, and its seconds."""
    start = time.perf_counter()
    done = work()
    return done, round(time.perf_counter() - start, 3)


def in_child(folder: Path, url: str, kept_bytes: int) -> dict[str, Any]:
    """The figures of one way, taken in a process of its own."""
    command = [sys.executable, __file__, "--ask", str(folder), "--url", url, "--kept", str(kept_bytes)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def ask(folder: Path, url: str, kept_bytes: int) -> dict[str, Any]:
    """Open the index of a folder, and put every question to it three times; the first round is told apart."""
    import psycopg
    import sqlalchemy

    assert psycopg and sqlalchemy  # the ledger brings them into every process
    before = memory_of()
    start = time.perf_counter()
    index = open_on_server(folder, url) if is_on_server(folder) else Bm25Index.load(folder)
    opened = time.perf_counter() - start
    if isinstance(index.postings, ServerPostings):
        index.postings._recent = Recent(kept_bytes)
    ids = list(index.names.ids)
    some, step = set(ids[:: max(1, len(ids) // LOOKED_AT)]), max(1, len(ids) // LOOKED_AT)
    answers, rounds = hashlib.sha256(), []
    for _ in range(3):
        times = []
        for question in questions():
            start = time.perf_counter()
            found = index.search(question, count=COUNT), index.search(question, count=LOOKED_AT, allowed=some)
            order = index.sequences(ids[::step][:LOOKED_AT])[0]
            times.append(1000 * (time.perf_counter() - start))
            answers.update(repr((found, order.tolist())).encode())
        rounds.append(times)
    after = memory_of()
    return {
        "open_s": round(opened, 3),
        "first_round": summary(rounds[0]),
        "later": summary(rounds[1] + rounds[2]),
        "memory_mb": round(after.get("own", 0) - before.get("own", 0), 1),
        "answers": answers.hexdigest(),
    }


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    return {"median_ms": round(statistics.median(times), 2), "p95_ms": round(percentile(list(times), 95), 2)}


def table_mib(folder: Path, url: str) -> float:
    """What a release's tables and their indexes take on the server, in MiB."""
    tables, server = Tables.read(folder), PostgresqlServer(url)
    with server.cursor() as cursor:
        asked = "SELECT pg_total_relation_size(%s) + pg_total_relation_size(%s)"
        size = cursor.execute(asked, (tables.terms, tables.order)).fetchone()[0]
    server.close()
    return round(int(size) / 2**20, 1)


def in_sql(index: Bm25Index, url: str, asked: Sequence[str]) -> dict[str, Any]:
    """The best 100 alone, scores added up by the server: places and scores as arrays, a row a term."""
    postings, server = index.postings.whole(), PostgresqlServer(url)
    times, same = [], True
    with server.cursor() as cursor:
        fill_arrays(cursor, index)
        for question in asked:
            numbers = [
                postings.numbers[term] for term in sorted(set(content_stems(question))) if term in postings.numbers
            ]
            start = time.perf_counter()
            rows = cursor.execute(IN_SQL, (numbers, COUNT, COUNT)).fetchall()
            times.append(1000 * (time.perf_counter() - start))
            same &= rows == index.search(question, count=COUNT)
        cursor.execute("DROP TABLE arrays, names")
    server.close()
    return {"later": summary(times), "same": same}


def fill_arrays(cursor: Any, index: Bm25Index) -> None:
    """The tables that IN_SQL reads."""
    postings = index.postings.whole()
    cursor.execute("CREATE TABLE arrays (number integer PRIMARY KEY, places integer[], scores real[])")
    cursor.execute("ALTER TABLE arrays ALTER places SET STORAGE EXTERNAL, ALTER scores SET STORAGE EXTERNAL")
    cursor.execute("CREATE TABLE names (place integer PRIMARY KEY, id text)")
    with cursor.copy("COPY arrays FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "int4[]", "float4[]"])
        for number in range(len(postings.numbers)):
            copy.write_row((number, *(part.tolist() for part in postings.stretch(number))))
    with cursor.copy("COPY names FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "text"])
        for row in enumerate(index.names.ids):
            copy.write_row(row)
    cursor.execute("ANALYZE arrays")
    cursor.execute("ANALYZE names")
    cursor.execute("SET jit = off")
    cursor.execute("SET work_mem = '64MB'")


def main() -> int:
    """Print the figures; 1 where an answer differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--kept", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.ask:
        sys.stdout.write(json.dumps(ask(asked.ask, asked.url, asked.kept)))
        return 0
    with postgresql_server() as url, TemporaryDirectory(prefix="bussola-parole-") as folder:
        rows = [measure(size, url, Path(folder)) for size in asked.sizes]
    sys.stdout.write(json.dumps(rows, indent=None if asked.json else 1) + "\n")
    return 0 if all(row["same"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
