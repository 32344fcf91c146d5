"""Look for somebody else when a facilitator cannot lead a session, one person after the other.

In schedules that exist two people are needed, until their organizers say that one is enough.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_cover"
down_revision = "0011_search"

STATUSES = ("open", "covered", "alone", "online", "cancelled", "lapsed")


def upgrade() -> None:
    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("may_lead_alone", sa.Boolean(), nullable=True))
    op.execute(sa.text("UPDATE series SET may_lead_alone = :no").bindparams(no=False))
    with op.batch_alter_table("series") as table:
        table.alter_column("may_lead_alone", existing_type=sa.Boolean(), nullable=False)
    status = sa.Enum(
        *STATUSES, name="status_known", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "cover_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("status", status, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_cover_request_asked_by_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_session.id"],
            name=op.f("fk_cover_request_group_session_id_group_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cover_request_public_id")),
        # A number is never given twice: a job may still name the row that had it.
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cover_request_asked_by_id"), "cover_request", ["asked_by_id"])
    op.create_index(
        op.f("ix_cover_request_group_session_id"), "cover_request", ["group_session_id"]
    )
    op.create_table(
        "cover_ask",
        sa.Column("cover_request_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cover_request_id"],
            ["cover_request.id"],
            name=op.f("fk_cover_ask_cover_request_id_cover_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_cover_ask_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cover_request_id", "user_id", name=op.f("pk_cover_ask")),
    )
    op.create_index(op.f("ix_cover_ask_user_id"), "cover_ask", ["user_id"])


def downgrade() -> None:
    op.drop_table("cover_ask")
    op.drop_table("cover_request")
    with op.batch_alter_table("series") as table:
        table.drop_column("may_lead_alone")
