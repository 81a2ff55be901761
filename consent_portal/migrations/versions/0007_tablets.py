"""Questions answered on a tablet, and what was signed there (consent_portal.tasks.tablets)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tablet",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("opened_at", sa.String(length=27), nullable=False),
        sa.Column("study", sa.String(length=36), nullable=False),
        sa.Column("user", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tablet"),
    )
    op.create_index("ix_tablet_opened_at", "tablet", ["opened_at"])
    op.create_index("ix_tablet_study", "tablet", ["study"])
    op.create_table(
        "signed_answer",
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_signed_answer"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("signed_answer")
    op.drop_table("tablet")
