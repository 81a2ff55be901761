"""Finds writing in pictures, and reads it: the PP-OCR networks, what stands still, exact runs, our own network."""

from orthanc_plugin.deid.pixels.detection.find import find
from orthanc_plugin.deid.pixels.detection.line import Line
from orthanc_plugin.deid.pixels.detection.mosaic import find_in_mosaic
from orthanc_plugin.deid.pixels.detection.over_time import readings
from orthanc_plugin.deid.pixels.detection.recogniser import Reading, read
from orthanc_plugin.deid.pixels.detection.still import Frames
from orthanc_plugin.deid.pixels.detection.weights import WeightsMissingError

__all__ = ["Frames", "Line", "Reading", "WeightsMissingError", "find", "find_in_mosaic", "read", "readings"]
