"""One source of wording per language."""

from notices.wording.model import Block, Wording, wording

__all__ = ["Block", "Wording", "wording"]
