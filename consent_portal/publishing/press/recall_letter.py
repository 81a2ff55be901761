"""Sets the letter that asks a recipient to delete a copy; runs in the press's own process."""

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import pikepdf
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

TEMPLATE = "recall_letter.html.j2"


@cache
def _template() -> Template:
    loader = PackageLoader("consent_portal.publishing.press", ".")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(TEMPLATE)


def recall_letter(words: Mapping[str, Any]) -> bytes:
    """Return the letter as tagged PDF (pdf/ua-1), the same bytes for the same words.

    Raises
    ------
    FontError
        When a font is missing, or a letter of a name is in none.
    """
    import weasyprint  # noqa: PLC0415  (a second, which most orders need not wait for)

    from notices.pdf import fonts, layout, mend  # noqa: PLC0415  (as above)

    page = weasyprint.HTML(string=_template().render(**words), url_fetcher=layout.FETCHER)
    laid = layout.Laid(page.render(font_config=layout.fonts()))
    fonts.check_letters(laid)
    data = mend.mended(laid.document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, custom_metadata=False))
    with pikepdf.open(io.BytesIO(data)) as made:
        fonts.check(made)
    return data
