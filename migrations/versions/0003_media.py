"""What was watched of videos; signed checklists.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FACTS = ("watch_beat", "sign_off")


def upgrade() -> None:
    op.create_table(
        "watch_beat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("start_second", sa.Float(), nullable=False),
        sa.Column("end_second", sa.Float(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("start_second >= 0 AND end_second > start_second", name=op.f("ck_watch_beat_stretch")),
        sa.CheckConstraint("ended_at >= began_at AND at >= ended_at", name=op.f("ck_watch_beat_times")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watch_beat_person_id_person")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_watch_beat_lesson_id_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_beat")),
        sa.UniqueConstraint("person_id", "session", "seq", name=op.f("uq_watch_beat_person_id_session_seq")),
    )
    op.create_index(
        "ix_watch_beat_person_id_lesson_id_ref_round", "watch_beat", ["person_id", "lesson_id", "ref", "round"]
    )
    op.create_table(
        "watch_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("spent", sa.JSON(), nullable=False),
        sa.Column("position", sa.Float(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_watch_state_seconds")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_watch_state_position")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watch_state_person_id_person")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_watch_state_lesson_id_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_state")),
        sa.UniqueConstraint(
            "person_id", "lesson_id", "ref", "round", name=op.f("uq_watch_state_person_id_lesson_id_ref_round")
        ),
    )
    op.create_index(op.f("ix_watch_state_lesson_id"), "watch_state", ["lesson_id"])
    op.create_index(op.f("ix_watch_state_ref"), "watch_state", ["ref"])
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=24), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('ok', 'redo')", name=op.f("ck_sign_off_verdict")),
        sa.CheckConstraint("signed_by_id <> person_id", name=op.f("ck_sign_off_not_oneself")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_sign_off_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_off_person_id_person")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["person.id"], name=op.f("fk_sign_off_signed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_index(op.f("ix_sign_off_lesson_id"), "sign_off", ["lesson_id"])
    op.create_index("ix_sign_off_person_id_lesson_id", "sign_off", ["person_id", "lesson_id"])
    for table in FACTS:
        for statement in append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in ("sign_off", "watch_state", "watch_beat"):
        op.drop_table(table)
    for table in FACTS:
        for statement in append_only_drops(table, dialect):
            op.execute(statement)
