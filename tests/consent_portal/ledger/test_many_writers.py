"""Several processes write at once (the portal, the command line): the chain never forks and nothing is lost."""

import subprocess
import sys
import textwrap

from consent_portal.ledger import store
from tests.support.patience import PATIENCE

WRITER = textwrap.dedent("""
    import sys
    from consent_portal.clock import utc_now
    from consent_portal.database import Database
    from consent_portal.ledger import store
    from consent_portal.ledger.events import Draft, EventType
    from consent_portal.ledger.payloads import Refused
    from consent_portal.ledger.scope import Scope

    database = Database(sys.argv[1])
    for number in range(int(sys.argv[3])):
        with database.writing() as session:
            store.append(session, Draft(EventType.REFUSED, "p", Scope.patient(), Refused(), utc_now(), sys.argv[2]))
""")


def write_together(url, writers=4, each=25):
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, f"writer-{number}", str(each)])
        for number in range(writers)
    ]
    assert [process.wait(timeout=PATIENCE) for process in running] == [0] * writers


def test_four_processes_append_without_forking_the_chain(database, url):
    write_together(url)
    with database.reading() as session:
        found = store.verify_ledger(session)
        authors = [row["recorded_by"] for row in store.walk(session)]
    assert found.whole
    assert found.count == 100
    assert {author: authors.count(author) for author in set(authors)} == {f"writer-{number}": 25 for number in range(4)}
