"""Who must have shown a second factor before images leave (assurance F6): a rule without input or output.

Orthanc's own door takes a name and a password, so the portal is where the second factor is shown.
"""

from dataclasses import dataclass
from datetime import timedelta

from consent_portal.policy.model import Purpose, Reason

RULE, SOURCE = "R69", "S1 L45-46; ASVS 6.3.3"


@dataclass(frozen=True)
class FactorRule:
    """Whom it binds.

    Attributes
    ----------
    roles
        ``[portal] second_factor_roles``.
    within
        For how long a second factor that was shown counts.
    """

    roles: frozenset[str] = frozenset()
    within: timedelta = timedelta(hours=12)

    def binds(self, role: str, purpose: Purpose) -> bool:
        """Return whether somebody of this role needs it for this purpose; care needs none (H3)."""
        return role in self.roles and not purpose.is_care

    def reason(self, role: str) -> Reason:
        """Return why it is refused without, and what to do."""
        hours = int(self.within.total_seconds() // 3600)
        text = (
            f"Whoever has the role {role} shows a second factor at the portal before images leave for anything but "
            f"care, and this account did not in the last {hours} hours, or signed out since. Sign in at the portal "
            "with your second factor, then ask again. Nothing has left."
        )
        return Reason(RULE, text, SOURCE)
