"""Rule-change notices, the case library, weekly briefings.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPEND_ONLY = ("case_recurrence", "notice_version")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("latest_number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f("ck_notice_state")),
        sa.CheckConstraint("(state = 'draft') = (published_at IS NULL)", name=op.f("ck_notice_published_has_time")),
        sa.CheckConstraint("number <= latest_number", name=op.f("ck_notice_numbers")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_notice_activity_id_activity")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_notice_shop_id_shop")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_notice_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_notice_activity_id")),
    )
    op.create_index(op.f("ix_notice_shop_id"), "notice", ["shop_id"])
    op.create_table(
        "notice_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("check_text", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_version_notice_id_notice")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_notice_version_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_version")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_notice_version_notice_id_number")),
    )
    op.create_table(
        "case_study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("motive", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("failed_check", sa.Text(), nullable=False),
        sa.Column("loss", sa.Text(), nullable=False),
        sa.Column("new_rule", sa.Text(), nullable=False),
        sa.Column("quiz_activity_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'archived')", name=op.f("ck_case_study_state")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_case_study_activity_id_activity")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_case_study_shop_id_shop")),
        sa.ForeignKeyConstraint(
            ["quiz_activity_id"], ["activity.id"], name=op.f("fk_case_study_quiz_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_case_study_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_study")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_case_study_activity_id")),
    )
    op.create_index(op.f("ix_case_study_shop_id"), "case_study", ["shop_id"])
    op.create_table(
        "case_team",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_study.id"], name=op.f("fk_case_team_case_id_case_study"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_case_team_team_id_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "team_id", name=op.f("pk_case_team")),
    )
    op.create_index(op.f("ix_case_team_team_id"), "case_team", ["team_id"])
    op.create_table(
        "case_recurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_study.id"], name=op.f("fk_case_recurrence_case_id_case_study")),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name=op.f("fk_case_recurrence_reported_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_recurrence")),
    )
    op.create_index(op.f("ix_case_recurrence_case_id"), "case_recurrence", ["case_id"])
    op.create_table(
        "briefing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_briefing_shop_id_shop")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_briefing_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing")),
        sa.UniqueConstraint("shop_id", "monday", name=op.f("uq_briefing_shop_id_monday")),
    )
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    for table in ("briefing", "case_recurrence", "case_team", "case_study", "notice_version", "notice"):
        op.drop_table(table)
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only_drops(table, dialect):
            op.execute(statement)
