"""`aoa consent`: read the record of a study, and record every kind of event that a person can record."""

import click

from consent_portal.console import identity
from consent_portal.console.consent import recording, show
from consent_portal.services.statements.verbs import VERBS


@click.group()
def consent() -> None:
    """Read and record consent, by the same rules as in the portal."""


consent.add_command(show.show)
consent.add_command(identity.merge)
consent.add_command(identity.unmerge)
for _verb in VERBS.values():
    if _verb.name not in consent.commands:  # to join numbers, the command looks both studies up at Orthanc
        consent.add_command(recording.command(_verb))
