"""Judges what was read in a picture: a word of the device stays, an identifier or anything unknown does not."""

from orthanc_plugin.deid.pixels.words.judge import Verdict, Word, judge

__all__ = ["Verdict", "Word", "judge"]
