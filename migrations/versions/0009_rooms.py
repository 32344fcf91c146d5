"""Say who is led to an online room, when its link has to change, and whom organizers have let in.

Rooms that exist go on as they were: whoever gave a name is led there. Members of groups that are
asked first, or that invite, have been let in by somebody; nobody knows that of the others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_rooms"
down_revision = "0008_reminders"

# SQLite makes a table anew to change it, and Alembic forgets then that its numbers are never given
# twice.
KEPT = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.add_column(sa.Column("is_guarded", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("welcome_note", sa.String(), nullable=True))
        table.add_column(sa.Column("expected_wait", sa.String(), nullable=True))
    op.execute("UPDATE support_group SET is_guarded = false, welcome_note = '', expected_wait = ''")
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.alter_column("is_guarded", existing_type=sa.Boolean(), nullable=False)
        table.alter_column("welcome_note", existing_type=sa.String(), nullable=False)
        table.alter_column("expected_wait", existing_type=sa.String(), nullable=False)
    op.add_column("membership", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE membership SET approved_at = joined_at WHERE group_id IN"
        " (SELECT id FROM support_group WHERE admission <> 'open')"
    )
    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("link_policy", sa.String(20), nullable=True))
        table.add_column(sa.Column("is_link_old", sa.Boolean(), nullable=True))
    op.execute("UPDATE series SET link_policy = 'name', is_link_old = false")
    with op.batch_alter_table("series") as table:
        table.alter_column("link_policy", existing_type=sa.String(20), nullable=False)
        table.alter_column("is_link_old", existing_type=sa.Boolean(), nullable=False)
        table.create_check_constraint(
            op.f("ck_series_link_policy_known"), "link_policy IN ('public', 'name', 'approval')"
        )


def downgrade() -> None:
    with op.batch_alter_table("series") as table:
        table.drop_constraint(op.f("ck_series_link_policy_known"), type_="check")
        table.drop_column("is_link_old")
        table.drop_column("link_policy")
    op.drop_column("membership", "approved_at")
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.drop_column("expected_wait")
        table.drop_column("welcome_note")
        table.drop_column("is_guarded")
