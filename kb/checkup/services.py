"""The services that settings name: the databases, Chroma, the chat model, Telegram, the API that the bot asks."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from kb import wiring
from kb.checkup.finding import Finding, broken, good, off, warning
from kb.errors import BussolaError
from kb.settings import Settings

REPLY_S = 4.0
"""Seconds that a service may take: a person is watching."""

FULL = 200


def check_ledger(settings: Settings) -> Finding:
    """Whether the ledger opens and is of this program's version."""
    from kb.ledger.database import ledger_url, shown

    name, url = "registro", ledger_url(settings.home, settings.database_url)
    if not settings.database_url and not (settings.home / "ledger.sqlite3").is_file():
        return off(name, "SQLite, nascerà al primo uso")
    try:
        with closing(wiring.open_ledger(settings)) as ledger:
            lines = len(ledger.publications())
    except BussolaError as error:
        return broken(name, str(error), "avvia il database, o correggi BUSSOLA_DATABASE_URL e i permessi")
    return good(name, f"{shown(url)}, pubblicazioni scritte: {lines}")


def check_chroma(settings: Settings) -> Finding:
    """Whether the Chroma server answers, where there is one."""
    from kb.backends.chroma_server import check_server, server_address

    if not settings.chroma_url:
        return off("server Chroma", "non configurato: i vettori stanno nella cartella dei dati")
    try:
        version = check_server(settings.chroma_url, timeout_s=REPLY_S)
        return good("server Chroma", f"{server_address(settings.chroma_url).shown}, versione {version}")
    except BussolaError as error:
        return broken("server Chroma", str(error), "avvialo con «chroma run», o correggi BUSSOLA_CHROMA_URL")


def check_words(settings: Settings) -> Finding:
    """Whether the PostgreSQL server of the words answers, where there is one; of what is on it, check_release tells."""
    from kb.backends.postgresql import server_address, server_version, shown

    name = "indice delle parole"
    if not settings.lexical_url:
        return off(name, "nessun server configurato: sta nella cartella dei dati")
    try:
        version = server_version(settings.lexical_url)
        return good(name, f"{shown(server_address(settings.lexical_url))}, PostgreSQL {version}")
    except BussolaError as error:
        return broken(name, str(error), "avvia PostgreSQL, o correggi BUSSOLA_LEXICAL_URL")


def check_chat_model(settings: Settings) -> Finding:
    """Whether the chat model answers, where there is one; without it answers are sentences of the documents."""
    name = "modello di conversazione"
    if settings.llm_url:
        key = settings.llm_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        seen = _reply(f"{settings.llm_url.rstrip('/')}/models", headers)
        remedy = "avvialo, o correggi BUSSOLA_LLM_URL e BUSSOLA_LLM_KEY; intanto le risposte sono frasi dei documenti"
        return good(name, "risponde") if seen == FULL else warning(name, _told(seen), remedy)
    if settings.llm_gguf:
        return _check_file(name, Path(settings.llm_gguf).expanduser())
    return off(name, "non configurato: le risposte sono frasi dei documenti")


def check_telegram(settings: Settings) -> Finding:
    """Whether Telegram knows the bot's token, where there is one."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        return off("Telegram", "non configurato: il bot non si avvia senza BUSSOLA_TELEGRAM_TOKEN")
    seen = _reply(f"{settings.telegram_api_url.rstrip('/')}/bot{token}/getMe", {})
    if seen == FULL:
        return good("Telegram", "il gettone è valido")
    remedy = "controlla BUSSOLA_TELEGRAM_TOKEN (lo dà @BotFather) e che la rete lasci uscire verso Telegram"
    return broken("Telegram", _told(seen), remedy)


def check_api(settings: Settings) -> Finding:
    """Whether the API that the bot asks can answer, where there is one."""
    if not settings.api_url:
        return off("API del bot", "non configurata: il bot risponde da sé")
    seen = _reply(f"{settings.api_url.rstrip('/')}/readyz", {})
    remedy = "avvia «bussola serve», o correggi BUSSOLA_API_URL"
    return good("API del bot", "pronta") if seen == FULL else broken("API del bot", _told(seen), remedy)


def _check_file(name: str, file: Path) -> Finding:
    if not file.is_file():
        return warning(name, f"{file} non c'è", "preparalo con «bussola models fetch», o correggi BUSSOLA_LLM_GGUF")
    if importlib.util.find_spec("xllamacpp") is None:
        return warning(name, "manca l'extra local-llm", "installalo con «pip install 'bussola[local-llm]'»")
    return good(name, str(file))


def _reply(url: str, headers: Mapping[str, str]) -> int | None:
    """The status that came back, None when nothing did; what an error says is not told, it may hold the token."""
    import httpx

    try:
        return httpx.get(url, headers=dict(headers), timeout=REPLY_S).status_code
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None


def _told(status: int | None) -> str:
    return "non risponde" if status is None else f"rifiuta la richiesta (stato {status})"
