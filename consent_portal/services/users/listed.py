"""First accounts, from a list of users as `secrets/users.json` has them. Needs an app context (Flask-Security hashes).

The list is applied at every start, and the portal's accounts are the ones that count: so it only ever opens an account
that the portal has never known. Whoever was closed, demoted or given another password since stays so (F20).
"""

from collections.abc import Mapping

from consent_portal.database import Database
from consent_portal.roles import ROLES
from consent_portal.services.users import acts

Listed = Mapping[str, Mapping[str, str]]


def apply(database: Database, listed: Listed, by: str) -> int:
    """Open an account for each person in `listed` who never had one; service users are left out.

    Parameters
    ----------
    listed : mapping
        ``{user: {"password", "role"}}``.
    by : str
        Who opened it, for the ledger.

    Returns
    -------
    int
        How many accounts were opened.
    """
    people = {name: one for name, one in listed.items() if one["role"] in ROLES}
    with database.reading() as session:
        new = [name for name in people if acts.named(session, name) is None]
    for name in new:
        with database.writing() as session:
            acts.open_account(session, name, people[name]["role"], people[name]["password"], by)
    return len(new)
