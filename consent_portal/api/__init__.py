"""JSON for the engine, the gate and the trust's systems (bearer tokens), and the health and figures (no token)."""

from flask import Flask

from consent_portal.api import accounts, consent, errors, health, held_images, inserts, openapi, views
from consent_portal.ledger.rules.refusal import Refusal

for blueprint in (
    views.blueprint,
    held_images.blueprint,
    inserts.blueprint,
    accounts.blueprint,
    consent.blueprint,
):
    errors.install(blueprint)  # once, however many apps a process makes
consent.blueprint.register_error_handler(Refusal, consent.refused)


def install(app: Flask) -> None:
    """Add the machine interface to `app`."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(held_images.blueprint)
    app.register_blueprint(inserts.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(consent.blueprint)
    app.register_blueprint(openapi.blueprint)
    app.register_blueprint(health.blueprint)
