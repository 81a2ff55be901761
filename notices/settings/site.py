"""The site and department that a notice speaks for, and what they do with images."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from notices.errors import Fault, SiteError
from notices.settings.faults import in_words
from notices.settings.local_text import LocalText
from notices.settings.logo import Logo, load_logo
from notices.settings.theme import Theme
from notices.signs import printable


def _printable(text: str) -> str:
    if not printable(text):
        raise ValueError("holds signs that cannot be printed: type it again, on one line")
    return text


_Printable = AfterValidator(_printable)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), _Printable]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _Printable]
_PHONE = r"^\+?[0-9][0-9 ()-]{4,24}( (ext|x)\.? ?[0-9]{1,6})?$"
_EMAIL = r"^[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s]{2,24}$"
_WEB = r"^https?://[^\s/@\"<>\\]{1,100}(/[^\s\"<>\\]*)?$"
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_PHONE)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_EMAIL)]
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_WEB)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Nation = Literal["england", "wales", "scotland", "northern-ireland"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Removed = Literal[
    "name", "address", "postcode", "birth_date", "hospital_number", "national_number", "phone", "staff", "hospital"
]
LawfulBasis = Literal["public_task", "legal_obligation", "consent", "legitimate_interests", "contract"]
Condition = Literal["health_care", "public_health", "research", "explicit_consent"]
Recipient = Literal[
    "care_providers", "trainees", "universities", "hospitals", "research_teams", "teaching_archives", "publishers",
    "companies", "processors",
]  # fmt: skip
Right = Literal["access", "rectification", "erasure", "restriction", "objection", "withdraw", "portability"]
Item = Literal["representative", "legitimate_interests", "transfers", "automated", "statutory", "withdraw"]


class _Settings(BaseModel):
    """Every table of the settings: unknown names are faults, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Organisation(_Settings):
    """The data controller (UK GDPR article 13(1)(a))."""

    name: Name
    address: Line
    phone: Phone | None = None
    email: Email | None = None
    website: WebAddress | None = None
    representative: Line | None = None


class Hours(_Settings):
    """One line of the opening hours; names of days are printed in the notice's language."""

    first: Day
    last: Day | None = None
    opens: Clock
    closes: Clock

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes must be later than opens")
        return self


class Department(_Settings):
    """Where a patient asks."""

    name: LocalText
    place: LocalText | None = None
    phone: Phone | None = None
    email: Email | None = None
    hours: tuple[Hours, ...] = ()

    @field_validator("name")
    @classmethod
    def _printable(cls, name: LocalText) -> LocalText:
        if any(len(text) > 120 for text in name.texts.values()):
            raise ValueError("is longer than 120 characters and does not fit on an insert: shorten it")
        return name

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not (self.phone or self.email):
            raise ValueError("give a phone number or an email address, so that a patient can ask")
        return self


class Officer(_Settings):
    """The data protection officer."""

    name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not (self.phone or self.email):
            raise ValueError("give the officer's email address or phone number")
        return self


class Regulator(_Settings):
    """To whom a patient complains next."""

    name: Line = "Information Commissioner's Office"
    website: WebAddress | None = "https://ico.org.uk/make-a-complaint"
    phone: Phone | None = "0303 123 1113"


class Practice(_Settings):
    """What the department does with images. Blocks of the notice switch on and off with it (R86)."""

    nation: Nation = "england"
    teaching: bool = True
    research: bool = True
    coded_research: bool = False
    safety: bool = True
    planning: bool = True
    print: bool = True
    internet: bool = True
    companies: bool = False
    removed: tuple[Removed, ...] = ("name", "address", "birth_date", "hospital_number")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.coded_research and not self.research:
            raise ValueError("coded_research is on and research is off: switch both on, or both off")
        if self.removed_matters and not self.removed:
            raise ValueError("removed is empty: name what is taken off before an image helps others")
        if self.companies and not self.research:
            raise ValueError("companies is on and research is off: companies receive images for research only")
        return self

    @property
    def removed_matters(self) -> bool:
        """Whether images are used for anything beyond care."""
        return self.teaching or self.research or self.safety or self.planning


