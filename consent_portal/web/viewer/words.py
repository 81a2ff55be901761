"""What the viewer says while somebody works with it; `%s` is filled in by its script."""

from flask_babel import gettext as _


def script_words(name: str, frames: int) -> dict[str, str]:
    """Return the words of the script, in the language of whoever reads."""
    one = frames == 1
    return {
        "alt": name if one else _("%(image)s, frame %(frame)s of %(all)d", image=name, frame="%s", all=frames),
        "frame": _("Frame %(frame)s of %(all)d", frame="%s", all=frames),
        "everyFrame": _("every frame"),
        "frameOnly": _("frame %(frame)s only", frame="%s"),
        "play": _("Play"),
        "pause": _("Pause"),
        "stopped": _("Stopped at frame %(frame)s", frame="%s"),
        "zoom": _("Enlarged to %(zoom)s per cent of the fitted size", zoom="%s"),
        "window": _("The picture is shown with this window."),
        "asItWouldLeave": _("Shown as it would leave, with the areas covered."),
        "asItIs": _("Shown as it is, with the areas drawn on it."),
        "area": _area_words(one=one),
        "added": _("Added. %(area)s", area="%s"),
        "deleted": _("Area %(number)s deleted.", number="%s"),
        "covered": _("covered"),
        "bare": _("not covered"),
        "cover": _("Cover it"),
        "uncover": _("Leave it uncovered"),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "nothing": _("There is nothing more to take back or do again."),
        "drawOn": _("Dragging on the picture draws an area."),
        "drawOff": _("Dragging moves the picture."),
    }


def _area_words(*, one: bool) -> str:
    numbers = {"number": "%s", "left": "%s", "top": "%s", "width": "%s", "height": "%s"}
    words = _(
        "Area %(number)s: %(left)s from the left, %(top)s from the top, %(width)s wide, %(height)s high", **numbers
    )
    return words if one else f"{words}, %s"
