"""The ticket to the modality lead: which devices write names into pictures, so that it ends at the source (R23)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LONGEST = 60
"""Characters of a maker, model, software or role in the ticket."""

_HEAD = (
    "Devices that write into their pictures",
    "",
    "Names, numbers or other writing were found in the pixels of images from these devices. Such images cannot leave "
    "for teaching, print or the internet until each has been cleaned. It is better cleaned at its source, before "
    "archiving (Royal College of Radiologists), and from then on nothing has to be looked for.",
    "",
)
_FOOT = (
    "",
    "Please, for each device: switch off the burned-in patient banner, or have it sent as an overlay or in the header "
    "alone; say whether every station of this kind is set so; and tell us from which day on.",
    "",
    "This ticket holds no patient's data. Which images are meant can be seen in the review list by who may see them.",
)


@dataclass(frozen=True, slots=True)
class BurnedIn:
    """What was found of one device.

    Attributes
    ----------
    manufacturer, model, software : str
        As the objects say it; may be empty.
    role : str
        What the station is for, as ``theatre``, by the site's own list: never a station's name.
    images : int
        Images in which writing was found.
    since : date
        Of the first such finding here, not of an examination.
    """

    manufacturer: str
    model: str
    software: str
    role: str
    images: int
    since: date


def ticket(found: Iterable[BurnedIn]) -> str:
    """Return the text of the ticket, the device with most images first; empty where there is nothing to ask for.

    Records of one device in one role are added up. Values are shortened to `LONGEST` characters on one line.
    """
    images: defaultdict[tuple[str, ...], int] = defaultdict(int)
    since: dict[tuple[str, ...], date] = {}
    for record in found:
        if record.images > 0:
            device = tuple(map(_line, (record.manufacturer, record.model, record.software, record.role)))
            images[device] += record.images
            since[device] = min(since.get(device, record.since), record.since)
    if not images:
        return ""
    ordered = sorted(images, key=lambda device: (-images[device], device))
    devices = [_described(number, device, images[device], since[device]) for number, device in enumerate(ordered, 1)]
    return "\n".join((*_HEAD, *devices, *_FOOT)) + "\n"


def _described(number: int, device: tuple[str, ...], images: int, since: date) -> str:
    manufacturer, model, software, role = device
    name = " ".join(part for part in (manufacturer, model) if part) or "a device that does not say its maker or model"
    parts = [name, f"software {software}" if software else "", f"used for {role}" if role else ""]
    counted = f"{images} image{'' if images == 1 else 's'} since {since.day} {since:%B %Y}"
    return f"{number}. {', '.join(part for part in parts if part)}: {counted}"


def _line(value: str) -> str:
    """Return a value on one line, without what a mail program or terminal would act on."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
