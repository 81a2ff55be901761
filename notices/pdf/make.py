"""The PDF of one notice: whole, or not at all."""

import io

import pikepdf

from notices.content.page import Page
from notices.pdf import fonts
from notices.pdf.fit import fitted
from notices.pdf.mend import marked, mended
from notices.style import BLEED_MM


def pdf(page: Page) -> bytes:
    """Return the notice as tagged PDF (pdf/ua-1), the same bytes for the same page.

    Raises
    ------
    DoesNotFitError
        When it does not fit on its paper.
    FontError
        When a font is missing, or a letter is in none.
    """
    laid = fitted(page)
    fonts.check_letters(laid)
    data = mended(laid.document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, custom_metadata=False))
    if page.job.print_ready:
        data = marked(data, BLEED_MM)
    with pikepdf.open(io.BytesIO(data)) as made:
        fonts.check(made)
    return data
