from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from kb.commands.retention import retention
from kb.ledger import Ledger, Receipt, ledger_url


def test_what_was_kept_long_enough_goes(tmp_path: Path) -> None:
    with closing(Ledger(ledger_url(tmp_path / "home"))) as ledger:
        ledger.keep(Receipt("ans_old", "r_1", "answered", {}, created_at="2020-01-01T00:00:00+00:00"))
        ledger.keep(Receipt("ans_new", "r_1", "answered", {}))

        first, again = (CliRunner().invoke(retention, ["--json"]).stdout for _ in range(2))

        assert json.loads(first) == {"days": 90, "erased": 1, "done_already": False}
        assert json.loads(again)["done_already"]
        assert [receipt.answer for receipt in ledger.receipts()] == ["ans_new"]
    assert "Già fatto" in CliRunner().invoke(retention, []).stdout
