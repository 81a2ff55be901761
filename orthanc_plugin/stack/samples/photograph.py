"""Clinical photographs, drawn: a forearm with a rash, and a hand. JPEG inside, as a camera sends them."""

import io
import random
from collections.abc import Callable, Iterable

from PIL import Image, ImageDraw, ImageFilter
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import JPEGBaseline8Bit, VLPhotographicImageStorage

from orthanc_plugin.stack.samples import dataset, plant
from orthanc_plugin.stack.samples.model import SEED, Study

COLUMNS, ROWS = 800, 600
_CLOTH, _SKIN, _SHADE, _RASH = (70, 104, 120), (224, 178, 148), (196, 146, 118), (186, 72, 66)
_QUALITY = 88
_BITS = COLUMNS * ROWS * 24


def forearm(study: Study) -> Iterable[FileDataset]:
    """Make the photograph of a forearm with a rash."""
    return _photograph(study, _draw_forearm, "ARM", "Forearm, rash, anterior")


def hand(study: Study) -> Iterable[FileDataset]:
    """Make the photograph of a hand."""
    return _photograph(study, _draw_hand, "HAND", "Hand, dorsum")


def _photograph(
    study: Study, draw: Callable[[ImageDraw.ImageDraw, random.Random], None], part: str, view: str
) -> Iterable[FileDataset]:
    image = dataset.new(study, VLPhotographicImageStorage, "XC", "photographs", 1)
    image.SeriesDescription = view
    image.ImageType = ["ORIGINAL", "PRIMARY"]
    image.BodyPartExamined, image.PatientOrientation, image.Laterality = part, "", "L"
    image.AcquisitionDateTime = study.date + study.time
    image.InstitutionalDepartmentName = "Medical Illustration"
    image.AcquisitionContextSequence = Sequence([])
    image.BurnedInAnnotation = "NO"
    _set_jpeg(image, draw)
    plant.plant(image, study)
    yield image


def _set_jpeg(image: FileDataset, draw: Callable[[ImageDraw.ImageDraw, random.Random], None]) -> None:
    picture = Image.new("RGB", (COLUMNS, ROWS), _CLOTH)
    draw(ImageDraw.Draw(picture), random.Random(SEED))  # noqa: S311  # a drawing, not a secret
    buffer = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.6)).save(buffer, "JPEG", quality=_QUALITY)
    jpeg = buffer.getvalue()
    dataset.set_colour(image, ROWS, COLUMNS)
    image.PhotometricInterpretation = "YBR_FULL_422"
    image.LossyImageCompression, image.LossyImageCompressionMethod = "01", "ISO_10918_1"
    image.LossyImageCompressionRatio = f"{_BITS / (8 * len(jpeg)):.1f}"
    image.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    image.PixelData = encapsulate([jpeg])
    image["PixelData"].VR = "OB"
    image["PixelData"].is_undefined_length = True


def _draw_forearm(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.polygon([(0, 190), (520, 230), (800, 250), (800, 390), (520, 400), (0, 470)], fill=_SKIN)
    pen.polygon([(0, 420), (520, 372), (800, 366), (800, 390), (520, 400), (0, 470)], fill=_SHADE)
    for _ in range(90):
        x, y = chance.gauss(330, 90), chance.gauss(315, 38)
        size = chance.uniform(3, 11)
        if 230 < y < 395:
            pen.ellipse((x - size, y - size * 0.8, x + size, y + size * 0.8), fill=_RASH)
    _draw_scale(pen)


def _draw_hand(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.rounded_rectangle((250, 250, 520, 520), 90, fill=_SKIN)
    pen.rectangle((310, 470, 460, 600), fill=_SKIN)
    for left, top in ((255, 90), (325, 50), (395, 60), (462, 110)):
        pen.rounded_rectangle((left, top, left + 56, 320), 28, fill=_SKIN)
    pen.rounded_rectangle((165, 290, 330, 350), 30, fill=_SKIN)
    for _ in range(14):
        x, y = chance.gauss(385, 40), chance.gauss(380, 30)
        pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=_RASH)
    _draw_scale(pen)


def _draw_scale(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((40, 540, 360, 572), fill=(245, 245, 240))
    for step in range(11):
        pen.line((50 + 30 * step, 540, 50 + 30 * step, 556 if step % 5 else 566), fill=(20, 20, 20), width=2)
