"""`aoa bench pixels`: how much writing in drawn pictures is hidden or held, and what else is lost, beside peers.

What is measured is given as a function from a DICOM file to the DICOM file that would leave, or None where it is held,
so that this room knows nothing of de-identification, and peers are measured in the same way.
"""

import os
from collections.abc import Iterable

from orthanc_plugin.pixel_bench.corpus import Picture, corpus
from orthanc_plugin.pixel_bench.report import Report
from orthanc_plugin.pixel_bench.score import Fate, Redact, judge

__all__ = ["Fate", "Picture", "Redact", "Report", "corpus", "judge", "measure"]


def measure(name: str, redact: Redact, pictures: Iterable[Picture]) -> Report:
    """Return what became of each picture of a corpus.

    Parameters
    ----------
    name : str
        Of what is measured, for the report.
    redact : callable
        From a DICOM file to the file that would leave; None: held.
    pictures : iterable of Picture
        As `corpus` draws them.
    """
    report = Report(name)
    for picture in pictures:
        start = sum(os.times()[:4])
        redacted = redact(picture.data)
        report.seconds += sum(os.times()[:4]) - start
        report.fates.append(judge(picture, redacted))
    return report
