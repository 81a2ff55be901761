"""A worker's part in what people decide: which decisions count for an object, and what is told when it is held."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO

import pydicom

from orthanc_plugin.deid import Outcome
from orthanc_plugin.deid.outcome import Proposed, proposals
from orthanc_plugin.deid.pixels.basis import basis_of
from orthanc_plugin.deid.pixels.looking import look
from orthanc_plugin.engine.export.held_image import READ_AGAIN, READ_AGAIN_WHY, Hold, told_of
from orthanc_plugin.engine.export.reviewing import ByBasis, as_reviewed, decisions_of, reviewed
from orthanc_plugin.engine.jobs.not_released import Excluded
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.showing.ticket import image_key
from orthanc_plugin.rendering import UnrenderableError

DECISIONS = "decisions"
"""Under which name the decisions about a job's studies are sealed."""


def held_of(name: str) -> str:
    """Return under which name is sealed what the portal is told of an object that a person has to look at."""
    return f"{name}-held"


@dataclass(frozen=True)
class Original:
    """An object as Orthanc has it, and what people decided about it.

    Parameters
    ----------
    vault
        The job's bench.
    project_key
        Of which the image's key is made.
    data
        The file.
    """

    vault: Vault
    project_key: bytes = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def image(self) -> str:
        """Return under which key the portal knows the image."""
        header = pydicom.dcmread(BytesIO(self.data), force=True, specific_tags=["SOPInstanceUID"])
        return image_key(self.project_key, str(header.get("SOPInstanceUID") or ""))

    def decided(self) -> ByBasis:
        """Return what was decided about it, by basis."""
        told = self.vault.read_json(DECISIONS) if self.vault.has(DECISIONS) else []
        return decisions_of(told, self.image) if told else {}

    def treated(self, treat: Callable[..., Outcome], *, consented: bool, care: bool = False) -> Outcome | Excluded:
        """De-identify it as people decided about it.

        Parameters
        ----------
        treat
            Does so, and takes ``reviewed``.
        consented
            Whether the patient's recorded consent is the basis of the release.
        care
            Whether it is sent for direct care: a recognisable finding is no matter there, and what was withheld from
            other uses goes all the same where nobody would have been asked (H3).
        """
        decided = self.decided()
        if not decided:
            return treat()
        outcome = reviewed(treat, decided, partial(basis_of, self.data), consented=consented or care)
        if not (care and isinstance(outcome, Excluded)) or any(one.rule == READ_AGAIN for one in decided.values()):
            return outcome
        unasked = treat()
        return unasked if unasked.status == "released" else outcome

    def hold(self, name: str, rule: str, why: str, proposed: Iterable[Proposed]) -> bool:
        """Seal what the portal is told of it; False where it has nothing that a person could look at."""
        hold = Hold(self.image, basis_of(self.data, rule, why), rule, why)
        try:
            told = told_of(self.data, hold, proposed)
        except (ValueError, TypeError, AttributeError, UnrenderableError):
            return False
        self.vault.write_json(held_of(name), told)
        return True

    def hold_read_again(self, name: str) -> bool:
        """Seal what the portal is told of an object in which the second reader read something."""
        found = look(self.data)
        before = [area for decision in self.decided().values() for area in as_reviewed([decision]).areas]
        covered, proposed = found.shown() if found else ((), ())
        return self.hold(name, READ_AGAIN, READ_AGAIN_WHY, proposals([*covered, *before], proposed))
