"""Quality checks: scorecards, queues, evaluations and findings, disputes, calibration, imported results.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "calibration_score",
    "dispute",
    "dispute_decision",
    "evaluation",
    "evaluation_line",
    "finding",
    "line_ruling",
    "plan_run",
    "scorecard_version",
)


def upgrade() -> None:
    op.create_table(
        "agent_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("named_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["named_by_id"], ["person.id"], name=op.f("fk_agent_account_named_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_agent_account_person_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_agent_account_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_account")),
        sa.UniqueConstraint("shop_id", "label", name=op.f("uq_agent_account_shop_id_label")),
    )
    op.create_index(op.f("ix_agent_account_person_id"), "agent_account", ["person_id"], unique=False)
    op.create_table(
        "qa_settings",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_qa_settings_changed_by_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_qa_settings_shop_id_shop")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_qa_settings")),
    )
    op.create_table(
        "reviewer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekly_quota", sa.Integer(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(), nullable=True),
        sa.Column("suspended_reason", sa.String(length=300), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "weekly_quota IS NULL OR weekly_quota BETWEEN 1 AND 2000", name=op.f("ck_reviewer_weekly_quota")
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_reviewer_added_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reviewer_person_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_reviewer_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer")),
        sa.UniqueConstraint("shop_id", "person_id", name=op.f("uq_reviewer_shop_id_person_id")),
    )
    op.create_index(op.f("ix_reviewer_person_id"), "reviewer", ["person_id"], unique=False)
    op.create_table(
        "scorecard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("current_number", sa.Integer(), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_scorecard_created_by_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_scorecard_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("slug", name=op.f("uq_scorecard_slug")),
    )
    op.create_index(op.f("ix_scorecard_shop_id"), "scorecard", ["shop_id"], unique=False)
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=True),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_criterion_competency_id_competency")
        ),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_criterion_scorecard_id_scorecard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("scorecard_id", "code", name=op.f("uq_criterion_scorecard_id_code")),
    )
    op.create_index(op.f("ix_criterion_competency_id"), "criterion", ["competency_id"], unique=False)
    op.create_index(op.f("ix_criterion_scorecard_id"), "criterion", ["scorecard_id"], unique=False)
    op.create_table(
        "qa_import_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_qa_import_template_created_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_qa_import_template_scorecard_id_scorecard")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_qa_import_template_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_import_template")),
        sa.UniqueConstraint("shop_id", "signature", name=op.f("uq_qa_import_template_shop_id_signature")),
    )
    op.create_index(op.f("ix_qa_import_template_scorecard_id"), "qa_import_template", ["scorecard_id"], unique=False)
    op.create_table(
        "sampling_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("per_agent", sa.Integer(), nullable=False),
        sa.Column("random_share", sa.Float(), nullable=False),
        sa.Column("risk_weights", sa.JSON(), nullable=False),
        sa.Column("new_hire_days", sa.Integer(), nullable=False),
        sa.Column("new_hire_extra", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("new_hire_extra >= 0 AND new_hire_days >= 0", name=op.f("ck_sampling_plan_new_hire")),
        sa.CheckConstraint("per_agent BETWEEN 1 AND 200", name=op.f("ck_sampling_plan_per_agent")),
        sa.CheckConstraint("random_share >= 0 AND random_share <= 1", name=op.f("ck_sampling_plan_random_share")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_sampling_plan_created_by_id_person")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_sampling_plan_scorecard_id_scorecard")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_sampling_plan_shop_id_shop")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_sampling_plan_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_plan")),
    )
    op.create_index(op.f("ix_sampling_plan_scorecard_id"), "sampling_plan", ["scorecard_id"], unique=False)
    op.create_index(op.f("ix_sampling_plan_shop_id"), "sampling_plan", ["shop_id"], unique=False)
    op.create_index(op.f("ix_sampling_plan_team_id"), "sampling_plan", ["team_id"], unique=False)
    op.create_table(
        "scorecard_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_scorecard_version_published_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_scorecard_version_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_version")),
        sa.UniqueConstraint("scorecard_id", "number", name=op.f("uq_scorecard_version_scorecard_id_number")),
    )
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("results", sa.JSON(), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_calibration_closed_has_time")),
        sa.CheckConstraint("kind IN ('shared', 'regrade')", name=op.f("ck_calibration_kind")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_calibration_state")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_calibration_created_by_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_calibration_shop_id_shop")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["scorecard_version.id"], name=op.f("fk_calibration_version_id_scorecard_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_index(op.f("ix_calibration_shop_id"), "calibration", ["shop_id"], unique=False)
    op.create_table(
        "chat_agent",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("served_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("signals", sa.String(length=120), nullable=True),
        sa.CheckConstraint("source IN ('account', 'by_hand')", name=op.f("ck_chat_agent_source")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_chat_agent_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_agent_person_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_chat_agent_shop_id_shop")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_chat_agent")),
    )
    op.create_index("ix_chat_agent_person_id_served_at", "chat_agent", ["person_id", "served_at"], unique=False)
    op.create_index("ix_chat_agent_shop_id_served_at", "chat_agent", ["shop_id", "served_at"], unique=False)
    op.create_table(
        "improvement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("proposal", sa.String(length=1000), nullable=False),
        sa.Column("outcome", sa.String(length=1000), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("cause IN ('person', 'process', 'product', 'rare')", name=op.f("ck_improvement_cause")),
        sa.CheckConstraint("cause IN ('process', 'product')", name=op.f("ck_improvement_not_a_person")),
        sa.CheckConstraint("state IN ('open', 'doing', 'done', 'declined')", name=op.f("ck_improvement_state")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_improvement_criterion_id_criterion")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_improvement_owner_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_improvement_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
    )
    op.create_index(op.f("ix_improvement_criterion_id"), "improvement", ["criterion_id"], unique=False)
    op.create_index(op.f("ix_improvement_owner_id"), "improvement", ["owner_id"], unique=False)
    op.create_index("ix_improvement_shop_id_state", "improvement", ["shop_id", "state"], unique=False)
    op.create_table(
        "plan_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_plan_run_made_by_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["sampling_plan.id"], name=op.f("fk_plan_run_plan_id_sampling_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_run")),
    )
    op.create_index("ix_plan_run_plan_id_week", "plan_run", ["plan_id", "week"], unique=False)
    op.create_table(
        "qa_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("evaluations", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("state IN ('mapping', 'done', 'failed')", name=op.f("ck_qa_import_state")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_qa_import_created_by_id_person")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_qa_import_job_id_job")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_qa_import_shop_id_shop")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["qa_import_template.id"], name=op.f("fk_qa_import_template_id_qa_import_template")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_import")),
    )
    op.create_index("ix_qa_import_shop_id_created_at", "qa_import", ["shop_id", "created_at"], unique=False)
    op.create_table(
        "queue_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("week", sa.Date(), nullable=True),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("wish", sa.String(length=60), nullable=True),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("shuffle", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_queue_entry_done_has_time")),
        sa.CheckConstraint(
            "(state IN ('claimed', 'done')) = (reviewer_id IS NOT NULL)",
            name=op.f("ck_queue_entry_claimed_has_reviewer"),
        ),
        sa.CheckConstraint(
            "source IN ('random', 'risk', 'new_hire', 'follow_up', 'by_hand')", name=op.f("ck_queue_entry_source")
        ),
        sa.CheckConstraint("state IN ('waiting', 'claimed', 'done', 'dropped')", name=op.f("ck_queue_entry_state")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_queue_entry_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_queue_entry_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["sampling_plan.id"], name=op.f("fk_queue_entry_plan_id_sampling_plan")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_queue_entry_reviewer_id_person")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_queue_entry_scorecard_id_scorecard")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_queue_entry_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_entry")),
        sa.UniqueConstraint(
            "conversation_id", "scorecard_id", name=op.f("uq_queue_entry_conversation_id_scorecard_id")
        ),
    )
    op.create_index(
        "ix_queue_entry_agent_id_source_created_at", "queue_entry", ["agent_id", "source", "created_at"], unique=False
    )
    op.create_index("ix_queue_entry_plan_id_week", "queue_entry", ["plan_id", "week"], unique=False)
    op.create_index("ix_queue_entry_reviewer_id_state", "queue_entry", ["reviewer_id", "state"], unique=False)
    op.create_index(op.f("ix_queue_entry_scorecard_id"), "queue_entry", ["scorecard_id"], unique=False)
    op.create_index(
        "ix_queue_entry_shop_id_state_due_at_shuffle",
        "queue_entry",
        ["shop_id", "state", "due_at", "shuffle"],
        unique=False,
    )
    op.create_index(
        "ix_queue_entry_wish",
        "queue_entry",
        ["wish"],
        unique=False,
        sqlite_where=sa.text("wish IS NOT NULL"),
        postgresql_where=sa.text("wish IS NOT NULL"),
    )
    op.create_table(
        "calibration_rater",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["calibration.id"], name=op.f("fk_calibration_rater_calibration_id_calibration")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calibration_rater_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_rater")),
        sa.UniqueConstraint("calibration_id", "person_id", name=op.f("uq_calibration_rater_calibration_id_person_id")),
    )
    op.create_index(op.f("ix_calibration_rater_person_id"), "calibration_rater", ["person_id"], unique=False)
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("source_key", sa.String(length=120), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("critical_failed", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("praise", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("served_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("origin IN ('queue', 'by_hand', 'imported')", name=op.f("ck_evaluation_origin")),
        sa.CheckConstraint(
            "evaluator_id IS NULL OR evaluator_id <> agent_id", name=op.f("ck_evaluation_never_ones_own")
        ),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 100)", name=op.f("ck_evaluation_score")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_evaluation_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_evaluation_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entry.id"], name=op.f("fk_evaluation_entry_id_queue_entry")),
        sa.ForeignKeyConstraint(["evaluator_id"], ["person.id"], name=op.f("fk_evaluation_evaluator_id_person")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_evaluation_shop_id_shop")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["scorecard_version.id"], name=op.f("fk_evaluation_version_id_scorecard_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_evaluation_entry_id")),
        sa.UniqueConstraint("source_key", name=op.f("uq_evaluation_source_key")),
    )
    op.create_index("ix_evaluation_agent_id_submitted_at", "evaluation", ["agent_id", "submitted_at"], unique=False)
    op.create_index(op.f("ix_evaluation_conversation_id"), "evaluation", ["conversation_id"], unique=False)
    op.create_index(
        "ix_evaluation_evaluator_id_submitted_at", "evaluation", ["evaluator_id", "submitted_at"], unique=False
    )
    op.create_index("ix_evaluation_submitted_at", "evaluation", ["submitted_at"], unique=False)
    op.create_index("ix_evaluation_shop_id_submitted_at", "evaluation", ["shop_id", "submitted_at"], unique=False)
    op.create_index(op.f("ix_evaluation_version_id"), "evaluation", ["version_id"], unique=False)
    op.create_table(
        "calibration_chat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["calibration.id"], name=op.f("fk_calibration_chat_calibration_id_calibration")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_calibration_chat_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_calibration_chat_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_chat")),
        sa.UniqueConstraint(
            "calibration_id", "conversation_id", name=op.f("uq_calibration_chat_calibration_id_conversation_id")
        ),
    )
    op.create_index(op.f("ix_calibration_chat_conversation_id"), "calibration_chat", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_calibration_chat_evaluation_id"), "calibration_chat", ["evaluation_id"], unique=False)
    op.create_table(
        "evaluation_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("served_at", sa.DateTime(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.CheckConstraint("top >= 1 AND weight >= 0", name=op.f("ck_evaluation_line_top")),
        sa.CheckConstraint("value IS NOT NULL OR NOT failed", name=op.f("ck_evaluation_line_failed_was_scored")),
        sa.CheckConstraint("value IS NULL OR (value >= 0 AND value <= top)", name=op.f("ck_evaluation_line_value")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_evaluation_line_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_evaluation_line_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_line_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_line")),
        sa.UniqueConstraint(
            "evaluation_id", "criterion_id", name=op.f("uq_evaluation_line_evaluation_id_criterion_id")
        ),
    )
    op.create_index(
        "ix_evaluation_line_agent_id_criterion_id_served_at",
        "evaluation_line",
        ["agent_id", "criterion_id", "served_at"],
        unique=False,
    )
    op.create_index(
        "ix_evaluation_line_criterion_id_served_at", "evaluation_line", ["criterion_id", "served_at"], unique=False
    )
    op.create_table(
        "evaluation_standing",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("critical_failed", sa.Boolean(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("answer_until", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'disputed', 'settled')", name=op.f("ck_evaluation_standing_state")),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 100)", name=op.f("ck_evaluation_standing_score")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_evaluation_standing_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_standing_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_evaluation_standing_shop_id_shop")),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_evaluation_standing")),
    )
    op.create_index(
        "ix_evaluation_standing_agent_id_submitted_at",
        "evaluation_standing",
        ["agent_id", "submitted_at"],
        unique=False,
    )
    op.create_index(
        "ix_evaluation_standing_shop_id_submitted_at", "evaluation_standing", ["shop_id", "submitted_at"], unique=False
    )
    op.create_index(
        "ix_evaluation_standing_state_answer_until", "evaluation_standing", ["state", "answer_until"], unique=False
    )
    op.create_table(
        "calibration_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("value IS NULL OR (value >= 0 AND value <= top)", name=op.f("ck_calibration_score_value")),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["calibration_chat.id"], name=op.f("fk_calibration_score_chat_id_calibration_chat")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_calibration_score_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["calibration_rater.id"], name=op.f("fk_calibration_score_rater_id_calibration_rater")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_score")),
        sa.UniqueConstraint(
            "chat_id", "rater_id", "criterion_id", name=op.f("uq_calibration_score_chat_id_rater_id_criterion_id")
        ),
    )
    op.create_index("ix_calibration_score_rater_id", "calibration_score", ["rater_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=True),
        sa.Column("root_cause", sa.String(length=32), nullable=False),
        sa.Column("cause_note", sa.String(length=200), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("served_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "root_cause IN ('person', 'process', 'product', 'rare')", name=op.f("ck_finding_root_cause")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_finding_agent_id_person")),
        sa.ForeignKeyConstraint(["competency_id"], ["competency.id"], name=op.f("fk_finding_competency_id_competency")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_finding_criterion_id_criterion")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_finding_evaluation_id_evaluation")),
        sa.ForeignKeyConstraint(["line_id"], ["evaluation_line.id"], name=op.f("fk_finding_line_id_evaluation_line")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_finding_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("line_id", name=op.f("uq_finding_line_id")),
    )
    op.create_index("ix_finding_agent_id_criterion_id_at", "finding", ["agent_id", "criterion_id", "at"], unique=False)
    op.create_index(op.f("ix_finding_competency_id"), "finding", ["competency_id"], unique=False)
    op.create_index(op.f("ix_finding_criterion_id"), "finding", ["criterion_id"], unique=False)
    op.create_index(op.f("ix_finding_evaluation_id"), "finding", ["evaluation_id"], unique=False)
    op.create_index("ix_finding_shop_id_at", "finding", ["shop_id", "at"], unique=False)
    op.create_index("ix_finding_at", "finding", ["at"], unique=False)
    op.create_table(
        "line_ruling",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("value IS NOT NULL OR NOT failed", name=op.f("ck_line_ruling_failed_was_scored")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["evaluation_line.id"], name=op.f("fk_line_ruling_line_id_evaluation_line")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_line_ruling")),
    )
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("filed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_dispute_agent_id_person")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_dispute_finding_id_finding")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_dispute_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_dispute_finding_id")),
    )
    op.create_index(op.f("ix_dispute_agent_id"), "dispute", ["agent_id"], unique=False)
    op.create_index("ix_dispute_shop_id_filed_at", "dispute", ["shop_id", "filed_at"], unique=False)
    op.create_table(
        "finding_standing",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_at IS NOT NULL)", name=op.f("ck_finding_standing_confirmed_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'disputed', 'confirmed', 'overturned')", name=op.f("ck_finding_standing_state")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_standing_finding_id_finding")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding_standing")),
    )
    op.create_index("ix_finding_standing_state_finding_id", "finding_standing", ["state", "finding_id"], unique=False)
    op.create_table(
        "improvement_finding",
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_improvement_finding_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["improvement_id"],
            ["improvement.id"],
            name=op.f("fk_improvement_finding_improvement_id_improvement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("improvement_id", "finding_id", name=op.f("pk_improvement_finding")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_improvement_finding_finding_id")),
    )
    op.create_table(
        "dispute_decision",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("arbiter_id", sa.Integer(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["arbiter_id"], ["person.id"], name=op.f("fk_dispute_decision_arbiter_id_person")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_decision_dispute_id_dispute")),
        sa.PrimaryKeyConstraint("dispute_id", name=op.f("pk_dispute_decision")),
    )
    op.create_index(op.f("ix_dispute_decision_arbiter_id"), "dispute_decision", ["arbiter_id"], unique=False)
    op.execute(
        "ALTER TABLE case_study ADD COLUMN criterion_id INTEGER"
        " CONSTRAINT fk_case_study_criterion_id_criterion REFERENCES criterion (id)"
    )
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_column("case_study", "criterion_id")
    op.drop_table("dispute_decision")
    op.drop_table("improvement_finding")
    op.drop_table("finding_standing")
    op.drop_table("dispute")
    op.drop_table("line_ruling")
    op.drop_table("finding")
    op.drop_table("calibration_score")
    op.drop_table("evaluation_standing")
    op.drop_table("evaluation_line")
    op.drop_table("calibration_chat")
    op.drop_table("evaluation")
    op.drop_table("calibration_rater")
    op.drop_table("queue_entry")
    op.drop_table("qa_import")
    op.drop_table("plan_run")
    op.drop_table("improvement")
    op.drop_table("chat_agent")
    op.drop_table("calibration")
    op.drop_table("scorecard_version")
    op.drop_table("sampling_plan")
    op.drop_table("qa_import_template")
    op.drop_table("criterion")
    op.drop_table("scorecard")
    op.drop_table("reviewer")
    op.drop_table("qa_settings")
    op.drop_table("agent_account")
    for table in APPEND_ONLY:
        for statement in append_only_drops(table, op.get_bind().dialect.name):
            op.execute(statement)
