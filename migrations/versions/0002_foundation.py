"""Names of activities that ship, settings of lesson versions, notifications, uploaded files.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not by a batch: that would drop the table, which other rows point at.
    op.add_column("activity", sa.Column("slug", sa.String(length=80), nullable=True))
    op.create_index("uq_activity_slug", "activity", ["slug"], unique=True)
    op.execute(
        "UPDATE activity SET slug ="
        " (SELECT 'lesson:' || lesson.slug FROM lesson WHERE lesson.activity_id = activity.id)"
    )
    # The table is append-only, so the column comes with its value instead of being filled in.
    op.add_column("lesson_version", sa.Column("settings", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notification_person_id_key")),
    )
    op.create_index(
        "ix_notification_person_id_read_at_created_at", "notification", ["person_id", "read_at", "created_at"]
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("mimetype", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('picture', 'video', 'pdf', 'word', 'slides')", name=op.f("ck_media_kind")),
        sa.CheckConstraint("state IN ('ready', 'preparing', 'failed')", name=op.f("ck_media_state")),
        sa.CheckConstraint("size > 0", name=op.f("ck_media_size")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_media_shop_id_shop")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_media_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_shop_id"), "media", ["shop_id"])
    shop, none = sa.text("shop_id IS NOT NULL"), sa.text("shop_id IS NULL")
    op.create_index(
        "uq_media_shop_ref", "media", ["shop_id", "ref"], unique=True, sqlite_where=shop, postgresql_where=shop
    )
    op.create_index("uq_media_all_shops_ref", "media", ["ref"], unique=True, sqlite_where=none, postgresql_where=none)


def downgrade() -> None:
    op.drop_table("media")
    op.drop_table("notification")
    op.drop_column("lesson_version", "settings")
    op.drop_index("uq_activity_slug", "activity")
    op.drop_column("activity", "slug")
