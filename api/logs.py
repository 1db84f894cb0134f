"""Log lines, as text or as JSON objects; what people ask is in none of them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

FIELDS = ("method", "path", "status", "ms", "request_id", "role", "release")
"""What a line may carry besides its message; given as logging's `extra`."""


class JsonFormatter(logging.Formatter):
    """A record as one JSON object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (ISO 8601, UTC), level, logger, message and the fields that the record carries."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name in FIELDS if (value := record.__dict__.get(name)) is not None}
        return json.dumps(told, ensure_ascii=False)


def logging_plan(form: str) -> dict[str, Any]:
    """
    The configuration of logging for a service, on standard error. Args: form is "text" or "json".

    Our own line a request, without its query; uvicorn's would hold the question.
    """
    formatters: dict[str, dict[str, Any]] = {
        "text": {"format": "%(asctime)s %(levelname)s %(message)s"},
        "json": {"()": JsonFormatter},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatters[form]},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "loggers": {
            "bussola": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
            "uvicorn": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
        },
    }
