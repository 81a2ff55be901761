"""What an archive tells, as a database can hold it: an old archive holds text that no column takes."""

from functools import cache

from consent_portal.database import Base


def fitting(table: type[Base], name: str, text: str) -> str:
    """Return text that every database takes: PostgreSQL refuses a NUL and what is longer than its column.

    An old archive holds such text, and a look in direct care must be written down all the same.
    """
    return text.replace("\0", "")[: _length(table, name)]


@cache
def _length(table: type[Base], name: str) -> int | None:
    return getattr(table.__table__.c[name].type, "length", None)
