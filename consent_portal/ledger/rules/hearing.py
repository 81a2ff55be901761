"""How an answer came and who took it: what came by telephone is no signature (GMC 24)."""

from collections.abc import Iterator

from consent_portal.ledger.payload import Received
from consent_portal.ledger.rules.refusal import RuleFault


def of_consent(received: Received, taken_by: str, manner: str) -> Iterator[RuleFault]:
    """Give what is wrong with how a yes came; a no is never held up.

    Parameters
    ----------
    manner : str
        written, oral, or not recorded
    """
    if received != "by telephone":
        return
    if manner == "written":
        told = "What came by telephone was given orally: nobody has signed. Choose 'orally', or how the form came."
        yield RuleFault(told, "manner")
    if not taken_by.strip():
        yield RuleFault("Enter who took the answer on the telephone.", "taken_by", is_input=True)
