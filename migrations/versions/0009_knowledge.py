"""Versions of products, SOP entries, and which of them an item comes from.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = ("product_version", "sop_review", "sop_version")


def _to(column: str, table: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)


def upgrade() -> None:
    # Columns come one by one, each in a statement: rebuilding a table, as a batch does on SQLite, would delete what
    # hangs on it by ON DELETE CASCADE.
    op.add_column("product", sa.Column("pictures", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("product", sa.Column("contacts", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "product_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        _to("product_id", "product_version", "product"),
        _to("created_by_id", "product_version", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_version")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_product_version_product_id_number")),
    )
    op.create_table(
        "sop_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("in_force_number", sa.Integer(), nullable=True),
        sa.Column("review_due", sa.Date(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('sop', 'script')", name=op.f("ck_sop_entry_kind")),
        sa.CheckConstraint(
            "slot IS NULL OR (slot BETWEEN 1 AND 6 AND product_id IS NOT NULL)", name=op.f("ck_sop_entry_slot")
        ),
        _to("shop_id", "sop_entry", "shop"),
        _to("product_id", "sop_entry", "product"),
        _to("owner_id", "sop_entry", "person"),
        _to("created_by_id", "sop_entry", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_entry")),
    )
    op.create_index(op.f("ix_sop_entry_product_id"), "sop_entry", ["product_id"])
    op.create_index(op.f("ix_sop_entry_owner_id"), "sop_entry", ["owner_id"])
    op.create_index("ix_sop_entry_shop_id_archived_at", "sop_entry", ["shop_id", "archived_at"])
    one = sa.text("slot IS NOT NULL AND archived_at IS NULL")
    op.create_index(
        "uq_sop_entry_slot", "sop_entry", ["product_id", "slot"], unique=True, sqlite_where=one, postgresql_where=one
    )
    op.create_table(
        "sop_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("season", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_sop_version_dates")),
        _to("entry_id", "sop_version", "sop_entry"),
        _to("created_by_id", "sop_version", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_version")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_sop_version_entry_id_number")),
    )
    op.create_table(
        "sop_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _to("entry_id", "sop_review", "sop_entry"),
        _to("person_id", "sop_review", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_review")),
    )
    op.create_index(op.f("ix_sop_review_entry_id"), "sop_review", ["entry_id"])
    op.create_table(
        "sop_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("resolution", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("resolution IN ('changed', 'kept')", name=op.f("ck_sop_flag_resolution")),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name=op.f("ck_sop_flag_resolved")),
        _to("entry_id", "sop_flag", "sop_entry"),
        _to("person_id", "sop_flag", "person"),
        _to("resolved_by_id", "sop_flag", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_flag")),
    )
    op.create_index("ix_sop_flag_entry_id_resolved_at", "sop_flag", ["entry_id", "resolved_at"])
    op.create_table(
        "sop_slot_name",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.CheckConstraint("slot BETWEEN 1 AND 6", name=op.f("ck_sop_slot_name_slot")),
        _to("shop_id", "sop_slot_name", "shop"),
        sa.PrimaryKeyConstraint("shop_id", "slot", name=op.f("pk_sop_slot_name")),
    )
    op.execute(
        "ALTER TABLE item ADD COLUMN sop_entry_id INTEGER"
        " CONSTRAINT fk_item_sop_entry_id_sop_entry REFERENCES sop_entry (id)"
    )
    op.create_index(op.f("ix_item_sop_entry_id"), "item", ["sop_entry_id"])
    op.add_column("item", sa.Column("sop_version", sa.Integer(), nullable=True))
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_column("item", "sop_version")
    op.drop_index(op.f("ix_item_sop_entry_id"), table_name="item")
    op.drop_column("item", "sop_entry_id")
    for table in ("sop_slot_name", "sop_flag", "sop_review", "sop_version", "sop_entry", "product_version"):
        op.drop_table(table)
    for table in APPEND_ONLY:
        for statement in append_only_drops(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_column("product", "contacts")
    op.drop_column("product", "pictures")
