"""The thorough path: any transfer syntax that pydicom reads, element by element.

The byte walker of `bytewise` does the same to plain little endian objects; tests hold the two together to the byte.
"""

from orthanc_plugin.deid.slow.reading import Read, read
from orthanc_plugin.deid.slow.writing import treat

__all__ = ["Read", "read", "treat"]
