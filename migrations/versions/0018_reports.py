"""Let anybody report a problem with a group, and take groups that nobody confirms out of the lists.

Groups that were there before are asked about first: none leaves the lists before its organizers
had a month to answer.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_reports"
down_revision = "0017_announcements"

#: A rebuilt table still never gives a number twice.
KEPT = {"sqlite_autoincrement": True}
KINDS = ("gone", "wrong", "unsafe", "selling", "other")


def upgrade() -> None:
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.add_column(sa.Column("nudged_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("hidden_because", sa.String(length=20), nullable=True))
        table.create_check_constraint(
            op.f("ck_support_group_hidden_because_known"),
            "hidden_because IN ('unconfirmed', 'reported', 'site-admin')",
        )
    kind = sa.Enum(*KINDS, name="kind_known", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "problem_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["support_group.id"],
            name=op.f("fk_problem_report_group_id_support_group"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_problem_report_public_id")),
        sa.UniqueConstraint(
            "group_id", "reporter", name=op.f("uq_problem_report_group_id_reporter")
        ),
        # A number is never given twice: a job may still name the row that had it.
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("problem_report")
    with op.batch_alter_table("support_group", table_kwargs=KEPT) as table:
        table.drop_constraint(op.f("ck_support_group_hidden_because_known"), type_="check")
        table.drop_column("hidden_because")
        table.drop_column("nudged_at")
