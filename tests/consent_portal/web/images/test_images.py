"""Held images: who sees them, how they are shown, drawn on and decided, by pages without script."""

import re
import tomllib
from importlib.resources import files
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import generate_uid

from consent_portal.registers import studies
from consent_portal.review.areas import Area
from consent_portal.web.viewer import grants
from consent_portal.web.viewer.areas import read, written
from orthanc_plugin.deid.pixels.devices import load_rules
from tests.consent_portal.web.images.conftest import (
    form_of,
    images_of,
    picture_of,
    pixels,
    press,
    tell,
    text_of,
)
from tests.orthanc_plugin.deid.pixels.slide import cut, grid, slide, sparse, tissue
from tests.support.held_images import held as held_body
from tests.support.held_images import held_image
from tests.support.looking import NUMBER
from tests.support.portal import FAMILY

RULES = {"writing", "says-burned-in", "face", "slide-label", "overlay", "read-by-second-reader"}


def test_the_list_says_what_waits_why_and_for_whom(portal, illustrator, held):
    page = text_of(illustrator.open("/images"))
    for words in ("QUIRKLEBY, CARA", "US ABDOMEN", "Writing that could not be covered", "3 images", "trainer"):
        assert words in page
    assert re.search(r'Images to look at <span class="count">\d', text_of(illustrator.open("/recipients")))
    assert "Images to look at" not in text_of(portal.reader("trainer").open("/"))


def test_each_image_says_why_it_is_held_and_what_to_look_for(illustrator, held):
    page = text_of(illustrator.open(images_of(illustrator, held)[0]))
    for words in ("it could not be covered by the programme", "Writing was found that cannot be covered for certain",
                  "names, numbers, dates", "A bar over the eyes is not offered"):  # fmt: skip
        assert words in page
    assert "No face can be made out" not in page


def test_every_rule_of_the_contract_has_its_words():
    known = tomllib.loads(files("consent_portal.web.images").joinpath("rules.toml").read_text(encoding="utf-8"))
    assert set(known) == RULES | {"other"}
    assert all(set(words) == {"name", "why", "look"} and all(words.values()) for words in known.values())


def test_the_guardian_sees_the_list_and_never_a_picture(guardian, illustrator, held):
    picture = picture_of(illustrator.open(images_of(illustrator, held)[0]))
    page = text_of(guardian.open(held))
    assert "Waits to be looked at" in page
    assert ".png" not in page
    guardian.open(images_of(illustrator, held)[0])
    guardian.open(picture, expect=403)


def test_a_picture_is_shown_to_the_person_whose_page_asked_and_to_nobody_else(clinician, illustrator, held):
    picture = picture_of(illustrator.open(images_of(illustrator, held)[0]))
    assert pixels(illustrator.browser.get(picture)).shape == (180, 240)
    assert illustrator.browser.get(picture).headers["Cache-Control"] == "no-store"
    assert "is not yours" in text_of(clinician.open(picture, expect=403))
    assert "is not yours" in text_of(illustrator.open(picture.split("?")[0], expect=403))
    another = images_of(illustrator, held)[1].split("=")[1]
    moved = re.sub(r"/[0-9a-f-]{36}/frames", f"/{another}/frames", picture)
    illustrator.open(moved, expect=403)


def test_no_address_of_a_picture_names_anybody(illustrator, held, recordings):
    page = text_of(illustrator.open(images_of(illustrator, held)[0]))
    addresses = " ".join(re.findall(r'(?:href|src|action|data-pictures|data-grant)="([^"]*)"', page))
    for identifier in ("QUIRKLEBY", NUMBER, "US0001", recordings, "1.2.826"):
        assert identifier not in addresses


def test_an_address_that_is_kept_too_long_shows_nothing(illustrator, held, monkeypatch):
    picture = picture_of(illustrator.open(images_of(illustrator, held)[0]))
    illustrator.open(picture)
    monkeypatch.setattr(grants, "SECONDS", -1)  # as if a quarter of an hour had gone by
    assert "Open the page again" in text_of(illustrator.open(picture, expect=403))


