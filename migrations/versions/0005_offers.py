"""Offers of places, standing answers to a schedule, companions, notes, forms that count once.

Answers that exist bring nobody and say nothing; schedules allow no companions and keep no places
for newcomers until an organizer asks for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_offers"
down_revision = "0004_guide_votes"

# A new column with a plain default needs no rebuilding of the table, on either database.
COLUMNS = (
    ("user_account", sa.Column("allows_night_notices", sa.Boolean(), nullable=False)),
    ("series", sa.Column("max_plus_count", sa.Integer(), nullable=False)),
    ("series", sa.Column("newcomer_seats", sa.Integer(), nullable=False)),
    ("rsvp", sa.Column("plus_count", sa.Integer(), nullable=False)),
    ("rsvp", sa.Column("is_first_time", sa.Boolean(), nullable=False)),
    ("rsvp", sa.Column("note", sa.String(), nullable=False)),
)
DEFAULTS = {"INTEGER": "0", "BOOLEAN": sa.false(), "VARCHAR": sa.text("''")}


def upgrade() -> None:
    for table, column in COLUMNS:
        default = DEFAULTS[str(column.type)]
        op.add_column(
            table, sa.Column(column.name, column.type, nullable=False, server_default=default)
        )
    op.create_table(
        "used_form_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_used_form_key")),
    )
    op.create_index(op.f("ix_used_form_key_used_at"), "used_form_key", ["used_at"])
    op.create_table(
        "waiting_list_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("rsvp_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "taken",
                "declined",
                "expired",
                "withdrawn",
                name="outcome_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["rsvp_id"],
            ["rsvp.id"],
            name=op.f("fk_waiting_list_offer_rsvp_id_rsvp"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list_offer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waiting_list_offer_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_waiting_list_offer_due", "waiting_list_offer", ["outcome", "expires_at"])
    op.create_index(op.f("ix_waiting_list_offer_rsvp_id"), "waiting_list_offer", ["rsvp_id"])
    op.create_table(
        "series_rsvp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("counted_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_series_rsvp_series_id_series"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_series_rsvp_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_rsvp")),
        sa.UniqueConstraint("series_id", "user_id", name=op.f("uq_series_rsvp_series_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_series_rsvp_user_id"), "series_rsvp", ["user_id"])


def downgrade() -> None:
    op.drop_table("series_rsvp")
    op.drop_table("waiting_list_offer")
    op.drop_table("used_form_key")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
