"""The objects that the tests of de-identification begin with serve whole folders too."""

from tests.orthanc_plugin.deid.conftest import as_bytes, ct

__all__ = ["as_bytes", "ct"]
