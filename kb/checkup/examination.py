"""All checks, in the order in which a person mends what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.checkup.finding import Finding
from kb.checkup.machine import (
    check_embedder,
    check_home,
    check_packages,
    check_release,
    check_room,
    check_tesseract,
)
from kb.checkup.services import (
    check_api,
    check_chat_model,
    check_chroma,
    check_ledger,
    check_telegram,
    check_words,
)
from kb.settings import Settings

Check = Callable[[Settings], Finding]

CHECKS: tuple[Check, ...] = (
    check_packages,
    check_home,
    check_room,
    check_chroma,
    check_words,
    check_ledger,
    check_release,
    check_embedder,
    check_tesseract,
    check_chat_model,
    check_telegram,
    check_api,
)


def examine(settings: Settings) -> Iterator[Finding]:
    """What each check found, as it is found; nothing is changed, and no key, token or password is told."""
    for check in CHECKS:
        yield check(settings)
