"""What was recorded as the answer to a question, and when whoever asked has seen it (consent_portal.tasks.asks)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was closed before counts as seen."""
    op.add_column("ask", sa.Column("recorded", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("ask", sa.Column("seen_at", sa.String(27), nullable=True))
    op.execute("UPDATE ask SET seen_at = closed_at WHERE status = 'closed'")


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("ask", "seen_at")
    op.drop_column("ask", "recorded")
