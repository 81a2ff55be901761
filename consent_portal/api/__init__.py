"""JSON for the engine, the gate and a letter system (bearer tokens), and the portal's health and figures (no token)."""

from flask import Flask

from consent_portal.api import accounts, errors, health, inserts, views

for blueprint in (views.blueprint, inserts.blueprint, accounts.blueprint):
    errors.install(blueprint)  # once, however many apps a process makes


def install(app: Flask) -> None:
    """Add the machine interface to `app`."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(inserts.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(health.blueprint)
