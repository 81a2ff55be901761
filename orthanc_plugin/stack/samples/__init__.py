"""The sample studies: real DICOM files of pydicom, and generated ones for what those lack.

Everything is made anew from a seed, so the same study has the same UIDs and pixels everywhere.
"""

from orthanc_plugin.stack.samples import ct, photograph, shipped, ultrasound
from orthanc_plugin.stack.samples.model import Patient, Study, patients

__all__ = ["Patient", "Study", "patients", "studies"]


def studies(family: str) -> list[Study]:
    """Return all sample studies; nothing is made before a study's `objects` are asked for.

    Parameters
    ----------
    family
        Family name of every patient.
    """
    people = patients(family)
    return [
        Study("chest-ct", people["aoibheann"], "20240612", "101500", "RAD2406120017", "CT Thorax", ct.chest),
        Study("head-ct", people["brendan"], "20240703", "143000", "RAD2407030042", "CT Head", ct.head),
        Study("forearm-photograph", people["caoimhe"], "20240819", "090500", "2302210", "Photographs, forearm",
              photograph.forearm),
        Study("abdomen-ultrasound", people["dileep"], "20240905", "112000", "RAD2409050008", "US Abdomen",
              ultrasound.cine),
        Study("abdomen-ct", people["eilidh"], "20240918", "160800", "RAD2409180025", "CT Abdomen",
              shipped.file_with_report("CT_small.dcm")),
        Study("head-mr", people["farida"], "20241007", "083000", "RAD2410070003", "MR Head",
              shipped.file("MR_small.dcm")),
        Study("hand-photograph", people["grainne"], "20241021", "134500", "2302388", "Photographs, hand",
              photograph.hand),
        Study("heart-ultrasound", people["hamish"], "20241104", "151000", "RAD2411040019", "US Heart",
              shipped.file("examples_ybr_color.dcm")),
        Study("thyroid-ultrasound", people["iona"], "20241118", "094500", "RAD2411180011", "US Thyroid",
              ultrasound.without_banner),
    ]  # fmt: skip
