"""Runs inside Orthanc: asks the engine and lets nothing pass that was not allowed. Standard library only."""
