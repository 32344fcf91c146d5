"""Find groups and coming sessions by their words.

The table is filled by the program, which alone knows how words are folded: within the hour by the
worker, or at once by `flask --app wsgi search rebuild`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_search"
down_revision = "0010_changes_and_breaks"

FOLDED = ("title", "words", "near")
ON_SQLITE = """
    CREATE VIRTUAL TABLE search_index USING fts5(
        title, words, near, tokenize="unicode61 remove_diacritics 0", prefix='2 3 4 5 6'
    )
"""


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("group_session_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in FOLDED),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_search_entry_{name}_id_{table}"),
                ondelete="CASCADE",
            )
            for name, table in (
                ("group", "support_group"),
                ("series", "series"),
                ("group_session", "group_session"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sqlite_autoincrement=True,
    )
    for name in ("group_id", "series_id", "group_session_id"):
        op.create_index(op.f(f"ix_search_entry_{name}"), "search_entry", [name])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(ON_SQLITE)
        return
    for name in FOLDED:
        op.execute(
            f"CREATE INDEX search_index_{name} ON search_entry "
            f"USING gin (array_to_tsvector(string_to_array({name}, ' '))) WITH (fastupdate = off)"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_entry")
