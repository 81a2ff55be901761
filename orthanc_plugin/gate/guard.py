"""Says yes or no to every HTTP request, from the doors, the roles and the registered destinations. Pure, and quick.

Orthanc's filter can only allow or refuse. That is exactly why native reads stay native here: for direct care the answer
is yes and Orthanc itself serves the original at its own speed (docs/decisions/0010).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from orthanc_plugin.gate.doors import NOBODY, Doors, Passage
from orthanc_plugin.gate.roles import People, Principal
from orthanc_plugin.vocabulary import DIRECT_CARE

_DESTINATION_FOR_CARE = ("push", "query")
PORTAL_AWAY = "portal away"
NO_ROLE = "no role"


@dataclass(frozen=True)
class Request:
    """What the filter is told of a request.

    Attributes
    ----------
    headers
        Their names in lower case.
    arguments
        Of GET alone.
    address
        Where it came from; empty where a route is told of it.
    """

    method: str
    uri: str
    headers: Mapping[str, str]
    arguments: Mapping[str, str]
    address: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a request may pass; and, when it may, who asks and before which door."""

    allowed: bool
    rule: str
    principal: Principal | None = None
    passage: Passage | None = None


def is_other_site(headers: Mapping[str, str]) -> bool:
    """Return whether a browser says that another site's page sent this request.

    Browsers add the password to such a request by themselves, so nothing that changes state may follow from it (ASVS
    3.5). Programs send neither header and are not affected.
    """
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


class Guard:
    """Decides by the table of doors; whatever it does not know is refused."""

    def __init__(self, doors: Doors, people: People, destinations: Mapping[str, str]) -> None:
        self._doors = doors
        self._people = people
        self._destinations = destinations

    def judge(self, request: Request) -> Verdict:
        """Return the verdict; the rule that refused is named by a word, never by anything of the request."""
        principal = self._people.of(request.headers, request.address)
        passage = self._doors.find(request.method, request.uri)
        if principal is None:
            return Verdict(False, NO_ROLE, None, passage)
        if passage is None:
            return Verdict(False, "unknown route", principal)
        if request.method != "GET" and is_other_site(request.headers):
            return Verdict(False, "other site", principal, passage)
        if self._is_form_upload(request, passage):
            return Verdict(False, "form upload", principal, passage)
        rule = self._use(principal, passage)
        return Verdict(rule == "", rule, principal, passage)

    def rule(self, principal: Principal, request: Request) -> str:
        """Return the rule that keeps this person from a door of the gate's own, or an empty text."""
        passage = self._doors.find(request.method, request.uri)
        return "unknown route" if passage is None else self._use(principal, passage)

    @staticmethod
    def _is_form_upload(request: Request, passage: Passage) -> bool:
        """Return whether this is a form with files on a route that is no upload.

        Orthanc takes such a form apart before a route sees it and hands it the headers of the *part*: a forged user.
        """
        kind = request.headers.get("content-type", "").strip().lower()
        return kind.startswith("multipart/form-data") and passage.door.use != "ingest"

    def _use(self, principal: Principal, passage: Passage) -> str:
        """Return the rule that closes this door for this role, or an empty text."""
        use = passage.door.use
        if use == NOBODY:
            return "closed door"
        # Direct care goes on with what the portal told last (H3); whatever it exports, the portal decides all the same.
        if not principal.current and not principal.role.direct_care:
            return PORTAL_AWAY
        if (destination := passage.parts.get("destination")) is not None:
            purpose = self._destinations.get(destination)
            if purpose is None:
                return "unregistered destination"
            if use in _DESTINATION_FOR_CARE and purpose != DIRECT_CARE:
                return self._secondary(principal, passage)
        return "" if principal.role.may(use) else "role"

    @staticmethod
    def _secondary(principal: Principal, passage: Passage) -> str:
        """Return the rule for a destination with a secondary purpose: only the engine's copy goes there."""
        if passage.path.rsplit("/", 1)[-1] != "store":
            return "destination is not for direct care"
        return "" if principal.role.may("consent") else "role"
