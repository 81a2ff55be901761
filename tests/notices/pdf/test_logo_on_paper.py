"""How large a logo stands on the paper."""

from typing import Any

import pytest

from notices import Site, sanitise
from notices.making import prepared
from notices.pdf.layout import lay
from notices.style import Sizes

_ROOT_PT, _HIGH_REM, _PX = 12.0, 2.6, 96 / 72
_BREADTH_PX = (148 - 2 * 9) / 25.4 * 96


def _box(width: int, height: int, pixels: str) -> Any:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {pixels} viewBox="0 0 {width} {height}"><path d="M0 0h9v9z"/></svg>'
    site = Site.default().model_copy(update={"logo": sanitise(svg.encode())})
    laid = lay(prepared("insert", site, {}), Sizes(_ROOT_PT))
    return next(box for box in laid.boxes() if box.element is not None and box.element.tag == "img" and _ours(box))


def _ours(box: Any) -> bool:
    return "logo" in box.element.get("class", "").split()


@pytest.mark.parametrize(("width", "height"), [(20, 20), (20, 60), (60, 20), (400, 20)])
def test_a_logo_is_as_large_whatever_its_own_measures_and_is_never_squashed(width: int, height: int) -> None:
    small = _box(width, height, f'width="{width}" height="{height}"')
    large = _box(width, height, f'width="{width * 40}" height="{height * 40}"')
    assert (small.width, small.height) == pytest.approx((large.width, large.height))
    assert small.style["object_fit"] == "contain"
    if width > 10 * height:
        assert small.width > _BREADTH_PX / 3
    else:
        assert small.height == pytest.approx(_HIGH_REM * _ROOT_PT * _PX)
