"""Prints how many lies of each kind the verifier catches, and how many faithful sentences it drops."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from evals.liar.cases import LiarCase, LiarTable, fault_of, load_cases, measure


def main(arguments: Sequence[str]) -> None:
    """Print the table, and with --cases each sentence that was judged wrong."""
    parser = argparse.ArgumentParser(prog="python -m evals.liar", description=__doc__)
    parser.add_argument(
        "--file", default="cases.yaml", help="cases.yaml, or calibration.yaml that the score is fitted on"
    )
    parser.add_argument("--cases", action="store_true", help="also print each sentence that was judged wrong")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    cases = load_cases(given.file)
    table = measure(cases)
    sys.stdout.write(json.dumps(table.as_json()) + "\n" if given.json else _printed(table))
    if given.cases:
        sys.stderr.writelines(
            f"{_verdict(case)} {case.claim}\n" for case in cases if bool(fault_of(case)) != case.is_lie
        )


def _printed(table: LiarTable) -> str:
    width = max(len(kind) for kind in table.caught)
    lines = [f"{kind:<{width}}  caught {caught} of {n}" for kind, (caught, n) in sorted(table.caught.items())]
    lines += [
        f"{'all lies':<{width}}  caught {table.lies_caught} of {table.lies} ({table.lies_caught / table.lies:.1%})",
        f"{'faithful':<{width}}  dropped {table.dropped} of {table.faithful} ({table.dropped / table.faithful:.1%})",
    ]
    return "\n".join(lines) + "\n"


def _verdict(case: LiarCase) -> str:
    return f"[passed: {case.kind}]" if case.is_lie else f"[dropped: {fault_of(case)}]"


if __name__ == "__main__":
    main(sys.argv[1:])
