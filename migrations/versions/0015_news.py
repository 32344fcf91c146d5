"""What each person wants to hear of, when, and of which groups less.

Going back, everybody hears as before: between 8:00 and 22:00, of everything.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_news"
down_revision = "0014_failing_addresses"

# SQLite makes a table anew to change it, and Alembic forgets then that its numbers are never given
# twice.
KEPT = {"sqlite_autoincrement": True}
NEW_COLUMNS = (
    ("quiet_from", sa.Integer(), "22"),
    ("quiet_until", sa.Integer(), "8"),
    ("wants_digest", sa.Boolean(), sa.false()),
    ("wants_duty_news", sa.Boolean(), sa.true()),
    ("wants_announcements", sa.Boolean(), sa.true()),
    ("shows_group_names", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    with op.batch_alter_table("user_account", table_kwargs=KEPT) as table:
        for name, kind, default in NEW_COLUMNS:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table("membership") as table:
        table.add_column(sa.Column("reminder", sa.String(20), nullable=True))
        table.add_column(
            sa.Column("is_muted", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.create_check_constraint(
            op.f("ck_membership_reminder_known"),
            "reminder IN ('none', 'day-before', 'two-hours')",
        )


def downgrade() -> None:
    with op.batch_alter_table("membership") as table:
        table.drop_constraint(op.f("ck_membership_reminder_known"), type_="check")
        table.drop_column("is_muted")
        table.drop_column("reminder")
    with op.batch_alter_table("user_account", table_kwargs=KEPT) as table:
        for name, _kind, _default in reversed(NEW_COLUMNS):
            table.drop_column(name)
