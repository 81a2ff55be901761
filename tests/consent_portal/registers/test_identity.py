"""Whose records are whose, told from details alone, without comparing everybody with everybody."""

from datetime import date, timedelta

from consent_portal.registers import identity, names
from consent_portal.registers.identity import Detail, Details, Member, Person, Version

MANY = 300


def strangers():
    """Return a record for each of many people under one number."""
    born = [date(1930, 1, 1) + timedelta(days=97 * number) for number in range(MANY)]
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    named = [f"{letters[number % 20]}A{letters[number // 20]}E^{letters[number % 19]}IO" for number in range(MANY)]
    told = zip(born, named, strict=True)
    return [Member(Version(f"1.{place}"), Details(day, "F", name)) for place, (day, name) in enumerate(told)]


def test_many_strangers_under_one_number_are_told_apart_with_few_comparisons(monkeypatch):
    compared = []
    agree = names.agree
    monkeypatch.setattr(identity.names, "agree", lambda one, other: compared.append(one) or agree(one, other))
    person = Person(frozenset({"p"}), tuple(strangers()))
    assert person.is_in_doubt
    assert person.doubt == (Detail.BIRTH_DATE, Detail.NAME)
    assert not person.is_one_person(Version("1.1"), "1.2")
    assert len(compared) < MANY


def test_many_records_of_one_person_are_one_record(monkeypatch):
    compared = []
    monkeypatch.setattr(identity.names, "agree", lambda *both: compared.append(both) or True)
    details = Details(date(1960, 2, 14), "F", "QUIRKLEBY^ANNA")
    person = Person(frozenset({"p"}), tuple(Member(Version(f"1.{number}"), details) for number in range(MANY)))
    assert person.doubt == ()
    assert person.is_one_person(Version("1.1"), "1.2")
    assert compared == []
