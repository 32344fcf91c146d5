"""When people are told of an act on schedules, so that several acts in a row make one letter."""

import sqlalchemy as sa
from alembic import op

revision = "0019_told_together"
down_revision = "0018_reports"


def upgrade() -> None:
    # A new column without a default needs no rebuilding of the table, on either database.
    op.add_column(
        "schedule_change", sa.Column("tells_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("schedule_change", "tells_at")
