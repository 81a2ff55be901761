"""Images that wait for a person, what is drawn on them and decided, and what a second reviewer was shown (ADR 0173)."""

import sqlalchemy as sa
from alembic import op

from consent_portal.migrations.triggers import only_grows

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the column."""
    _held()
    _drafts()
    _reviews()
    op.add_column("review", sa.Column("shown", sa.String(64), nullable=True))


def downgrade() -> None:
    """Refuse: what was proven would no longer be."""
    message = "The evidence of the ledger is not taken away by a migration."
    raise NotImplementedError(message)


def _held() -> None:
    op.create_table(
        "held_image",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("image", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("study_key", sa.String(36), nullable=False),
        sa.Column("series_uid", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("modality", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("proportion", sa.Float(), nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("first_told_at", sa.String(27), nullable=False),
        sa.Column("told_at", sa.String(27), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_image"),
        sa.UniqueConstraint("image", "basis", name="uq_held_image_image"),
    )
    for column in ("study_key", "first_told_at", "until", "status"):
        op.create_index(f"ix_held_image_{column}", "held_image", [column])
    op.create_table(
        "held_for",
        sa.Column("held", sa.String(36), nullable=False),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("user", sa.String(120), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("profile", sa.String(2), nullable=False),
        sa.Column("told_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("held", "job", name="pk_held_for"),
        sa.ForeignKeyConstraint(["held"], ["held_image.id"], name="fk_held_for_held"),
    )


def _drafts() -> None:
    op.create_table(
        "image_draft",
        sa.Column("held", sa.String(36), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(36), nullable=False),
        *_said(),
        sa.PrimaryKeyConstraint("held", "revision", name="pk_image_draft"),
        sa.ForeignKeyConstraint(["held"], ["held_image.id"], name="fk_image_draft_held"),
    )


def _reviews() -> None:
    op.create_table(
        "image_review",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("held", sa.String(36), nullable=False),
        sa.Column("image", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("study_key", sa.String(36), nullable=False),
        sa.Column("act", sa.String(36), nullable=False),
        *_said(),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("ledger_head", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_image_review"),
    )
    for column in ("held", "study_key", "at"):
        op.create_index(f"ix_image_review_{column}", "image_review", [column])
    only_grows("image_review", "id")


def _said() -> list[sa.Column[object]]:
    return [
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("no_face", sa.Boolean(), nullable=False),
        sa.Column("recognisable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    ]
