"""JSON for the engine (bearer token), and the portal's health and figures (no token)."""

from flask import Flask

from consent_portal.api import errors, health, inserts, views

for blueprint in (views.blueprint, inserts.blueprint):
    errors.install(blueprint)  # once, however many apps a process makes


def install(app: Flask) -> None:
    """Add the machine interface to `app`."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(inserts.blueprint)
    app.register_blueprint(health.blueprint)
