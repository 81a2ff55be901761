"""One module a blueprint; every view names its roles with `allowed`."""

from flask import Blueprint

from consent_portal.web.consent import views as consent
from consent_portal.web.governance import ledger, policy, system
from consent_portal.web.notices import (
    displays,
    letters,
)
from consent_portal.web.notices import (
    index as leaflets,
)
from consent_portal.web.notices import (
    public as notices,
)
from consent_portal.web.notices import (
    reviewers as notice_reviews,
)
from consent_portal.web.notices import (
    settings as notice_settings,
)
from consent_portal.web.notices import (
    versions as notice_versions,
)
from consent_portal.web.people import own_account as account
from consent_portal.web.people import views as users
from consent_portal.web.registers import recipients
from consent_portal.web.releases import journal
from consent_portal.web.releases import views as releases
from consent_portal.web.studies import patients, teaching
from consent_portal.web.studies import views as studies
from consent_portal.web.work import asks, home, recalls, reviews

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint,
    asks.blueprint,
    consent.blueprint,
    displays.blueprint,
    home.blueprint,
    journal.blueprint,
    leaflets.blueprint,
    ledger.blueprint,
    letters.blueprint,
    notice_reviews.blueprint,
    notice_settings.blueprint,
    notice_versions.blueprint,
    notices.blueprint,
    patients.blueprint,
    policy.blueprint,
    recalls.blueprint,
    recipients.blueprint,
    releases.blueprint,
    reviews.blueprint,
    studies.blueprint,
    system.blueprint,
    teaching.blueprint,
    users.blueprint,
)
