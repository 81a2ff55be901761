"""Which way a text of the site runs, and what a telephone dials."""

import pytest

from notices.direction import direction_of
from notices.numbers import dialled, parted


@pytest.mark.parametrize(
    ("text", "on_a_page_from_the_left", "on_a_page_from_the_right"),
    [
        ("Riverside Hospitals, Inc.", "ltr", "ltr"),
        ("+44 (0)1632 960100", "ltr", "ltr"),
        ("قسم التصوير (الطابق 2)", "rtl", "rtl"),
        ("قسم X-ray", "ltr", "rtl"),
        ("X-ray قسم", "ltr", "rtl"),
        ("", "ltr", "ltr"),
    ],
)
def test_a_text_runs_as_its_letters_do_and_a_mixed_one_as_its_page(
    text: str, on_a_page_from_the_left: str, on_a_page_from_the_right: str
) -> None:
    assert direction_of(text, "ltr") == on_a_page_from_the_left
    assert direction_of(text, "rtl") == on_a_page_from_the_right


@pytest.mark.parametrize(
    ("phone", "link", "parts"),
    [
        ("01632 960123", "tel:01632960123", 1),
        ("+44 (0)1632 960123 ext. 456", "tel:+441632960123;ext=456", 2),
        ("01632-960123 x12", "tel:01632960123;ext=12", 2),
    ],
)
def test_a_link_dials_what_the_number_means(phone: str, link: str, parts: int) -> None:
    assert dialled(phone) == link
    assert len(parted(phone)) == parts
    assert " ".join(parted(phone)) == phone
