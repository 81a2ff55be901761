"""Which objects are of a kind for which our own network was made, by what they say of themselves."""

import tomllib
from functools import cache
from importlib.resources import files

from pydicom import Dataset


@cache
def _modalities(name: str) -> frozenset[str]:
    text = (files("orthanc_plugin.deid.pixels") / "risk.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["own_network"][name])


def is_like_ultrasound(dataset: Dataset) -> bool | None:
    """Return whether what our own network alone sees in it is covered, not proposed: ``[own_network]`` of risk.toml.

    Parameters
    ----------
    dataset : Dataset
        The object.

    Returns
    -------
    bool or None
        None: it does not say so, and each picture is asked whether it looks like ultrasound.
    """
    modality = str(dataset.get("Modality") or "").strip().upper()
    if modality in _modalities("modalities"):
        return True
    return False if modality in _modalities("never") else None
