"""The list of what each profile does: ``python -m orthanc_plugin.deid.rules.listing > docs/profiles.md``."""

import sys
from collections.abc import Iterator
from itertools import groupby

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.rules.content import describe_items
from orthanc_plugin.deid.rules.plan import extras, plan_for
from orthanc_plugin.deid.rules.profile import Profile, load_profile, profile_names
from orthanc_plugin.deid.text.patterns import patterns

_INTRODUCTION = f"""# What each de-identification profile does

This page is generated from the profiles (`python -m orthanc_plugin.deid.rules.listing`) and a test holds it to them.
It is DICOM PS3.15 Table E.1-1, edition {standard.edition()}, with the options that a profile adds, before the type of
an attribute in a kind of object is taken into account: `aoa plan --level LEVEL --sop-class UID` says that too.
Attributes without a line here are treated by their value representation, and one that no data dictionary knows is
removed.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join(
        [_INTRODUCTION, *_patterns(), *_extras(), *(line for name in profile_names() for line in _profile(name))]
    )


def _patterns() -> Iterator[str]:
    yield "## What identifies by its form, in any free text\n"
    yield from (f"* {pattern.what}" for pattern in patterns())
    yield ""


def _extras() -> Iterator[str]:
    yield "## Beyond the table\n"
    for row in extras().values():
        yield f"* {row.name}: {row.basic}"
    yield ""


def _profile(name: str) -> Iterator[str]:
    profile = load_profile(name)
    yield f"## {profile.code} {profile.name}\n"
    yield f"{profile.title}. Options of PS3.15: {', '.join(sorted(profile.options))}."
    yield f"Dates: {profile.dates}. Private attributes: {profile.private}. Attributes: {profile.attributes}.\n"
    if profile.attributes == "iod":
        yield "Only attributes that the modules of the object's own kind define stay; optional text goes."
        yield "Within them, as teaching.\n"
        return
    yield from _by_action(profile)
    yield "### Content items of structured reports (Table E.3.4-1)\n"
    yield from (f"* {line}" for line in describe_items(profile))
    yield ""


def _by_action(profile: Profile) -> Iterator[str]:
    """Yield the rows of the table, gathered by what happens to them."""
    plan = plan_for(profile, "")
    rows = sorted((plan.action(0, tag).describe(), tag, row.name) for tag, row in standard.rows().items())
    for done, group in groupby(rows, key=lambda each: each[0]):
        names = ", ".join(f"{name} ({tag >> 16:04X},{tag & 0xFFFF:04X})" for _, tag, name in group)
        yield f"**{done[0].upper()}{done[1:]}**: {names}.\n"


if __name__ == "__main__":
    sys.stdout.write(page())
