"""The matrix of routes and roles, and an address for every route."""

import uuid

from tests.support.portal import ROLES

CLINICIAN, ILLUSTRATION, ADMIN, GUARDIAN, TRAINER, SYSTEM = ROLES
DEPARTMENT, ILLUSTRATOR = ADMIN, ILLUSTRATION
CARE = {CLINICIAN, ILLUSTRATION, GUARDIAN}
ASKERS = CARE | {TRAINER}
OPEN = {
    "api.consent", "api.decide", "api.disclose", "assets.static", "health.live", "health.metrics", "health.ready",
    "notices.public", "notices.style", "security.login",
}  # fmt: skip
MATRIX = {
    "account.password": set(ROLES),
    "asks.close": {ILLUSTRATION},
    "asks.index": ASKERS,
    "asks.show": ASKERS,
    "consent.amend": {ILLUSTRATION},
    "consent.record": {ILLUSTRATION},
    "consent.request_amendment": {CLINICIAN},
    "consent.withdraw": CARE,
    "consent.withdrawn": CARE,
    "home.dashboard": set(ROLES),
    "journal.index": {GUARDIAN},
    "leaflets.download": {DEPARTMENT, GUARDIAN},
    "leaflets.index": {DEPARTMENT, GUARDIAN},
    "leaflets.preview": {DEPARTMENT, GUARDIAN},
    "ledger.health": {GUARDIAN, SYSTEM},
    "ledger.verify": {GUARDIAN, SYSTEM},
    "patients.releases": CARE,
    "policy.show": ASKERS,
    "policy.sign": {GUARDIAN},
    "recalls.index": {ILLUSTRATION, GUARDIAN},
    "recalls.update": {ILLUSTRATION, GUARDIAN},
    "recipients.add": {GUARDIAN},
    "recipients.end": {GUARDIAN},
    "recipients.index": ASKERS,
    "releases.index": ASKERS,
    "reviews.decide": CARE,
    "reviews.index": CARE,
    "reviews.show": CARE,
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
    "users.change_role": {SYSTEM},
    "users.index": {SYSTEM},
    "users.set_active": {SYSTEM},
    "users.set_password": {SYSTEM},
    "users.show": {SYSTEM},
}


def addresses(app, endpoint):
    """Give every method and an address of a route; what the address names does not exist."""
    for rule in app.url_map.iter_rules(endpoint):
        values = dict.fromkeys(rule.arguments, uuid.uuid4())
        for name, converter in rule._converters.items():
            if type(converter).__name__ == "IntegerConverter":
                values[name] = 999_999
        with app.test_request_context():
            address = app.url_for(endpoint, **values)
        for method in rule.methods & {"GET", "POST"}:
            yield method, address
