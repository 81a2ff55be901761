"""Whose picture it is, and what is written there: nobody exists, and every word is drawn."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

Random = np.random.Generator
_WORDS: dict[str, list[str]] = tomllib.loads((files("orthanc_plugin.pixel_bench") / "wording.toml").read_text("utf-8"))
KINDS = ("name", "number", "date", "time", "code", "place")


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up patient and study, as header and picture have them."""

    family: str
    given: str
    number: str
    born: tuple[int, int, int]
    studied: tuple[int, int, int]
    accession: str


def person(rng: Random) -> Person:
    """Return a made-up patient.

    Parameters
    ----------
    rng : Generator
        The same state makes the same up.
    """
    born = (int(rng.integers(1930, 2015)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    studied = (int(rng.integers(2016, 2026)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    number = "999" + "".join(str(d) for d in rng.integers(0, 10, 7))
    accession = f"{rng.choice(['RV', 'AC', 'X'])}{int(rng.integers(10**6, 10**8))}"
    return Person(
        rng.choice(_WORDS["start"]) + rng.choice(_WORDS["end"]),
        str(rng.choice(_WORDS["given"])),
        number,
        born,
        studied,
        accession,
    )


def _dated(rng: Random, date: tuple[int, int, int]) -> str:
    year, month, day = date
    month_name = _WORDS["months"][month - 1]
    forms = (
        f"{day:02}/{month:02}/{year}",
        f"{year}-{month:02}-{day:02}",
        f"{day:02}.{month:02}.{year}",
        f"{day} {month_name} {year}",
        f"{year}{month:02}{day:02}",
    )
    return str(rng.choice(forms))


def line(rng: Random, person: Person) -> tuple[str, str]:
    """Return the kind of a string, and a string of that kind about that person.

    Parameters
    ----------
    rng : Generator
        The same state gives the same string.
    person : Person
        Whose picture it is.
    """
    kind = str(rng.choice(KINDS, p=[0.3, 0.2, 0.2, 0.1, 0.12, 0.08]))
    family, given, number = person.family, person.given, person.number
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    choices = {
        "name": (
            f"{family.upper()}, {given.upper()}",
            f"{given} {family}",
            f"{family}^{given}",
            f"Name: {family} {given}",
        ),
        "number": (number, spaced, f"ID {number}", f"NHS {spaced}"),
        "date": (_dated(rng, person.born), _dated(rng, person.studied), f"DOB {_dated(rng, person.born)}"),
        "time": tuple(f"{rng.integers(0, 24):02}:{rng.integers(0, 60):02}:{rng.integers(0, 60):02}" for _ in "ab"),
        "code": (person.accession, f"Acc {person.accession}", f"{person.accession[:2]}-{person.accession[2:]}"),
        "place": tuple(_WORDS["places"]),
    }[kind]
    return kind, str(rng.choice(choices))
