"""One form for every path, so that no spelling walks past the table of doors.

Orthanc hands the filter the path as the client wrote it, apart from one round of percent decoding. Repeated and
trailing slashes are harmless and are taken away; everything else that could be read in two ways is refused.
"""

import re

_PLAIN = re.compile(r"[A-Za-z0-9/._,:@+~ =*()&$!'-]*\Z")


def canonical(uri: str) -> str | None:
    """Return `uri` in the one form the doors are written in, or None where it has no single meaning.

    Parameters
    ----------
    uri
        The path of a request, without its query.

    Returns
    -------
    str or None
        An absolute path without repeated or trailing slashes. None, so that the caller refuses, for a percent sign (a
        second encoding), a backslash, ``;parameters``, a control or non-ASCII character, ``.`` and ``..``.
    """
    if not uri.startswith("/") or not _PLAIN.match(uri):
        return None
    parts = [part for part in uri.split("/") if part]
    if any(part.strip(" .") == "" for part in parts):
        return None
    return "/" + "/".join(parts)
