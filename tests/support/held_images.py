"""What the engine tells of images that it holds."""

import hashlib
from datetime import timedelta
from typing import Any

from consent_portal.clock import to_text, utc_now
from tests.support.api import a_subject

LATER = to_text(utc_now() + timedelta(days=30))
NAME = {"left": 10, "top": 10, "right": 110, "bottom": 30, "frame": None, "method": "detector", "sure": True}
DOUBT = {"left": 300, "top": 400, "right": 360, "bottom": 420, "frame": 2, "method": "network", "sure": False}


def fingerprint(text: str) -> str:
    """Return a key as the engine makes them."""
    return hashlib.sha256(text.encode()).hexdigest()


def held_image(name: str = "one", study: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return an ultrasound image that the engine holds for writing."""
    subject = a_subject(study, contents=()) if study else a_subject(contents=())
    image = {
        "image": fingerprint(name),
        "basis": fingerprint(f"basis of {name}"),
        "ticket": f"ticket of {name}",
        "subject": subject,
        "series_uid": "1.2.3.4",
        "position": 1,
        "number": 1,
        "modality": "US",
        "kind": "Ultrasound Image Storage",
        "frames": 4,
        "rows": 480,
        "columns": 640,
        "proportion": 1.0,
        "rule": "writing",
        "why": "Writing was found that is no measurement.",
        "proposed": [dict(NAME), dict(DOUBT)],
    }
    return {**image, **fields}


def held(*images: dict[str, Any], job: str = "11111111-1111-4111-8111-111111111111", **fields: Any) -> dict[str, Any]:
    """Return what the engine tells of a job's held images."""
    body = {
        "contract": 1,
        "job": job,
        "requested_by": "dr-who",
        "role": "clinician",
        "purpose": "teaching",
        "profile": "D3",
        "level": "teaching",
        "until": LATER,
        "images": list(images) or [held_image()],
    }
    return {**body, **fields}
