"""Questions to an Orthanc that ends its connections as it likes, over real sockets."""

import re
import socket
import threading
from contextlib import suppress
from datetime import date

import pytest

from consent_portal.clock import utc_now
from consent_portal.database import Database
from consent_portal.ledger import store
from consent_portal.ledger.anchor import AnchorFile, key_of
from consent_portal.ledger.continuity import Continuity
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.scope import Scope
from consent_portal.migrations.run import migrate
from consent_portal.orthanc import OrthancClient
from consent_portal.orthanc_http import NoAnswer, NoSuchThing, OrthancHttp
from consent_portal.review.forgetting import forget
from consent_portal.services import consent
from consent_portal.services.target import Target
from consent_portal.services.upkeep import Upkeep
from tests.consent_portal.ledger.conftest import released
from tests.support.consent import given
from tests.support.patience import PATIENCE

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def one_question(connection):
    """Read a question with its body, which may come in a packet of its own, and return its first line."""
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head.split(b"\r\n")[0]


@pytest.fixture
def served():
    """Serve each connection that is made with the next list of answers, then end it; says what was asked on each."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[list[bytes]] = []
    plans: list[list[bytes]] = []

    held = [listener]

    def serve():
        with suppress(OSError):  # the test is over
            for plan in plans:
                connection, _ = listener.accept()
                held.append(connection)
                asked.append([])
                with connection:
                    for answer in plan:
                        asked[-1].append(one_question(connection))
                        connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)

    def start(*lists):
        plans.extend(lists)
        thread.start()
        return OrthancHttp(f"http://127.0.0.1:{listener.getsockname()[1]}/", "u", "p", PATIENCE), asked

    yield start
    for one in held:
        with suppress(OSError):  # it is closed
            one.shutdown(socket.SHUT_RDWR)
    listener.close()
    if thread.ident is not None:
        thread.join(PATIENCE)


def test_one_connection_serves_the_questions_of_a_page(served):
    orthanc, asked = served([ANSWER, ANSWER, ANSWER])
    assert [orthanc.get(f"/studies/{number}") for number in range(3)] == [{}, {}, {}]
    assert asked == [[b"GET /studies/%d HTTP/1.1" % number for number in range(3)]]


def test_a_question_that_met_an_ended_connection_is_asked_once_more(served):
    orthanc, asked = served([ANSWER, b""], [ANSWER])
    orthanc.get("/system")
    assert orthanc.get("/studies/1") == {}
    assert asked[0][1] == asked[1][0] == b"GET /studies/1 HTTP/1.1"


def test_an_orthanc_that_ends_every_connection_gives_no_answer_and_is_not_asked_for_ever(served):
    orthanc, asked = served([b""], [b""])
    with pytest.raises(NoAnswer) as told:
        orthanc.get("/studies/named-in-an-address")
    assert "named-in-an-address" not in str(told.value)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", NoSuchThing),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", NoAnswer),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", NoAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<ht>", NoAnswer),
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(served, answer, error):
    orthanc, _asked = served([answer])
    with pytest.raises(error):
        orthanc.get("/studies/1")


def test_an_answer_that_makes_no_sense_holds_up_nothing_that_the_portal_does_beside(served, tmp_path):
    database = Database(f"sqlite:///{tmp_path}/portal.sqlite")
    migrate(database)
    continuity = Continuity(database, AnchorFile(tmp_path / "anchor", key_of("secret")))
    continuity.adopt()
    with database.writing() as session:
        target = Target("p", Scope.study("1.2.3"))
        consent.record(session, target, given("teaching", valid_to=date(2025, 7, 31)), "me")
        store.append(session, Draft(EventType.RELEASED, "p", target.scope, released(), utc_now(), "me"))
    orthanc, asked = served([b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]"] * 2)
    upkeep = Upkeep(continuity, None, OrthancClient(orthanc.url, "u", "p"), forget)
    for _ in range(2):
        upkeep.go_round()
    with database.reading() as session:
        assert [event.type for event in store.events_about_all(session, ["p"])][-1] is EventType.EXPIRED
    assert asked == [[b"POST /tools/find HTTP/1.1"] * 2]
    database.close()
