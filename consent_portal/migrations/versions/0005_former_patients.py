"""Under whose number a study stood before (consent_portal.registers.studies)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; studies known so far start with none."""
    op.add_column("study", sa.Column("former_patients", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("study", "former_patients")
