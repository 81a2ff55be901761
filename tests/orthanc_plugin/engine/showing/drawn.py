"""Objects to look at: drawn recordings and slices, and how a picture is read again."""

import io

import numpy as np
import pydicom
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGBaseline8Bit, UltrasoundMultiFrameImageStorage, generate_uid


def ct():
    return pydicom.dcmread(get_testdata_file("CT_small.dcm"))


def as_file(ds):
    out = io.BytesIO()
    pydicom.dcmwrite(out, ds)
    return out.getvalue()


def cine(frames=3, rows=48, columns=64, *, jpeg=False):
    """Return an ultrasound recording whose frame n has a bright bar at column 2n."""
    ds = ct()
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = UID(UltrasoundMultiFrameImageStorage)
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.Modality, ds.NumberOfFrames, ds.Rows, ds.Columns = "US", frames, rows, columns
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    for name in ("RescaleSlope", "RescaleIntercept", "PixelPaddingValue", "WindowCenter", "WindowWidth"):
        if name in ds:
            del ds[name]
    planes = np.zeros((frames, rows, columns, 3), np.uint8)
    planes[:, :4] = 90
    for number in range(frames):
        planes[number, 8:, 2 * number % columns] = (200, 40, 90)
    ds.PixelData = planes.tobytes()
    if jpeg:
        ds.PhotometricInterpretation, ds.file_meta.TransferSyntaxUID = "YBR_FULL_422", JPEGBaseline8Bit
        ds.PixelData = encapsulate([_jpeg(plane) for plane in planes])
        ds["PixelData"].is_undefined_length = True
    return ds


def _jpeg(plane):
    out = io.BytesIO()
    Image.fromarray(plane).save(out, "JPEG", quality=90)
    return out.getvalue()


def seen(png):
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        assert image.mode in ("L", "RGB"), "8 bit"
        return np.asarray(image)
