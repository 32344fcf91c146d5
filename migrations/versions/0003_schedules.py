"""Schedules of every shape: listed dates with topics, days to leave out, courses, group drafts.

Groups that exist go by the country of their time zone. Series that exist are plain schedules and
leave out no public holiday before an organizer asks for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_schedules"
down_revision = "0002_ways_in"

# SQLite makes a table anew to change it, and Alembic forgets then that its numbers are never given
# twice.
KEPT = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.add_column(sa.Column("country", sa.String(), nullable=True))
        table.add_column(sa.Column("region", sa.String(), nullable=True))
    op.execute("UPDATE support_group SET country = '', region = ''")
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.alter_column("country", existing_type=sa.String(), nullable=False)
        table.alter_column("region", existing_type=sa.String(), nullable=False)
    op.create_table(
        "group_draft",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_group_draft_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_group_draft")),
    )
    op.create_index(op.f("ix_group_draft_changed_at"), "group_draft", ["changed_at"])

    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("kind", sa.String(20), nullable=True))
        table.add_column(sa.Column("skips_holidays", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("late_join_until", sa.Integer(), nullable=True))
    op.execute("UPDATE series SET kind = 'schedule', skips_holidays = false")
    with op.batch_alter_table("series") as table:
        table.alter_column("kind", existing_type=sa.String(20), nullable=False)
        table.alter_column("skips_holidays", existing_type=sa.Boolean(), nullable=False)
        table.create_check_constraint(
            op.f("ck_series_kind_known"), "kind IN ('schedule', 'course')"
        )
        table.create_check_constraint(op.f("ck_series_late_join_positive"), "late_join_until > 0")
    op.create_table(
        "series_date",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("wall_starts_at", sa.DateTime(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("is_make_up", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_series_date_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("series_id", "wall_starts_at", name=op.f("pk_series_date")),
    )
    op.create_table(
        "series_skip",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_series_skip_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("series_id", "day", name=op.f("pk_series_skip")),
    )


def downgrade() -> None:
    op.drop_table("series_skip")
    op.drop_table("series_date")
    with op.batch_alter_table("series") as table:
        table.drop_constraint(op.f("ck_series_late_join_positive"), type_="check")
        table.drop_constraint(op.f("ck_series_kind_known"), type_="check")
        table.drop_column("late_join_until")
        table.drop_column("skips_holidays")
        table.drop_column("kind")
    op.drop_index(op.f("ix_group_draft_changed_at"), "group_draft")
    op.drop_table("group_draft")
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.drop_column("region")
        table.drop_column("country")
