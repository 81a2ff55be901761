"""The web page and the letter paragraph in every language, as HTML and as plain text."""

import re
from html.parser import HTMLParser

import pytest

from notices import Kind, Site, render_html, render_text, web_page
from notices.errors import UnknownLanguageError
from notices.language import language, languages
from notices.wording import wording

_RIGHT_TO_LEFT = {"ar", "ur"}
_VOID = {"meta", "link", "img", "br", "wbr"}
each = pytest.mark.parametrize("code", languages())


class _Reader(HTMLParser):
    """Keeps every element with its attributes, and tells whether each was closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@each
@pytest.mark.parametrize("easy_read", [False, True], ids=["plain", "easy read"])
@pytest.mark.parametrize("kind", [Kind.WEB, Kind.LETTER_PARAGRAPH])
def test_a_page_says_its_language_and_direction_and_is_well_formed(code: str, kind: Kind, easy_read: bool) -> None:
    links = {other: f"/notices/{other}" for other in languages()}
    page = _Reader(render_html(kind, site=Site.default(), language=code, easy_read=easy_read, links=links))
    assert page.open == []
    assert page.all("html") == [{"lang": code, "dir": "rtl" if code in _RIGHT_TO_LEFT else "ltr"}]
    assert len(page.all("h1")) == 1
    assert all(image["alt"] for image in page.all("img"))
    text = " ".join(page.words)
    assert not re.search(r"[{}]", text)
    assert (wording(code).footer.awaiting in text) == (code != "en")
    if kind == Kind.WEB:
        offered = [(one["hreflang"], one["lang"], one["dir"]) for one in page.all("a") if one.get("hreflang")]
        assert offered == [(other, other, language(other).direction) for other in languages()]


@each
def test_phone_and_addresses_stand_from_left_to_right(code: str) -> None:
    page = _Reader(render_html(site=Site.default(), language=code))
    ways = [one for one in page.all("a") if (one["href"] or "").startswith(("tel:", "mailto:", "https:"))]
    assert len(ways) >= 3
    assert all(one["dir"] == "ltr" for one in ways)
    assert web_page(site=Site.default(), language=code).direction == language(code).direction


@each
@pytest.mark.parametrize("easy_read", [False, True], ids=["plain", "easy read"])
def test_the_letter_paragraph_is_plain_text_with_every_way_to_say_no(code: str, easy_read: bool) -> None:
    text = render_text(site=Site.default(), language=code, easy_read=easy_read)
    assert text.startswith(" ".join(wording(code).notice.headline))
    assert "01632\u00a0960123" in text
    assert "images@riverside.example" in text
    assert Site.default().notice_url in text
    assert all(line in text for line in wording(code).blocks["no"].easy)
    assert not re.search(r"[<>{}]|&\w+;", text)


def test_a_language_without_wording_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownLanguageError) as refused:
        render_text(site=Site.default(), language="fr")
    for one in languages().values():
        assert f"{one.code} ({one.english})" in str(refused.value)


def test_ten_languages_are_offered() -> None:
    assert list(languages()) == ["en", "cy", "ga", "pl", "ro", "pt", "ar", "ur", "bn", "pa"]
