"""The formats that are redacted: how to make a file of each, what black is in it, what else has to hold."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset
from rle.utils import encode_pixel_data

from tests.orthanc_plugin.deid.pixels.drawn import (
    COLUMNS,
    ENCAPSULATED,
    ROWS,
    by_dcmtk,
    compressed,
    image,
    planes,
    reread,
    streams,
    with_streams,
    written,
)


@dataclass(frozen=True)
class Format:
    """One stored format.

    `block` is what areas grow to, `exact` whether what lies outside of the areas depends on nothing within,
    `into` the transfer syntax after redaction where it changes, `reader` DCMTK's program that decodes it.
    """

    name: str
    make: Callable[[int, Path], bytes]
    black: Any
    block: int = 1
    exact: bool = True
    into: str = ""
    reader: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def _grey(secret: int, bits: int = 8, **more: object) -> Dataset:
    return image(planes(secret, bits), bits=bits, **more)


def _rgb(secret: int) -> Dataset:
    return image(planes(secret, samples=3), "RGB")


def _signed(secret: int, **more: object) -> Dataset:
    values = planes(secret, 12).astype("i2") - 2048
    return image(values, bits=12, PixelRepresentation=1, WindowCenter=40, WindowWidth=400, **more)


def _transformed(secret: int, photometric: str) -> Dataset:
    """Colours that the encoder is to transform together."""
    ds = _rgb(secret)
    ds.PhotometricInterpretation = photometric
    return ds


def _by_plane(secret: int) -> Dataset:
    ds = image(planes(secret, samples=3), "RGB", PlanarConfiguration=1)
    ds.PixelData = np.ascontiguousarray(planes(secret, samples=3).transpose(0, 3, 1, 2)).tobytes()
    return ds


def _shared_chroma(secret: int) -> Dataset:
    full = planes(secret, samples=3)
    full[:, :, 1::2, 1:] = full[:, :, ::2, 1:]
    pairs = np.stack([full[:, :, ::2, 0], full[:, :, 1::2, 0], full[:, :, ::2, 1], full[:, :, ::2, 2]], axis=-1)
    ds = image(full, "YBR_FULL_422")
    ds.PixelData = pairs.tobytes()
    return ds


def _palette(secret: int) -> Dataset:
    """Index 200 is the darkest colour."""
    ds = image(planes(secret), "PALETTE COLOR")
    for colour in ("Red", "Green", "Blue"):
        values = np.full(256, 0x8000, dtype="<u2")
        values[200] = 0x0100
        ds.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [256, 0, 16])
        setattr(ds, f"{colour}PaletteColorLookupTableData", values.tobytes())
    return ds


def _bits(secret: int) -> Dataset:
    ds = image(planes(secret) // 64 % 2, bits=1)
    ds.PixelData = np.packbits((planes(secret) // 64 % 2).ravel(), bitorder="little").tobytes()
    ds.PixelData += bytes(len(ds.PixelData) % 2)
    return ds


def _floats(secret: int, keyword: str, dtype: str) -> Dataset:
    ds = image(planes(secret, 16))
    for name in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(ds, name)
    values = planes(secret, 16).astype(dtype) / 8 - 20
    values[:, 0, 2] = np.nan
    ds.BitsAllocated = 8 * values.itemsize
    setattr(ds, keyword, values.tobytes())
    return ds


def _big_endian(secret: int, bits: int, vr: str) -> bytes:
    ds = _grey(secret, bits)
    data = planes(secret, bits).tobytes()
    if vr == "OW":
        data = np.frombuffer(data + bytes(len(data) % 2), dtype="<u2").byteswap().tobytes()
    ds.PixelData = data + bytes(len(data) % 2)
    ds["PixelData"].VR = vr
    return written(_swapped(ds), uid.ExplicitVRBigEndian)


def _swapped(ds: Dataset) -> Dataset:
    """Return a data set that pydicom may write in another byte order, its pixels being there already."""
    new = Dataset()
    new.update({element.tag: element for element in ds})
    return new


def _dcmtk(ds: Dataset, folder: Path, program: str, *options: str) -> bytes:
    return by_dcmtk(written(ds), folder, program, "+un", *options)


def _processed(secret: int, folder: Path, *options: str) -> bytes:
    """JPEG of 8 bits that jpegtran has changed: progressive, arithmetic, with restart marks."""
    ds = reread(_dcmtk(_rgb(secret), folder, "dcmcjpeg", "+eb", "+s2"))
    changed = [
        subprocess.run(["jpegtran", "-copy", "all", *options], input=each, check=True, capture_output=True).stdout
        for each in streams(ds)
    ]
    return with_streams(ds, changed, uid.JPEGBaseline8Bit)


def _rle_of_32_bits(secret: int) -> bytes:
    size = {"rows": ROWS, "columns": COLUMNS, "samples_per_pixel": 1, "bits_allocated": 32}
    encoded = [encode_pixel_data(each.tobytes(), byteorder="<", **size) for each in planes(secret, 32)]
    return with_streams(_grey(secret, 32), encoded, uid.RLELossless)


def _encapsulated(secret: int) -> bytes:
    ds = _grey(secret)
    return with_streams(ds, [each.tobytes() for each in planes(secret)], ENCAPSULATED)


_LS, _JPEG, _PLAIN = ("dcmdjpls",), ("dcmdjpeg", "+cn"), ("dcmconv", "+te")

FORMATS = (
    Format("8 bits", lambda s, _: written(_grey(s)), 0, reader=_PLAIN),
    Format("inverse", lambda s, _: written(image(planes(s, 12), "MONOCHROME1", 12)), 4095, reader=_PLAIN),
    Format("signed 12 bits", lambda s, _: written(_signed(s)), -2048, reader=_PLAIN),
    Format("32 bits", lambda s, _: written(_grey(s, 32)), 0),
    Format("colour by plane", lambda s, _: written(_by_plane(s)), (0, 0, 0), reader=_PLAIN),
    Format("native 4:2:2", lambda s, _: written(_shared_chroma(s)), (0, 128, 128), block=2),
    Format("palette", lambda s, _: written(_palette(s)), 200, reader=_PLAIN),
    Format("one bit", lambda s, _: written(_bits(s)), 0, reader=_PLAIN),
    Format("float", lambda s, _: written(_floats(s, "FloatPixelData", "<f4")), -20),
    Format("double", lambda s, _: written(_floats(s, "DoubleFloatPixelData", "<f8")), -20),
    Format("implicit", lambda s, _: written(_grey(s, 16), uid.ImplicitVRLittleEndian), 0, reader=_PLAIN),
    Format("deflated", lambda s, _: written(_grey(s, 16), uid.DeflatedExplicitVRLittleEndian), 0, reader=_PLAIN),
    Format("big endian words", lambda s, _: _big_endian(s, 16, "OW"), 0, reader=_PLAIN),
    Format("big endian bytes in words", lambda s, _: _big_endian(s, 8, "OW"), 0, reader=_PLAIN),
    Format("big endian bytes", lambda s, _: _big_endian(s, 8, "OB"), 0, reader=_PLAIN),
    Format("encapsulated", lambda s, _: _encapsulated(s), 0),
    Format("RLE 8", lambda s, _: compressed(_grey(s), uid.RLELossless), 0, reader=("dcmdrle",)),
    Format("RLE 32", lambda s, _: _rle_of_32_bits(s), 0),
    Format("RLE colour", lambda s, _: compressed(_rgb(s), uid.RLELossless), (0, 0, 0), reader=("dcmdrle",)),
    Format("JPEG-LS 12 signed", lambda s, _: compressed(_signed(s), uid.JPEGLSLossless), -2048, reader=_LS),
    Format("JPEG-LS colour", lambda s, d: _dcmtk(_rgb(s), d, "dcmcjpls"), (0, 0, 0), reader=_LS),
    Format("JPEG-LS near", lambda s, d: _dcmtk(_grey(s), d, "dcmcjpls", "+en", "+md", "3"), 0, exact=False, reader=_LS),
    Format("JPEG 2000 signed", lambda s, _: compressed(_signed(s), uid.JPEG2000Lossless), -2048),
    Format("JPEG 2000 colour", lambda s, _: compressed(_transformed(s, "YBR_RCT"), uid.JPEG2000Lossless), (0, 0, 0)),
    Format("JPEG 2000 lossy", lambda s, _: compressed(_grey(s), uid.JPEG2000, j2k_cr=[6]), 0, exact=False),
    Format(
        "JPEG 2000 lossy colour",
        lambda s, _: compressed(_transformed(s, "YBR_ICT"), uid.JPEG2000, j2k_cr=[6]),
        (0, 0, 0),
        exact=False,
    ),
    Format("JPEG grey", lambda s, d: _dcmtk(_grey(s), d, "dcmcjpeg", "+eb"), 0, block=8, reader=_JPEG),
    Format(
        "JPEG 4:4:4", lambda s, d: _dcmtk(_rgb(s), d, "dcmcjpeg", "+eb", "+s4"), (0, 128, 128), block=8, reader=_JPEG
    ),
    Format(
        "JPEG 4:2:2", lambda s, d: _dcmtk(_rgb(s), d, "dcmcjpeg", "+eb", "+s2"), (0, 128, 128), block=16, reader=_JPEG
    ),
    Format(
        "JPEG 4:2:0", lambda s, d: _dcmtk(_rgb(s), d, "dcmcjpeg", "+eb", "+np"), (0, 128, 128), block=16, reader=_JPEG
    ),
    Format("JPEG RGB", lambda s, d: _dcmtk(_rgb(s), d, "dcmcjpeg", "+eb", "+cr"), (0, 0, 0), block=8, reader=_JPEG),
    Format(
        "JPEG inverse",
        lambda s, d: _dcmtk(image(planes(s), "MONOCHROME1"), d, "dcmcjpeg", "+eb"),
        255,
        block=8,
        reader=_JPEG,
    ),
    Format("JPEG progressive", lambda s, d: _processed(s, d, "-progressive"), (0, 128, 128), block=16),
    Format("JPEG with restarts", lambda s, d: _processed(s, d, "-restart", "1"), (0, 128, 128), block=16),
    Format(
        "JPEG arithmetic",
        lambda s, d: _processed(s, d, "-arithmetic"),
        (0, 128, 128),
        exact=False,
        into=uid.JPEGLSLossless,
    ),
    Format(
        "JPEG 12 bits",
        lambda s, d: _dcmtk(_grey(s, 12), d, "dcmcjpeg", "+ee"),
        0,
        exact=False,
        into=uid.JPEGLSLossless,
        reader=_LS,
    ),
    Format(
        "JPEG full progression",
        lambda s, d: _dcmtk(_grey(s), d, "dcmcjpeg", "+ep"),
        0,
        exact=False,
        into=uid.JPEGLSLossless,
        reader=_LS,
    ),
    Format(
        "JPEG lossless 16",
        lambda s, d: _dcmtk(_grey(s, 16), d, "dcmcjpeg", "+e1"),
        0,
        into=uid.JPEGLSLossless,
        reader=_LS,
    ),
    Format(
        "JPEG lossless colour",
        lambda s, d: _dcmtk(_rgb(s), d, "dcmcjpeg", "+el"),
        (0, 0, 0),
        into=uid.JPEGLSLossless,
        reader=_LS,
    ),
)


def made(name: str, folder: Path, secret: int = 1) -> bytes:
    """Return a file of the format of this name."""
    return next(each for each in FORMATS if each.name == name).make(secret, folder)
