"""The letter run and the call for one insert: what goes in, what comes out, and that nothing of it stays."""

import io
import json
import re
from pathlib import Path

import pypdf
import pytest

from consent_portal.api.inserts import InsertRequest
from consent_portal.publishing.letters import Runs
from notices.outputs import Kind, outputs
from tests.consent_portal.web.notices.published import publish
from tests.support.files import contents, files_below
from tests.support.patience import until

LETTERS = "/department/letters"
LIST = "name,language,format\nAnna Quirkleby,English,\nBrendan Quirkleby,pl,\n=cmd(),en,\nCara Quirkleby,en,braille\n"


@pytest.fixture
def department(portal):
    return portal.reader("department-admin")


@pytest.fixture(scope="module")
def ready(lasting):
    """A portal where a version is published."""
    publish(lasting)
    return lasting


@pytest.fixture(scope="module")
def clerk(ready):
    return ready.reader("department-admin")


def words(page):
    return page.get_data(as_text=True).replace("&#39;", "'")


def start(department, data, **fields):
    sent = {"paper": "a5", "letters": (io.BytesIO(data), "letters.csv"), **fields}
    return department.send(LETTERS, follow=False, **sent)


def finished(department, data):
    address = start(department, data).location
    until(lambda: department.open(f"{address}/state").get_json()["done"], "the letters to be made")
    return address


def holds_name(portal):
    """Whether the name stands in any file of the portal's home."""
    return any(b"Quirkleby" in data for _, data in contents(files_below(portal.home.folder)))


def test_a_list_becomes_one_pdf_that_is_handed_over_once_and_a_report_without_names(portal, department, capfd):
    publish(portal)
    address = finished(department, LIST.encode("cp1252"))
    page = department.open(address)
    assert "1 letter is made" in words(page)
    assert "3 rows could not be met" in words(page)
    assert re.search(r"Row 3</strong>: the published version is not in that language", words(page))
    assert "Quirkleby" not in words(page) + address
    stranger = portal.reader("medical-illustration")
    stranger.open(address, expect=404)
    stranger.send(f"{address}/letters.pdf", page=stranger.open(LETTERS), expect=404)
    document = pypdf.PdfReader(io.BytesIO(department.send(f"{address}/letters.pdf", page=page).data))
    assert (len(document.pages), "Anna Quirkleby" in document.pages[0].extract_text()) == (1, True)
    assert "are not kept" in words(department.send(f"{address}/letters.pdf", page=page))
    report = department.open(f"{address}/report.csv").get_data(as_text=True)
    assert "not met" in report
    assert "Quirkleby" not in report
    department.send(f"{address}/delete", page=department.open(address))
    department.open(address, expect=404)
    assert not holds_name(portal)
    said = capfd.readouterr()
    assert "Quirkleby" not in said.out + said.err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The list is empty"),
        (b"surname,language\nQuirkleby,en\n", "no column 'name'"),
        (b"\x00\x01\x02", "not a CSV file or an Excel workbook"),
    ],
    ids=["empty", "other columns", "other file"],
)
def test_a_list_that_cannot_be_read_says_why_and_makes_nothing(clerk, data, message):
    page = start(clerk, data)
    if page.location:
        address = page.location
        until(lambda: clerk.open(f"{address}/state").get_json()["done"], "the list to be read")
        page = clerk.open(address)
        clerk.open(f"{address}/report.csv", expect=404)
    assert message in words(page)


def test_letters_carry_only_what_is_approved(department):
    assert "No version of the notices is published yet" in words(department.open(LETTERS))
    another = department.open("/account/password")
    assert start(department, LIST.encode(), page=another).status_code == 200


def test_letters_that_nobody_fetches_are_let_go_after_their_time(portal):
    version = publish(portal)
    runs = Runs(kept_seconds=0.01)
    run = runs.start("jo", b"name\nAnna Quirkleby\n", version, "a5")
    until(lambda: runs.get(run.id, "jo") is None, "the run to be let go")
    assert runs.take(run.id, "jo") is None


def insert(portal, token=None, **body):
    shown = token or (portal.home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
    answer = {"contract": 1, "name": "Anna Quirkleby", **body}
    return portal.app.test_client().post("/api/v1/inserts", json=answer, headers={"Authorization": f"Bearer {shown}"})


def test_a_letter_system_gets_one_insert_of_the_published_version(portal):
    assert insert(portal).status_code == 409
    version = publish(portal)
    answer = insert(portal, language="English", format="large print", paper="third-a4")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    page = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0]
    text = page.extract_text()
    assert "Anna Quirkleby" in text
    assert version.fingerprint[:8] in text
    assert round(page.mediabox.width * 25.4 / 72) == 99


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"language": "Klingon"}, "language", "no wording in that language"),
        ({"language": "pl"}, "language", "not published in that language"),
        ({"format": "braille"}, "format", "not made here"),
        ({"paper": "a3"}, "paper", "not made on a3"),
        ({"name": "=1+1"}, "name", "formula"),
        ({"name": " "}, "name", "empty"),
        ({"colour": "red"}, "colour", "not permitted"),
    ],
)
def test_what_cannot_be_met_is_400_naming_the_field_and_not_the_person(ready, body, field, message):
    answer = insert(ready, **body)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.get_json()["faults"]] == [field]
    assert message in answer.get_json()["faults"][0]["message"]
    assert "Quirkleby" not in answer.get_data(as_text=True)


def test_without_a_token_there_is_no_insert(ready):
    assert insert(ready, token="guess").status_code == 401


def test_the_call_takes_what_its_schema_says():
    path = Path(__file__).parents[4] / "docs" / "contract" / "insert-request.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(InsertRequest.model_fields)
    assert set(schema["required"]) == {name for name, one in InsertRequest.model_fields.items() if one.is_required()}
    assert schema["properties"]["paper"]["enum"] == [*outputs()[Kind.INSERT].papers, None]
