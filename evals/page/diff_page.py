"""The comparison of two releases as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.page.page import environment


def render_diff_page(found: Mapping[str, Any]) -> str:
    """The page: what changed in the documents, figure by figure, and in the answers."""
    page: str = environment().get_template("diff.html").render(diff=found)
    return page
