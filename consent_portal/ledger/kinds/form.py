"""FORM_ATTACHED: a scan of the signed form belongs to the event that `supersedes` names (GMC 24)."""

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload


class FormAttached(Payload):
    """Which form, and the checksum of its scan."""

    form_version: str = ""
    scan_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    pages: int = Field(default=1, ge=1)


def _summary(form: FormAttached) -> Summary:
    return Summary(text="1 page" if form.pages == 1 else f"{form.pages} pages")


def _facts(form: FormAttached) -> Facts:
    return (Fact("Consent form version", form.form_version), Fact("Checksum (SHA-256)", form.scan_sha256))


FORM_ATTACHED = EventKind(EventType.FORM_ATTACHED, FormAttached, "Signed form attached", summary=_summary, facts=_facts)
