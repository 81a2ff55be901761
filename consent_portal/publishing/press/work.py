"""What the press can do, each from an order of JSON to a result of JSON and bytes."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pypdfium2

from consent_portal.publishing.press.recall_letter import recall_letter
from consent_portal.publishing.press.wire import Message
from notices import Edition, NoticeError, Site, render
from notices.lint import Finding, InForce, Severity
from notices.lint.plan import in_force
from notices.versions import Person, Version, checked

SHARPNESS = 1.6
"""Pixels of a picture for each point of the paper (1/72 inch)."""
WEAKEST_PROFILE = "teaching"
"""Whatever a notice promises to take off, this profile must take off; the stricter ones then do."""
_PLAN_SECONDS = 300
"""For `aoa plan`, which a busy computer starts slowly."""
Progress = Callable[[int, int], None]


@lru_cache(maxsize=16)
def _site(text: str) -> Site:
    return Site.parse(json.loads(text))


@lru_cache(maxsize=12)
def _pdf(site: str, choices: str) -> bytes:
    """Return the notice; kept, because a preview asks for one page after the other."""
    wanted: dict[str, Any] = json.loads(choices)
    return render(wanted.pop("kind"), site=_site(site), edition=_edition(wanted.pop("edition", None)), **wanted)


def _edition(told: dict[str, Any] | None) -> Edition | None:
    if told is None:
        return None
    approved = date.fromisoformat(told["approved"]) if told["approved"] else None
    return Edition(told["code"], told["number"], approved)


def _made(order: Message) -> bytes:
    text = (json.dumps(order.words[name], sort_keys=True) for name in ("site", "choices"))
    if order.words["choices"].get("for_person"):
        return _pdf.__wrapped__(*text)  # a person's name is not kept in memory for the next order
    return _pdf(*text)


def _pdf_of(order: Message, _progress: Progress) -> Message:
    return Message({}, _made(order))


def _pages(order: Message, _progress: Progress) -> Message:
    opened = pypdfium2.PdfDocument(_made(order))
    try:
        return Message({"pages": len(opened)})
    finally:
        opened.close()


def _picture(order: Message, _progress: Progress) -> Message:
    opened = pypdfium2.PdfDocument(_made(order))
    held = io.BytesIO()
    try:
        opened[order.words["page"]].render(scale=SHARPNESS).to_pil().save(held, "PNG")
    finally:
        opened.close()
    return Message({}, held.getvalue())


def _checked(order: Message, _progress: Progress) -> Message:
    kept, missing = _kept()
    found = checked(
        Version.from_dict(order.words["version"]),
        Person(order.words["user"], order.words["role"]),
        InForce(kept=kept, **order.words["rules"]),
    )
    return Message({"version": replace(found, findings=(*missing, *found.findings)).as_dict()})


def _kept() -> tuple[frozenset[str], tuple[Finding, ...]]:
    """Return what the weakest profile keeps; a finding instead when the plan cannot be had."""
    command = [str(Path(sys.executable).with_name("aoa")), "plan", "--level", WEAKEST_PROFILE]
    try:
        plan = subprocess.run(command, capture_output=True, text=True, timeout=_PLAN_SECONDS, check=True)
        return in_force(plan.stdout).kept, ()
    except (OSError, subprocess.SubprocessError, NoticeError):
        message = (
            "what the notice promises to take off could not be compared with the export profile, because "
            "`aoa plan` did not answer: see that it runs on this computer, and check again."
        )
        return frozenset(), (Finding("plan-not-compared", Severity.ERROR, "practice.removed", message),)


def _letters(order: Message, progress: Progress) -> Message:
    from notices.merge import Refused, merge, read_letters, report_of  # noqa: PLC0415  (most orders need none of it)

    letters, refused = read_letters(order.data)
    offered = set(order.words["languages"])
    silent = [Refused(one.row, "the published version is not in that language.") for one in letters]
    refused += [no for no, one in zip(silent, letters, strict=True) if one.language not in offered]
    letters = [one for one in letters if one.language in offered]
    progress(0, len(letters))
    run = merge(
        order.words["kind"],
        letters,
        refused,
        site=Site.parse(order.words["site"]),
        paper=order.words["paper"],
        edition=_edition(order.words["edition"]),
        progress=progress,
    )
    counts = {"letters": len(run.letters), "pages": run.pages, "report": report_of(run)}
    return Message({**counts, "refused": [asdict(one) for one in run.refused]}, run.pdf)


def _recall_letter(order: Message, _progress: Progress) -> Message:
    return Message({}, recall_letter(order.words["letter"]))


WORK: Mapping[str, Callable[[Message, Progress], Message]] = MappingProxyType(
    {
        "pdf": _pdf_of,
        "pages": _pages,
        "picture": _picture,
        "checked": _checked,
        "letters": _letters,
        "recall-letter": _recall_letter,
    }
)
