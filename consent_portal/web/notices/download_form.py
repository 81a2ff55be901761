"""Which notice, on what paper, in which form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import ValidationError

from consent_portal.publishing.press.paper import Sheet
from consent_portal.web.frame.fields import Form, options
from notices import Edition, Kind, Paper, Site
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


class SheetForm(Form):
    """Kind, paper, language and format: the part that every form about a notice shares."""

    kind = SelectField(_l("Notice"), choices=options(KINDS.items()), default=Kind.POSTER.value)
    paper = SelectField(_l("Paper"), choices=options([("", _l("Usual paper")), *PAPERS.items()]), default="")
    language = SelectField(_l("Language"), default="en")
    large_print = BooleanField(_l("Large print"), description=_l("Every letter at least 18 points"))
    easy_read = BooleanField(_l("Easy read"), description=_l("Short lines, each with a picture"))

    def offer(self, languages: dict[str, str]) -> None:
        """Offer languages, English first where it is one of them."""
        self.language.choices = options(languages.items())
        if self.language.data not in languages:
            self.language.data = next(iter(languages))

    def validate_paper(self, field: SelectField) -> None:
        """Offer each kind on its own papers."""
        papers = outputs()[Kind(self.kind.data)].papers if self.kind.data in set(Kind) else ()
        if field.data and papers and field.data not in papers:
            offered = ", ".join(_words(paper) for paper in papers)
            raise ValidationError(_("That notice is made on: %(papers)s. Choose one of them.", papers=offered))

    def on(self) -> Paper:
        """Return the paper that was chosen, or the usual one."""
        return Paper(self.paper.data) if self.paper.data else outputs()[Kind(self.kind.data)].papers[0]

    def sheet(self, site: Site, edition: Edition | None = None, *, print_ready: bool = False) -> Sheet:
        """Return the notice that was chosen, for `site`."""
        large, easy = bool(self.large_print.data), bool(self.easy_read.data)
        kind = Kind(self.kind.data)
        return Sheet(site, kind, self.on(), self.language.data, large, easy, edition, print_ready)

    def choice(self) -> dict[str, Any]:
        """Return the choice as words of an address."""
        chosen = {"kind": self.kind.data, "paper": str(self.on()), "language": self.language.data}
        ticks = {name: "y" for name in ("large_print", "easy_read") if self[name].data}
        return {**chosen, **ticks}


class ChooseNotice(SheetForm):
    """Choose a notice to look at and print; changes nothing, so it is sent by GET."""

    class Meta(Form.Meta):
        """A form that changes nothing needs no token."""

        csrf = False

    version = SelectField(_l("Version"), default="")
    print_ready = BooleanField(_l("For a print shop"), description=_l("With bleed, crop marks and process colours"))

    def choice(self) -> dict[str, Any]:
        """Return the choice as words of an address."""
        more = {"print_ready": "y"} if self.print_ready.data else {}
        return {"version": self.version.data, **super().choice(), **more}


class PreviewForm(SheetForm):
    """Which notice a preview shows; stands inside the form of the settings, whose token serves for both."""

    class Meta(Form.Meta):
        """See the class."""

        csrf = False
