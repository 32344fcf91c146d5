"""Let a schedule be for people whom an organizer has let in.

Going back, such schedules let everybody reserve a place, as all of them did before.
"""

from alembic import op

revision = "0013_asking_first"
down_revision = "0012_cover"


def upgrade() -> None:
    with op.batch_alter_table("series") as table:
        table.drop_constraint(op.f("ck_series_admission_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_series_admission_known"), "admission IN ('drop_in', 'reserve', 'request')"
        )


def downgrade() -> None:
    op.execute("UPDATE series SET admission = 'reserve' WHERE admission = 'request'")
    with op.batch_alter_table("series") as table:
        table.drop_constraint(op.f("ck_series_admission_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_series_admission_known"), "admission IN ('drop_in', 'reserve')"
        )
