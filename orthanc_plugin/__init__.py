"""The Orthanc side: the gate that stands at every way out, and the engine that de-identifies."""

__version__ = "0.1.0"
