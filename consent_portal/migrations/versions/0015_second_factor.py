"""When a browser showed a second factor, and which one-time password was taken last (consent_portal.web.people)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; no session so far showed one, and no account had one."""
    op.add_column("web_session", sa.Column("factor_at", sa.String(32), nullable=True))
    op.add_column("account", sa.Column("totp_counter", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("account", "totp_counter")
    op.drop_column("web_session", "factor_at")
