"""From a row of the database to the frozen object of the same names, which the rest of the portal handles."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, TypeVar

from consent_portal.database import Base

Shape = TypeVar("Shape")
_AS_IT_IS: Mapping[str, Callable[[Any], Any]] = MappingProxyType({})


def shaped(kind: type[Shape], row: Base, read: Mapping[str, Callable[[Any], Any]] = _AS_IT_IS) -> Shape:
    """Return `row` as `kind`, a dataclass whose every field is a column of the row.

    Parameters
    ----------
    read : mapping, optional
        How a field is made from its column, where it is not the column itself.
    """
    values = {field.name: getattr(row, field.name) for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{**values, **{name: made(values[name]) for name, made in read.items()}})
