"""The ledger of the ledger's own tests."""

from tests.consent_portal.ledger.conftest import database, study, target, template, url

__all__ = ["database", "study", "target", "template", "url"]
