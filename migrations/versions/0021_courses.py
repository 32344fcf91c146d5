"""Enrolling in courses, and what is kept of it once the names are erased.

Going back, people reserve a place on each date of such courses: who is enrolled has an answer for
every one of them, so nobody loses a place. Those on the list are forgotten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_courses"
down_revision = "0020_import"


def upgrade() -> None:
    _let_admission_be("'drop_in', 'reserve', 'request', 'enrol', 'enrol_request'")
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_yes", sa.Integer(), nullable=False),
        sa.Column("invited_to_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("said_yes >= 0", name=op.f("ck_enrolment_said_yes_not_negative")),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_enrolment_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_enrolment_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_to_id"],
            ["series.id"],
            name=op.f("fk_enrolment_invited_to_id_series"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("series_id", "user_id", name=op.f("uq_enrolment_series_id_user_id")),
        # A number is never given twice: a job may still name the row that had it.
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enrolment_user_id"), "enrolment", ["user_id"])
    op.create_index(op.f("ix_enrolment_invited_to_id"), "enrolment", ["invited_to_id"])
    op.create_table(
        "course_tally",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "completed >= 0 AND completed <= enrolled",
            name=op.f("ck_course_tally_completed_in_bounds"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_course_tally_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_course_tally")),
    )


def downgrade() -> None:
    op.drop_table("course_tally")
    op.drop_table("enrolment")
    op.execute("UPDATE series SET admission = 'reserve' WHERE admission = 'enrol'")
    op.execute("UPDATE series SET admission = 'request' WHERE admission = 'enrol_request'")
    _let_admission_be("'drop_in', 'reserve', 'request'")


def _let_admission_be(known: str) -> None:
    with op.batch_alter_table("series") as table:
        table.drop_constraint(op.f("ck_series_admission_known"), type_="check")
        table.create_check_constraint(op.f("ck_series_admission_known"), f"admission IN ({known})")
