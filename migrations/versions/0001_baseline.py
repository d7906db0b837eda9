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

APPEND_ONLY = ("chat_view", "record")


def upgrade() -> None:
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
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_message_conversation_id_position", table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_chat_view_person_id"), table_name="chat_view")
    op.drop_index(op.f("ix_chat_view_conversation_id"), table_name="chat_view")
    op.drop_table("chat_view")
    op.drop_index("ix_record_actor_id_activity_id_at", table_name="record")
    op.drop_index("ix_record_activity_id_verb", table_name="record")
    op.drop_table("record")
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
    op.drop_index(op.f("ix_role_grant_team_id"), table_name="role_grant")
    op.drop_index(op.f("ix_role_grant_person_id"), table_name="role_grant")
    op.drop_table("role_grant")
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
    op.drop_index(op.f("ix_competency_shop_id"), table_name="competency")
    op.drop_table("competency")
    op.drop_index(op.f("ix_team_path"), table_name="team")
    op.drop_index(op.f("ix_team_parent_id"), table_name="team")
    op.drop_table("team")
    op.drop_table("shop")
    op.drop_index(op.f("ix_job_state"), table_name="job")
    op.drop_index(op.f("ix_job_created_by_id"), table_name="job")
    op.drop_table("job")
    for table in APPEND_ONLY:
        for statement in append_only_drops(table, op.get_bind().dialect.name):
            op.execute(statement)
