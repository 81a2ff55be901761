"""The list of a letter run."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.validators import ValidationError

from consent_portal.web.frame.fields import Form, options
from consent_portal.web.notices.download_form import PAPERS
from notices.merge.tables import MOST_BYTES
from notices.outputs import Kind, outputs


class LetterRun(Form):
    """A list of people, and the paper of their inserts."""

    letters = FileField(
        _l("List of letters"), description=_l("CSV or Excel, with the columns name, language and format")
    )
    paper = SelectField(
        _l("Paper"), choices=options((paper.value, PAPERS[paper]) for paper in outputs()[Kind.INSERT].papers)
    )
    data_read = b""
    """The list, once it has passed."""

    def validate_letters(self, field: Any) -> None:
        """Take a file that is not empty and not too large."""
        if not field.data:
            raise ValidationError(_("Choose the list of letters."))
        read = field.data.read(MOST_BYTES + 1)
        if not read:
            raise ValidationError(_("The list is empty: choose the file again."))
        if len(read) > MOST_BYTES:
            raise ValidationError(_("The list is larger than %(size)d MB: split it.", size=MOST_BYTES // 1_000_000))
        self.data_read = read
