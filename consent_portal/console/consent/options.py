"""The options of a verb, made from the fields of its statement: one source for the command line and the API."""

from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from consent_portal.ledger.levels import Level
from consent_portal.services.statements.statement import Statement


class LevelNames(click.ParamType[tuple[str, ...]]):
    """Names of levels with commas between them."""

    name = "levels"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return the names; a usage error lists those that there are."""
        names = tuple(name.strip() for name in str(value).split(",") if name.strip())
        if not names or not set(names) <= set(Level):
            self.fail("the levels are " + ", ".join(Level) + ", separated by commas.", param, ctx)
        return names


def parameters(statement: type[Statement]) -> list[click.Parameter]:
    """Return an option for each field; a field named ``action`` is the word after the verb."""
    return [_parameter(name, field) for name, field in statement.model_fields.items()]


def _parameter(name: str, field: FieldInfo) -> click.Parameter:
    kind = _bare(field.annotation)
    if name == "action":
        return click.Argument([name], type=click.Choice(get_args(kind)))
    settings: dict[str, Any] = {"help": field.description, "required": field.is_required(), **_type(kind)}
    if isinstance(field.default, str) and field.default:
        settings |= {"default": str(field.default), "show_default": True}
    return click.Option([f"--{name.replace('_', '-')}"], **settings)


def _bare(annotation: Any) -> Any:
    """Return what a field holds when it holds something."""
    if get_origin(annotation) is UnionType:
        return next(one for one in get_args(annotation) if one is not NoneType)
    return annotation


def _type(kind: Any) -> dict[str, Any]:
    if get_origin(kind) is tuple:
        one = get_args(kind)[0]
        return {"type": LevelNames()} if one is Level else {"multiple": True, **_type(one)}
    if get_origin(kind) is Literal:
        return {"type": click.Choice(get_args(kind))}
    plain: dict[Any, dict[str, Any]] = {
        date: {"type": click.DateTime(["%Y-%m-%d"])},
        bool: {"type": click.Choice(["yes", "no"])},
        int: {"type": int},
    }
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": click.Choice([str(one) for one in kind])}
    return plain.get(kind, {})


def fields(statement: type[Statement], given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given as the JSON of the statement; what was left out is left out there, too."""
    return {
        name: _value(_bare(statement.model_fields[name].annotation), value)
        for name, value in given.items()
        if value is not None and value != ()
    }


def _value(kind: Any, value: Any) -> Any:
    if kind is date:
        return value.date().isoformat()
    return value == "yes" if kind is bool else value
