"""Which study is meant: looked up at Orthanc where it answers, so that the right patient is named (hazard H1)."""

import re

import click
from sqlalchemy.orm import Session

from consent_portal.console.home import Home
from consent_portal.contract import Patient, StudyFacts, Subject
from consent_portal.orthanc import OrthancAway
from consent_portal.registers import studies
from consent_portal.registers.studies import Study
from consent_portal.services.telling import tell

UID = re.compile(r"^[0-9]+(\.[0-9]+)*$")
ORTHANC_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{8}){4}$")


def study_uid(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Check what was given for ``--study``."""
    if not ((UID.match(value) and len(value) <= 64) or ORTHANC_ID.match(value)):
        raise click.BadParameter("give the Study Instance UID (digits and dots), or Orthanc's identifier of the study.")
    return value


study_option = click.option("--study", required=True, callback=study_uid, help="The study's Study Instance UID.")


def look_up(home: Home, named: str) -> Subject | None:
    """Return the study as Orthanc tells it; None, with a warning, when Orthanc does not answer."""
    try:
        found = home.orthanc.study(named) if ORTHANC_ID.match(named) else home.orthanc.study_by_uid(named)
    except OrthancAway:
        click.echo("Orthanc does not answer; going by what the portal knows of the study.", err=True)
        return None
    if found is None:
        raise click.ClickException("Orthanc has no such study. Check the UID; nothing was recorded.")
    return found


def registered(session: Session, told: Subject | None, named: str) -> Study:
    """Return the study from the register, entering what Orthanc told; needs a writing session."""
    if told is not None:
        return tell(session, told)
    known = studies.by_uid(session, named)
    if known is None and ORTHANC_ID.match(named):
        raise click.ClickException(
            "The portal does not know this study; start Orthanc, or give the Study Instance UID."
        )
    return known or tell(session, _bare(named))


def _bare(uid: str) -> Subject:
    nobody = Patient(id="", issuer="", name="", birth_date="", sex="")
    return Subject(
        study_uid=uid,
        orthanc_id="",
        patient=nobody,
        study=StudyFacts(date="", accession="", description=""),
        contents=(),
    )
