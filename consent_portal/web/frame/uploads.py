"""Uploads: only where a page takes one, only for its roles, and never on the disk."""

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import IO, Any

from flask import Flask, Request, request

from consent_portal.leaflets.photograph import MOST_BYTES as PHOTOGRAPH
from consent_portal.web.frame.access import role_of_user, roles_of
from notices.merge.tables import MOST_BYTES as LETTERS
from notices.settings.logo import MOST_BYTES as LOGO

AROUND = 256 * 1024
"""Bytes of a form besides its file; one byte too many must still reach the check that says so in words."""
LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "notice_settings.change": LOGO + AROUND,
        "notice_settings.preview": LOGO + AROUND,
        "displays.add": PHOTOGRAPH + AROUND,
        "displays.change": PHOTOGRAPH + AROUND,
        "letters.start": LETTERS + AROUND,
    }
)
"""The largest request of each page that takes a file, in bytes; every other page takes `MAX_CONTENT_LENGTH`."""


class InMemory(Request):
    """A request whose files are held in memory: a list of patients must not reach the disk, not even for a moment."""

    def _get_file_stream(self, *_told: Any, **_more: Any) -> IO[bytes]:
        """Return where a file is put (Werkzeug's hook; by default a temporary file)."""
        return BytesIO()


def install(app: Flask) -> None:
    """Widen the limit for those pages, before anything reads the request."""
    app.request_class = InMemory

    @app.before_request
    def widen() -> None:
        limit = LIMITS.get(request.endpoint or "")
        if limit is not None and role_of_user() in roles_of(request.endpoint or "", app):
            request.max_content_length = limit
