"""Count who came, and keep how many answered after the names have been erased."""

import sqlalchemy as sa
from alembic import op

revision = "0006_head_counts"
down_revision = "0005_offers"

OUTCOMES = ("held", "held-online", "nobody-came", "nobody-led", "no-room", "weather", "other")
ANSWERS = ("accepted", "tentative", "declined", "waitlisted")


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    op.create_table(
        "head_count",
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("outcome", one_of(OUTCOMES, "outcome_known"), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("first_timers", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("heads >= 0", name=op.f("ck_head_count_heads_not_negative")),
        sa.CheckConstraint(
            "first_timers >= 0 AND first_timers <= heads",
            name=op.f("ck_head_count_first_timers_among_heads"),
        ),
        sa.CheckConstraint(
            "heads = 0 OR outcome IN ('held', 'held-online')",
            name=op.f("ck_head_count_heads_where_people_met"),
        ),
        sa.ForeignKeyConstraint(
            ["counted_by_id"],
            ["user_account.id"],
            name=op.f("fk_head_count_counted_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_session.id"],
            name=op.f("fk_head_count_group_session_id_group_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_session_id", name=op.f("pk_head_count")),
    )
    op.create_index(op.f("ix_head_count_counted_by_id"), "head_count", ["counted_by_id"])
    op.create_table(
        "session_tally",
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("status", one_of(ANSWERS, "status_known"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_session_tally_number_positive")),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_session.id"],
            name=op.f("fk_session_tally_group_session_id_group_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_session_id", "status", name=op.f("pk_session_tally")),
    )


def downgrade() -> None:
    op.drop_table("session_tally")
    op.drop_table("head_count")
