"""Accounts and roles, for the administrator, who sees no patient data."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consent_portal.parts import parts
from consent_portal.web.frame.access import Role, allowed
from consent_portal.web.people import accounts as people
from consent_portal.web.people.accounts import Person
from consent_portal.web.people.forms import ChangeDepartments, ChangeRole, NewPassword, NewUser

blueprint = Blueprint("users", __name__, template_folder="templates", url_prefix="/users")


@blueprint.get("")
@allowed(Role.ADMINISTRATOR)
def index() -> str:
    """List the accounts."""
    return render_template("users/index.html", users=people.everybody(), form=NewUser())


@blueprint.post("")
@allowed(Role.ADMINISTRATOR)
def add() -> str | Response:
    """Open an account."""
    form = NewUser()
    if form.validate_on_submit():
        name = form.username.data or ""
        if not people.exists(name):
            people.add(name, form.role.data, form.password.data or "")
            flash(_("The user is added, and may sign in here and at Orthanc."), "success")
            return redirect(url_for("users.index"))
        form.username.errors = [_("There is already a user of that name. Choose another.")]
    return render_template("users/index.html", users=people.everybody(), form=form)


def _other(user: int) -> Person:
    found = people.person(user)
    if found is None:
        abort(404)
    if found.own and request.method == "POST":
        abort(403)
    return found


def _page(
    person: Person,
    role_form: ChangeRole | None = None,
    password_form: NewPassword | None = None,
    departments_form: ChangeDepartments | None = None,
) -> str:
    names = parts().settings.of_departments.names
    return render_template(
        "users/show.html",
        user=person,
        role_form=role_form or ChangeRole(formdata=None, role=person.role),
        password_form=password_form or NewPassword(formdata=None),
        departments_form=(departments_form or _departments_form(person)) if names else None,
        department_names=[names.get(key, key) for key in person.departments],
    )


@blueprint.get("/<int:user>")
@allowed(Role.ADMINISTRATOR)
def show(user: int) -> str:
    """Show an account."""
    return _page(_other(user))


@blueprint.post("/<int:user>/role")
@allowed(Role.ADMINISTRATOR)
def change_role(user: int) -> str | Response:
    """Give another role; the person is signed out everywhere. Nobody changes their own."""
    person = _other(user)
    form = ChangeRole()
    if not form.validate_on_submit():
        return _page(person, role_form=form)
    people.change_role(person.id, form.role.data)
    flash(_("The role is changed."), "success")
    return redirect(url_for("users.show", user=person.id))


def _departments_form(person: Person) -> ChangeDepartments:
    form = ChangeDepartments(formdata=None, departments=person.departments)
    form.offer(parts().settings.of_departments.names)
    return form


@blueprint.post("/<int:user>/departments")
@allowed(Role.ADMINISTRATOR)
def change_departments(user: int) -> str | Response:
    """Give other departments, or none (ADR 0153); nothing is there where the site has none."""
    names = parts().settings.of_departments.names
    person = _other(user)
    if not names:
        abort(404)
    form = ChangeDepartments()
    form.offer(names)
    if not form.validate_on_submit():
        return _page(person, departments_form=form)
    people.change_departments(person.id, form.departments.data or ())
    flash(_("The departments are changed."), "success")
    return redirect(url_for("users.show", user=person.id))


@blueprint.post("/<int:user>/password")
@allowed(Role.ADMINISTRATOR)
def set_password(user: int) -> str | Response:
    """Set a new first password."""
    person = _other(user)
    form = NewPassword()
    if not form.validate_on_submit():
        return _page(person, password_form=form)
    people.set_password(person.id, form.password.data or "")
    flash(_("The password is set."), "success")
    return redirect(url_for("users.show", user=person.id))


@blueprint.post("/<int:user>/second-factor")
@allowed(Role.ADMINISTRATOR)
def reset_second_factor(user: int) -> Response:
    """Reset the second factor of somebody who lost it; nobody resets their own."""
    person = _other(user)
    people.reset_second_factor(person.id)
    flash(_("The second factor is reset, and the person is signed out everywhere."), "success")
    return redirect(url_for("users.show", user=person.id))


@blueprint.post("/<int:user>/active")
@allowed(Role.ADMINISTRATOR)
def set_active(user: int) -> Response:
    """Close an account or open it again."""
    person = _other(user)
    active = request.form.get("active") == "yes"
    people.set_active(person.id, active=active)
    flash(_("The account is open.") if active else _("The account is closed."), "success")
    return redirect(url_for("users.show", user=person.id))
