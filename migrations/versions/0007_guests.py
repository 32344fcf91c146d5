"""Let people come by name alone: links by which they come back, and where their letters go."""

import sqlalchemy as sa
from alembic import op

revision = "0007_guests"
down_revision = "0006_head_counts"


def upgrade() -> None:
    op.add_column("user_account", sa.Column("contact_email", sa.String(), nullable=True))
    op.create_table(
        "manage_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_manage_link_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manage_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_manage_link_secret_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_manage_link_user_id"), "manage_link", ["user_id"])


def downgrade() -> None:
    op.drop_table("manage_link")
    op.drop_column("user_account", "contact_email")
