"""Logs of the engine: JSON lines on standard error, without identifiers.

What a log line may hold is listed, not what it may not: unknown keys are dropped. Messages of other libraries (DBOS,
waitress, httpx) are written by their logger's name, level and the kind of exception, never by their text, which can
hold addresses and values.
"""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import structlog

ALLOWED = frozenset(
    {"event", "level", "timestamp", "logger", "job", "state", "step", "part", "count", "seconds", "status", "method"}
    | {"released", "route", "error", "port", "executor_id", "workers", "version", "signal"}
    | {"outcome", "rule"}
)


def only_allowed(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list."""
    return {key: value for key, value in event.items() if key in ALLOWED}


class StandardError:
    """Standard error, where a line that cannot be written is lost and nothing else (F19)."""

    def write(self, text: str) -> None:
        """Write, if it can be written."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Send on what was written."""
        with suppress(OSError):
            sys.stderr.flush()


class ForeignHandler(logging.Handler):
    """Writes that another library logged, and what kind of fault it was, without its text."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        fault = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().warning("a library reported", logger=record.name, status=record.levelname, error=fault)


def configure() -> None:
    """Set up structlog and take over the loggers of the libraries."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(StandardError()),  # type: ignore[arg-type]  # write and flush do
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [ForeignHandler(level=logging.WARNING)]
    root.setLevel(logging.WARNING)
    logging.getLogger("dbos").addHandler(ForeignHandler(level=logging.ERROR))
    logging.getLogger("dbos").propagate = False


def log() -> structlog.typing.FilteringBoundLogger:
    """Return the engine's logger."""
    return structlog.get_logger()  # type: ignore[no-any-return]  # structlog hands out a lazy proxy
