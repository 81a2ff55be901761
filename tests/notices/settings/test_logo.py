"""A logo is a picture and nothing else, or a message that says what to do."""

import base64
import io

import pytest
import weasyprint.images  # noqa: F401 - tells Pillow to accept pictures that break off; ours must be refused even so
from PIL import Image

from notices import Logo, sanitise
from notices.errors import LogoError
from notices.settings.logo import LONGEST_SIDE, load_logo

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
SHAPE = '<path d="M0 0h40v20z" fill="#15504c"/>'


def _svg(inside: str = SHAPE, head: str = HEAD) -> bytes:
    return f"{head}{inside}</svg>".encode()


def _raster(format_: str = "PNG", size: tuple[int, int] = (60, 30), **more: object) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, "#15504c").save(output, format_, **more)
    return output.getvalue()


def _drawn(logo: Logo) -> str:
    return base64.b64decode(logo.data).decode()


def test_a_drawing_is_kept_as_a_drawing_with_its_size() -> None:
    logo = sanitise(_svg())
    assert (logo.media, logo.width, logo.height) == ("image/svg+xml", 40, 20)
    assert 'd="M0 0h40v20z"' in _drawn(logo)


def test_a_picture_in_16_bits_keeps_its_greys() -> None:
    """Pillow cuts them off at white, and the logo would be an empty box."""
    output = io.BytesIO()
    Image.frombytes("I;16", (2, 1), bytes([0x00, 0x40, 0xFF, 0xFF])).save(output, "PNG")
    found = Image.open(io.BytesIO(base64.b64decode(sanitise(output.getvalue()).data)))
    assert [found.getpixel((x, 0)) for x in (0, 1)] == [(63, 63, 63, 255), (255, 255, 255, 255)]


@pytest.mark.parametrize(
    "inside", ['<rect width="1e400"/>', '<path d="M0 0c1E+99 5z"/>', f'<rect width="{"9" * 400}"/>']
)
def test_a_number_that_no_page_holds_is_refused(inside: str) -> None:
    with pytest.raises(LogoError, match="larger than any page: export it as PNG"):
        sanitise(_svg(inside))


def test_small_numbers_and_colours_that_look_like_large_ones_stay() -> None:
    inside = '<path id="a1e40" d="M1e-12 0L1e1 .5e2z" fill="#1e4050" style="stroke:#1e99ff"/>'
    assert 'fill="#1e4050"' in _drawn(sanitise(_svg(inside)))


def test_what_a_drawing_program_leaves_behind_is_taken_out() -> None:
    inside = (
        '<metadata>who drew it</metadata><x:view xmlns:x="urn:x" x:y="1"/>'
        '<g xmlns:x="urn:x" x:label="me"><title>Logo</title></g>'
    )
    found = _drawn(sanitise(_svg(SHAPE + inside)))
    assert "who drew it" not in found
    assert "urn:x" not in found
    assert "Logo" in found


