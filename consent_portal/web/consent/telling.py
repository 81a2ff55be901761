"""What whoever recorded something is told: what came to nothing, and what has to be called back (hazards H2, H11)."""

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from consent_portal.ledger.events import Event
from consent_portal.parts import parts
from consent_portal.services import coverage
from consent_portal.services.acts import Act
from consent_portal.services.effect import Effect


def tell(act: Act) -> None:
    """Tell of everything about an act that its form did not say."""
    for level in act.effect.not_opened:
        words = {"level": level.level.label, "why": level.why}
        flash(_("This record does not open '%(level)s'. %(why)s", **words), "warning")
    tell_what_stays_open(act.effect)
    tell_what_is_called_back(len(act.recalls))
    tell_what_is_elsewhere(act.event)


def tell_what_is_elsewhere(event: Event) -> None:
    """Tell how many recordings of other departments something wider covers as well; never which (ADR 0153)."""
    count = coverage.elsewhere(parts().database, event.patient_key) if event.scope.is_wide else 0
    if count:
        words = ngettext(
            "It counts for %(num)d recording in another department too, as far as it is meant.",
            "It counts for %(num)d recordings in other departments too, as far as it is meant.",
            count,
        )
        flash(words, "success")


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
