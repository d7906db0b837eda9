"""Coaching: remedial rules and cases, follow-up checks, coaching sessions.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.db import append_only_drops, append_only_statements

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPEND_ONLY = ("case_event", "coaching_signature", "follow_up_check", "loop_decision", "loop_rule_change")


def upgrade() -> None:
    op.create_table(
        "coaching_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_coaching_template_created_by_id_person")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_coaching_template_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_template")),
        sa.UniqueConstraint("slug", name=op.f("uq_coaching_template_slug")),
    )
    op.create_index(op.f("ix_coaching_template_shop_id"), "coaching_template", ["shop_id"], unique=False)
    op.create_table(
        "loop_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("act_on", sa.String(length=32), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("cooldown_days", sa.Integer(), nullable=False),
        sa.Column("follow_up_checks", sa.Integer(), nullable=False),
        sa.Column("follow_up_days", sa.Integer(), nullable=False),
        sa.Column("delay_days", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("act_on IN ('confirmed', 'submitted')", name=op.f("ck_loop_rule_act_on")),
        sa.CheckConstraint("kind IN ('in_a_row', 'of_last')", name=op.f("ck_loop_rule_kind")),
        sa.CheckConstraint("delay_days BETWEEN 0 AND 60", name=op.f("ck_loop_rule_delay_days")),
        sa.CheckConstraint(
            "due_days BETWEEN 1 AND 90 AND cooldown_days BETWEEN 0 AND 365", name=op.f("ck_loop_rule_days")
        ),
        sa.CheckConstraint(
            "fails BETWEEN 1 AND 20 AND last BETWEEN fails AND 50", name=op.f("ck_loop_rule_fails_of_last")
        ),
        sa.CheckConstraint(
            "follow_up_checks BETWEEN 1 AND 50 AND follow_up_days BETWEEN 1 AND 90", name=op.f("ck_loop_rule_follow_up")
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_loop_rule_changed_by_id_person")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_loop_rule_criterion_id_criterion")),
        sa.ForeignKeyConstraint(["lesson_id"], ["activity.id"], name=op.f("fk_loop_rule_lesson_id_activity")),
        sa.ForeignKeyConstraint(["quiz_id"], ["activity.id"], name=op.f("fk_loop_rule_quiz_id_activity")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_loop_rule_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_rule")),
    )
    op.create_index(op.f("ix_loop_rule_criterion_id"), "loop_rule", ["criterion_id"], unique=False)
    op.create_index(
        "uq_loop_rule_criterion",
        "loop_rule",
        ["shop_id", "criterion_id"],
        unique=True,
        sqlite_where=sa.text("criterion_id IS NOT NULL"),
        postgresql_where=sa.text("criterion_id IS NOT NULL"),
    )
    op.create_index(
        "uq_loop_rule_shop",
        "loop_rule",
        ["shop_id"],
        unique=True,
        sqlite_where=sa.text("criterion_id IS NULL"),
        postgresql_where=sa.text("criterion_id IS NULL"),
    )
    op.create_table(
        "loop_rule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_loop_rule_change_by_id_person")),
        sa.ForeignKeyConstraint(["rule_id"], ["loop_rule.id"], name=op.f("fk_loop_rule_change_rule_id_loop_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_rule_change")),
    )
    op.create_index(op.f("ix_loop_rule_change_rule_id"), "loop_rule_change", ["rule_id"], unique=False)
    op.create_table(
        "remedial_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("competency_id", sa.Integer(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("help", sa.String(length=32), nullable=False),
        sa.Column("arm", sa.String(length=32), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("wake_at", sa.DateTime(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("held_seconds", sa.Integer(), nullable=True),
        sa.Column("trained_at", sa.DateTime(), nullable=True),
        sa.Column("follow_until", sa.DateTime(), nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state <> 'following') OR (trained_at IS NOT NULL)", name=op.f("ck_remedial_case_following_was_trained")
        ),
        sa.CheckConstraint("(state = 'delayed') <= (arm = 'later')", name=op.f("ck_remedial_case_delayed_is_later")),
        sa.CheckConstraint(
            "(state IN ('fixed', 'relapsed', 'unclear', 'cancelled')) = (closed_at IS NOT NULL)",
            name=op.f("ck_remedial_case_closed_has_time"),
        ),
        sa.CheckConstraint("arm IN ('now', 'later', 'none')", name=op.f("ck_remedial_case_arm")),
        sa.CheckConstraint(
            "help IN ('lesson', 'practice', 'sop_check', 'lighter_load')", name=op.f("ck_remedial_case_help")
        ),
        sa.CheckConstraint(
            "state IN ('delayed', 'training', 'paused', 'following', 'fixed', 'relapsed', 'unclear', 'cancelled')",
            name=op.f("ck_remedial_case_state"),
        ),
        sa.CheckConstraint("passes <= checks", name=op.f("ck_remedial_case_passes")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_remedial_case_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_remedial_case_competency_id_competency")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_remedial_case_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["activity.id"], name=op.f("fk_remedial_case_lesson_id_activity")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_remedial_case_opened_by_id_person")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["remedial_case.id"], name=op.f("fk_remedial_case_previous_id_remedial_case")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["activity.id"], name=op.f("fk_remedial_case_quiz_id_activity")),
        sa.ForeignKeyConstraint(["rule_id"], ["loop_rule.id"], name=op.f("fk_remedial_case_rule_id_loop_rule")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_remedial_case_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedial_case")),
    )
    op.create_index(
        "ix_remedial_case_agent_id_criterion_id_opened_at",
        "remedial_case",
        ["agent_id", "criterion_id", "opened_at"],
        unique=False,
    )
    op.create_index(op.f("ix_remedial_case_criterion_id"), "remedial_case", ["criterion_id"], unique=False)
    op.create_index("ix_remedial_case_lesson_id", "remedial_case", ["lesson_id"], unique=False)
    op.create_index(
        "ix_remedial_case_shop_id_state_opened_at", "remedial_case", ["shop_id", "state", "opened_at"], unique=False
    )
    op.create_index("ix_remedial_case_state_wake_at", "remedial_case", ["state", "wake_at"], unique=False)
    op.create_index(
        "uq_remedial_case_open",
        "remedial_case",
        ["agent_id", "criterion_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('delayed', 'training', 'paused', 'following')"),
        postgresql_where=sa.text("state IN ('delayed', 'training', 'paused', 'following')"),
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('delayed', 'training', 'paused', 'following', 'fixed', 'relapsed', 'unclear', 'cancelled')",
            name=op.f("ck_case_event_state"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_case_event_by_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["remedial_case.id"], name=op.f("fk_case_event_case_id_remedial_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index("ix_case_event_case_id_at", "case_event", ["case_id", "at"], unique=False)
    op.create_table(
        "coaching_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("held_at", sa.DateTime(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_coaching_session_signed_has_time")
        ),
        sa.CheckConstraint(
            "(state IN ('held', 'signed')) = (held_at IS NOT NULL)", name=op.f("ck_coaching_session_held_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'signed', 'cancelled')", name=op.f("ck_coaching_session_state")
        ),
        sa.CheckConstraint("coach_id <> agent_id", name=op.f("ck_coaching_session_two_people")),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name=op.f("ck_coaching_session_rating")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_coaching_session_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["remedial_case.id"], name=op.f("fk_coaching_session_case_id_remedial_case")
        ),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_coaching_session_coach_id_person")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_coaching_session_created_by_id_person")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_coaching_session_shop_id_shop")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["coaching_template.id"], name=op.f("fk_coaching_session_template_id_coaching_template")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_session")),
    )
    op.create_index(
        "ix_coaching_session_agent_id_planned_at", "coaching_session", ["agent_id", "planned_at"], unique=False
    )
    op.create_index(op.f("ix_coaching_session_case_id"), "coaching_session", ["case_id"], unique=False)
    op.create_index("ix_coaching_session_coach_id_state", "coaching_session", ["coach_id", "state"], unique=False)
    op.create_index(op.f("ix_coaching_session_shop_id"), "coaching_session", ["shop_id"], unique=False)
    op.create_index("ix_coaching_session_state_held_at", "coaching_session", ["state", "held_at"], unique=False)
    op.create_table(
        "coaching_plan_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_coaching_plan_item_done_by_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["coaching_session.id"],
            name=op.f("fk_coaching_plan_item_session_id_coaching_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_plan_item")),
    )
    op.create_index(op.f("ix_coaching_plan_item_session_id"), "coaching_plan_item", ["session_id"], unique=False)
    op.create_table(
        "coaching_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_coaching_signature_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name=op.f("fk_coaching_signature_session_id_coaching_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_signature")),
        sa.UniqueConstraint("session_id", "person_id", name=op.f("uq_coaching_signature_session_id_person_id")),
    )
    op.create_table(
        "follow_up_check",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["remedial_case.id"], name=op.f("fk_follow_up_check_case_id_remedial_case")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_follow_up_check_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["evaluation_line.id"], name=op.f("fk_follow_up_check_line_id_evaluation_line")
        ),
        sa.PrimaryKeyConstraint("case_id", "line_id", name=op.f("pk_follow_up_check")),
    )
    op.create_index(op.f("ix_follow_up_check_line_id"), "follow_up_check", ["line_id"], unique=False)
    op.create_table(
        "case_finding",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["remedial_case.id"], name=op.f("fk_case_finding_case_id_remedial_case")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_case_finding_finding_id_finding")),
        sa.PrimaryKeyConstraint("case_id", "finding_id", name=op.f("pk_case_finding")),
    )
    op.create_index(op.f("ix_case_finding_finding_id"), "case_finding", ["finding_id"], unique=False)
    op.create_table(
        "coaching_evidence",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_coaching_evidence_finding_id_finding")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["coaching_session.id"],
            name=op.f("fk_coaching_evidence_session_id_coaching_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "finding_id", name=op.f("pk_coaching_evidence")),
    )
    op.create_index(op.f("ix_coaching_evidence_finding_id"), "coaching_evidence", ["finding_id"], unique=False)
    op.create_table(
        "loop_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("outcome IN ('assigned', 'delayed', 'not_assigned')", name=op.f("ck_loop_decision_outcome")),
        sa.CheckConstraint(
            "why IN ('rule_met', 'by_hand', 'relapse', 'rule_not_met', 'not_person', 'cooldown', 'case_open', "
            "'no_rule', 'rule_off', 'no_lesson', 'left', 'overturned')",
            name=op.f("ck_loop_decision_why"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_loop_decision_agent_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_loop_decision_by_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["remedial_case.id"], name=op.f("fk_loop_decision_case_id_remedial_case")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_loop_decision_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_loop_decision_finding_id_finding")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_loop_decision_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_decision")),
    )
    op.create_index("ix_loop_decision_agent_id_at", "loop_decision", ["agent_id", "at"], unique=False)
    op.create_index(op.f("ix_loop_decision_case_id"), "loop_decision", ["case_id"], unique=False)
    op.create_index("ix_loop_decision_finding_id_at", "loop_decision", ["finding_id", "at"], unique=False)
    op.create_index("ix_loop_decision_shop_id_at", "loop_decision", ["shop_id", "at"], unique=False)
    op.create_table(
        "lesson_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("now_cases", sa.Integer(), nullable=False),
        sa.Column("later_cases", sa.Integer(), nullable=False),
        sa.Column("difference", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(difference IS NULL) = (low IS NULL) AND (low IS NULL) = (high IS NULL)",
            name=op.f("ck_lesson_effect_interval"),
        ),
        sa.CheckConstraint("cases >= now_cases + later_cases", name=op.f("ck_lesson_effect_cases")),
        sa.ForeignKeyConstraint(["lesson_id"], ["activity.id"], name=op.f("fk_lesson_effect_lesson_id_activity")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_lesson_effect_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_effect")),
        sa.UniqueConstraint("shop_id", "lesson_id", name=op.f("uq_lesson_effect_shop_id_lesson_id")),
    )
    op.create_index(op.f("ix_lesson_effect_lesson_id"), "lesson_effect", ["lesson_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("lesson_effect")
    op.drop_table("loop_decision")
    op.drop_table("coaching_evidence")
    op.drop_table("case_finding")
    op.drop_table("follow_up_check")
    op.drop_table("coaching_signature")
    op.drop_table("coaching_plan_item")
    op.drop_table("coaching_session")
    op.drop_table("case_event")
    op.drop_table("remedial_case")
    op.drop_table("loop_rule_change")
    op.drop_table("loop_rule")
    op.drop_table("coaching_template")
    for table in APPEND_ONLY:
        for statement in append_only_drops(table, op.get_bind().dialect.name):
            op.execute(statement)