def test_without_script_an_area_is_added_moved_shown_as_it_would_leave_and_deleted(illustrator, held):
    image = images_of(illustrator, held)[0]
    bare = pixels(illustrator.browser.get(picture_of(illustrator.open(image))))
    page = press(illustrator, image, "add")
    assert form_of(page)["left"] == ["8", "96"]
    form = form_of(page)
    form.update(left=["8", "100"], top=["6", "90"], width=["142", "40"], height=["18", "20"])
    shown = pixels(illustrator.browser.get(picture_of(press(illustrator, image, "preview", form=form))))
    assert bare[95:105, 105:135].max() > 0
    assert shown[90:110, 100:140].max() == 0
    assert np.array_equal(shown[115:], bare[115:])
    assert form_of(press(illustrator, image, "delete-1"))["left"] == ["100"]
    assert form_of(press(illustrator, image, "undo"))["left"] == ["8", "100"]


def test_what_the_machine_found_is_covered_or_left_one_by_one(illustrator, held):
    image = images_of(illustrator, held)[0]
    page = text_of(illustrator.open(image))
    assert re.findall(r"<strong data-state>([a-z ]+)</strong>", page) == ["covered", "not covered"]
    page = press(illustrator, image, "cover-2")
    assert sorted(zip(form_of(page)["left"], form_of(page)["frame"], strict=True)) == [("180", "3"), ("8", "")]
    assert form_of(press(illustrator, image, "uncover-1"))["left"] == ["180"]


@pytest.fixture
def held_slide(portal, looking):
    """The address of a study of one slide of 6,000 x 5,000 pixels, of which two rows of tiles are there."""
    ds = sparse(slide(cut(tissue())[:12], 6000, 5000), [(x + 4000, y + 4000) for x, y in grid()[:11]] + [(5936, 4936)])
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        setattr(ds, keyword, generate_uid())
    ds.PatientName, ds.PatientID, ds.StudyDate = f"{FAMILY}^CARA", NUMBER, "20250301"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    study = looking.upload(ds)
    body = looking.hold(study)
    body["images"][0] |= {"frames": 1, "rows": 5000, "columns": 6000, "proposed": []}
    tell(portal, body)
    return f"/images/{portal.study(study).key}"


def test_a_slide_is_shown_whole_and_any_part_of_it_in_full_size_without_script(illustrator, held_slide):
    page = illustrator.open(images_of(illustrator, held_slide)[0])
    whole = pixels(illustrator.open(picture_of(page)))
    assert whole.shape == (2500, 3000), "as large as a browser takes, with the proportions of the matrix"
    form = re.search(r'<details class="viewer-part">.*?</details>', text_of(page), re.DOTALL).group()
    asked = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    action = re.search(r'action="([^"]+)"', form).group(1)
    part = pixels(illustrator.open(f"{action}?{urlencode(asked | {'part_left': 3990, 'part_top': 3980})}"))
    tile = np.asarray(Image.fromarray(cut(tissue())[0]).convert("L"))
    assert part.shape == (1500, 1500)
    assert (part[500:564, 10:74] == tile).all(), "the part ends with the slide, so it begins above what was asked for"


def test_numbers_that_are_none_are_named_and_everything_typed_is_kept(illustrator, held):
    image = images_of(illustrator, held)[0]
    page = press(illustrator, image, "save", left=["much"], reason="An old scar")
    assert "Area 1: enter whole numbers" in text_of(page)
    assert form_of(page)["left"] == ["much"]
    assert "An old scar" in text_of(page)
    outside = press(illustrator, image, "save", left=["230"])
    assert "outside the image" in text_of(outside)
    assert form_of(outside)["left"] == ["230"]


def test_areas_are_carried_to_the_images_of_the_series_that_have_their_size(illustrator, held):
    first, second, third = images_of(illustrator, held)
    form = form_of(press(illustrator, first, "add"))
    page = text_of(press(illustrator, first, "save", form=form, scope="series", outcome="release"))
    assert "Carried to 1 more image." in page
    assert "Not carried to 1 image" in page
    assert form_of(illustrator.open(second))["left"] == ["8", "96"]
    assert form_of(illustrator.open(third))["left"] == ["8"]
    assert "2 images may leave, 0 withheld. 1 still waits." in text_of(illustrator.open(held))


