"""Settings that cannot be changed after they were put into a version."""

from collections.abc import Iterable
from typing import Any, NoReturn


def fixed(value: Any) -> Any:
    """Return a copy of JSON data that refuses every change."""
    if isinstance(value, dict):
        return FixedDict((key, fixed(one)) for key, one in value.items())
    if isinstance(value, list | tuple):
        return FixedList(fixed(one) for one in value)
    return value


def loose(value: Any) -> Any:
    """Return a copy of JSON data that may be changed."""
    if isinstance(value, dict):
        return {key: loose(one) for key, one in value.items()}
    return [loose(one) for one in value] if isinstance(value, list | tuple) else value


def _refuse(*_arguments: object, **_more: object) -> NoReturn:
    raise TypeError("A version never changes: draft a new one with other settings.")


class FixedDict(dict[str, Any]):
    """A dictionary that refuses every change."""

    __setitem__ = __delitem__ = __ior__ = update = pop = popitem = clear = setdefault = _refuse

    def __init__(self, items: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(items)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        copied: dict[str, Any] = loose(self)
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        return fixed, (loose(self),)


class FixedList(list[Any]):
    """A list that refuses every change."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = pop = remove = clear = sort = reverse = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        copied: list[Any] = loose(self)
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        return fixed, (loose(self),)
