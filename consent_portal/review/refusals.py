"""Why a draft or a decision about held images is not taken; each text is for whoever sits before the page.

A text is a template that the pages translate, with what it names beside it.
"""

from consent_portal.review.model import Draft


class NotPossible(Exception):  # noqa: N818  (named for the situation)
    """It cannot be done as it is; the text says why and what to do.

    Attributes
    ----------
    text : str
        Template, with `%(name)s` in place of what is in `values`.
    images : tuple of str
        Ids of the held images that are in the way.
    """

    def __init__(self, text: str, *images: str, **values: object) -> None:
        super().__init__(text % values if values else text)
        self.text, self.values, self.images = text, values, images


class DraftMoved(NotPossible):
    """Somebody saved since the page was opened: nothing was overwritten, and this is what stands now."""

    def __init__(self, now: Draft, image: str) -> None:
        if now.by:
            super().__init__(_MOVED_BY, image, by=now.by)
        else:
            super().__init__(_MOVED, image)
        self.now, self.image = now, image


_MOVED_BY = (
    "This image was changed by %(by)s since you opened it, so yours was not saved. "
    "Look at what stands now, and add what is missing."
)
_MOVED = (
    "This image was changed since you opened it, so yours was not saved. "
    "Look at what stands now, and add what is missing."
)


class NothingToUndo(NotPossible):
    """There is no earlier state of this draft."""

    def __init__(self, image: str) -> None:
        super().__init__("There is nothing to undo for this image.", image)


class Unknown(LookupError):  # noqa: N818  (named for the situation)
    """There is no such image in this study, or whoever asks may not know of it."""

    def __init__(self) -> None:
        super().__init__("There is no such held image.")
