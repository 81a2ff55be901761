"""One module a blueprint; every view names its roles with `allowed`."""

from flask import Blueprint

from consent_portal.web.views import (
    account,
    asks,
    consent,
    home,
    journal,
    leaflets,
    ledger,
    notices,
    patients,
    policy,
    recalls,
    recipients,
    releases,
    reviews,
    studies,
    system,
    teaching,
    users,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint,
    asks.blueprint,
    consent.blueprint,
    home.blueprint,
    journal.blueprint,
    leaflets.blueprint,
    ledger.blueprint,
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
