"""Let a calendar address end when no app comes for long, carry duties alone, and tell whose app came.

The addresses that there are have another 90 days from now. Going back, an address for duties
carries all sessions of its owner's groups, as none could be narrower before.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0024_links"
down_revision = "0023_push"

KNOWN = "client IN ('apple', 'google', 'outlook', 'thunderbird', 'android', 'other')"


def upgrade() -> None:
    with op.batch_alter_table("feed_link") as table:
        table.add_column(
            sa.Column("is_for_duties", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("client", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("expiry_told_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f("ck_feed_link_client_known"), KNOWN)
    links = sa.table("feed_link", sa.column("expires_at", sa.DateTime(timezone=True)))
    op.execute(links.update().values(expires_at=datetime.now(UTC) + timedelta(days=90)))
    with op.batch_alter_table("feed_link") as table:
        table.alter_column("expires_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.create_index(op.f("ix_feed_link_expires_at"), ["expires_at"])


def downgrade() -> None:
    with op.batch_alter_table("feed_link") as table:
        table.drop_index(op.f("ix_feed_link_expires_at"))
        table.drop_constraint(op.f("ck_feed_link_client_known"), type_="check")
        for column in ("expiry_told_at", "expires_at", "client", "is_for_duties"):
            table.drop_column(column)
