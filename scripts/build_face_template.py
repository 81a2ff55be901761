"""Build orthanc_plugin/deid/pixels/faces/data from the wheel of pydeface: its mean head and face mask, at 2 mm.

pip download --no-deps pydeface==2.1.0
python scripts/build_face_template.py pydeface-2.1.0-py3-none-any.whl
"""

import gzip
import hashlib
import io
import struct
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

HERE = Path(__file__).parent.parent / "orthanc_plugin" / "deid" / "pixels" / "faces" / "data"
STEP = 2.0  # mm
FIRST, SHAPE = (-98.0, -124.0, -120.0), (99, 132, 128)  # right, behind and below first
LEVELS = 64  # of grey: more are not seen in 32 bins, and make the file larger
KINDS = {2: "<u1", 4: "<i2", 16: "<f4", 64: "<f8"}
Volume = NDArray[Any]


def read_nifti(data: bytes) -> tuple[Volume, Volume]:
    """Return the voxels and their affine (3 x 4, to mm right-anterior-superior) of a gzipped NIfTI-1 file."""
    raw = gzip.decompress(data)
    shape = struct.unpack_from("<3h", raw, 42)
    kind = KINDS[struct.unpack_from("<h", raw, 70)[0]]
    start = int(struct.unpack_from("<f", raw, 108)[0])
    affine = np.array(struct.unpack_from("<12f", raw, 280)).reshape(3, 4)
    return np.frombuffer(raw, kind, int(np.prod(shape)), start).reshape(shape, order="F"), affine


def resampled(voxels: Volume, affine: Volume, mode: str) -> Volume:
    """Return a volume on the grid of the template."""
    voxels = ndimage.gaussian_filter(voxels.astype(np.float32), 0.7)
    points = np.indices(SHAPE).reshape(3, -1) * STEP + np.array(FIRST)[:, None]
    inverse = np.linalg.inv(affine[:, :3])
    sampled = ndimage.map_coordinates(voxels, inverse @ (points - affine[:, 3:]), order=1, mode=mode)
    return np.asarray(sampled).reshape(SHAPE)


def inner_head(head: Volume) -> NDArray[np.bool_]:
    """Return where nothing is ever removed: 9 mm and more below the scalp, above a roof over the orbits and the neck.

    The mean brain lies in it with a margin. The roof's heights (voxels) were read off the mean head; it is lower
    amid the orbits, where the brain reaches down to the nose.
    """
    tissue = ndimage.binary_opening(head > 80, iterations=3)
    tissue = ndimage.binary_fill_holes(ndimage.binary_closing(np.pad(tissue, 12), iterations=8))[12:-12, 12:-12, 12:-12]
    tissue[:, :, :3] = True  # the neck goes on below the image
    depth = ndimage.distance_transform_edt(tissue) * STEP
    x, y, z = np.indices(SHAPE)
    roof = np.interp(y, (55, 82, 92, 105), (24, 35, 48, 52)) - 5 * (np.abs(x - SHAPE[0] // 2) < 8)
    return np.asarray((depth >= 9) & (z > roof))


def packed(**arrays: Volume) -> bytes:
    """Return an .npz whose bytes depend on nothing but the arrays."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            one = io.BytesIO()
            np.save(one, array)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), one.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def main(wheel: Path) -> None:
    """Write template.npz, its record and the licence; axes are turned to left, behind, above (DICOM's)."""
    with zipfile.ZipFile(wheel) as archive:
        head = resampled(*read_nifti(archive.read("pydeface/data/mean_reg2mean.nii.gz")), "constant")
        kept = resampled(*read_nifti(archive.read("pydeface/data/facemask.nii.gz")), "nearest")
        licence = archive.read("pydeface-2.1.0.dist-info/licenses/LICENSE.txt").decode()
    grey = np.clip(np.round(head * ((LEVELS - 1) / 400.0)), 0, LEVELS - 1).astype(np.uint8)
    grey[grey < 2] = 0
    turned = [np.ascontiguousarray(one[::-1, ::-1]) for one in (grey, kept < 0.5, inner_head(head))]
    data = packed(head=turned[0], face=np.packbits(turned[1]), inner=np.packbits(turned[2]))
    (HERE / "template.npz").write_bytes(data)
    lines = RECORD.format(
        wheel=hashlib.sha256(wheel.read_bytes()).hexdigest(), data=hashlib.sha256(data).hexdigest(),
        shape=list(SHAPE), step=STEP, first=[-(FIRST[i] + STEP * (SHAPE[i] - 1)) for i in (0, 1)] + [FIRST[2]],
        licence=licence.strip(),
    )  # fmt: skip
    tomllib.loads(lines)
    (HERE / "template.toml").write_text(lines, "utf-8")


RECORD = """# Mean T1 and face mask for recognising and defacing heads. Made by scripts/build_face_template.py.
file = "template.npz"
sha256 = "{data}"
shape = {shape}  # voxels: right to left, front to back, below to above
step = {step}  # mm
first = {first}  # mm, centre of the first voxel in the template's own space (left, posterior, superior)

[origin]
package = "pydeface 2.1.0 (PyPI), pydeface/data/mean_reg2mean.nii.gz and pydeface/data/facemask.nii.gz"
project = "https://github.com/poldracklab/pydeface"
wheel_sha256 = "{wheel}"
changed = "Resampled to 2 mm, 64 grey levels, axes turned; 'inner' (never removed) added."
licence = '''
{licence}
'''
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]))
