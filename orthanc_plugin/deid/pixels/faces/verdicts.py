"""What a look at a volume comes to: a head with its mask, no head, or unsure."""

from dataclasses import dataclass

from orthanc_plugin.deid.pixels.faces.removal import FaceMask


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A head, fitted well enough to be defaced.

    Attributes
    ----------
    fit : float
        Mutual information with the template (nats); higher is better.
    mask : FaceMask
        Says for every slice of the series which pixels are to be removed.
    """

    fit: float
    mask: FaceMask


@dataclass(frozen=True, slots=True)
class NotHead:
    """No head: nothing has to be removed for a face.

    Attributes
    ----------
    reason : str
        Names no patient.
    fit : float or None
        None where nothing was fitted.
    """

    reason: str
    fit: float | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """Perhaps a head, and it cannot be defaced: to be treated as identifiable (R25).

    Attributes
    ----------
    reason : str
        Names no patient.
    fit : float or None
        None where nothing was fitted.
    """

    reason: str
    fit: float | None = None


Verdict = Head | NotHead | Unsure
