"""Who may open which page: deny by default.

Every view names its roles with :func:`allowed`. A request for a view without that mark is refused before the view
runs, so a forgotten mark is a page that nobody can open, never a page that everybody can (assurance F1, F3).
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response


class Role(StrEnum):
    """The six roles of people (docs/interfaces.md)."""

    CLINICIAN = "clinician"
    MEDICAL_ILLUSTRATION = "medical-illustration"
    DEPARTMENT_ADMIN = "department-admin"
    CALDICOTT_GUARDIAN = "caldicott-guardian"
    TRAINER = "trainer"
    ADMINISTRATOR = "administrator"


EVERYONE = frozenset(Role)
CARE = frozenset({Role.CLINICIAN, Role.MEDICAL_ILLUSTRATION, Role.CALDICOTT_GUARDIAN})
"""Those who see patients by name."""

ROLE_NAMES = {
    Role.CLINICIAN: "Clinician",
    Role.MEDICAL_ILLUSTRATION: "Medical illustration",
    Role.DEPARTMENT_ADMIN: "Department administrator",
    Role.CALDICOTT_GUARDIAN: "Caldicott Guardian",
    Role.TRAINER: "Trainer",
    Role.ADMINISTRATOR: "System administrator",
}

OPEN_ENDPOINTS = frozenset(
    {
        "assets.static",
        "security.login",
        "notices.public",
        "notices.style",
        "oidc.callback",
        "oidc.sign_out",
        "oidc.start",
        "paper.form",
        "proxy.sign_in",
        "tablet.answer",
        "tablet.answered",
        "viewer.static",
    }
)
"""What a person without a login may open; nothing here may show data of a patient."""

SIGNED_IN_ENDPOINTS = frozenset({"security.logout"})
"""Views of libraries that need a login but no particular role."""

HALFWAY_ENDPOINTS = frozenset(
    {
        "second_factor.app",
        "second_factor.app_code",
        "second_factor.ask",
        "second_factor.leave",
        "second_factor.new_passkey",
        "second_factor.passkey",
        "second_factor.recover",
        "second_factor.set_up",
    }
)
"""What somebody may open who gave a password and owes a second factor: to show it, or to set the first one up."""

MACHINE_BLUEPRINTS = frozenset({"accounts", "api", "consent_api", "health", "held_images", "inserts", "openapi"})
"""Blueprints that authenticate every request by bearer token themselves."""

KEEP = "aoa_keep_draft"
"""The extension that keeps what was typed into a form that came too late."""
HALFWAY = "aoa_halfway"
"""In `g`: whose password was right, and who is nobody until a second factor is shown."""
_MARK = "__allowed_roles__"
View = TypeVar("View", bound=Callable[..., Any])


def allowed(*roles: Role) -> Callable[[View], View]:
    """Mark a view with the roles that may open it.

    Parameters
    ----------
    roles
        At least one role.

    Returns
    -------
    Callable
        A decorator that leaves the view as it is, apart from the mark.
    """
    if not roles:
        raise ValueError("a view needs at least one role: name them in @allowed(...)")

    def mark(view: View) -> View:
        setattr(view, _MARK, frozenset(roles))
        return view

    return mark


def roles_of(endpoint: str, app: Flask) -> frozenset[Role]:
    """Return the roles that a view was marked with; empty when it was not marked at all."""
    view = app.view_functions.get(endpoint)
    return cast("frozenset[Role]", getattr(view, _MARK, frozenset()))


def role_of_user() -> Role | None:
    """Return the role of who is signed in, or None."""
    if not current_user.is_authenticated:
        return None
    return Role(current_user.role)


def halfway() -> Any:
    """Return whose password was right and who still owes a second factor; None for anybody else."""
    return None if current_user.is_authenticated else g.get(HALFWAY)


def to_login() -> Response:
    """Lead to the sign-in page, and from there back; what was sent too late is kept where it can be.

    Whoever owes a second factor is led to showing it.
    """
    wanted = request.full_path.rstrip("?") if request.method == "GET" else _form_of_this_post()
    page = "second_factor.ask" if halfway() else "security.login"
    return redirect(url_for(page, next=wanted if wanted != "/" else None))


def _form_of_this_post() -> str | None:
    """Return the page whose form was sent by somebody who is signed out by now, after saying that it came too late."""
    if request.endpoint in SIGNED_IN_ENDPOINTS:
        return None
    if current_app.extensions[KEEP]():
        flash(_("You were signed out before this was sent. Nothing was recorded. Sign in: what you typed is kept."))
    else:
        flash(_("You were signed out before this was sent. Nothing was recorded: sign in and do it again."), "warning")
    rule = request.url_rule
    return request.path if rule is not None and "GET" in (rule.methods or ()) else None


def guard() -> Response | None:
    """Refuse every request that no mark allows; sends people without a login to the login page."""
    endpoint = request.endpoint
    if endpoint is None or endpoint in OPEN_ENDPOINTS or request.blueprint in MACHINE_BLUEPRINTS:
        return None
    role = role_of_user()
    if role is None:
        return None if endpoint in HALFWAY_ENDPOINTS and halfway() else to_login()
    if endpoint not in SIGNED_IN_ENDPOINTS and role not in roles_of(endpoint, current_app):
        abort(403)
    return None
