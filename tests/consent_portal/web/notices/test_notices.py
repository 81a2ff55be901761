"""The settings of the notices, their preview, printing them, and the public page."""

import html
import io
import re

import pypdf
import pytest
from PIL import Image
from sqlalchemy.exc import IntegrityError

from consent_portal.ledger.events import EventType
from consent_portal.publishing import settings
from consent_portal.web.notices import site as leaflet
from tests.consent_portal.web.notices.published import publish

SETTINGS = "/department/notices/settings"
PREVIEW = f"{SETTINGS}/preview"


@pytest.mark.parametrize(("kind", "size"), [("poster", (595, 842)), ("insert", (420, 595))])
def test_the_department_previews_and_downloads_poster_and_insert(portal, kind, size):
    department = portal.reader("department-admin")
    page = department.open(f"/department/notices?kind={kind}&language=en").get_data(as_text=True)
    picture, document = (
        html.unescape(re.search(rf'"(/department/notices/{name}[^"]+)"', page).group(1))
        for name in ("preview.png", "notice.pdf")
    )
    with Image.open(io.BytesIO(department.open(picture).data)) as image:
        assert image.format == "PNG"
    answer = department.open(document)
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{kind}-')
    sheet = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].mediabox
    assert (round(sheet.width), round(sheet.height)) == size


def test_a_notice_on_a_paper_it_is_not_made_on_says_which_there_are(portal):
    page = portal.reader("department-admin").open("/department/notices?kind=poster&paper=a5&language=en")
    assert "is made on" in page.get_data(as_text=True)
    portal.reader("department-admin").open("/department/notices/notice.pdf?kind=poster&paper=a5", expect=404)


def test_the_public_notice_needs_no_login_sets_no_cookie_and_speaks_for_the_site(portal):
    answer = portal.app.test_client().get("/notices/web")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Riverside Hospitals" in answer.get_data(as_text=True)
    assert "<style" not in answer.get_data(as_text=True)
    assert portal.app.test_client().get("/notices/web/style.css").mimetype == "text/css"
    assert portal.app.test_client().get("/notices/bribes").status_code == 404
    assert portal.app.test_client().get("/notices/web?language=xx").status_code == 404


FIELD = re.compile(r"<(input|textarea|select|option)([^>]*)>(?:([^<]*)</textarea>)?")
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


