"""Small DICOM files of every stored format, drawn, with something secret in them; nobody is recorded in any."""

import base64
import io
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from libjpeg.utils import decode
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import iter_pixels

from orthanc_plugin.deid.pixels.areas import Area

FRAMES, ROWS, COLUMNS = 3, 45, 58
EVERYWHERE, ONCE = Area(9, 7, 27, 20), Area(34, 26, 50, 39, frame=1)
AREAS = (EVERYWHERE, ONCE)

_CLASSES = {1: "7.1", 8: "7.2", 16: "7.3", 24: "7.4"}
ENCAPSULATED, PROGRESSIVE = "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.4.55"
_LITTLE = uid.ExplicitVRLittleEndian


def planes(secret: int, bits: int = 8, samples: int = 1) -> NDArray[Any]:
    """Return three frames of texture from 0 to the highest value, with noise by `secret` in the areas."""
    most = (1 << bits) - 1
    shape = (FRAMES, ROWS, COLUMNS) if samples == 1 else (FRAMES, ROWS, COLUMNS, samples)
    word = np.dtype("u1" if bits <= 8 else "u2" if bits <= 16 else "u4")
    values = np.random.default_rng(5).integers(0, most, shape, dtype=word, endpoint=True)
    steps = np.arange(COLUMNS) * (most / 2) / COLUMNS
    steps = steps if samples == 1 else steps[:, None]
    values = (values / 4 + steps).astype(word)
    values[:, 0, 0], values[:, 0, 1] = 0, most
    hidden = np.random.default_rng(secret)
    for area in AREAS:
        frames = slice(None) if area.frame is None else slice(area.frame, area.frame + 1)
        part = values[frames, area.top : area.bottom, area.left : area.right]
        part[...] = hidden.integers(most // 4, most // 2, part.shape, dtype=word)
    return values


def image(values: NDArray[Any], photometric: str = "MONOCHROME2", bits: int = 8, **more: object) -> FileDataset:
    """Return an object with these frames, not compressed."""
    ds = Dataset()
    samples = values.shape[3] if values.ndim == 4 else 1
    kind = _CLASSES[24 if samples == 3 else 1 if bits == 1 else 8 if bits <= 8 else 16]
    ds.SOPClassUID, ds.Modality, ds.ConversionType = f"1.2.840.10008.5.1.4.1.1.{kind}", "OT", "SYN"
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = "2.25.7", "2.25.8", "2.25.9"
    ds.PatientName = ds.PatientID = ds.StudyID = ds.AccessionNumber = ds.ReferringPhysicianName = ""
    ds.PatientBirthDate = ds.PatientSex = ds.StudyDate = ds.StudyTime = ds.PatientOrientation = ""
    ds.SeriesNumber, ds.InstanceNumber, ds.BurnedInAnnotation = 1, 1, "YES"
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.NumberOfFrames = samples, photometric, len(values)
    ds.Rows, ds.Columns = values.shape[1:3]
    ds.BitsAllocated = 1 if bits == 1 else 8 * values.dtype.itemsize
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, 0
    if samples == 3:
        ds.PlanarConfiguration = 0
    else:
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    for keyword, value in more.items():
        setattr(ds, keyword, value)
    ds.PixelData = values.tobytes() + bytes(values.nbytes % 2)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated <= 8 else "OW"
    return reread(written(ds, _LITTLE))


def written(ds: Dataset, syntax: str = "") -> bytes:
    """Return the file; with `syntax`, encoded in it as it is."""
    if syntax:
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = uid.UID(syntax)
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def reread(data: bytes) -> FileDataset:
    return pydicom.dcmread(io.BytesIO(data))


def frames(data: bytes) -> list[NDArray[Any]]:
    """Return the frames as pydicom decodes them, without a change of colours; those it does not know by hand."""
    ds = reread(data)
    syntax = ds.file_meta.TransferSyntaxUID
    if syntax == ENCAPSULATED:
        return [np.frombuffer(each, np.uint8)[: ROWS * COLUMNS].reshape(ROWS, COLUMNS) for each in streams(ds)]
    if ds.PhotometricInterpretation == "YBR_FULL_422" and syntax == _LITTLE:
        pairs = np.frombuffer(ds.PixelData, np.uint8).reshape(-1, ROWS, COLUMNS // 2, 4)
        return [np.stack([each[..., [0, 2, 3]], each[..., 1:]], axis=2).reshape(ROWS, COLUMNS, 3) for each in pairs]
    if syntax == PROGRESSIVE:
        return [decode(each) for each in streams(ds)]
    return [frame.copy() for frame in iter_pixels(ds, raw=True)]


def streams(ds: Dataset) -> list[bytes]:
    """Return the compressed frames."""
    return list(generate_frames(ds.PixelData, number_of_frames=ds.NumberOfFrames))


def compressed(ds: Dataset, syntax: str, **options: object) -> bytes:
    ds.compress(syntax, generate_instance_uid=False, **options)
    return written(ds)


def by_dcmtk(data: bytes, folder: Path, program: str, *options: str) -> bytes:
    """Return what a program of DCMTK makes of a file."""
    source, target = folder / "source.dcm", folder / "target.dcm"
    source.write_bytes(data)
    subprocess.run([program, *options, str(source), str(target)], check=True, capture_output=True)
    return target.read_bytes()


def with_streams(ds: Dataset, encoded: list[bytes], syntax: str) -> bytes:
    """Return the object with these compressed frames."""
    ds.PixelData = encapsulate(encoded)
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    return written(ds, syntax)


HTJ2K_GREY = base64.b85decode(
    "|4;u>04YEK0000K0000C00000000000000K0000C0000000000009pH0sl|{2mk^A000XAQUDA90ssL31q1{@0smY86Cj9?kdTm&kdTm&kdTmwh=~7W0"
    "2crOPjF>!N>E53R%LP^FfKASE;BCwkN^q*00000{s000lfVEb$@B#WbO68r69DM`0|#^fzyK3K029Cf69CZs0*7<}#HRfMfph>2_yY%Y0KfnfzyK960"
    "0h7jAl?ANQ~(t*nE(g?_BH@*{s4hA0KfnilmG#0zyKDA8OFo&L=IN@pa=^vjN{RQdH{?%CGTNtYs&y<{D4qcf~zRBVp;$)!ebPxwA1dQg2*E<w4zx6z"
    "yK}C00q*(04)%fk&IY@6?Fm9OY4FateE;3Si#Eg^G_Bz!#Du!va3_Zx`09u1VK=+gMwWsp!n_pKpcSqU$BG^WteXm9D*_dxZ7?!-2LuQ7!FbVpmPU%0"
    "RPz"
)
"""High-Throughput JPEG 2000 of 12 rows and 20 columns, 16 bits: (173 column + 41 row) modulo 3001."""

SMALL_JPEG_2000 = base64.b85decode(
    "|4;u>04V?f0000K0000C00000000000000K0000C0000000000009pH0sm3}3;+NC0RR951ONg5TmS?>fd6CwB>(|Ka%Ew3Wn>^?c_2@4Wo}AP"
    "MMofZWpZ<AZ*CwmE;TMR|BwI*000000g3<t|C8VNn(z`gJkr&k7#@n^K@(HF000991*js-AYltiNJS7h!WNW>67F^pcU6#tkRu4Gsz^g<A%sCG"
    "puS96{6*+*DB{Ky4(gy_YdNf@u>~5ita(G$Q&~-73NWW6&e0(pWO0$kL_J{bPAWLa<0FiScwrW;M@eDYj@EREC_=yX0t5&UAV7C7(kopH8z>MU"
    "KzA>`T*SP+4hk*H%iLUPoZGwsw-s;U0Z5@Dg1GkpZN((^v;!bEYkvq0$dZ)^fV1`Q<9AVR+SxuCEN&raBa5k?{CV9)yOeE3Y74Y~$2{+qm6n+B"
    "Np?5IWo4!yBAutJGg)bf2!^&P&_{D48K*qxES8aTcL4k2g2`kUO`Cl&Ecp(7&{@C@<=$x9|AYU5|A0`ZEgOIU|A2rY3mhIs-~d1XM45mTmNmq+"
    "#I?k>_{o49Vp`%_;$vKVzzwl2aV>FK5X91vIElngB5@YQ5$5725jcs&PS!vtn~0o5;wKSoR=@w*"
)
"""The same values in JPEG 2000, smaller than its encoder here takes."""

HTJ2K_COLOUR = base64.b85decode(
    "|4;u>053oQ0000K0000C00000000000000K0000C000000000000RdB0S5sA2LS>9Pyh%30ssI21OHM03;+TE0RaUB1V91*TmTawP*_-4SXfwCSXfwC"
    "SWr+<|6~9c00B>MWo}APNFY{aav(4+GBz$VF8`1K3IG5A00CnF0soW05`gCbhjakI5`f(RhjakI5`g>w$8-R|2|$Da2Xp|y2|$Da2Xp|y2|$Vghjaj-1"
    "i-5B075hXzzE<3&;l?3V*pn@0fBS?7jpo>2;c<ZCvyN*tNs9DGyuQ|-~_M&KmbDktxEPZ0R8|Y0Kf?#1keI7_ym&xvOp8jbpQY(0Kf?#1i<woa{wy+1"
    "NJlkzzT=~SpXyqpuvTr%XR=POymCG0R8|0zPJGX@B;wA3Wxz$04G40&=2j)b^zDn9QNe?0D-=@0D%6;TB{WRzzT=~S~R8558w-S0NHFdoBiMj{t$t_x"
    "B$Qv5CwbzIH17q$?4*D08)s|5LNtxJ@R|^$?UoS;QWC~QpNzl6%Yk{0Vph&@6pmf)&S@Dz4`w9g=;6ja6#<40RH|!L;%1QPz9!DW@hier>DYq0OvX9oO"
    "90k{D3`x0DJZT0qnd0|Je"
)
"""The same size in colour, 8 bits, transformed together: 12 column, 20 row, row x column."""


def hidden(frame: int, block: int = 1, shape: tuple[int, int] = (ROWS, COLUMNS)) -> np.ndarray:
    """Return where the areas are, grown to whole blocks, and to what smoothed chroma may touch."""
    mask = np.zeros(shape, dtype=bool)
    rim = 1 if block == 16 else 0
    for area in AREAS:
        if area.frame in (None, frame):
            low = ((each - rim) // block * block - rim for each in (area.top, area.left))
            high = (-(-(each + rim) // block) * block + rim for each in (area.bottom, area.right))
            (top, left), (bottom, right) = low, high
            mask[max(top, 0) : bottom, max(left, 0) : right] = True
    return mask
