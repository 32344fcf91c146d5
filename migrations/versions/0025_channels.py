"""By what news comes to each person of whom a device gets notes: letter, note, or both.

Going back, a note comes with each letter, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025_channels"
down_revision = "0024_links"

# SQLite makes a table anew to change it, and Alembic forgets then that its numbers are never given
# twice.
KEPT = {"sqlite_autoincrement": True}
COLUMNS = ("reminders_by", "changes_by", "other_news_by")


def upgrade() -> None:
    with op.batch_alter_table("user_account", table_kwargs=KEPT) as table:
        for name in COLUMNS:
            table.add_column(sa.Column(name, sa.String(20), nullable=False, server_default="both"))
            table.create_check_constraint(
                op.f(f"ck_user_account_{name}_known"), f"{name} IN ('letter', 'both', 'note')"
            )


def downgrade() -> None:
    with op.batch_alter_table("user_account", table_kwargs=KEPT) as table:
        for name in reversed(COLUMNS):
            table.drop_constraint(op.f(f"ck_user_account_{name}_known"), type_="check")
            table.drop_column(name)
