"""An index of the words of names, and of what was separated: a search reads no register from end to end (ADR 0159).

SQLite has a full-text index beside the register, kept in step by triggers, whoever writes; PostgreSQL has one of its
own kind on the same columns.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Whole words, as `registers.names` divides and folds them: nothing is folded or divided any further here. The beginnings
# of words are indexed too: with a million studies, a common first name takes an eighth of the time.
_TABLE = """
CREATE VIRTUAL TABLE study_name USING fts5(
  words, sounds, study_key UNINDEXED, detail = column, columnsize = 0, prefix = '3 4 5 6 7',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N*'"
)
"""
_FILL = "INSERT INTO study_name (words, sounds, study_key) SELECT name_words, name_sounds, key FROM study"
_HAS_NAME = "{row}.name_words <> ''"
_ENTER = (
    "INSERT INTO study_name (words, sounds, study_key) SELECT NEW.name_words, NEW.name_sounds, NEW.key "
    f"WHERE {_HAS_NAME.format(row='NEW')};"
)
_LEAVE = (  # found by its own words: the key has no index
    "DELETE FROM study_name WHERE study_key = OLD.key AND study_name MATCH "
    "'words : (\"' || replace(trim(OLD.name_words), ' ', '\" AND \"') || '\")';"
)
_CHANGED = "OLD.name_words <> NEW.name_words OR OLD.name_sounds <> NEW.name_sounds OR OLD.key <> NEW.key"
_TRIGGERS = (
    f"CREATE TRIGGER study_name_enters AFTER INSERT ON study BEGIN {_ENTER} END",
    f"CREATE TRIGGER study_name_leaves AFTER DELETE ON study WHEN {_HAS_NAME.format(row='OLD')} BEGIN {_LEAVE} END",
    "CREATE TRIGGER study_name_is_left AFTER UPDATE OF key, name_words, name_sounds ON study "
    f"WHEN {_HAS_NAME.format(row='OLD')} AND ({_CHANGED}) BEGIN {_LEAVE} END",
    "CREATE TRIGGER study_name_is_taken AFTER UPDATE OF key, name_words, name_sounds ON study "
    f"WHEN {_CHANGED} BEGIN {_ENTER} END",
)
_LEXEMES = "array_to_tsvector(array_remove(string_to_array(btrim({column}), ' '), ''))"
_INDICES = {"ix_study_name_words": "name_words", "ix_study_name_sounds": "name_sounds"}


def upgrade() -> None:
    """Make the indices and fill them."""
    op.create_index("ix_study_separated_from", "study", ["separated_from"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in (_TABLE, f"{_FILL} WHERE name_words <> ''", *_TRIGGERS):
            op.get_bind().exec_driver_sql(statement)  # a colon in it is no parameter
        return
    for name, column in _INDICES.items():
        op.execute(f"CREATE INDEX {name} ON study USING gin ({_LEXEMES.format(column=column)})")


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("enters", "leaves", "is_left", "is_taken"):
            op.execute(f"DROP TRIGGER study_name_{trigger}")
        op.execute("DROP TABLE study_name")
    else:
        for name in _INDICES:
            op.drop_index(name, "study")
    op.drop_index("ix_study_separated_from", "study")
