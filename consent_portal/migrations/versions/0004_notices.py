"""Settings, versions and displays of the department's notices (consent_portal.publishing)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEYS = {"notice_settings": ("id",), "notice_version": ("number",), "notice_step": ("id",),
        "notice_page": ("version", "language")}  # fmt: skip
"""Tables that only grow, with their keys."""
MESSAGE = "only grows: a row is never changed, replaced or deleted"


def _tables() -> None:
    op.create_table(
        "notice_settings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("saved_at", sa.String(length=27), nullable=False),
        sa.Column("saved_by", sa.String(length=120), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice_settings"),
    )
    op.create_table(
        "notice_trial",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice_trial"),
    )
    op.create_index("ix_notice_trial_made_at", "notice_trial", ["made_at"])
    op.create_table(
        "notice_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_notice_version"),
    )
    op.create_table(
        "notice_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["notice_version.number"], name="fk_notice_step_version"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_step"),
    )
    op.create_index("ix_notice_step_version", "notice_step", ["version"])
    op.create_table(
        "notice_page",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("css", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["notice_version.number"], name="fk_notice_page_version"),
        sa.PrimaryKeyConstraint("version", "language", name="pk_notice_page"),
    )


def _displays() -> None:
    op.create_table(
        "notice_photograph",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_notice_photograph"),
    )
    op.create_table(
        "notice_display",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("paper", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("review_by", sa.String(length=10), nullable=False),
        sa.Column("large_print", sa.Boolean(), nullable=False),
        sa.Column("easy_read", sa.Boolean(), nullable=False),
        sa.Column("photograph", sa.String(length=64), nullable=True),
        sa.Column("taken_down", sa.String(length=10), nullable=True),
        sa.Column("updated_at", sa.String(length=27), nullable=False),
        sa.Column("updated_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["photograph"], ["notice_photograph.digest"], name="fk_notice_display_photograph"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_display"),
    )


def _sqlite() -> None:
    for table, keys in KEYS.items():
        same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
        )


def _postgresql() -> None:
    for table in KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION aoa_only_grows()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION aoa_only_grows()"
        )


def upgrade() -> None:
    """Make the tables and let those of the record only grow."""
    _tables()
    _displays()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    """Refuse: published versions are part of the record."""
    message = "The versions of the notices are not taken away by a migration."
    raise NotImplementedError(message)
