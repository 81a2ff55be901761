"""What the engine shows a person: held images, and what would leave in a release, as pictures and never as DICOM."""
