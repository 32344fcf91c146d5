"""Devices to which a note is pushed. Going back, they are forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0023_push"
down_revision = "0022_invitations"


def upgrade() -> None:
    op.create_table(
        "push_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_in_id"],
            ["sign_in.id"],
            name=op.f("fk_push_device_sign_in_id_sign_in"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_device")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_device_endpoint")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_push_device_sign_in_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("push_device")
