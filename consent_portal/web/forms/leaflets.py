"""Which notice, on what paper, in which form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import ValidationError

from consent_portal.web.forms.base import Form
from notices import Kind, Paper
from notices.outputs import outputs

KINDS = {
    Kind.POSTER: _l("Poster"),
    Kind.INSERT: _l("Insert for appointment letters"),
    Kind.INFORMATION_SHEET: _l("Information sheet"),
    Kind.LETTER_PARAGRAPH: _l("Paragraph for letters"),
    Kind.RECEPTION_SHEET: _l("Answer sheet for reception"),
}
PAPERS = {Paper.A3: _l("A3"), Paper.A4: _l("A4"), Paper.A5: _l("A5"), Paper.THIRD_A4: _l("A third of A4")}


def _words(paper: Paper) -> str:
    return str(PAPERS[paper])


class ChooseNotice(Form):
    """Choose a notice to look at and print; changes nothing, so it is sent by GET."""

    class Meta(Form.Meta):
        """A form that changes nothing needs no token."""

        csrf = False

    kind = SelectField(_l("Notice"), choices=list(KINDS.items()), default=Kind.POSTER)
    paper = SelectField(_l("Paper"), choices=[("", _l("Usual paper")), *PAPERS.items()], default="")
    language = SelectField(_l("Language"), default="en")
    large_print = BooleanField(_l("Large print"), description=_l("Every letter at least 18 points"))
    easy_read = BooleanField(_l("Easy read"), description=_l("Short lines, each with a picture"))

    def validate_paper(self, field: SelectField) -> None:
        """Offer each kind on its own papers."""
        papers = outputs()[Kind(self.kind.data)].papers if self.kind.data in set(Kind) else ()
        if field.data and papers and field.data not in papers:
            offered = ", ".join(_words(paper) for paper in papers)
            raise ValidationError(_("That notice is made on: %(papers)s. Choose one of them.", papers=offered))

    def on(self) -> Paper:
        """Return the paper that was chosen, or the usual one."""
        return Paper(self.paper.data) if self.paper.data else outputs()[Kind(self.kind.data)].papers[0]

    def choice(self) -> dict[str, Any]:
        """Return the choice as words of an address."""
        chosen = {"kind": self.kind.data, "paper": str(self.on()), "language": self.language.data}
        ticks = {name: "y" for name in ("large_print", "easy_read") if self[name].data}
        return {**chosen, **ticks}
