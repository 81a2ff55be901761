"""What nobody needs any more of held images: drafts and tickets of those that ended. What was decided stays."""

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.review.model import State
from consent_portal.review.rows import HeldImageRow, ImageDraftRow

AT_ONCE = 200
"""So many images in one transaction: whoever draws meanwhile waits for no more."""


def forget(session: Session) -> int:
    """Delete the drafts and tickets of some images that are past their date or were held anew, and return how many.

    To be called until there are none. An image that is told of again gets its new ticket, and begins with what was
    decided of it, or with what the machine proposes.

    Parameters
    ----------
    session : Session
        A writing one.
    """
    ended = or_(HeldImageRow.until <= to_text(utc_now()), HeldImageRow.status == State.ENDED)
    drawn = select(ImageDraftRow.held).where(ImageDraftRow.held == HeldImageRow.id).exists()
    query = select(HeldImageRow.id).where(ended, or_(HeldImageRow.ticket != "", drawn)).limit(AT_ONCE)
    gone = session.scalars(query).all()
    session.execute(delete(ImageDraftRow).where(ImageDraftRow.held.in_(gone)))
    session.execute(update(HeldImageRow).where(HeldImageRow.id.in_(gone)).values(ticket=""))
    return len(gone)
