"""In which country a recipient is (consent_portal.registers.recipients; R99)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; recipients known so far have none recorded."""
    op.add_column("recipient", sa.Column("country", sa.String(2), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("recipient", "country")
