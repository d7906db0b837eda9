"""Exams, parallel papers and the gain between them, items and quizzes that ship.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns come with their constraints in one statement: rebuilding the table, as a batch does on SQLite, would
    # delete what hangs on it by ON DELETE CASCADE.
    op.execute(
        "ALTER TABLE quiz ADD COLUMN kind VARCHAR(32) DEFAULT 'quiz' NOT NULL"
        " CONSTRAINT ck_quiz_kind CHECK (kind IN ('quiz', 'exam'))"
    )
    op.execute(
        "ALTER TABLE quiz ADD COLUMN parallel_of_id INTEGER"
        " CONSTRAINT fk_quiz_parallel_of_id_quiz REFERENCES quiz (id)"
        " CONSTRAINT ck_quiz_parallel_of_another CHECK (parallel_of_id IS NULL OR parallel_of_id <> id)"
    )
    op.create_index("uq_quiz_parallel_of_id", "quiz", ["parallel_of_id"], unique=True)
    op.add_column("item", sa.Column("slug", sa.String(length=120), nullable=True))
    op.create_index("uq_item_slug", "item", ["slug"], unique=True)
    op.create_table(
        "quiz_gain",
        sa.Column("post_quiz_id", sa.Integer(), nullable=False),
        sa.Column("viewer_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_quiz_id"], ["quiz.id"], name=op.f("fk_quiz_gain_post_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["viewer_id"], ["person.id"], name=op.f("fk_quiz_gain_viewer_id_person")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_quiz_gain_job_id_job")),
        sa.PrimaryKeyConstraint("post_quiz_id", "viewer_id", name=op.f("pk_quiz_gain")),
    )
    op.create_index(op.f("ix_quiz_gain_viewer_id"), "quiz_gain", ["viewer_id"])
    op.create_table(
        "quiz_starter_state",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_quiz_starter_state")),
    )


def downgrade() -> None:
    op.drop_table("quiz_starter_state")
    op.drop_table("quiz_gain")
    op.drop_index("uq_item_slug", table_name="item")
    op.drop_column("item", "slug")
    op.drop_index("uq_quiz_parallel_of_id", table_name="quiz")
    op.drop_column("quiz", "parallel_of_id")
    op.drop_column("quiz", "kind")
