"""Heads: recognises a volume of one by the volume itself, and says which voxels show the face (R25).

look = VolumeLook(modality, suspected=said_so)
for dataset in series:
    look.add(plane, geometry_of(dataset), rescale_of(dataset))
verdict = look.finish()
if isinstance(verdict, Head):
    removed = verdict.mask.mask_for(geometry_of(dataset), plane.shape)
"""

from orthanc_plugin.deid.pixels.faces.asking import FaceKind, is_asked, shows_face_itself
from orthanc_plugin.deid.pixels.faces.geometry import Geometry, Rescale, geometry_of, rescale_of
from orthanc_plugin.deid.pixels.faces.look import VolumeLook
from orthanc_plugin.deid.pixels.faces.removal import FaceMask
from orthanc_plugin.deid.pixels.faces.verdicts import Head, NotHead, Unsure, Verdict

__all__ = [
    "FaceKind", "FaceMask", "Geometry", "Head", "NotHead", "Rescale", "Unsure", "Verdict", "VolumeLook", "geometry_of",
    "is_asked", "rescale_of", "shows_face_itself",
]  # fmt: skip
