"""Forms that were sent, and what was typed into those that came too late (web/frame/form_tokens and drafts)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sent_form",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.String(length=32), nullable=False),
        sa.Column("led_to", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sent_form"),
    )
    op.create_index("ix_sent_form_sent_at", "sent_form", ["sent_at"])
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_kept_at", "draft", ["kept_at"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("draft")
    op.drop_table("sent_form")
