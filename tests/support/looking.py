"""The engine's real routes to pictures beside a portal, and recordings with a name burned into them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pydicom
from PIL import Image, ImageDraw, ImageFont
from pydicom.data import get_testdata_file
from pydicom.uid import UltrasoundMultiFrameImageStorage, generate_uid
from werkzeug.serving import make_server

from consent_portal.clock import to_text, utc_now
from consent_portal.orthanc import OrthancClient
from orthanc_plugin.deid.pixels.basis import basis_of
from orthanc_plugin.engine.api.app import create_app
from orthanc_plugin.engine.jobs.names import PIXELS, name_of
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.engine.neighbours.archive import Archive as EngineArchive
from orthanc_plugin.engine.records import Planned
from orthanc_plugin.engine.showing import Showing
from orthanc_plugin.engine.showing.ticket import Ticket, image_key, seal
from tests.support.cases import a_case, a_permit, jobs_in
from tests.support.patience import PATIENCE
from tests.support.portal import FAMILY, Orthanc, PortalHome
from tests.support.ports import free_port

KEY = bytes(range(32))
NUMBER = "PX770012"  # of the patient of these recordings: other tests find their own by theirs
NAME_AT = {"left": 8, "top": 6, "right": 150, "bottom": 24, "frame": None, "method": "network", "sure": True}
DOUBT_AT = {"left": 180, "top": 150, "right": 232, "bottom": 170, "frame": 2, "method": "network", "sure": False}
MONTH = 30 * 24 * 3600


def recording(frames: int = 6, rows: int = 180, columns: int = 240, **tags: Any) -> pydicom.Dataset:
    """Return an ultrasound recording: a fan of speckle that moves, a name above it, pixels twice as high as wide."""
    ds = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        setattr(ds, keyword, generate_uid())
    ds.Manufacturer, ds.ManufacturerModelName = "Example Medical", "E-Scan 5"
    ds.Modality, ds.NumberOfFrames, ds.Rows, ds.Columns = "US", frames, rows, columns
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    for name in ("RescaleSlope", "RescaleIntercept", "PixelPaddingValue", "PixelSpacing"):
        if name in ds:
            del ds[name]
    ds.PixelAspectRatio = [2, 1]
    ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = ["128", "90"], ["256", "60"], ["Usual", "Dark"]
    ds.PatientName, ds.PatientID, ds.StudyDescription = f"{FAMILY}^CARA", NUMBER, "US ABDOMEN"
    ds.StudyDate, ds.AccessionNumber, ds.InstanceNumber = "20250301", "US0001", 1
    ds.PixelData = np.stack([_fan(number, rows, columns) for number in range(frames)]).tobytes()
    for keyword, value in tags.items():
        setattr(ds, keyword, value)
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def _fan(number: int, rows: int, columns: int) -> np.ndarray[Any, Any]:
    down, across = np.mgrid[0:rows, 0:columns]
    reach = np.hypot(2.0 * down, across - columns / 2)
    inside = (reach > 40) & (reach < 1.85 * rows) & (np.abs(across - columns / 2) < down * 1.5)
    speckle = np.random.default_rng(number).rayleigh(40, (rows, columns)) * (1 + np.cos(reach / 18 + number / 2)) / 2
    image = Image.fromarray(np.where(inside, np.clip(speckle, 0, 200), 0).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.text((10, 8), f"{FAMILY} CARA 14/02/61", fill=230, font=ImageFont.load_default(12))
    pen.text((columns - 60, rows - 28), f"F {number + 1}", fill=200, font=ImageFont.load_default(12))
    return np.asarray(image)


@dataclass
class Looking:
    """The engine as far as pictures go: its own routes, tickets and sealed objects."""

    orthanc: Orthanc
    folder: Path
    token: str
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        archive = EngineArchive.at(self.orthanc.url, *self.orthanc.auth)
        self.jobs = jobs_in(self.folder, key=KEY)
        self.app = create_app(SimpleNamespace(pictures_token=self.token, showing=Showing.of(archive, self.jobs)))  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def upload(self, dataset: pydicom.Dataset) -> str:
        """Store a file and return Orthanc's id of its study."""
        return self.orthanc.upload(dataset)

    def subject(self, study: str) -> dict[str, Any]:
        """Return a study as the engine tells of it."""
        return OrthancClient(self.orthanc.url, *self.orthanc.auth).study(study).model_dump(mode="json")

    def hold(self, study: str, **fields: Any) -> dict[str, Any]:
        """Return what the engine tells the portal of all images of a study, which it holds."""
        subject = self.subject(study)
        with httpx.Client(base_url=self.orthanc.url, auth=self.orthanc.auth, timeout=PATIENCE) as client:
            found = client.get(f"/studies/{study}/instances").json()
            files = [(one["ID"], client.get(f"/instances/{one['ID']}/file").content) for one in found]
        return {
            "contract": 1,
            "job": "11111111-1111-4111-8111-111111111111",
            "requested_by": "trainer",
            "role": "trainer",
            "purpose": "teaching",
            "profile": "D3",
            "level": "teaching",
            "until": to_text(utc_now().replace(microsecond=0)).replace("2026", "2036"),
            "images": [_held(subject, at, *one, **fields) for at, one in enumerate(files, start=1)],
        }

    def seal(self, job: str, datasets: list[pydicom.Dataset]) -> None:
        """Let a job have made these objects, of which all but the last would leave."""
        plan = tuple(
            Planned(f"{at}", 1, 1, str(one.Modality), str(one.SOPClassUID)) for at, one in enumerate(datasets, start=1)
        )
        case = a_case(objects=plan, verdict=a_permit("D3", "internet"))
        self.jobs.create(job, case, user="clinician", role="clinician")
        bench = Vault(self.jobs.work / job, KEY)
        bench.create()
        for at, one in enumerate(datasets, start=1):
            bench.write(name_of(at), _bytes(one))
        said = [
            [at, "The name was covered, and nothing was read there afterwards.", True] for at in range(1, len(plan) + 1)
        ]
        bench.write_json(f"{PIXELS}-00000", said)
        last = {"position": len(plan), "modality": "US", "kind": "", "status": "excluded", "reason": "a report"}
        self.jobs.update(job, state="held", released=len(plan) - 1, held_back=[last])


