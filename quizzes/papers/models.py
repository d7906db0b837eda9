"""A quiz and its pool."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, db, enum_check
from lms.learning.enums import Dimension
from lms.learning.models import Activity
from lms.people.models import Person, Shop
from quizzes.papers.enums import Keep, QuizKind, QuizState, ShowAnswers
from quizzes.papers.policies import Policy, Window


class Quiz(db.Model):  # type: ignore[name-defined]
    """练习测验 or 认证考试: a pool of items, how a paper is drawn from it, and the policy of its attempts.

    The activity is made at the first publishing; title, dimension and shop are kept the same on both. What stands here
    decides about attempts that start from now on; running and past ones have their own frozen copy. A quiz with
    ``parallel_of`` is the 后测 of that 前测: draw, blueprint, cut score and marks are taken from it, and nobody gets an
    item in one that they had in the other (``quizzes.papers.parallel``).
    """

    __tablename__ = "quiz"
    __table_args__ = (
        enum_check("dimension", Dimension),
        enum_check("kind", QuizKind),
        enum_check("state", QuizState),
        enum_check("keep", Keep),
        enum_check("show_answers", ShowAnswers),
        CheckConstraint("cut_score >= 0 AND cut_score <= 1", name="cut_score"),
        CheckConstraint("draw_count >= 1", name="draw_count"),
        CheckConstraint("parallel_of_id IS NULL OR parallel_of_id <> id", name="parallel_of_another"),
        Index("uq_quiz_parallel_of_id", "parallel_of_id", unique=True),
        CheckConstraint("state = 'draft' OR activity_id IS NOT NULL", name="published_has_activity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), unique=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    kind: Mapped[QuizKind] = mapped_column(StrEnumType(QuizKind), default=QuizKind.QUIZ)
    parallel_of_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    dimension: Mapped[Dimension] = mapped_column(StrEnumType(Dimension))
    state: Mapped[QuizState] = mapped_column(StrEnumType(QuizState), default=QuizState.DRAFT, index=True)
    open_practice: Mapped[bool] = mapped_column(Boolean, default=False)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    draw_count: Mapped[int] = mapped_column(Integer, default=20)
    blueprint: Mapped[dict[str, int]] = mapped_column(Json, default=dict)

    cut_score: Mapped[float] = mapped_column(Float, default=0.8)
    time_limit_seconds: Mapped[int | None] = mapped_column(Integer)
    attempts_allowed: Mapped[int | None] = mapped_column(Integer)
    cooldown_seconds: Mapped[int] = mapped_column(Integer, default=0)
    keep: Mapped[Keep] = mapped_column(StrEnumType(Keep), default=Keep.BEST)
    show_answers: Mapped[ShowAnswers] = mapped_column(StrEnumType(ShowAnswers), default=ShowAnswers.AFTER_SUBMIT)
    shuffle_items: Mapped[bool] = mapped_column(Boolean, default=True)
    shuffle_options: Mapped[bool] = mapped_column(Boolean, default=True)
    partial_credit: Mapped[bool] = mapped_column(Boolean, default=True)
    type_marks: Mapped[dict[str, float]] = mapped_column(Json, default=dict)

    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    activity: Mapped[Activity | None] = relationship()
    shop: Mapped[Shop | None] = relationship()
    parallel_of: Mapped[Quiz | None] = relationship(remote_side=[id], foreign_keys=[parallel_of_id])

    @property
    def policy(self) -> Policy:
        """The policy as it stands, to be frozen on the next attempt."""
        return Policy(
            cut_score=self.cut_score,
            time_limit_seconds=self.time_limit_seconds,
            attempts_allowed=self.attempts_allowed,
            cooldown_seconds=self.cooldown_seconds,
            keep=self.keep,
            show_answers=self.show_answers,
            shuffle_items=self.shuffle_items,
            shuffle_options=self.shuffle_options,
            partial_credit=self.partial_credit,
            type_marks=dict(self.type_marks or {}),
        )

    @property
    def window(self) -> Window:
        """When it can be taken."""
        return Window(self.state is QuizState.OPEN, self.opens_at, self.closes_at)


class QuizItem(db.Model):  # type: ignore[name-defined]
    """An item in the pool of a quiz. The version is chosen at the draw: the item's current one."""

    __tablename__ = "quiz_item"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Allowance(db.Model):  # type: ignore[name-defined]
    """个别安排: more time or further attempts for one person in one quiz, with the reason and who granted it."""

    __tablename__ = "quiz_allowance"
    __table_args__ = (
        CheckConstraint("extra_percent >= 0 AND extra_percent <= 300", name="extra_percent"),
        CheckConstraint("extra_attempts >= 0 AND extra_attempts <= 20", name="extra_attempts"),
    )

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    extra_percent: Mapped[int] = mapped_column(Integer, default=0)
    extra_attempts: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str] = mapped_column(String(200), default="")
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
