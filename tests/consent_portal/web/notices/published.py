"""A published version of the notices, without the minute that its check takes (test_notice_versions.py has that)."""

from dataclasses import replace

from consent_portal.publishing import versions
from consent_portal.web.notices import site as leaflet
from notices.versions import Person, State, Step

ADMIN = Person("department-admin", "department-admin")
GUARDIAN = Person("caldicott-guardian", "caldicott-guardian")


def publish(portal, languages=("en",), **department):
    """Publish the settings as they are and return the version."""
    with portal.app.test_request_context(), portal.parts.database.writing() as session:
        site = leaflet.site(session)
        site = site.model_copy(update={"department": site.department.model_copy(update=department)})
        drafted = versions.make(session, site, languages, ADMIN)
        step = Step(State.CHECKED, drafted.steps[0].at, ADMIN.user, ADMIN.role)
        versions.note_check(session, replace(drafted, steps=(*drafted.steps, step)))
        approved = versions.approve(session, drafted.number, GUARDIAN)
        return versions.publish(session, drafted.number, ADMIN, leaflet.pages_of(approved))
