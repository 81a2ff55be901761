"""Who asked for what is called back, and where a recipient's letters go (consent_portal.tasks.recalls, registers)."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; who asked for a release is read from the ledger."""
    op.add_column("recipient", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    op.add_column("recall", sa.Column("requested_by", sa.String(length=120), nullable=False, server_default=""))
    op.create_index("ix_recall_requested_by", "recall", ["requested_by"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    recall = sa.table("recall", sa.column("id"), sa.column("released_event"), sa.column("requested_by"))
    event = sa.table("ledger_event", sa.column("id"), sa.column("payload"))
    found = sa.select(recall.c.id, event.c.payload).join(event, event.c.id == recall.c.released_event)
    for key, payload in connection.execute(found).all():
        sender = json.loads(payload).get("sender", "")
        connection.execute(sa.update(recall).where(recall.c.id == key).values(requested_by=sender))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index("ix_recall_requested_by", "recall")
    op.drop_column("recall", "requested_by")
    op.drop_column("recipient", "address")
