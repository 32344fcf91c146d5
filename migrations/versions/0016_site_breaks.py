"""Remember which breaks came from a break of the whole site, and why there is one.

Going back, they stay as breaks of their groups.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_site_breaks"
down_revision = "0015_news"


def upgrade() -> None:
    op.create_table(
        "site_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "returns_on > starts_on", name=op.f("ck_site_break_returns_after_start")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_break")),
        sa.UniqueConstraint("public_id", name=op.f("uq_site_break_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("pause", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(
            sa.Column("reason", sa.String(), nullable=False, server_default=sa.text("''"))
        )
        table.add_column(sa.Column("site_break_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_pause_site_break_id_site_break"),
            "site_break",
            ["site_break_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index(op.f("ix_pause_site_break_id"), ["site_break_id"])
    with op.batch_alter_table("pause", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("pause", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_index(op.f("ix_pause_site_break_id"))
        table.drop_constraint(op.f("fk_pause_site_break_id_site_break"), type_="foreignkey")
        table.drop_column("site_break_id")
        table.drop_column("reason")
    op.drop_table("site_break")
