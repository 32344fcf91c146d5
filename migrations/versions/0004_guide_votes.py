"""Count how many readers found a guide helpful, month by month, and nothing about them."""

import sqlalchemy as sa
from alembic import op

revision = "0004_guide_votes"
down_revision = "0003_schedules"


def upgrade() -> None:
    op.create_table(
        "guide_vote",
        sa.Column("guide", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "helpful >= 0 AND unhelpful >= 0", name=op.f("ck_guide_vote_counts_not_negative")
        ),
        sa.PrimaryKeyConstraint("guide", "month", name=op.f("pk_guide_vote")),
    )


def downgrade() -> None:
    op.drop_table("guide_vote")
