"""What a view needs of the portal that is handling the present request."""

from dataclasses import dataclass, field

from flask import Flask, current_app

from consent_portal.database import Database
from consent_portal.engine_pictures import EnginePictures
from consent_portal.ledger.continuity import Continuity
from consent_portal.orthanc import OrthancClient
from consent_portal.policy.model import Policy
from consent_portal.services.users.guessing import Guesses, in_memory
from consent_portal.services.walking import Walk
from consent_portal.settings import Settings

EXTENSION = "aoa"


@dataclass(frozen=True)
class Parts:
    """The portal's parts; ``parts()`` gives them inside a request.

    Attributes
    ----------
    guesses : Guesses
        The one count of wrong passwords.
    policy : Policy
        The decision table as shipped; `consent_portal.services.policy.present` adds the switches that are signed.
    continuity : Continuity
        Whether the ledger at hand is the one that this home has.
    walk : Walk
        The verification that somebody started at a page.
    pictures : EnginePictures or None
        By which reviewers are shown pictures; None where the settings name no engine.
    """

    settings: Settings
    database: Database
    orthanc: OrthancClient
    policy: Policy
    continuity: Continuity
    pictures: EnginePictures | None = None
    walk: Walk = field(default_factory=Walk)
    guesses: Guesses = field(default_factory=in_memory)


def parts(app: Flask | None = None) -> Parts:
    """Return the parts of `app`, by default of the app that is handling the present request."""
    found = (app or current_app).extensions[EXTENSION]
    assert isinstance(found, Parts)  # noqa: S101  (create_app put it there)
    return found
