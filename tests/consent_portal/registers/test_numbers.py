"""A number is the same number in every spelling, and two numbers stay two."""

import nhs_number
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_portal.registers import numbers
from consent_portal.registers.numbers import NumberKind
from tests.support.portal import HEALTH_AND_CARE_NUMBER

SEPARATORS = st.sampled_from(["", " ", "-", "\u2010", "\u00a0", "\u2009", "\u200e", "  ", "\u202c"])
NHS = "9434765919"
plain = st.text(alphabet="ABCDEFGHJKMNPRTUVWXYZ0123456789/.", min_size=1, max_size=20)


@st.composite
def spelled(draw, text):
    """A number as somebody writes it: grouped at will, in either case, with the digits of any script."""
    letters = [draw(st.sampled_from(_ways(letter))) + draw(SEPARATORS) for letter in text]
    return draw(SEPARATORS) + "".join(letters)


def _ways(letter):
    if not letter.isdigit():
        return [letter, letter.lower()]
    value = int(letter)
    return [letter, chr(0xFF10 + value), chr(0x0660 + value)]


@given(plain.flatmap(lambda text: st.tuples(st.just(text), spelled(text))))
def test_every_spelling_has_the_same_normal_form(pair):
    text, written = pair
    assert numbers.normal(written) == text
    assert numbers.normal(numbers.normal(written)) == numbers.normal(written)


@given(plain, plain)
def test_two_numbers_are_never_made_alike(one, other):
    assert (numbers.identifier(one, "A") == numbers.identifier(other, "A")) is (one == other)


@given(st.text(min_size=60, max_size=90), st.text(max_size=90))
def test_what_is_kept_fits_its_column(text, issuer):
    kept = numbers.identifier(text, issuer)
    assert max(len(kept.value), len(kept.issuer)) <= numbers.LONGEST


def test_numbers_that_are_too_long_are_not_cut_to_be_alike():
    assert numbers.identifier("7" * 80, "") != numbers.identifier("7" * 81, "")


@given(st.sampled_from(nhs_number.generate(quantity=50)).flatmap(spelled), st.text(max_size=8), st.text(max_size=8))
def test_a_number_of_the_health_service_means_one_person_whoever_issued_the_record(written, one, other):
    assert numbers.identifier(written, one) == numbers.identifier(written, other)
    assert numbers.normal(numbers.in_groups(written)) == numbers.normal(written)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("943 476 5919", NumberKind.NHS),
        (HEALTH_AND_CARE_NUMBER, NumberKind.HEALTH_AND_CARE),
        ("0101701234", NumberKind.HOSPITAL),
        ("943 476 5918", NumberKind.HOSPITAL),
        ("0000000000", NumberKind.HOSPITAL),
        ("1111111111", NumberKind.HOSPITAL),
        ("RXA-00123", NumberKind.HOSPITAL),
    ],
)
def test_the_kind_of_a_number_is_told_from_its_form_and_check_digit(text, kind):
    assert numbers.kind_of(text) is kind


def test_a_scottish_number_is_told_by_its_date():
    chi = next(n for n in (f"010170{k:04}" for k in range(10000)) if nhs_number.is_valid(n))
    assert numbers.kind_of(chi) is NumberKind.CHI


@given(plain)
def test_the_pattern_for_the_archive_holds_every_letter_in_order_and_no_wild_card_of_the_typist(text):
    assert numbers.archive_pattern(f"*{text}?").replace("*", "") == text


@given(st.text(st.characters(max_codepoint=127)))
def test_a_number_in_ascii_is_normal_as_it_is_beside_a_digit_of_another_script(number):
    assert numbers.normal(f"{number}٣") == numbers.normal(number) + "3"
