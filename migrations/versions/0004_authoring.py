"""Modules of courses, reviews of lessons.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("lesson_review", "lesson_publication")
# Columns with their constraints, in plain SQL: making the tables anew, as Alembic does for SQLite, would have to drop
# the old ones, which other rows point at.
COLUMNS = (
    (
        "course",
        "state",
        "VARCHAR(32) DEFAULT 'open' NOT NULL CONSTRAINT ck_course_state CHECK (state IN ('open', 'archived'))",
    ),
    ("course", "revision", "INTEGER DEFAULT 1 NOT NULL"),
    ("course", "updated_at", "TIMESTAMP DEFAULT '2026-01-01 00:00:00' NOT NULL"),
    (
        "course",
        "archived_at",
        "TIMESTAMP CONSTRAINT ck_course_archived_has_time CHECK ((state = 'archived') = (archived_at IS NOT NULL))",
    ),
    (
        "lesson",
        "module_id",
        "INTEGER CONSTRAINT fk_lesson_module_id_course_module REFERENCES course_module (id)"
        " CONSTRAINT ck_lesson_module_has_course CHECK (module_id IS NULL OR course_id IS NOT NULL)",
    ),
)


def upgrade() -> None:
    op.create_table(
        "course_module",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_module_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_module")),
    )
    op.create_index(op.f("ix_course_module_course_id"), "course_module", ["course_id"])
    for table, column, definition in COLUMNS:
        kind = definition.replace("TIMESTAMP", "DATETIME") if _sqlite() else definition
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    op.execute("UPDATE course SET updated_at = created_at")
    op.create_index(op.f("ix_lesson_module_id"), "lesson", ["module_id"])
    op.create_table(
        "lesson_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "action IN ('submitted', 'returned', 'approved', 'withdrawn')", name=op.f("ck_lesson_review_action")
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_review_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lesson_review_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_review")),
    )
    op.create_index("ix_lesson_review_lesson_id_id", "lesson_review", ["lesson_id", "id"])
    op.create_table(
        "lesson_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_publication_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lesson_publication_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_publication")),
    )
    op.create_index("ix_lesson_publication_lesson_id_at", "lesson_publication", ["lesson_id", "at"])
    # What readers see today was published once, by whom nobody noted.
    op.execute(
        "INSERT INTO lesson_publication (lesson_id, number, person_id, note, at)"
        " SELECT id, published_number, NULL, '', COALESCE(published_at, updated_at) FROM lesson"
        " WHERE published_number IS NOT NULL"
    )
    op.create_table(
        "review_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("place = COALESCE(shop_id, 0)", name=op.f("ck_review_setting_place")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_review_setting_shop_id_shop")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_review_setting_changed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_setting")),
        sa.UniqueConstraint("place", name=op.f("uq_review_setting_place")),
    )
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("review_setting")
    for table in APPEND_ONLY:
        op.drop_table(table)
        for statement in append_only_drops(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_index(op.f("ix_lesson_module_id"), table_name="lesson")
    for table, column, _definition in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_index(op.f("ix_course_module_course_id"), table_name="course_module")
    op.drop_table("course_module")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
