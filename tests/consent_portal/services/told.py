"""Studies as the archive tells of them, what was agreed to, and what stands then."""

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger.scope import Scope
from consent_portal.registers import studies
from consent_portal.services import consent, queries
from consent_portal.services.identity import Finding
from consent_portal.services.target import Target
from tests.consent_portal.ledger.conftest import a_subject
from tests.support.consent import given

FOUND = Finding("The records office says so.", ("name", "birth-date"))
EVERYTHING = Scope.patient()


def told(session, uid, **details):
    return studies.register(session, a_subject(uid, **details))


def agreed(session, study, scope=EVERYTHING):
    form = given("record,teaching", discussed_on=local_day(utc_now()))
    return consent.record(session, Target.from_study(study, scope), form, "me")


def state(session, study):
    present = studies.by_uid(session, study.study_uid)
    return str(queries.status(session, present).state("teaching"))
