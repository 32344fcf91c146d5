"""Remember what was changed in schedules, breaks, and for which start an answer was given.

Answers given before this step are taken to be for the session as it stands, so nobody is asked
again because of it. The version of the zone data stays unknown until the worker has looked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_changes_and_breaks"
down_revision = "0009_rooms"

# Alembic forgets this when it makes a table anew.
KEPT = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("stops_before", sa.DateTime(), nullable=True))
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("returns_on > starts_on", name=op.f("ck_pause_returns_after_start")),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["support_group.id"],
            name=op.f("fk_pause_group_id_support_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_pause_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pause_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pause_group_id"), "pause", ["group_id"])
    op.create_index(op.f("ix_pause_series_id"), "pause", ["series_id"])
    with op.batch_alter_table("group_session", table_kwargs=KEPT) as table:
        table.add_column(sa.Column("pause_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_group_session_pause_id_pause"),
            "pause",
            ["pause_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index(op.f("ix_group_session_pause_id"), ["pause_id"])
    with op.batch_alter_table("rsvp", table_kwargs=KEPT) as table:
        table.add_column(sa.Column("answered_for", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE rsvp SET answered_for = (SELECT wall_starts_at FROM group_session"
        " WHERE group_session.id = rsvp.group_session_id)"
    )
    with op.batch_alter_table("rsvp", table_kwargs=KEPT) as table:
        table.alter_column("answered_for", existing_type=sa.DateTime(), nullable=False)
    _create_schedule_change()
    op.create_table(
        "zone_data",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("derived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_data")),
    )


def _create_schedule_change() -> None:
    kinds = ("edited", "cancelled", "restored", "paused", "resumed", "clocks")
    op.create_table(
        "schedule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                *kinds, name="kind_known", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user_account.id"],
            name=op.f("fk_schedule_change_actor_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["support_group.id"],
            name=op.f("fk_schedule_change_group_id_support_group"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_schedule_change_public_id")),
        sqlite_autoincrement=True,
    )
    for column in ("group_id", "actor_id", "changed_at"):
        op.create_index(op.f(f"ix_schedule_change_{column}"), "schedule_change", [column])


def downgrade() -> None:
    op.drop_table("zone_data")
    op.drop_table("schedule_change")
    with op.batch_alter_table("rsvp", table_kwargs=KEPT) as table:
        table.drop_column("answered_for")
    with op.batch_alter_table("group_session", table_kwargs=KEPT) as table:
        table.drop_index(op.f("ix_group_session_pause_id"))
        table.drop_constraint(op.f("fk_group_session_pause_id_pause"), type_="foreignkey")
        table.drop_column("pause_id")
    op.drop_table("pause")
    with op.batch_alter_table("series") as table:
        table.drop_column("stops_before")
