"""Finds writing in pictures, and reads it: the PP-OCR networks, what stands still, exact runs, our own network."""

from orthanc_plugin.deid.pixels.detection.find import find, find_in_tile
from orthanc_plugin.deid.pixels.detection.line import Line
from orthanc_plugin.deid.pixels.detection.recogniser import read
from orthanc_plugin.deid.pixels.detection.still import Frames
from orthanc_plugin.deid.pixels.detection.weights import WeightsMissingError

__all__ = ["Frames", "Line", "WeightsMissingError", "find", "find_in_tile", "read"]
