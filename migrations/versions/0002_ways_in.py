"""Let people come without booking: the way in and the doors of a schedule, and who might come.

Schedules that exist go on as they were: people reserve a place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_ways_in"
down_revision = "0001_first_tables"

# SQLite makes a table anew to change it, and Alembic forgets then that its numbers are never given
# twice.
KEPT = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("admission", sa.String(20), nullable=True))
        table.add_column(sa.Column("doors_minutes", sa.Integer(), nullable=True))
    op.execute("UPDATE series SET admission = 'reserve', doors_minutes = 30")
    with op.batch_alter_table("series") as table:
        table.alter_column("admission", existing_type=sa.String(20), nullable=False)
        table.alter_column("doors_minutes", existing_type=sa.Integer(), nullable=False)
        table.create_check_constraint(
            op.f("ck_series_admission_known"), "admission IN ('drop_in', 'reserve')"
        )
        table.create_check_constraint(op.f("ck_series_doors_not_negative"), "doors_minutes >= 0")
    with op.batch_alter_table("group_session", table_kwargs=KEPT) as table:
        table.add_column(sa.Column("might_come", sa.Integer(), nullable=True))
    op.execute("UPDATE group_session SET might_come = 0")
    with op.batch_alter_table("group_session", table_kwargs=KEPT) as table:
        table.alter_column("might_come", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("group_session", table_kwargs=KEPT) as table:
        table.drop_column("might_come")
    with op.batch_alter_table("series") as table:
        table.drop_constraint(op.f("ck_series_doors_not_negative"), type_="check")
        table.drop_constraint(op.f("ck_series_admission_known"), type_="check")
        table.drop_column("doors_minutes")
        table.drop_column("admission")
