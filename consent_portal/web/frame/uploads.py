"""Uploads: only where a page takes one, only for its roles, and never on the disk."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, request

from consent_portal.web.frame.access import role_of_user, roles_of

AROUND = 256 * 1024
"""Bytes of a form besides its file; one byte too many must still reach the check that says so in words."""


class InMemory(Request):
    """A request whose files are held in memory: a list of patients must not reach the disk, not even for a moment."""

    def _get_file_stream(self, *_told: Any, **_more: Any) -> IO[bytes]:
        """Return where a file is put (Werkzeug's hook; by default a temporary file)."""
        return BytesIO()


def install(app: Flask, largest: Mapping[str, int]) -> None:
    """Widen the limit for the pages that take a file, before anything reads the request.

    Parameters
    ----------
    largest : mapping
        The largest file of each such page in bytes, by endpoint; every other page takes `MAX_CONTENT_LENGTH`.
    """
    app.request_class = InMemory

    @app.before_request
    def widen() -> None:
        file = largest.get(request.endpoint or "")
        if file is not None and role_of_user() in roles_of(request.endpoint or "", app):
            request.max_content_length = file + AROUND
