"""JSON for the engine and the trust's systems (bearer tokens), and the portal's health and figures (no token)."""

from flask import Flask

from consent_portal.api import consent, errors, health, inserts, openapi, views
from consent_portal.ledger.rules.refusal import Refusal

for blueprint in (views.blueprint, inserts.blueprint, consent.blueprint):
    errors.install(blueprint)  # once, however many apps a process makes
consent.blueprint.register_error_handler(Refusal, consent.refused)


def install(app: Flask) -> None:
    """Add the machine interface to `app`."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(inserts.blueprint)
    app.register_blueprint(consent.blueprint)
    app.register_blueprint(openapi.blueprint)
    app.register_blueprint(health.blueprint)
