import io
from collections.abc import Callable

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileDataset

from orthanc_plugin.deid import ConsentBasis, ReleaseKey, deidentify, load_profile

KEY = ReleaseKey.from_hex("5a" * 32)


def sample(name: str) -> Dataset:
    path = get_testdata_file(name)
    assert isinstance(path, str)
    return pydicom.dcmread(path)


def as_file(ds: Dataset) -> bytes:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, ds)
    return buffer.getvalue()


def read(data: bytes) -> FileDataset:
    return pydicom.dcmread(io.BytesIO(data))


@pytest.fixture
def as_bytes() -> Callable[[Dataset], bytes]:
    return as_file


@pytest.fixture
def ct() -> Dataset:
    return sample("CT_small.dcm")


@pytest.fixture
def released() -> Callable[..., FileDataset]:
    """De-identify and read again; the test fails with the reason where the object is not released."""

    def run(
        ds: Dataset | bytes, profile: str = "teaching", key: ReleaseKey = KEY, *, consent: bool = False, pseudonym=None
    ) -> FileDataset:
        data = ds if isinstance(ds, bytes) else as_file(ds)
        basis = ConsentBasis() if consent else None
        outcome = deidentify(data, load_profile(profile), key, consent=basis, pseudonym=pseudonym)
        assert outcome.status == "released", outcome.reason
        return read(outcome.data)

    return run
