"""Rules, what they decided, remedial cases, and the checks that follow them up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.coaching.enums import ActOn, Arm, CaseState, Help, Outcome, RuleKind, Why
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.models import Activity
from lms.people.models import Person, Shop
from lms.qa.evaluations.models import Evaluation, EvaluationLine, Finding
from lms.qa.scorecards.models import Criterion

OPEN_CASE = text("state IN ('delayed', 'training', 'paused', 'following')")


class LoopRule(db.Model):  # type: ignore[name-defined]
    """补训规则 of a shop: for one criterion, or (criterion None) for all that have none of their own.

    ``fails`` in a row, or of the ``last`` checks, lead to a lesson due in ``due_days``; not again within
    ``cooldown_days``. Finishing it asks for ``follow_up_checks`` within ``follow_up_days``. ``delay_days`` > 0 gives
    half of the cases (drawn by lot) their lesson that much later, so that its effect can be told.
    """

    __tablename__ = "loop_rule"
    __table_args__ = (
        enum_check("kind", RuleKind),
        enum_check("act_on", ActOn),
        CheckConstraint("fails BETWEEN 1 AND 20 AND last BETWEEN fails AND 50", name="fails_of_last"),
        CheckConstraint("due_days BETWEEN 1 AND 90 AND cooldown_days BETWEEN 0 AND 365", name="days"),
        CheckConstraint("follow_up_checks BETWEEN 1 AND 50 AND follow_up_days BETWEEN 1 AND 90", name="follow_up"),
        CheckConstraint("delay_days BETWEEN 0 AND 60", name="delay_days"),
        Index(
            "uq_loop_rule_criterion",
            "shop_id",
            "criterion_id",
            unique=True,
            sqlite_where=text("criterion_id IS NOT NULL"),
            postgresql_where=text("criterion_id IS NOT NULL"),
        ),
        Index(
            "uq_loop_rule_shop",
            "shop_id",
            unique=True,
            sqlite_where=text("criterion_id IS NULL"),
            postgresql_where=text("criterion_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"), index=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    kind: Mapped[RuleKind] = mapped_column(StrEnumType(RuleKind), default=RuleKind.IN_A_ROW)
    fails: Mapped[int] = mapped_column(Integer, default=2)
    last: Mapped[int] = mapped_column(Integer, default=2)
    act_on: Mapped[ActOn] = mapped_column(StrEnumType(ActOn), default=ActOn.CONFIRMED)
    due_days: Mapped[int] = mapped_column(Integer, default=7)
    cooldown_days: Mapped[int] = mapped_column(Integer, default=14)
    follow_up_checks: Mapped[int] = mapped_column(Integer, default=5)
    follow_up_days: Mapped[int] = mapped_column(Integer, default=14)
    delay_days: Mapped[int] = mapped_column(Integer, default=0)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop] = relationship()
    criterion: Mapped[Criterion | None] = relationship()
    lesson: Mapped[Activity | None] = relationship(foreign_keys=[lesson_id])
    quiz: Mapped[Activity | None] = relationship(foreign_keys=[quiz_id])


@append_only
class LoopRuleChange(db.Model):  # type: ignore[name-defined]
    """Who set a rule to what, when."""

    __tablename__ = "loop_rule_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("loop_rule.id"), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[Person | None] = relationship()


class RemedialCase(db.Model):  # type: ignore[name-defined]
    """补训: one agent and one criterion, from the findings that opened it to the conclusion.

    ``number`` counts the cases of this agent and criterion; ``previous_id`` is the one that relapsed. ``settings`` are
    the rule's as they were. ``held_seconds`` is the time that was left of the task when a dispute paused it. Checks
    count from ``trained_at`` to ``follow_until``; ``passes`` of ``checks`` counted ones were kept, and ``low`` and
    ``high`` bound the true share.
    """

    __tablename__ = "remedial_case"
    __table_args__ = (
        enum_check("state", CaseState),
        enum_check("help", Help),
        enum_check("arm", Arm),
        CheckConstraint("(state = 'delayed') <= (arm = 'later')", name="delayed_is_later"),
        CheckConstraint(
            "(state IN ('fixed', 'relapsed', 'unclear', 'cancelled')) = (closed_at IS NOT NULL)", name="closed_has_time"
        ),
        CheckConstraint("(state <> 'following') OR (trained_at IS NOT NULL)", name="following_was_trained"),
        CheckConstraint("passes <= checks", name="passes"),
        Index(
            "uq_remedial_case_open",
            "agent_id",
            "criterion_id",
            unique=True,
            sqlite_where=OPEN_CASE,
            postgresql_where=OPEN_CASE,
        ),
        Index("ix_remedial_case_shop_id_state_opened_at", "shop_id", "state", "opened_at"),
        Index("ix_remedial_case_agent_id_criterion_id_opened_at", "agent_id", "criterion_id", "opened_at"),
        Index("ix_remedial_case_lesson_id", "lesson_id"),
        Index("ix_remedial_case_state_wake_at", "state", "wake_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    competency_id: Mapped[int | None] = mapped_column(ForeignKey("competency.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("loop_rule.id"))
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("remedial_case.id"))
    number: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[CaseState] = mapped_column(StrEnumType(CaseState))
    help: Mapped[Help] = mapped_column(StrEnumType(Help), default=Help.LESSON)
    arm: Mapped[Arm] = mapped_column(StrEnumType(Arm), default=Arm.NONE)
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wake_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_seconds: Mapped[int | None] = mapped_column(Integer)
    trained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checks: Mapped[int] = mapped_column(Integer, default=0)
    passes: Mapped[int] = mapped_column(Integer, default=0)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(500), default="")

    shop: Mapped[Shop] = relationship()
    agent: Mapped[Person] = relationship(foreign_keys=[agent_id])
    criterion: Mapped[Criterion] = relationship()
    lesson: Mapped[Activity | None] = relationship(foreign_keys=[lesson_id])
    quiz: Mapped[Activity | None] = relationship(foreign_keys=[quiz_id])
    previous: Mapped[RemedialCase | None] = relationship(remote_side=[id])
    opened_by: Mapped[Person | None] = relationship(foreign_keys=[opened_by_id])


class CaseFinding(db.Model):  # type: ignore[name-defined]
    """A finding that a case was opened for."""

    __tablename__ = "case_finding"

    case_id: Mapped[int] = mapped_column(ForeignKey("remedial_case.id"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True, index=True)

    case: Mapped[RemedialCase] = relationship()
    finding: Mapped[Finding] = relationship()


@append_only
class CaseEvent(db.Model):  # type: ignore[name-defined]
    """What happened to a case: the state that it came into, by whom (None: by rule), and why."""

    __tablename__ = "case_event"
    __table_args__ = (enum_check("state", CaseState), Index("ix_case_event_case_id_at", "case_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("remedial_case.id"))
    state: Mapped[CaseState] = mapped_column(StrEnumType(CaseState))
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[Person | None] = relationship()


@append_only
class LoopDecision(db.Model):  # type: ignore[name-defined]
    """What a rule made of a finding, with the figures that it saw; "not assigned because…" too."""

    __tablename__ = "loop_decision"
    __table_args__ = (
        enum_check("outcome", Outcome),
        enum_check("why", Why),
        Index("ix_loop_decision_finding_id_at", "finding_id", "at"),
        Index("ix_loop_decision_shop_id_at", "shop_id", "at"),
        Index("ix_loop_decision_agent_id_at", "agent_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("remedial_case.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(StrEnumType(Outcome))
    why: Mapped[Why] = mapped_column(StrEnumType(Why))
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    finding: Mapped[Finding | None] = relationship()
    agent: Mapped[Person] = relationship(foreign_keys=[agent_id])
    criterion: Mapped[Criterion] = relationship()
    case: Mapped[RemedialCase | None] = relationship()


@append_only
class FollowUpCheck(db.Model):  # type: ignore[name-defined]
    """An evaluation that counts for a case's verdict: its line on the case's criterion."""

    __tablename__ = "follow_up_check"

    case_id: Mapped[int] = mapped_column(ForeignKey("remedial_case.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("evaluation_line.id"), primary_key=True, index=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    line: Mapped[EvaluationLine] = relationship()
    evaluation: Mapped[Evaluation] = relationship()
