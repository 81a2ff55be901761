"""Pseudonyms for limited access (D2): random codes, found again by a keyed index, re-linked only by the key holder.

Whoever exports holds the index key and the *public* key: they can add a row and can never read one (R14). Reading a row
takes the private key and a reason, and is written down first (R7). The code itself is drawn at random (R15).

The parts that open a database are in `store` and `relink`; this module stays light, since every run imports it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """What stands for a patient in a project.

    Attributes
    ----------
    code : str
        Random.
    shift_days : int
        By how many days the patient's dates move in this project.
    """

    code: str
    shift_days: int
