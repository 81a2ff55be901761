"""Of which departments a study is, and whose a person's are (consent_portal.registers.departments; ADR 0153)."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody has looked of which departments a study is, and no account has any."""
    op.add_column("study", sa.Column("departments", sa.Text, nullable=False, server_default=""))
    op.add_column("study", sa.Column("departments_by", sa.String(16), nullable=False, server_default=""))
    op.create_index("ix_study_departments_by", "study", ["departments_by"])
    op.add_column("account", sa.Column("departments", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("account", "departments")
    op.drop_index("ix_study_departments_by", "study")
    op.drop_column("study", "departments_by")
    op.drop_column("study", "departments")
