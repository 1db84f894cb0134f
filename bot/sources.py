"""Where answers come from: a running API, or the knowledge base in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.settings import Settings

if TYPE_CHECKING:
    from bot.local import LocalSource
    from bot.remote import ApiSource

MARGIN_S = 20.0  # what an answer may take besides its chat model


def make_source(settings: Settings) -> ApiSource | LocalSource:
    """The API where BUSSOLA_API_URL names one, else the knowledge base in this process."""
    if settings.api_url:
        from bot.remote import ApiSource

        key = settings.api_key.get_secret_value()
        return ApiSource(settings.api_url, timeout_s=settings.llm_timeout_s + MARGIN_S, key=key)
    from bot.local import LocalSource

    return LocalSource(settings)
