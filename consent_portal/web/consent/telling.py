"""What whoever recorded something is told: what came to nothing, and what has to be called back (hazards H2, H11)."""

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from consent_portal.services.acts import Act
from consent_portal.services.effect import Effect


def tell(act: Act) -> None:
    """Tell of everything about an act that its form did not say."""
    for level in act.effect.not_opened:
        words = {"level": level.level.label, "why": level.why}
        flash(_("This record does not open '%(level)s'. %(why)s", **words), "warning")
    tell_what_stays_open(act.effect)
    tell_what_is_called_back(len(act.recalls))


def tell_what_is_called_back(count: int) -> None:
    """Tell how many copies had left that this covers."""
    if count:
        releases = ngettext("%(num)d release", "%(num)d releases", count)
        flash(
            _("What this covers had left: %(releases)s to call back, listed under Recalls.", releases=releases),
            "warning",
        )


def tell_what_stays_open(idle: Effect) -> None:
    """Tell which levels this says no to and does not close all the same."""
    for level in idle.not_closed:
        told = {"level": level.level.label, "why": level.why}
        flash(_("This record does NOT close '%(level)s'. %(why)s Tell the Caldicott Guardian.", **told), "warning")
