"""What is said of a held image: its areas, where they go, and what shall become of it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField

from consent_portal.review.areas import Area
from consent_portal.review.model import Draft, HeldImage, Outcome, Scope
from consent_portal.web.frame.fields import AtMost, Choice, Form, IfGiven, options
from consent_portal.web.viewer import areas as written

LONGEST = 2000


FAR = (
    (Scope.FRAME, _l("the frames as listed above")),
    (Scope.IMAGE, _l("every frame of this image")),
    (Scope.SERIES, _l("every image of this series")),
    (Scope.LIKE, _l("all images of this study that are alike: same size and kind")),
)
OF_A_STILL = ((Scope.FRAME, _l("this image alone")), *FAR[2:])


class Draw(Form):
    """One image: kept as a draft until all of a study are decided."""

    outcome = Choice(
        _l("What shall become of it?"),
        "",
        choices=(
            (Outcome.RELEASE, _l("It may leave, with the areas covered")),
            (Outcome.WITHHOLD, _l("Withhold it: it does not leave")),
        ),
        check=IfGiven(),
    )
    no_face = BooleanField(_l("No face can be made out in this image"))
    recognisable = BooleanField(
        _l("It shows a finding by which the patient could be known"),
        description=_l("Something rare, or a scar, a tattoo, jewellery. It then leaves only where the patient agreed."),
    )
    reason = TextAreaField(
        _l("Reason"),
        [AtMost(LONGEST)],
        description=_l("Needed when you withhold it or when somebody could be recognised. Do not name the patient."),
    )
    scope = SelectField(
        _l("Carry the areas to"),
        choices=options(FAR),
        default=Scope.FRAME,
        description=_l("What is said below goes with them to the images of a series, or that are alike."),
    )

    @classmethod
    def of(cls, draft: Draft) -> "Draw":
        """Return the form as it was saved last."""
        said = {"outcome": draft.outcome, "no_face": draft.no_face, "recognisable": draft.recognisable}
        return cls(data={**said, "reason": draft.reason, "scope": Scope.FRAME})

    def fitted(self, held: HeldImage) -> "Draw":
        """Return the form with the words that fit the image: a still has no frames."""
        if held.frames == 1:
            self.scope.choices = options(OF_A_STILL)
        return self

    @property
    def said(self) -> dict[str, Any]:
        """What is said beside the areas, as a draft takes it."""
        return {
            "outcome": Outcome(self.outcome.data) if self.outcome.data else None,
            "no_face": bool(self.no_face.data),
            "recognisable": bool(self.recognisable.data),
            "reason": self.reason.data or "",
        }


class TakeBack(Form):
    """A decision that is taken back, so that the image is looked at again."""

    reason = TextAreaField(
        _l("Why is it taken back?"),
        [AtMost(LONGEST)],
        description=_l("Whoever looks at the image next does not see this; it is kept with the decision."),
    )


def acted(act: str, areas: tuple[Area, ...], held: HeldImage) -> tuple[Area, ...]:
    """Return the areas after a button that changes them was pressed: `add`, `delete-2`, `cover-3`, `uncover-3`."""
    verb, _dash, number = act.partition("-")
    at = int(number) if number.isascii() and number.isdigit() else 0
    if verb == "add":
        return (*areas, written.in_the_middle(held.columns, held.rows))
    if verb == "delete":
        return written.without(areas, at)
    if verb in {"cover", "uncover"} and 0 < at <= len(held.proposed):
        found = held.proposed[at - 1].area
        rest = tuple(one for one in areas if one != found)
        return (*rest, found) if verb == "cover" else rest
    return areas
