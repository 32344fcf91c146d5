"""Write to members who wish it about their sessions in a way that their calendar takes in."""

import sqlalchemy as sa
from alembic import op

revision = "0022_invitations"
down_revision = "0021_courses"

LEVELS = ("plain", "neutral", "busy")


def upgrade() -> None:
    discretion = sa.Enum(
        *LEVELS, name="discretion_known", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "invitation_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("discretion", discretion, nullable=False),
        sa.Column("neutral_word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_choice_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_invitation_choice")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("group_session_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_sequence", sa.Integer(), nullable=False),
        sa.Column("is_standing", sa.Boolean(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("sent_sequence", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_replies", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_session.id"],
            name=op.f("fk_invitation_group_session_id_group_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        sa.UniqueConstraint(
            "user_id", "group_session_id", name=op.f("uq_invitation_user_id_group_session_id")
        ),
        # A number is never given twice: a job may still name the row that had it.
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_group_session_id"), "invitation", ["group_session_id"])


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_table("invitation_choice")