class Retention(_Settings):
    """How long, in years; 0 is not a time that anyone can promise."""

    images: Annotated[int, Field(ge=1, le=150)] | None = 8
    teaching: Annotated[int, Field(ge=1, le=150)] | None = 5
    research: Annotated[int, Field(ge=1, le=150)] | None = 10
    consent: Annotated[int, Field(ge=1, le=150)] | None = 8


class Privacy(_Settings):
    """The items of the regulator's list that only the site can fill in."""

    lawful_bases: tuple[LawfulBasis, ...] = ("public_task",)
    conditions: tuple[Condition, ...] = ("health_care", "research", "explicit_consent")
    legitimate_interests: LocalText | None = None
    recipients: tuple[Recipient, ...] = ("care_providers", "trainees", "research_teams", "publishers", "processors")
    recipient_names: tuple[Line, ...] = ()
    transfers: LocalText | None = None
    retention: Retention = Retention()
    rights: tuple[Right, ...] = ("access", "rectification", "restriction", "objection", "withdraw")
    statutory: bool = False
    automated: LocalText | None = None
    not_applicable: dict[Item, LocalText] = {}


class Review(_Settings):
    """A named reviewer's signature under one language's wording."""

    language: str
    reviewer: Name
    role: Line
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    wording: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Site(_Settings):
    """Everything about the place that a notice speaks for.

    Immutable. Made from TOML with :meth:`load`, from JSON or a form with :meth:`parse`.
    """

    organisation: Organisation
    department: Department
    data_protection_officer: Officer
    notice_url: WebAddress
    practice: Practice = Practice()
    privacy: Privacy = Privacy()
    regulator: Regulator = Regulator()
    theme: Theme = Theme()
    logo: Logo | None = None
    reviews: tuple[Review, ...] = ()

    @classmethod
    def default(cls) -> "Site":
        """Return an example site, for a demonstration and for the tests."""
        return cls.load(Path(__file__).with_name("example.toml"))

    @classmethod
    def load(cls, path: Path | str) -> "Site":
        """Read the settings from a TOML file.

        Parameters
        ----------
        path : Path
            A path named under ``logo`` is relative to this file.

        Raises
        ------
        SiteError
            Naming every fault at once.
        """
        path = Path(path)
        return cls.parse(_read_toml(path), folder=path.parent)

    @classmethod
    def parse(cls, data: dict[str, Any], folder: Path | None = None) -> "Site":
        """Return the site that TOML or JSON data describes.

        Parameters
        ----------
        data : dict
            Shaped as the TOML file.
        folder : Path, optional
            Where a logo's file name starts from; without it ``logo`` must hold the stored form, not a file name.

        Raises
        ------
        SiteError
            Naming every fault at once, the logo's among them.
        """
        data, faults = _with_logo(dict(data), folder)
        try:
            site = cls.model_validate(data)
        except ValidationError as error:
            raise SiteError(tuple(in_words(error)) + tuple(faults)) from None
        if faults:
            raise SiteError(tuple(faults))
        return site

    def review(self, language: str, fingerprint: str) -> Review | None:
        """Return who signed this very wording of `language`; a wording that changed since is awaiting again."""
        return next((one for one in self.reviews if (one.language, one.wording) == (language, fingerprint)), None)

    def data(self) -> dict[str, Any]:
        """Return the settings as JSON data that :meth:`parse` reads again."""
        data = self.model_dump(mode="json", exclude_none=True)
        data["privacy"]["retention"] = self.privacy.retention.model_dump()  # no time is an answer, silence the default
        return data


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SiteError((Fault(path.name, "there is no such file: check the path after --site"),)) from None
    except OSError as error:
        raise SiteError(
            (Fault(path.name, f"cannot be read ({error.strerror}): check the path after --site"),)
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError((Fault(path.name, f"is not a TOML file: {error}"),)) from None


def _with_logo(data: dict[str, Any], folder: Path | None) -> tuple[dict[str, Any], list[Fault]]:
    named = data.get("logo")
    if not isinstance(named, str):
        return data, []
    del data["logo"]
    if folder is None:
        return data, [Fault("logo", "is a file name: upload the picture itself")]
    return load_logo(data, folder / named)
