"""The portal's log: JSON lines on standard error, events and kinds, never an identifier; it never ends a request."""

import logging
import sys
from contextlib import suppress

import structlog


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


def configure() -> None:
    """Log to standard error from now on."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(StandardError()),  # type: ignore[arg-type]  # write and flush do
    )
