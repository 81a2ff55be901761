"""Portal and Orthanc as the engine sees them: an answer that is not exactly as agreed is none."""
