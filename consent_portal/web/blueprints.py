"""The subjects of the pages, a line each; every view names its roles with `allowed`."""

from itertools import chain

from flask import Blueprint

from consent_portal.web.consent import answers, corrections, entry_views, paper
from consent_portal.web.consent import views as consent
from consent_portal.web.governance import ledger, policy, system
from consent_portal.web.identity import views as identity
from consent_portal.web.images import rule
from consent_portal.web.images import views as images
from consent_portal.web.notices import displays, index, letters, public, reviewers, settings, to_give, versions
from consent_portal.web.people import changes, factor_set_up, oidc, own_account, own_factor, proxy
from consent_portal.web.people import views as people
from consent_portal.web.registers import recipients
from consent_portal.web.releases import journal
from consent_portal.web.releases import views as releases
from consent_portal.web.studies import patients, teaching
from consent_portal.web.studies import views as studies
from consent_portal.web.tablet import views as tablet
from consent_portal.web.viewer import assets as viewer
from consent_portal.web.work import asks, breaches, copies, home, recalls, reviews

SUBJECTS = {
    "people": (people, own_account, own_factor, factor_set_up, changes, oidc, proxy),
    "identity": (identity,),
    "work": (home, asks, reviews, copies, recalls, breaches),
    "images": (images, rule, viewer),
    "notices": (index, settings, reviewers, versions, displays, letters, public, to_give),
    "releases": (releases, journal),
    "consent": (consent, entry_views, answers, corrections, paper),
    "tablet": (tablet,),
    "studies": (studies, patients, teaching),
    "governance": (policy, ledger, system),
    "registers": (recipients,),
}
BLUEPRINTS: tuple[Blueprint, ...] = tuple(module.blueprint for module in chain(*SUBJECTS.values()))
