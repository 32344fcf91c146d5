"""Know the addresses from which letters come back, whose letter a job is, and how many went each day."""

import sqlalchemy as sa
from alembic import op

revision = "0014_failing_addresses"
down_revision = "0013_asking_first"

STATES = ("waiting", "done", "withdrawn", "dead")


def upgrade() -> None:
    with op.batch_alter_table("outbox_job") as table:
        table.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("has_turn", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.create_foreign_key(
            op.f("fk_outbox_job_group_id_support_group"),
            "support_group",
            ["group_id"],
            ["id"],
            ondelete="CASCADE",
        )
    op.create_index(op.f("ix_outbox_job_group_id"), "outbox_job", ["group_id"])
    op.create_table(
        "failing_address",
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_failing_address")),
    )
    op.create_index(op.f("ix_failing_address_failed_at"), "failing_address", ["failed_at"])
    state = sa.Enum(
        *STATES, name="state_known", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "outbox_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("how_many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "state", name=op.f("pk_outbox_day")),
    )


def downgrade() -> None:
    op.drop_table("outbox_day")
    op.drop_table("failing_address")
    op.drop_index(op.f("ix_outbox_job_group_id"), "outbox_job")
    with op.batch_alter_table("outbox_job") as table:
        table.drop_constraint(op.f("fk_outbox_job_group_id_support_group"), type_="foreignkey")
        table.drop_column("has_turn")
        table.drop_column("group_id")