def _bytes(dataset: pydicom.Dataset) -> bytes:
    held = BytesIO()
    dataset.save_as(held, enforce_file_format=True)
    return held.getvalue()


def _held(subject: dict[str, Any], at: int, instance: str, data: bytes, **fields: Any) -> dict[str, Any]:
    ds = pydicom.dcmread(BytesIO(data), stop_before_pixels=True)
    rule, why = fields.pop("rule", "writing"), "Writing was found that cannot be covered for certain."
    until = time.time() + MONTH
    basis = basis_of(data, rule, why)
    told = {
        "image": image_key(KEY, ds.SOPInstanceUID),
        "basis": basis,
        "ticket": seal(KEY, Ticket(instance, basis, rule, why, until)),
        "subject": {**subject, "contents": []},
        "series_uid": str(ds.SeriesInstanceUID),
        "position": at,
        "number": int(ds.InstanceNumber),
        "modality": str(ds.Modality),
        "kind": "Ultrasound Multi-frame Image Storage",
        "frames": int(ds.get("NumberOfFrames", 1)),
        "rows": int(ds.Rows),
        "columns": int(ds.Columns),
        "proportion": 2.0,
        "rule": rule,
        "why": why,
        "proposed": [NAME_AT, DOUBT_AT],
    }
    return {**told, **fields}


def tell(home: PortalHome, body: dict[str, Any]) -> dict[str, Any]:
    """Tell a portal that is served what is held."""
    token = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{home.url}/api/v1/held-images", json=body, headers=headers, timeout=PATIENCE)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


@contextmanager
def running(looking: Looking) -> Iterator[Looking]:
    """Serve the routes to pictures, and end it."""
    server = make_server("127.0.0.1", looking.port, looking.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield looking
    finally:
        server.shutdown()
        thread.join()


def settings_of(looking: Looking) -> str:
    """Return the lines of a portal's settings that name this engine."""
    return f'engine_url = "{looking.url}"\npictures_token_file = "secrets/pictures-token"'
