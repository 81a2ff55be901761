"""The matrix of routes and roles, and an address for every route."""

import uuid

from werkzeug.routing import IntegerConverter

from tests.support.portal import ROLES

CLINICIAN, ILLUSTRATION, ADMIN, GUARDIAN, TRAINER, SYSTEM = ROLES
DEPARTMENT, ILLUSTRATOR = ADMIN, ILLUSTRATION
CARE = {CLINICIAN, ILLUSTRATION, GUARDIAN}
ASKERS = CARE | {TRAINER}
KEEPERS = {ILLUSTRATION, GUARDIAN}
EDITORS = {ADMIN, ILLUSTRATION}
NOTICES = EDITORS | {GUARDIAN}
OPEN = {
    "accounts.check", "accounts.everybody", "api.consent", "api.decide", "api.disclose", "api.jobs_called_back",
    "api.jobs_answered", "assets.static", "consent_api.record", "health.live", "health.metrics", "health.ready",
    "held_images.decisions", "held_images.held",
    "inserts.make", "notices.public", "notices.style", "oidc.callback", "oidc.sign_out", "oidc.start",
    "openapi.document", "paper.form", "proxy.sign_in", "security.login", "tablet.answer", "tablet.answered",
}  # fmt: skip
MATRIX = {
    "account.password": set(ROLES),
    "account_changes.index": {GUARDIAN, SYSTEM},
    "answers.no": {ILLUSTRATION},
    "asks.close": {ILLUSTRATION},
    "asks.index": ASKERS,
    "asks.seen": ASKERS,
    "asks.show": ASKERS,
    "breaches.close": {ILLUSTRATION, GUARDIAN},
    "breaches.index": {ILLUSTRATION, GUARDIAN},
    "breaches.note": {ILLUSTRATION, GUARDIAN},
    "breaches.report": {ILLUSTRATION, GUARDIAN},
    "breaches.show": {ILLUSTRATION, GUARDIAN},
    "tablet.code": {CLINICIAN, ILLUSTRATION},
    "tablet.hand_over": {CLINICIAN, ILLUSTRATION},
    "tablet.here": {CLINICIAN, ILLUSTRATION},
    "tablet.prepare": {CLINICIAN, ILLUSTRATION},
    "tablet.signature": CARE,
    "tablet.signed": CARE,
    "tablet.stop": {CLINICIAN, ILLUSTRATION},
    "consent.amend": {ILLUSTRATION},
    "consent.record": {ILLUSTRATION},
    "consent.request_amendment": {CLINICIAN},
    "consent.withdraw": CARE,
    "consent.withdrawn": CARE,
    "corrections.index": {GUARDIAN, ILLUSTRATION},
    "corrections.mark": {ILLUSTRATION},
    "copies.deleted": ASKERS,
    "copies.index": ASKERS,
    "displays.add": EDITORS,
    "displays.change": EDITORS,
    "displays.index": NOTICES,
    "displays.photograph": NOTICES,
    "entries.capacity": {CLINICIAN, ILLUSTRATION},
    "entries.death": {CLINICIAN, ILLUSTRATION},
    "entries.explanation": {CLINICIAN, ILLUSTRATION},
    "entries.index": CARE,
    "entries.maturity": {CLINICIAN, ILLUSTRATION},
    "entries.objection": CARE,
    "entries.receipt": {ILLUSTRATION},
    "entries.refusal": {CLINICIAN, ILLUSTRATION},
    "entries.representative": {ILLUSTRATION},
    "entries.representative-removed": {ILLUSTRATION},
    "entries.signed-form": {ILLUSTRATION},
    "home.dashboard": set(ROLES),
    "identity.index": KEEPERS,
    "identity.join": KEEPERS,
    "identity.part": KEEPERS,
    "identity.person": KEEPERS,
    "identity.study": KEEPERS,
    "identity.undo": KEEPERS,
    "journal.index": {GUARDIAN},
    "leaflets.download": NOTICES,
    "leaflets.index": NOTICES,
    "leaflets.preview": NOTICES,
    "to_give.sheet": ASKERS,
    "ledger.health": {GUARDIAN, SYSTEM},
    "ledger.verify": {GUARDIAN, SYSTEM},
    "letters.delete": EDITORS,
    "letters.download": EDITORS,
    "letters.index": EDITORS,
    "letters.report": EDITORS,
    "letters.show": EDITORS,
    "letters.start": EDITORS,
    "letters.state": EDITORS,
    "notice_reviews.index": NOTICES,
    "notice_reviews.sign": EDITORS,
    "notice_settings.change": EDITORS,
    "notice_settings.edit": EDITORS,
    "notice_settings.picture": EDITORS,
    "notice_settings.preview": EDITORS,
    "notice_versions.approve": {GUARDIAN},
    "notice_versions.check": EDITORS,
    "notice_versions.draft": EDITORS,
    "notice_versions.index": NOTICES,
    "notice_versions.publish": NOTICES,
    "notice_versions.retire": NOTICES,
    "notice_versions.show": NOTICES,
    "notice_versions.state": NOTICES,
    "patients.releases": CARE,
    "own_factor.codes": set(ROLES),
    "own_factor.remove": set(ROLES),
    "own_factor.show": set(ROLES),
    "policy.show": ASKERS,
    "policy.sign": {GUARDIAN},
    "recalls.index": {ILLUSTRATION, GUARDIAN},
    "recalls.letter": {ILLUSTRATION, GUARDIAN},
    "recalls.update": {ILLUSTRATION, GUARDIAN},
    "recipients.add": {GUARDIAN, DEPARTMENT},
    "recipients.change": {GUARDIAN, DEPARTMENT},
    "recipients.end": {GUARDIAN, DEPARTMENT},
    "recipients.index": ASKERS | {DEPARTMENT},
    "releases.index": ASKERS,
    "releases.published": ASKERS,
    "reviews.decide": CARE,
    "reviews.index": CARE,
    "reviews.show": CARE,
    "second_factor.app": set(ROLES),
    "second_factor.app_code": set(ROLES),
    "second_factor.ask": set(ROLES),
    "second_factor.leave": set(ROLES),
    "second_factor.new_passkey": set(ROLES),
    "second_factor.passkey": set(ROLES),
    "second_factor.recover": set(ROLES),
    "second_factor.set_up": set(ROLES),
    "security.logout": set(ROLES),
    "security.verify": set(),
    "studies.find": CARE,
    "studies.search": CARE,
    "studies.show": CARE,
    "system.health": {SYSTEM},
    "teaching.find": {TRAINER},
    "teaching.search": {TRAINER},
    "teaching.show": {TRAINER},
    "users.add": {SYSTEM},
    "users.change_departments": {SYSTEM},
    "users.change_role": {SYSTEM},
    "users.index": {SYSTEM},
    "users.reset_second_factor": {SYSTEM},
    "users.set_active": {SYSTEM},
    "users.set_password": {SYSTEM},
    "users.show": {SYSTEM},
}


def addresses(app, endpoint):
    """Give every method and an address of a route; what the address names does not exist."""
    for rule in app.url_map.iter_rules(endpoint):
        values = dict.fromkeys(rule.arguments, uuid.uuid4())
        for name, converter in rule._converters.items():
            if isinstance(converter, IntegerConverter):
                values[name] = 999_999
        with app.test_request_context():
            address = app.url_for(endpoint, **values)
        for method in rule.methods & {"GET", "POST"}:
            yield method, address
