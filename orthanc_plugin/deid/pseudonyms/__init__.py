"""Pseudonyms for limited access (D2): random codes, found again by a keyed index, re-linked only by the key holder.

Whoever exports holds the index key and the *public* key: they can add a row and can never read one (R14). Reading a row
takes the private key and a reason, and is written down first (R7). The code itself is drawn at random (R15).
"""

from orthanc_plugin.deid.pseudonyms.relink import Relinked, relink
from orthanc_plugin.deid.pseudonyms.store import Pseudonym, Pseudonyms

__all__ = ["Pseudonym", "Pseudonyms", "Relinked", "relink"]
