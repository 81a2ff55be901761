"""Trains the small network of orthanc_plugin/deid/pixels/detection; development only."""