def form_of(page):
    """Return what a browser would send of the form of a page: a dict of names to values or lists of them."""
    sent, choosing = {}, ""
    body = page.get_data(as_text=True).split('<form method="post" enctype')[1]
    for tag, attributes, inside in FIELD.findall(body):
        told = {name: html.unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "select":
            choosing = name
        elif tag == "option" and "selected" in told:
            sent[choosing] = value
        elif told.get("type") == "checkbox" and "checked" in told:
            sent.setdefault(name, []).append(value)
        elif tag == "textarea" or (tag == "input" and told.get("type") not in {"checkbox", "file"}):
            sent[name] = html.unescape(inside) if tag == "textarea" else value
    return {name: value for name, value in sent.items() if name not in {"csrf_token", "form_token"}}


@pytest.fixture
def department(portal):
    return portal.reader("department-admin")


@pytest.fixture(scope="module")
def clerk(lasting):
    """Somebody whose every attempt must fail."""
    return lasting.reader("department-admin")


def change(department, *without, do="save", **fields):
    page = department.open(SETTINGS)
    sent = {name: value for name, value in form_of(page).items() if name not in without}
    return department.send(SETTINGS, page=page, **{**sent, do: "yes", **fields})


def saved_site(portal):
    with portal.parts.database.reading() as session:
        return settings.saved(session)


def test_settings_that_nobody_changed_are_saved_as_they_were(portal, department):
    with portal.app.app_context():
        before = leaflet.built_in()
    assert "The settings are saved." in change(department).get_data(as_text=True)
    assert saved_site(portal).data() == before.data()


def test_a_change_is_saved_and_leaves_the_public_notice_as_it_is(portal, department):
    change(department, "research", department_name="Skin Photography", hours_1_first="sat", hours_1_opens="09:00",
           hours_1_closes="12:00", recipients=["care_providers", "trainees", "publishers", "processors"],
           retention_research="")  # fmt: skip
    site = saved_site(portal)
    assert (site.privacy.retention.research, site.privacy.retention.teaching) == (None, 5)
    assert (site.department.name.text("en"), site.practice.research) == ("Skin Photography", False)
    assert (site.department.hours[1].first, site.department.name.text("cy")) == ("sat", "Adran Ddelweddu")
    assert "Skin Photography" in department.open(SETTINGS).get_data(as_text=True)
    assert "Skin Photography" not in portal.app.test_client().get("/notices/web").get_data(as_text=True)


@pytest.mark.parametrize(
    ("without", "fields", "field", "message"),
    [
        ((), {"organisation_name": " "}, "organisation_name", "Enter the organisation's name."),
        ((), {"department_name": "x" * 121}, "department_name", "longer than 120 characters"),
        ((), {"department_phone": "", "department_email": ""}, "department_phone", "so that a patient can ask"),
        ((), {"officer_email": "nobody"}, "officer_email", "is not an email address"),
        ((), {"theme_primary": "#ffff00"}, "theme_primary", "fails contrast"),
        ((), {"theme_accent": "red"}, "theme_accent", "six hexadecimal digits"),
        ((), {"retention_images": "ever"}, "retention_images", "must be a whole number"),
        ((), {"hours_0_closes": "07:00"}, "hours_0_closes", "Closes must be later than opens"),
        ((), {"hours_0_opens": "morning"}, "hours_0_opens", "is not a time"),
        (("research",), {"companies": "y"}, "companies", "Companies receive images for research only"),
        (("removed",), {}, "removed", "Choose what is taken off"),
        ((), {"notice_url": "notices"}, "notice_url", "is not a web address"),
        ((), {"recipient_names": "x" * 201}, "recipient_names", "longer than 200 characters"),
        ((), {"department_name_pl": "x" * 301}, "department_name", "longer than 300 characters"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_is_saved(lasting, clerk, without, fields, field, message):
    page = change(clerk, *without, **fields).get_data(as_text=True).replace("&#39;", "'")
    assert "There is a problem" in page
    assert f'<a href="#{field}">' in page
    assert message in page.split(f'id="{field}-error"')[1].split("</div>")[0]
    assert saved_site(lasting) is None


def test_every_fault_is_told_at_once(clerk):
    page = change(clerk, theme_accent="red", officer_phone="none", retention_images="0").get_data(as_text=True)
    for field in ("theme_accent", "officer_phone", "retention_images"):
        assert f'<a href="#{field}">' in page


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<script>alert(1)</script>", "is not a PNG, JPEG or SVG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>1</script></svg>', "problem"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 2_000_001, "larger than 2 MB"),
    ],
    ids=["a page", "a script", "too large"],
)
def test_a_logo_that_is_no_picture_is_refused(lasting, clerk, data, message):
    page = change(clerk, logo=(io.BytesIO(data), "logo.png")).get_data(as_text=True)
    assert message in page
    assert '<a href="#logo">' in page
    assert saved_site(lasting) is None


def a_picture(size=(40, 20), kind="PNG", **more):
    held = io.BytesIO()
    Image.new("RGB", size, "#204060").save(held, kind, **more)
    return held.getvalue()


def test_a_logo_that_was_looked_at_is_saved_without_uploading_it_again(portal, department):
    seen = change(department, do="show", logo=(io.BytesIO(a_picture()), "logo.png"))
    assert saved_site(portal) is None
    department.send(SETTINGS, page=seen, **{**form_of(seen), "save": "yes"})
    assert (saved_site(portal).logo.media, saved_site(portal).logo.width) == ("image/png", 40)
    change(department, remove_logo="y")
    assert saved_site(portal).logo is None


def test_a_file_larger_than_the_page_takes_is_refused_and_other_pages_take_none(clerk):
    large = io.BytesIO(b"0" * 3_000_000)
    page = clerk.open(SETTINGS)
    clerk.send(SETTINGS, page=page, expect=413, logo=(large, "logo.png"))
    clerk.send("/account/password", page=page, expect=413, password="x" * 300_000)


def test_the_preview_shows_the_real_pages_of_settings_that_are_not_saved(portal, department):
    seen = change(department, do="show", **{"department_name": "Skin Photography", "show-kind": "information-sheet"})
    page = seen.get_data(as_text=True)
    pictures = [html.unescape(one) for one in re.findall(r'<img class="preview" src="([^"]+)"', page)]
    assert len(pictures) > 1
    with Image.open(io.BytesIO(department.open(pictures[0]).data)) as image:
        assert image.format == "PNG"
    portal.reader("medical-illustration").open(pictures[0], expect=404)
    assert saved_site(portal) is None


def test_a_script_gets_the_same_preview_and_faults_do_not_reach_the_page(clerk):
    page = clerk.open(SETTINGS)
    assert "connect-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    sent = form_of(page)
    told = clerk.send(PREVIEW, page=page, **sent).get_json()
    assert [one["alt"] for one in told["pages"]] == ["Page 1 of 1, as it will be printed"]
    told = clerk.send(PREVIEW, page=page, **{**sent, "theme_primary": "#ffffff"}).get_json()
    assert told["pages"] == []
    assert told["problem"].startswith("The preview waits. Bands and headings: fails contrast")
    told = clerk.send(PREVIEW, page=page, **{**sent, "show-paper": "a5"}).get_json()
    assert (told["pages"], "is made on" in told["problem"]) == ([], True)


def test_the_public_page_shows_the_published_version_and_keeps_it(portal):
    stranger = portal.app.test_client()
    assert "Draft" in stranger.get("/notices/web").get_data(as_text=True)
    version = publish(portal, ("en", "cy"), phone="01632 960999")
    page = stranger.get("/notices/poster").get_data(as_text=True)
    assert "01632 960999" in page
    assert version.label.split(" ")[1] in page
    assert "Draft" not in page
    style = html.unescape(re.search(r'href="(/notices/web/style.css[^"]+)"', page).group(1))
    assert stranger.get(style).mimetype == "text/css"
    assert stranger.get("/notices/web?language=cy").status_code == 200
    assert stranger.get("/notices/web?language=pl").status_code == 404
    with pytest.raises(IntegrityError, match="only grows"), portal.parts.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE notice_page SET html = 'something else'")


def test_a_published_notice_carries_its_version_and_is_not_printed_when_the_wording_has_changed(portal, department):
    version = publish(portal)
    address = "/department/notices/notice.pdf?kind=poster&language=en"
    text = pypdf.PdfReader(io.BytesIO(department.open(address).data)).pages[0].extract_text()
    assert version.fingerprint[:8] in text
    with portal.parts.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER notice_version_no_update")
        connection.exec_driver_sql(f"UPDATE notice_version SET fingerprint = '{'0' * 64}'")
    department.open(address, expect=404)
    page = department.open("/department/notices?kind=poster&language=en").get_data(as_text=True)
    assert "wording has changed since version 1 was approved" in page.replace("&#39;", "'")


def test_each_step_of_a_version_is_in_the_ledger(portal):
    publish(portal)
    publish(portal)
    steps = [(one.payload.version, one.payload.state) for one in portal.events() if one.type is EventType.NOTICE_STEP]
    life = ["draft", "checked", "approved", "published"]
    assert steps == [*((1, one) for one in life), *((2, one) for one in life), (1, "retired")]
