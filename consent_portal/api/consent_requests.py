"""The JSON of ``POST /api/v1/consent/{event}``: what every call names, beside the fields of its statement."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, Field, create_model

from consent_portal.contract import Shape
from consent_portal.services.statements.statement import Statement
from consent_portal.services.statements.verbs import VERBS, Verb

Said = TypeVar("Said", bound=Statement)
_UID = r"^[0-9]+(\.[0-9]+)*$"


class ConsentRecord(Shape):
    """Who answers for it, and the state of the record that it was made from."""

    model_config = ConfigDict(str_strip_whitespace=True)
    recorder: str = Field(min_length=1, max_length=120, description="The person of the portal who answers for it.")
    head: int | None = Field(None, ge=0, description="The head of the record as last seen; 409 when it has moved.")

    def statement(self, model: type[Said]) -> Said:
        """Return what was said, without what every call names."""
        return model.model_validate(self.model_dump(include=set(model.model_fields), exclude_unset=True))


class OfStudy(ConsentRecord):
    """A statement about a study, or recorded from it."""

    study: str = Field(max_length=64, pattern=_UID, description="The Study Instance UID.")


class OfStudyOrNumber(ConsentRecord):
    """A statement about a study, or about a patient of whom there may be no study yet."""

    study: str | None = Field(None, max_length=64, pattern=_UID, description="The Study Instance UID.")
    number: str = Field("", max_length=64, repr=False, description="The patient's number, where no study is named.")
    issuer: str = Field("", max_length=64, description="Who issued that number.")
    birth_date: date | None = Field(None, repr=False, description="The patient's date of birth.")


Named = OfStudy | OfStudyOrNumber


def _request(verb: Verb) -> type[Named]:
    base = OfStudyOrNumber if verb.statement.by_number else OfStudy
    fields: dict[str, Any] = {name: (field.annotation, field) for name, field in verb.statement.model_fields.items()}
    name = f"{verb.name.capitalize()}Consent"
    made = create_model(name, __base__=base, __doc__=verb.statement.__doc__, **fields)
    return cast("type[Named]", made)


REQUESTS: Mapping[str, type[Named]] = MappingProxyType({name: _request(verb) for name, verb in VERBS.items()})
"""The model of the body, by the name of the event."""
