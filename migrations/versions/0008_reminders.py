"""Reminders: when each person wants one, and which answers they were reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0008_reminders"
down_revision = "0007_guests"

# SQLite makes a table anew to change it, and Alembic forgets then that its numbers are never given
# twice.
KEPT = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("user_account", table_kwargs=KEPT) as table:
        table.add_column(
            sa.Column("reminder", sa.String(20), nullable=False, server_default="day-before")
        )
        table.create_check_constraint(
            op.f("ck_user_account_reminder_known"),
            "reminder IN ('none', 'day-before', 'two-hours')",
        )
    # A new column without a default needs no rebuilding of the table, on either database.
    op.add_column("rsvp", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("rsvp", "reminded_at")
    with op.batch_alter_table("user_account", table_kwargs=KEPT) as table:
        table.drop_constraint(op.f("ck_user_account_reminder_known"), type_="check")
        table.drop_column("reminder")
