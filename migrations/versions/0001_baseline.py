"""Baseline: people, learning, chats, questions, items, quizzes, lessons, products and jobs.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "chat_view",
    "item_version",
    "lesson_version",
    "mark",
    "record",
    "review_decision",
    "step",
    "system_event",
)
CURRENT_VERSION = "fk_item_current_version_id_item_version"


def upgrade() -> None:
    op.create_table(
        "demo_mark",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_demo_mark")),
    )
    op.create_table(
        "ended_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_session")),
    )
    op.create_index(op.f("ix_ended_session_ended_at"), "ended_session", ["ended_at"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_created_by_id"), "job", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("name", name=op.f("uq_shop_name")),
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(), nullable=True),
        sa.Column("last_try_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_sign_in_throttle_failures")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_throttle")),
    )
    op.create_index(op.f("ix_sign_in_throttle_last_try_at"), "sign_in_throttle", ["last_try_at"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["team.id"], name=op.f("fk_team_parent_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_team_parent_id_name")),
    )
    op.create_index(op.f("ix_team_parent_id"), "team", ["parent_id"], unique=False)
    op.create_index(op.f("ix_team_path"), "team", ["path"], unique=False)
    op.create_table(
        "competency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("dimension IN ('attitude', 'knowledge', 'skill')", name=op.f("ck_competency_dimension")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_competency_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency")),
        sa.UniqueConstraint("shop_id", "code", name=op.f("uq_competency_shop_id_code")),
    )
    op.create_index(op.f("ix_competency_shop_id"), "competency", ["shop_id"], unique=False)
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_course_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("slug", name=op.f("uq_course_slug")),
    )
    op.create_index(op.f("ix_course_shop_id"), "course", ["shop_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_person_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("account", name=op.f("uq_person_account")),
    )
    op.create_index(op.f("ix_person_active"), "person", ["active"], unique=False)
    op.create_index(op.f("ix_person_team_id"), "person", ["team_id"], unique=False)
    op.create_table(
        "team_shop",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_team_shop_shop_id_shop"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_shop_team_id_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "shop_id", name=op.f("pk_team_shop")),
    )
    op.create_index(op.f("ix_team_shop_shop_id"), "team_shop", ["shop_id"], unique=False)
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("dimension IN ('attitude', 'knowledge', 'skill')", name=op.f("ck_activity_dimension")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_activity_created_by_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_activity_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_kind"), "activity", ["kind"], unique=False)
    op.create_index(op.f("ix_activity_shop_id"), "activity", ["shop_id"], unique=False)
    op.create_table(
        "chat_column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_chat_column_mapping_created_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_column_mapping")),
        sa.UniqueConstraint("scope", "signature", name=op.f("uq_chat_column_mapping_scope_signature")),
    )
    op.create_table(
        "chat_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("wanted_format", sa.String(length=40), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("conversations", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("masked", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name=op.f("ck_chat_import_finished_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'choice', 'done', 'failed')", name=op.f("ck_chat_import_state")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_chat_import_created_by_id_person")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_chat_import_job_id_job")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_chat_import_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_import")),
    )
    op.create_index("ix_chat_import_shop_id_created_at", "chat_import", ["shop_id", "created_at"], unique=False)
    op.create_index(op.f("ix_chat_import_state"), "chat_import", ["state"], unique=False)
    op.create_table(
        "demo_account",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(length=100), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_demo_account_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_demo_account")),
    )
    op.create_table(
        "draft_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("group_ids", sa.JSON(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("drafted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_draft_batch_created_by_id_person")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_draft_batch_job_id_job")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_draft_batch_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_batch")),
    )
    op.create_index(op.f("ix_draft_batch_shop_id"), "draft_batch", ["shop_id"], unique=False)
    op.create_table(
        "mining_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("conversations", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_mining_run_created_by_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_mining_run_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mining_run")),
    )
    op.create_index("ix_mining_run_shop_id_started_at", "mining_run", ["shop_id", "started_at"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_product_shop_id_shop")),
        sa.ForeignKeyConstraint(["updated_by_id"], ["person.id"], name=op.f("fk_product_updated_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("shop_id", "sku", name=op.f("uq_product_shop_id_sku")),
    )
    op.create_index("ix_product_shop_id_active_name", "product", ["shop_id", "active", "name"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role IN ('agent', 'lead', 'supervisor', 'trainer', 'evaluator', 'admin')", name=op.f("ck_role_grant_role")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_role_grant_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("person_id", "role", "team_id", name=op.f("uq_role_grant_person_id_role_team_id")),
    )
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_index(op.f("ix_role_grant_team_id"), "role_grant", ["team_id"], unique=False)
    op.create_table(
        "system_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_system_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_event")),
    )
    op.create_table(
        "activity_competency",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_activity_competency_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_activity_competency_competency_id_competency")
        ),
        sa.PrimaryKeyConstraint("activity_id", "competency_id", name=op.f("pk_activity_competency")),
    )
    op.create_index(
        op.f("ix_activity_competency_competency_id"), "activity_competency", ["competency_id"], unique=False
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (completed_at IS NOT NULL)", name=op.f("ck_assignment_done_has_time")),
        sa.CheckConstraint(
            "reason IN ('onboarding', 'campaign', 'finding', 'kpi_dip', 'by_hand', 'recertification')",
            name=op.f("ck_assignment_reason"),
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_assignment_state")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_assignment_activity_id_activity")),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["person.id"], name=op.f("fk_assignment_assigned_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_activity_id"), "assignment", ["activity_id"], unique=False)
    op.create_index(
        "ix_assignment_person_id_state_due_at", "assignment", ["person_id", "state", "due_at"], unique=False
    )
    op.create_index(
        "uq_assignment_open",
        "assignment",
        ["person_id", "activity_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=40), nullable=False),
        sa.Column("source_digest", sa.String(length=40), nullable=False),
        sa.Column("customer_digest", sa.String(length=40), nullable=False),
        sa.Column("customer_label", sa.String(length=40), nullable=False),
        sa.Column("agent_label", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("product_ref", sa.String(length=100), nullable=False),
        sa.Column("product_name", sa.String(length=200), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("preview", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["chat_import.id"], name=op.f("fk_conversation_import_id_chat_import")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_conversation_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_conversation_fingerprint")),
    )
    op.create_index(op.f("ix_conversation_import_id"), "conversation", ["import_id"], unique=False)
    op.create_index(op.f("ix_conversation_product_ref"), "conversation", ["product_ref"], unique=False)
    op.create_index(
        "ix_conversation_shop_id_customer_digest", "conversation", ["shop_id", "customer_digest"], unique=False
    )
    op.create_index("ix_conversation_shop_id_started_at", "conversation", ["shop_id", "started_at"], unique=False)
    op.create_index(op.f("ix_conversation_source_digest"), "conversation", ["source_digest"], unique=False)
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=60), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("latest_number", sa.Integer(), nullable=False),
        sa.Column("published_number", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "state <> 'published' OR published_number IS NOT NULL", name=op.f("ck_lesson_published_has_version")
        ),
        sa.CheckConstraint("state IN ('draft', 'published', 'archived')", name=op.f("ck_lesson_state")),
        sa.CheckConstraint(
            "published_number IS NULL OR published_number <= latest_number", name=op.f("ck_lesson_numbers")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_lesson_activity_id_activity")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_lesson_course_id_course")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_lesson_created_by_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_lesson_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_lesson_activity_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_lesson_slug")),
    )
    op.create_index(op.f("ix_lesson_course_id"), "lesson", ["course_id"], unique=False)
    op.create_index(op.f("ix_lesson_shop_id"), "lesson", ["shop_id"], unique=False)
    op.create_index(op.f("ix_lesson_state"), "lesson", ["state"], unique=False)
    op.create_table(
        "question_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("variant_count", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("product_label", sa.String(length=200), nullable=False),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("edited_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("dimension IN ('attitude', 'knowledge', 'skill')", name=op.f("ck_question_group_dimension")),
        sa.CheckConstraint(
            "stage IN ('presale', 'insale', 'aftersale', 'unknown')", name=op.f("ck_question_group_stage")
        ),
        sa.CheckConstraint("state IN ('active', 'hidden', 'retired')", name=op.f("ck_question_group_state")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["person.id"], name=op.f("fk_question_group_edited_by_id_person")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_question_group_product_id_product"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["mining_run.id"], name=op.f("fk_question_group_run_id_mining_run")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_question_group_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_group")),
    )
    op.create_index(op.f("ix_question_group_product_id"), "question_group", ["product_id"], unique=False)
    op.create_index(op.f("ix_question_group_run_id"), "question_group", ["run_id"], unique=False)
    op.create_index(
        "ix_question_group_shop_id_state_count", "question_group", ["shop_id", "state", "count"], unique=False
    )
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("open_practice", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=True),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("draw_count", sa.Integer(), nullable=False),
        sa.Column("blueprint", sa.JSON(), nullable=False),
        sa.Column("cut_score", sa.Float(), nullable=False),
        sa.Column("time_limit_seconds", sa.Integer(), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("cooldown_seconds", sa.Integer(), nullable=False),
        sa.Column("keep", sa.String(32), nullable=False),
        sa.Column("show_answers", sa.String(32), nullable=False),
        sa.Column("shuffle_items", sa.Boolean(), nullable=False),
        sa.Column("shuffle_options", sa.Boolean(), nullable=False),
        sa.Column("partial_credit", sa.Boolean(), nullable=False),
        sa.Column("type_marks", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("dimension IN ('attitude', 'knowledge', 'skill')", name=op.f("ck_quiz_dimension")),
        sa.CheckConstraint("keep IN ('best', 'last', 'first')", name=op.f("ck_quiz_keep")),
        sa.CheckConstraint(
            "show_answers IN ('after_submit', 'after_pass', 'never')", name=op.f("ck_quiz_show_answers")
        ),
        sa.CheckConstraint("state = 'draft' OR activity_id IS NOT NULL", name=op.f("ck_quiz_published_has_activity")),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f("ck_quiz_state")),
        sa.CheckConstraint("cut_score >= 0 AND cut_score <= 1", name=op.f("ck_quiz_cut_score")),
        sa.CheckConstraint("draw_count >= 1", name=op.f("ck_quiz_draw_count")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_quiz_activity_id_activity")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_quiz_created_by_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_quiz_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_quiz_activity_id")),
    )
    op.create_index(op.f("ix_quiz_shop_id"), "quiz", ["shop_id"], unique=False)
    op.create_index(op.f("ix_quiz_state"), "quiz", ["state"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("completion", sa.Boolean(), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "verb IN ('opened', 'progressed', 'attempted', 'completed', 'passed', 'failed')",
            name=op.f("ck_record_verb"),
        ),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name=op.f("ck_record_score")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_record_activity_id_activity")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_record_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_record_idempotency_key")),
    )
    op.create_index("ix_record_activity_id_verb", "record", ["activity_id", "verb"], unique=False)
    op.create_index("ix_record_actor_id_activity_id_at", "record", ["actor_id", "activity_id", "at"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.String(32), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("cut_score", sa.Float(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("mark", sa.Float(), nullable=True),
        sa.Column("max_mark", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name=op.f("ck_attempt_submitted_has_time")
        ),
        sa.CheckConstraint("closed_by IN ('examinee', 'clock')", name=op.f("ck_attempt_closed_by")),
        sa.CheckConstraint("state IN ('open', 'submitted')", name=op.f("ck_attempt_state")),
        sa.CheckConstraint("(score IS NULL) = (passed IS NULL)", name=op.f("ck_attempt_score_with_passed")),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name=op.f("ck_attempt_score")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attempt_person_id_person")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_attempt_quiz_id_quiz")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("quiz_id", "person_id", "number", name=op.f("uq_attempt_quiz_id_person_id_number")),
    )
    op.create_index("ix_attempt_person_id_submitted_at", "attempt", ["person_id", "submitted_at"], unique=False)
    op.create_index(op.f("ix_attempt_quiz_id"), "attempt", ["quiz_id"], unique=False)
    op.create_index("ix_attempt_state_deadline_at", "attempt", ["state", "deadline_at"], unique=False)
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["quiz_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "chat_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_chat_view_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_view_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_view")),
    )
    op.create_index(op.f("ix_chat_view_conversation_id"), "chat_view", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_chat_view_person_id"), "chat_view", ["person_id"], unique=False)
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("current_version_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("dimension IN ('attitude', 'knowledge', 'skill')", name=op.f("ck_item_dimension")),
        sa.CheckConstraint(
            "state <> 'accepted' OR current_version_id IS NOT NULL", name=op.f("ck_item_accepted_has_version")
        ),
        sa.CheckConstraint("state IN ('draft', 'accepted', 'rejected', 'retired')", name=op.f("ck_item_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["draft_batch.id"], name=op.f("fk_item_batch_id_draft_batch")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_item_created_by_id_person")),
        sa.ForeignKeyConstraint(
            ["current_version_id"], ["item_version.id"], name="fk_item_current_version_id_item_version", use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["question_group.id"], name=op.f("fk_item_group_id_question_group"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_item_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    op.create_index("ix_item_batch_id_state", "item", ["batch_id", "state"], unique=False)
    op.create_index(op.f("ix_item_current_version_id"), "item", ["current_version_id"], unique=False)
    op.create_index(op.f("ix_item_group_id"), "item", ["group_id"], unique=False)
    op.create_index("ix_item_shop_id_state", "item", ["shop_id", "state"], unique=False)
    op.create_table(
        "lesson_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("check_by", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_lesson_version_created_by_id_person")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_version_lesson_id_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_version")),
        sa.UniqueConstraint("lesson_id", "number", name=op.f("uq_lesson_version_lesson_id_number")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("sender", sa.String(length=100), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('text', 'image', 'link', 'card', 'emoticon')", name=op.f("ck_message_kind")),
        sa.CheckConstraint("side IN ('customer', 'agent', 'robot', 'system')", name=op.f("ck_message_side")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_conversation_id_position", "message", ["conversation_id", "position"], unique=False)
    op.create_table(
        "quiz_allowance",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("extra_percent", sa.Integer(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "extra_attempts >= 0 AND extra_attempts <= 20", name=op.f("ck_quiz_allowance_extra_attempts")
        ),
        sa.CheckConstraint("extra_percent >= 0 AND extra_percent <= 300", name=op.f("ck_quiz_allowance_extra_percent")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_quiz_allowance_granted_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quiz_allowance_person_id_person")),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_allowance_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quiz_id", "person_id", name=op.f("pk_quiz_allowance")),
    )
    op.create_index(op.f("ix_quiz_allowance_person_id"), "quiz_allowance", ["person_id"], unique=False)
    op.create_table(
        "group_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("general", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_group_answer_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["question_group.id"],
            name=op.f("fk_group_answer_group_id_question_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_group_answer_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_answer")),
    )
    op.create_index(op.f("ix_group_answer_conversation_id"), "group_answer", ["conversation_id"], unique=False)
    op.create_index("ix_group_answer_group_id_rank", "group_answer", ["group_id", "rank"], unique=False)
    op.create_index(op.f("ix_group_answer_message_id"), "group_answer", ["message_id"], unique=False)
    op.create_table(
        "item_competency",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_item_competency_competency_id_competency")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_competency_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "competency_id", name=op.f("pk_item_competency")),
    )
    op.create_index(op.f("ix_item_competency_competency_id"), "item_competency", ["competency_id"], unique=False)
    op.create_table(
        "item_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_item_source_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_source_item_id_item"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_item_source_message_id_message"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_source")),
    )
    op.create_index(op.f("ix_item_source_conversation_id"), "item_source", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_item_source_item_id"), "item_source", ["item_id"], unique=False)
    op.create_index(op.f("ix_item_source_message_id"), "item_source", ["message_id"], unique=False)
    op.create_table(
        "item_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_item_version_created_by_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_version_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_version")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_item_version_item_id_number")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("normalised", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_question_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["question_group.id"], name=op.f("fk_question_group_id_question_group"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_question_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_conversation_id"), "question", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_question_group_id"), "question", ["group_id"], unique=False)
    op.create_index(op.f("ix_question_message_id"), "question", ["message_id"], unique=False)
    op.create_table(
        "quiz_item",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_quiz_item_item_id_item")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_item_quiz_id_quiz"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("quiz_id", "item_id", name=op.f("pk_quiz_item")),
    )
    op.create_index(op.f("ix_quiz_item_item_id"), "quiz_item", ["item_id"], unique=False)
    op.create_table(
        "review_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('accepted', 'edited', 'rejected', 'retired', 'restored', 'undone')",
            name=op.f("ck_review_decision_decision"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_review_decision_item_id_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_decision_person_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_version.id"], name=op.f("fk_review_decision_version_id_item_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decision")),
    )
    op.create_index(op.f("ix_review_decision_item_id"), "review_decision", ["item_id"], unique=False)
    op.create_index("ix_review_decision_person_id_at", "review_decision", ["person_id", "at"], unique=False)
    op.create_index(op.f("ix_review_decision_version_id"), "review_decision", ["version_id"], unique=False)
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_version_id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("option_order", sa.JSON(), nullable=False),
        sa.Column("max_mark", sa.Float(), nullable=False),
        sa.Column("mark", sa.Float(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.CheckConstraint("dimension IN ('attitude', 'knowledge', 'skill')", name=op.f("ck_slot_dimension")),
        sa.CheckConstraint("mark IS NULL OR (mark >= 0 AND mark <= max_mark)", name=op.f("ck_slot_mark")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_slot_attempt_id_attempt")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_slot_item_version_id_item_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_slot_attempt_id_position")),
    )
    op.create_index("ix_slot_item_version_id_mark", "slot", ["item_version_id", "mark"], unique=False)
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("mark", sa.Float(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("mark >= 0", name=op.f("ck_mark_mark")),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_mark_marker_id_person")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_mark_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint("slot_id", "revision", name=op.f("uq_mark_slot_id_revision")),
    )
    op.create_index(op.f("ix_mark_marker_id"), "mark", ["marker_id"], unique=False)
    op.create_table(
        "response",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_response_slot_id_slot")),
        sa.PrimaryKeyConstraint("slot_id", name=op.f("pk_response")),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_step_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("slot_id", "client", "sequence", name=op.f("uq_step_slot_id_client_sequence")),
    )
    dialect = op.get_bind().dialect.name
    if dialect != "sqlite":  # which cannot add a constraint to a table; an item and its versions point at each other
        op.create_foreign_key(CURRENT_VERSION, "item", "item_version", ["current_version_id"], ["id"])
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(CURRENT_VERSION, "item", type_="foreignkey")
    op.drop_table("step")
    op.drop_table("response")
    op.drop_index(op.f("ix_mark_marker_id"), table_name="mark")
    op.drop_table("mark")
    op.drop_index("ix_slot_item_version_id_mark", table_name="slot")
    op.drop_table("slot")
    op.drop_index(op.f("ix_review_decision_version_id"), table_name="review_decision")
    op.drop_index("ix_review_decision_person_id_at", table_name="review_decision")
    op.drop_index(op.f("ix_review_decision_item_id"), table_name="review_decision")
    op.drop_table("review_decision")
    op.drop_index(op.f("ix_quiz_item_item_id"), table_name="quiz_item")
    op.drop_table("quiz_item")
    op.drop_index(op.f("ix_question_message_id"), table_name="question")
    op.drop_index(op.f("ix_question_group_id"), table_name="question")
    op.drop_index(op.f("ix_question_conversation_id"), table_name="question")
    op.drop_table("question")
    op.drop_table("item_version")
    op.drop_index(op.f("ix_item_source_message_id"), table_name="item_source")
    op.drop_index(op.f("ix_item_source_item_id"), table_name="item_source")
    op.drop_index(op.f("ix_item_source_conversation_id"), table_name="item_source")
    op.drop_table("item_source")
    op.drop_index(op.f("ix_item_competency_competency_id"), table_name="item_competency")
    op.drop_table("item_competency")
    op.drop_index(op.f("ix_group_answer_message_id"), table_name="group_answer")
    op.drop_index("ix_group_answer_group_id_rank", table_name="group_answer")
    op.drop_index(op.f("ix_group_answer_conversation_id"), table_name="group_answer")
    op.drop_table("group_answer")
    op.drop_index(op.f("ix_quiz_allowance_person_id"), table_name="quiz_allowance")
    op.drop_table("quiz_allowance")
    op.drop_index("ix_message_conversation_id_position", table_name="message")
    op.drop_table("message")
    op.drop_table("lesson_version")
    op.drop_index("ix_item_shop_id_state", table_name="item")
    op.drop_index(op.f("ix_item_group_id"), table_name="item")
    op.drop_index(op.f("ix_item_current_version_id"), table_name="item")
    op.drop_index("ix_item_batch_id_state", table_name="item")
    op.drop_table("item")
    op.drop_index(op.f("ix_chat_view_person_id"), table_name="chat_view")
    op.drop_index(op.f("ix_chat_view_conversation_id"), table_name="chat_view")
    op.drop_table("chat_view")
    op.drop_index(
        "uq_attempt_open",
        table_name="attempt",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_attempt_state_deadline_at", table_name="attempt")
    op.drop_index(op.f("ix_attempt_quiz_id"), table_name="attempt")
    op.drop_index("ix_attempt_person_id_submitted_at", table_name="attempt")
    op.drop_table("attempt")
    op.drop_index("ix_record_actor_id_activity_id_at", table_name="record")
    op.drop_index("ix_record_activity_id_verb", table_name="record")
    op.drop_table("record")
    op.drop_index(op.f("ix_quiz_state"), table_name="quiz")
    op.drop_index(op.f("ix_quiz_shop_id"), table_name="quiz")
    op.drop_table("quiz")
    op.drop_index("ix_question_group_shop_id_state_count", table_name="question_group")
    op.drop_index(op.f("ix_question_group_run_id"), table_name="question_group")
    op.drop_index(op.f("ix_question_group_product_id"), table_name="question_group")
    op.drop_table("question_group")
    op.drop_index(op.f("ix_lesson_state"), table_name="lesson")
    op.drop_index(op.f("ix_lesson_shop_id"), table_name="lesson")
    op.drop_index(op.f("ix_lesson_course_id"), table_name="lesson")
    op.drop_table("lesson")
    op.drop_index(op.f("ix_conversation_source_digest"), table_name="conversation")
    op.drop_index("ix_conversation_shop_id_started_at", table_name="conversation")
    op.drop_index("ix_conversation_shop_id_customer_digest", table_name="conversation")
    op.drop_index(op.f("ix_conversation_product_ref"), table_name="conversation")
    op.drop_index(op.f("ix_conversation_import_id"), table_name="conversation")
    op.drop_table("conversation")
    op.drop_index(
        "uq_assignment_open",
        table_name="assignment",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_assignment_person_id_state_due_at", table_name="assignment")
    op.drop_index(op.f("ix_assignment_activity_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_activity_competency_competency_id"), table_name="activity_competency")
    op.drop_table("activity_competency")
    op.drop_table("system_event")
    op.drop_index(op.f("ix_role_grant_team_id"), table_name="role_grant")
    op.drop_index(op.f("ix_role_grant_person_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index("ix_product_shop_id_active_name", table_name="product")
    op.drop_table("product")
    op.drop_index("ix_mining_run_shop_id_started_at", table_name="mining_run")
    op.drop_table("mining_run")
    op.drop_index(op.f("ix_draft_batch_shop_id"), table_name="draft_batch")
    op.drop_table("draft_batch")
    op.drop_table("demo_account")
    op.drop_index(op.f("ix_chat_import_state"), table_name="chat_import")
    op.drop_index("ix_chat_import_shop_id_created_at", table_name="chat_import")
    op.drop_table("chat_import")
    op.drop_table("chat_column_mapping")
    op.drop_index(op.f("ix_activity_shop_id"), table_name="activity")
    op.drop_index(op.f("ix_activity_kind"), table_name="activity")
    op.drop_table("activity")
    op.drop_index(op.f("ix_team_shop_shop_id"), table_name="team_shop")
    op.drop_table("team_shop")
    op.drop_index(op.f("ix_person_team_id"), table_name="person")
    op.drop_index(op.f("ix_person_active"), table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_course_shop_id"), table_name="course")
    op.drop_table("course")
    op.drop_index(op.f("ix_competency_shop_id"), table_name="competency")
    op.drop_table("competency")
    op.drop_index(op.f("ix_team_path"), table_name="team")
    op.drop_index(op.f("ix_team_parent_id"), table_name="team")
    op.drop_table("team")
    op.drop_index(op.f("ix_sign_in_throttle_last_try_at"), table_name="sign_in_throttle")
    op.drop_table("sign_in_throttle")
    op.drop_table("shop")
    op.drop_index(op.f("ix_job_state"), table_name="job")
    op.drop_index(op.f("ix_job_created_by_id"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_ended_session_ended_at"), table_name="ended_session")
    op.drop_table("ended_session")
    op.drop_table("demo_mark")
    for table in APPEND_ONLY:
        for statement in append_only_drops(table, op.get_bind().dialect.name):
            op.execute(statement)
