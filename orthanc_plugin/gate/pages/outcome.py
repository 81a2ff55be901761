"""What became of a request: its progress, or a refusal with its reasons and whom to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from orthanc_plugin.gate.answers import Answer
from orthanc_plugin.gate.pages.layout import WORDING, back_to, link, page, reasons
from orthanc_plugin.gate.pages.markup import Markup, el

_MOVING = ("queued", "running")
_CHECK_SECONDS = 5


def job_page(job: str, state: Mapping[str, Any], images_url: str | None = None) -> Answer:
    """Return the page of an export: how far it is, what was held back, and the package when it is ready.

    Parameters
    ----------
    job, state
        Which, and where it stands.
    images_url
        The portal's list of images that wait for a person, for whoever may look at them.
    """
    name = str(state.get("state", "failed"))
    words = WORDING["jobs"].get(_worded(name, state), WORDING["jobs"]["failed"])
    question = str(state.get("question") or "") if name == "held" else ""
    looked_at = _worded(name, state) == "person"
    waits = name == "held" and bool(state.get("released") or question or looked_at)
    moving = name in _MOVING
    content = [
        el("p", words["text"]),
        _progress(state) if moving else None,
        _counts(state) if not moving else None,
        _left_waiting(state) if name == "ready" else None,
        el("h2", "Reasons") if state.get("reasons") else None,
        reasons(state.get("reasons", ())),
        link("Collect the package", f"/export/{job}/package", main=True) if _is_collectable(state) else None,
        link("Open the page for asking", question, main=True) if question else None,
        link("Look at the images", images_url, main=True) if looked_at and images_url else None,
        link("Look again", f"/export/{job}") if moving or waits else None,
    ]
    # Without script the page reloads by itself; with script it is read in place, which disturbs nobody.
    refresh = el("noscript", el("meta", http_equiv="refresh", content=str(_CHECK_SECONDS))) if moving else None
    return page(HTTPStatus.OK, words["title"], *content, head=refresh, script=moving)


def away_page(job: str) -> Answer:
    """Return the page of an export of which nobody tells for the moment; the export goes on, so it looks again."""
    words = WORDING["jobs"]["away"]
    refresh = el("meta", http_equiv="refresh", content=str(_CHECK_SECONDS))
    again = link("Look again", f"/export/{job}")
    return page(HTTPStatus.SERVICE_UNAVAILABLE, words["title"], el("p", words["text"]), again, head=refresh)


def _is_collectable(state: Mapping[str, Any]) -> bool:
    return state.get("state") == "ready" and bool(state.get("collectable", True))


def _worded(name: str, state: Mapping[str, Any]) -> str:
    """Return which words are true of a job: one that is over is still `ready` or `held` in the contract's terms."""
    if name == "ready" and not _is_collectable(state):
        return "gone"
    if name == "held" and state.get("question"):
        return "asked"
    if name == "held" and not state.get("released") and state.get("waiting_images"):
        return "person"
    return "nothing" if name == "held" and not state.get("released") else name


def _progress(state: Mapping[str, Any]) -> Markup:
    percent = round(100 * float(state.get("progress") or 0))
    bar = el("progress", f"{percent} %", max=100, value=percent, id="progress", aria_labelledby="progress-label")
    label = el("p", el("span", f"{percent} %", id="percent"), " done", id="progress-label", role="status")
    return el("div", label, bar, class_="progress", data_state=str(state.get("state")))


def _left_waiting(state: Mapping[str, Any]) -> Markup | None:
    """Say of how many images somebody has to decide before they can leave with another export."""
    count = int(state.get("waiting_images") or 0)
    text = WORDING["jobs"]["left_waiting"]["one" if count == 1 else "many"].format(count=count)
    return el("p", text) if count else None


def _counts(state: Mapping[str, Any]) -> Markup | None:
    names = (
        ("released", "Released" if state.get("state") == "ready" else "Passed the checks, and has not left"),
        ("excluded", "Left out, because this purpose does not include them, or a person withheld them"),
        ("quarantined", "Held back, because they need a person’s eye"),
    )
    if not any(state.get(name) for name, _ in names):
        return None
    rows = [el("div", el("dt", label), el("dd", str(state.get(name) or 0))) for name, label in names]
    return el("dl", *rows, class_="counts")


@dataclass(frozen=True)
class Contacts:
    """Whom a refusal names, and where the portal is (``[site]`` and ``[gate] portal_url``)."""

    guardian: str
    illustration: str
    portal_url: str | None = None


def refusal_page(status: int, content: Mapping[str, Any], study: str | None, contacts: Contacts) -> Answer:
    """Return a refused request as a page: why, whom to ask, and the way back."""
    asked = content.get("outcome") == "ask"
    title = "Please ask first" if asked else "These images cannot leave for this purpose"
    ask_url = content.get("ask_url")
    return page(
        status,
        title,
        el("p", WORDING["next"]["ask" if asked else "deny"]),
        el("h2", "Why"),
        reasons(content.get("reasons", ())),
        el("h2", "Whom to ask"),
        el("p", _whom(asked, bool(ask_url), contacts)),
        *_next(content, contacts),
        back_to(study),
    )


def _next(content: Mapping[str, Any], contacts: Contacts) -> list[Markup | None]:
    """Return where to go: to the page for asking, and to the export that waits for the answer."""
    ask_url, job = content.get("ask_url"), content.get("job")
    if not ask_url:
        return [_portal(contacts)]
    return [
        el("p", WORDING["next"]["say"]),
        link("Open the page for asking", str(ask_url), main=True),
        el("p", WORDING["next"]["waits"]) if job else None,
        link("Look at the export that waits", f"/export/{job}") if job else None,
    ]


def _portal(contacts: Contacts) -> Markup | None:
    return link("Open the consent portal", contacts.portal_url) if contacts.portal_url else None


def _whom(asked: bool, has_page: bool, contacts: Contacts) -> str:
    if has_page:
        return "The page for asking names who can agree: the patient or a representative, or the person responsible."
    if asked:
        return f"Talk to the clinician who knows the patient, or to {contacts.illustration}: they can ask the patient."
    return f"If you think this is wrong, talk to {contacts.guardian}, or to {contacts.illustration}. Nothing has left."


def message_page(status: int, content: Mapping[str, Any], study: str | None = None) -> Answer:
    """Return any other answer as a page: unknown, gone, away."""
    titles = {
        HTTPStatus.NOT_FOUND: "We cannot find that",
        HTTPStatus.CONFLICT: "The package is not ready yet",
        HTTPStatus.GONE: "The package can no longer be collected",
        HTTPStatus.SERVICE_UNAVAILABLE: "Exporting is not possible at the moment",
    }
    title = titles.get(HTTPStatus(status), "Something went wrong")
    text = str(content.get("message") or "Nothing has left.")
    sentence = f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"
    way_on = back_to(study) or link("Go to Orthanc Explorer", "/app/explorer.html")
    return page(status, title, el("p", sentence), reasons(content.get("reasons", ())), way_on)
