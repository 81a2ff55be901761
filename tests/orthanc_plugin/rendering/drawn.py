"""Small objects whose stored values are known."""

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian


def grey(values, **attributes):
    """Return a grey object of these stored values: ``(rows, columns)`` or ``(frames, rows, columns)``."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.Rows, dataset.Columns = values.shape[-2:]
    if values.ndim == 3:
        dataset.NumberOfFrames = len(values)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 8 * values.dtype.itemsize
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, int(values.dtype.kind == "i")
    dataset.PixelData = values.tobytes() + b"\0" * (values.nbytes % 2)
    dataset["PixelData"].VR = "OB" if values.dtype.itemsize == 1 else "OW"
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def lut(descriptor, entries, vr="OW"):
    """Return an item of a LUT sequence."""
    item = Dataset()
    item.add_new("LUTDescriptor", "US" if min(descriptor) >= 0 else "SS", list(descriptor))
    item.add_new("LUTData", vr, entries if vr == "US" else entries.tobytes())
    return item
