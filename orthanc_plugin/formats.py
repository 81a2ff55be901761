"""The formats of a package by name; here alone, so that whoever only names one need not load what makes it."""

FORMATS = ("dicom-zip", "dicomdir-zip", "png", "jpeg", "tiff")
"""What can be made."""

NOT_YET = ("mp4", "pptx")
"""What is promised and cannot be made yet."""
