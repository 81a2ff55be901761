"""What an archive tells, as a database can hold it: an old archive holds text that no column takes."""

import hashlib

from consent_portal.database import Base

LONGEST = 64
"""Letters of a number (DICOM's LO); also those of a SHA-256."""


def fitting(table: type[Base], name: str, text: str) -> str:
    """Return text that every database takes: PostgreSQL refuses a NUL and what is longer than its column.

    An old archive holds such text, and a look in direct care must be written down all the same.
    """
    return text.replace("\0", "")[: getattr(table.__table__.c[name].type, "length", None)]


def whole(text: str) -> str:
    """Return a number as it is kept: never cut short, since two of them might then be one."""
    bare = text.replace("\0", "").strip()
    return bare if len(bare) <= LONGEST else hashlib.sha256(bare.encode()).hexdigest()
