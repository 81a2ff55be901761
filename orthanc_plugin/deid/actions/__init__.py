"""What can happen to one attribute: one small file for each kind.

Every action takes the raw value without knowing whether a byte walker or pydicom read it, and says in words what it
does, so that the plan can print itself.
"""

from orthanc_plugin.deid.actions.base import Action, SequenceAction

__all__ = ["Action", "SequenceAction"]
