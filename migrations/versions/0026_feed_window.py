"""Let somebody choose which days an address covers. Those that there are go on covering the most."""

import sqlalchemy as sa
from alembic import op

revision = "0026_feed_window"
down_revision = "0025_channels"

KNOWN = "reach IN ('quarter', 'half-year', 'year')"


def upgrade() -> None:
    with op.batch_alter_table("feed_link") as table:
        table.add_column(
            sa.Column("reach", sa.String(length=20), server_default="year", nullable=False)
        )
        table.add_column(
            sa.Column("has_past", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        table.create_check_constraint(op.f("ck_feed_link_reach_known"), KNOWN)


def downgrade() -> None:
    with op.batch_alter_table("feed_link") as table:
        table.drop_constraint(op.f("ck_feed_link_reach_known"), type_="check")
        table.drop_column("has_past")
        table.drop_column("reach")
