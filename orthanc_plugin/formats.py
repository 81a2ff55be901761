"""The formats of a package by name; here alone, so that whoever only names one need not load what makes it."""

FORMATS = ("dicom-zip", "dicomdir-zip", "png", "jpeg", "tiff")
"""What can be made."""

PICTURES = ("png", "jpeg", "tiff")
"""Those of pictures, for which a requester may choose the grey levels."""

NOT_YET = ("mp4", "pptx")
"""What is promised and cannot be made yet."""
