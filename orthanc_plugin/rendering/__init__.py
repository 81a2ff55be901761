"""Rendering: pictures of DICOM objects, by one renderer for everything that shows or looks at pixels.

`decoded` gives stored frames, `Rendering` makes pictures of them in stored geometry, `square` gives those that people
see square pixels. The room imports nothing else of ours.
"""

from orthanc_plugin.rendering.decoding import decoded
from orthanc_plugin.rendering.errors import UnrenderableError, faults_of
from orthanc_plugin.rendering.mosaic import Mosaic
from orthanc_plugin.rendering.overlays import overlay_mask
from orthanc_plugin.rendering.picture import Picture, Rendering, pictures
from orthanc_plugin.rendering.proportions import proportion, square
from orthanc_plugin.rendering.ranges import ValueRange, range_of
from orthanc_plugin.rendering.sizes import MOST_FRAME_BYTES, frame_count
from orthanc_plugin.rendering.stored import StoredFrames
from orthanc_plugin.rendering.tiles import Plane, is_tiled, planes_of
from orthanc_plugin.rendering.windows import Curve, Window, offers_window, window_of, windows

__all__ = [
    "MOST_FRAME_BYTES",
    "Curve",
    "Mosaic",
    "Picture",
    "Plane",
    "Rendering",
    "StoredFrames",
    "UnrenderableError",
    "ValueRange",
    "Window",
    "decoded",
    "faults_of",
    "frame_count",
    "is_tiled",
    "offers_window",
    "overlay_mask",
    "pictures",
    "planes_of",
    "proportion",
    "range_of",
    "square",
    "window_of",
    "windows",
]