@pytest.mark.parametrize(
    "data",
    [
        _svg("<script>alert(1)</script>"),
        _svg('<path d="M0 0" onload="alert(1)"/>'),
        _svg('<path d="M0 0" ONCLICK="alert(1)"/>'),
        _svg("<style>path{fill:url(http://x.example)}</style>"),
        _svg("<foreignObject/>"),
        _svg('<animate attributeName="x"/>'),
        _svg('<set attributeName="href" to="http://x.example"/>'),
        _svg('<a href="http://x.example"/>'),
        _svg('<image href="http://x.example/a.png"/>'),
        _svg('<image xlink:href="file:///etc/passwd"/>'),
        _svg('<use href="http://x.example/a.svg#b"/>'),
        _svg('<use xlink:href="data:image/svg+xml,x"/>'),
        _svg('<rect fill="url(http://x.example/a)"/>'),
        _svg('<rect fill="url( \'//x.example/a\')"/>'),
        _svg('<rect style="fill:u\\72l(http://x.example)"/>'),
        _svg('<rect style="fill:expression(alert(1))"/>'),
        _svg('<linearGradient href="javascript:alert(1)"/>'),
        _svg('<text x="1">Riverside</text>'),
        b'<?xml-stylesheet href="http://x.example/a.css"?>' + _svg(),
        b'<!DOCTYPE svg SYSTEM "http://x.example/a.dtd">' + _svg(),
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + _svg("&a;"),
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + _svg("&b;"),
        b'<?xml version="1.0" encoding="cp037"?>' + '<!DOCTYPE svg [<!ENTITY a "b">]>'.encode("cp037") + _svg(),
        b'<?xml version="1.0" encoding="utf-16"?>' + _svg()[:-3],
        _svg("\x00"),
        _svg("<g>"),
        _svg("", head="<svg>"),
        _svg("", head='<svg xmlns="http://www.w3.org/2000/svg">'),
        _svg("", head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1.2 x">'),
        _svg("", head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 20">'),
        _svg("", head='<svg xmlns="http://www.w3.org/2000/svg" width="1e99" height="2">'),
        _svg("", head='<svg xmlns="http://www.w3.org/2000/svg" width="nan" height="inf">'),
        _svg("", head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9000 1">'),
        _svg("<g>" * 70 + "</g>" * 70),
        _svg("<g>" * 4000 + "</g>" * 4000),
        _svg(SHAPE * 5001),
        _svg('<g id="a"><use href="#a"/></g>'),
        _svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
        _svg('<g id="a0"><path d="M0 0"/></g>' + "".join(
            f'<g id="a{n}">{f"""<use href="#a{n - 1}"/>""" * 10}</g>' for n in range(1, 9))),
        _svg('<mask id="m0"/>' + "".join(
            f'<mask id="m{n}">{f"""<rect mask="url(#m{n - 1})"/>""" * 10}</mask>' for n in range(1, 9))),
        b"#!/bin/sh\nrm -rf /\n",
        b"<html><script>alert(1)</script></html>",
        b"<?php system($_GET['x']); ?>",
        b"%PDF-1.7\n",
        b"GIF89a" + bytes(20),
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"MZ\x90\x00",
        b"",
        b"\x89PNG\r\n\x1a\n",
        _raster()[:60],
        _raster("JPEG")[:-200],
        b"\xff\xd8\xff" + bytes(200),
        b"\xff\xd8\xff<script>alert(1)</script>",
        _raster(size=(5001, 5000)),
    ],
    ids=lambda data: "",
)  # fmt: skip
def test_what_is_more_or_less_than_a_picture_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(LogoError, match=r"^The logo.*(export|save|open) it") as raised:
        sanitise(data)
    assert "passwd" not in str(raised.value)


def test_a_logo_of_100_megabytes_is_refused(tmp_path) -> None:
    large = tmp_path / "logo.png"
    with large.open("wb") as file:
        file.write(_raster())
        file.truncate(100_000_000)
    with pytest.raises(LogoError, match="larger than 2 MB: save it smaller"):
        sanitise(bytes(100_000_000))
    data, faults = load_logo({}, large)
    assert "logo" not in data
    assert [(one.field, "larger than 2 MB" in one.message) for one in faults] == [("logo", True)]


def test_an_encoding_that_a_browser_might_guess_is_never_written_on() -> None:
    found = _drawn(sanitise(b'<?xml version="1.0" encoding="utf-7"?>' + _svg("<title>+ADw-script+AD4-</title>")))
    assert "utf-7" not in found
    assert "<script" not in found


@pytest.mark.parametrize("format_", ["PNG", "JPEG"])
def test_a_photograph_is_encoded_anew_without_what_was_hidden_in_it(format_: str) -> None:
    logo = sanitise(_raster(format_) + b"<script>alert(1)</script>")
    data = base64.b64decode(logo.data)
    assert b"script" not in data
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size, picture.info) == ("PNG", (60, 30), {})


def test_a_large_picture_is_made_smaller_in_proportion() -> None:
    logo = sanitise(_raster(size=(3200, 800)))
    assert (logo.width, logo.height) == (LONGEST_SIDE, LONGEST_SIDE / 4)


def test_a_photograph_that_was_taken_sideways_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    logo = sanitise(_raster("JPEG", exif=turned))
    assert (logo.width, logo.height) == (30, 60)


def test_the_same_logo_comes_out_the_same_and_a_clean_one_stays() -> None:
    for data in (_svg(), _raster()):
        first = sanitise(data)
        assert sanitise(data) == first
        assert sanitise(base64.b64decode(first.data)) == first
        assert Logo.model_validate(first.model_dump()) == first


@pytest.mark.parametrize(
    ("media", "data"),
    [
        ("image/svg+xml", _svg("<script>alert(1)</script>")),
        ("image/svg+xml", _raster()),
        ("image/png", _svg()),
        ("image/png", b"<script>"),
    ],
)
def test_a_stored_logo_that_was_never_cleaned_is_refused(media: str, data: bytes) -> None:
    with pytest.raises(ValueError, match=r"clean picture|a picture"):
        Logo.model_validate({"media": media, "data": base64.b64encode(data).decode(), "width": 9, "height": 9})
