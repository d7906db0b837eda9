"""Posts and the competencies they require.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=40), nullable=True),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_post_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_post_shop_id_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_post_slug")),
    )
    op.create_index(op.f("ix_post_shop_id"), "post", ["shop_id"], unique=False)
    op.create_table(
        "post_competency",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_post_competency_competency_id_competency")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_competency_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "competency_id", name=op.f("pk_post_competency")),
    )
    op.create_index(op.f("ix_post_competency_competency_id"), "post_competency", ["competency_id"], unique=False)
    op.create_table(
        "person_post",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_post_person_id_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_person_post_post_id_post")),
        sa.PrimaryKeyConstraint("person_id", "post_id", name=op.f("pk_person_post")),
    )
    op.create_index(op.f("ix_person_post_post_id"), "person_post", ["post_id"], unique=False)
    op.create_index(
        "uq_person_post_main",
        "person_post",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("main"),
        postgresql_where=sa.text("main"),
    )
    op.create_table(
        "post_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_post_change_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_change")),
    )
    op.create_index("ix_post_change_person_id_at", "post_change", ["person_id", "at"], unique=False)
    for statement in append_only_statements("post_change", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_post_change_person_id_at", table_name="post_change")
    op.drop_table("post_change")
    for statement in append_only_drops("post_change", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index("uq_person_post_main", table_name="person_post")
    op.drop_index(op.f("ix_person_post_post_id"), table_name="person_post")
    op.drop_table("person_post")
    op.drop_index(op.f("ix_post_competency_competency_id"), table_name="post_competency")
    op.drop_table("post_competency")
    op.drop_index(op.f("ix_post_shop_id"), table_name="post")
    op.drop_table("post")