def test_of_two_who_draw_at_once_nobody_loses_anything(clinician, illustrator, held):
    image = images_of(illustrator, held)[0]
    mine = {**form_of(illustrator.open(image)), "left": ["50"], "reason": "My own words"}
    press(clinician, image, "save", left=["20"], outcome="withhold", reason="A tattoo")
    page = press(illustrator, image, "save", form=mine)
    for words in ("clinician saved this image", "A tattoo", "Area at 20, 6", "My own words"):
        assert words in text_of(page)
    assert form_of(page)["left"] == ["50"]
    assert form_of(clinician.open(image))["left"] == ["20"], "nothing was overwritten"
    assert form_of(press(illustrator, image, "save", form=form_of(page)))["left"] == ["50"]


def test_what_was_drawn_is_given_back_to_who_was_signed_out_meanwhile(portal, clinician, held):
    illustrator = portal.reader("medical-illustration")
    image = images_of(illustrator, held)[0]
    form = {**form_of(illustrator.open(image)), "left": ["50"], "reason": "Half an hour of work", "act": "save"}
    illustrator.sign_out()
    address = image.replace("?image=", "/")
    assert "Sign in" in text_of(illustrator.browser.post(address, data=form, follow_redirects=True))
    press(clinician, image, "save", left=["20"])
    illustrator.sign_in()
    page = illustrator.open(address)
    assert form_of(page)["left"] == ["50"]
    for words in ("Half an hour of work", "clinician saved this image", "Area at 20, 6"):
        assert words in text_of(page)
    assert form_of(press(illustrator, image, "save", form=form_of(page)))["left"] == ["50"]


def test_a_decision_is_recorded_for_all_with_an_outcome_and_ends_the_pictures(portal, illustrator, held):
    first, second, _third = images_of(illustrator, held)
    picture = picture_of(illustrator.open(first))
    press(illustrator, first, "save", outcome="release")
    press(illustrator, second, "next", outcome="withhold", reason="A ring")
    page = illustrator.open(held)
    assert "1 image may leave, 1 withheld. 1 still waits." in text_of(page)
    seen = re.search(r'name="seen" value="([^"]+)"', text_of(page)).group(1)
    done = text_of(illustrator.send(held, page=page, seen=seen))
    assert "Recorded: 1 image may leave, 1 withheld." in done
    assert done.count("Decided: ") == 2
    assert "not shown any more" in text_of(illustrator.open(picture, expect=410))
    assert "A ring" in text_of(illustrator.open(second))
    study = re.search(r"[0-9a-f-]{36}", held).group()
    with portal.parts.database.reading() as session:
        uid = studies.by_key(session, study).study_uid
    _status, answer = portal._post("/api/v1/held-images/decisions", {"contract": 1, "studies": [uid]})
    assert sorted(one["outcome"] for one in answer["decisions"]) == ["release", "withhold"]
    assert len(answer["waiting"]) == 1


def test_a_decision_is_taken_back_with_a_reason_and_the_image_waits_again(portal, clinician, illustrator, held):
    first = images_of(illustrator, held)[0]
    press(illustrator, first, "save", outcome="release")
    page = illustrator.open(held)
    seen = re.search(r'name="seen" value="([^"]+)"', text_of(page)).group(1)
    illustrator.send(held, page=page, seen=seen)
    decided = clinician.open(first)
    assert "Take the decision back" in text_of(decided)
    address = first.replace("?image=", "/").split("&")[0] + "/take-back"
    assert "Say why" in text_of(clinician.send(address, page=decided, reason=" "))
    taken = text_of(clinician.send(address, page=clinician.open(first), reason="A ring was overlooked"))
    assert "waits to be looked at again" in taken
    assert picture_of(illustrator.open(first))
    study = re.search(r"[0-9a-f-]{36}", held).group()
    with portal.parts.database.reading() as session:
        uid = studies.by_key(session, study).study_uid
    _status, answer = portal._post("/api/v1/held-images/decisions", {"contract": 1, "studies": [uid]})
    assert answer["decisions"] == []


