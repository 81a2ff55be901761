"""Which objects are of a kind for which our own network was made, by what they say of themselves."""

import tomllib
from functools import cache
from importlib.resources import files

from pydicom import Dataset


@cache
def _modalities() -> frozenset[str]:
    text = (files("orthanc_plugin.deid.pixels") / "risk.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["own_network"]["modalities"])


def is_like_ultrasound(dataset: Dataset) -> bool:
    """Return whether what our own network alone sees in it is covered, not proposed: ``[own_network]`` of risk.toml.

    A word can only add suspicion: whatever an object says, a picture that looks like ultrasound is treated as one.

    Parameters
    ----------
    dataset : Dataset
        The object.
    """
    return str(dataset.get("Modality") or "").strip().upper() in _modalities()