def test_what_was_drawn_can_be_kept_as_a_device_rule(illustrator, held, tmp_path):
    first = images_of(illustrator, held)[0]
    address = first.replace("?image=", "/").split("&")[0] + "/rule"
    assert address in text_of(press(illustrator, first, "save"))
    shown = text_of(illustrator.open(address))
    assert 'ManufacturerModelName = ["E-Scan 5"]' in shown
    assert FAMILY.casefold() not in illustrator.open(f"{address}?file=1").get_data(as_text=True).casefold()
    (tmp_path / "drawn.toml").write_bytes(illustrator.open(f"{address}?file=1").data)
    assert len(load_rules(tmp_path / "drawn.toml")) == len(load_rules()) + 1
    nothing = press(illustrator, first, "delete-1")
    while "delete-1" in text_of(nothing):
        nothing = press(illustrator, first, "delete-1")
    assert "No rule can be made of this image" in text_of(illustrator.open(address))


def test_what_misses_its_reason_is_not_recorded_and_the_image_opens(illustrator, held):
    image = images_of(illustrator, held)[0]
    press(illustrator, image, "save", outcome="withhold")
    page = illustrator.open(held)
    seen = re.search(r'name="seen" value="([^"]+)"', text_of(page)).group(1)
    assert "Nothing was recorded. Say why" in text_of(illustrator.send(held, page=page, seen=seen))
    assert "1 withheld" in text_of(illustrator.open(held))


def test_an_image_held_for_a_face_asks_of_the_face(portal, illustrator, looking, recordings):
    tell(portal, looking.hold(recordings, rule="face"))
    study = f"/images/{portal.study(recordings).key}"
    assert "No face can be made out in this image" in text_of(illustrator.open(images_of(illustrator, study)[0]))


def test_a_long_series_comes_in_pages_of_sixty(portal, illustrator):
    images = [held_image(f"slice {n}", number=n, position=n) for n in range(1, 131)]
    tell(portal, held_body(*images))
    page = text_of(illustrator.open("/images"))
    address = re.search(r"ANNA.*?130 images.*?href=\"(/images/[0-9a-f-]{36})\"", page, re.DOTALL).group(1)
    first, last = text_of(illustrator.open(address)), text_of(illustrator.open(f"{address}?page=3"))
    assert first.count('loading="lazy"') == 60
    assert "Images 1 to 60 of 130" in first
    assert "Images 121 to 130 of 130" in last


def test_while_the_engine_is_away_the_page_says_so_and_the_image_can_be_withheld(portal, illustrator, held):
    image = images_of(illustrator, held)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portal.parts.pictures, "_url", "http://127.0.0.1:9")
        page = illustrator.open(image)
        assert "Pictures cannot be shown at present" in text_of(page)
        assert "viewer-picture" not in text_of(page)
        press(illustrator, image, "save", outcome="withhold", reason="Nobody can look at it")
    assert "Draft: withhold" in text_of(illustrator.open(held))


def test_an_image_of_another_study_or_of_nobody_is_not_there(illustrator, held):
    nothing = "00000000-0000-4000-8000-000000000000"
    for address in (f"/images/{nothing}", f"{held}?image={nothing}", f"{held}/{nothing}/frames/1.png"):
        illustrator.open(address, expect=404)


@pytest.mark.parametrize("text", ["1.2.3", "1.2.3.4.0", "9.2.3.4.a", "1.2.3.-4.a", "1.2.3.4.b", "1.2.1.4.a", "_"])
def test_areas_that_cannot_be_read_never_become_a_bare_picture(illustrator, held, text):
    picture = picture_of(illustrator.open(images_of(illustrator, held)[0]))
    illustrator.open(f"{picture}&covered={text}", expect=400)


def test_areas_come_back_from_an_address_as_they_were():
    areas = (Area(1, 2, 3, 4), Area(0, 0, 60_000, 40_000, 1999))
    assert read(written(areas)) == areas
    assert read("") == ()
