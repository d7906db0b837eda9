"""What the examinee's pages show, put together from queries and policies. Keys stay out until the policy allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lms.kernel.hookspecs import Lock
from lms.learning.enums import Dimension
from lms.learning.locks import locks_of
from lms.learning.models import Assignment
from lms.people.models import Person
from quizzes.attempts.clocks import deadline, is_overdue, remaining_seconds
from quizzes.attempts.models import Attempt, Mark
from quizzes.attempts.queries import (
    PastAttempt,
    SlotView,
    marks_of,
    open_task,
    past_attempts,
    slot_views,
    sources_of,
)
from quizzes.attempts.rules import can_see_answers
from quizzes.attempts.scoring import DimensionScore, SlotMark, by_dimension
from quizzes.bank.models import ItemSource
from quizzes.bank.queries import question_types
from quizzes.papers.models import Allowance, Quiz
from quizzes.papers.policies import Policy, Standing, kept, standing
from quizzes.papers.queries import allowance_for
from quizzes.types import Grade


@dataclass(frozen=True, slots=True)
class StartPage:
    """Rules, what is left, and the own attempts so far."""

    policy: Policy
    standing: Standing
    running: PastAttempt | None
    past: Sequence[PastAttempt]
    counted: PastAttempt | None
    task: Assignment | None
    allowance: Allowance | None
    limit_seconds: int | None
    cut_by_closing: bool
    lock: Lock | None = None


def start_page(person: Person, quiz: Quiz, *, at: datetime) -> StartPage:
    """What stands before the start. An attempt that ran out of time is shown as handed in, not as running."""
    past = past_attempts(person, quiz)
    allowance = allowance_for(quiz, person)
    policy = quiz.policy
    judged = standing(
        policy,
        quiz.window,
        used=len(past),
        last_submitted_at=max((one.submitted_at for one in past if one.submitted_at), default=None),
        at=at,
        extra_attempts=allowance.extra_attempts if allowance else 0,
    )
    extra = allowance.extra_percent if allowance else 0
    full = deadline(at, limit_seconds=policy.time_limit_seconds, extra_percent=extra)
    cut = deadline(at, limit_seconds=policy.time_limit_seconds, closes_at=quiz.closes_at, extra_percent=extra)
    running = next((one for one in past if one.submitted_at is None and not is_overdue(one.deadline_at, at)), None)
    return StartPage(
        policy=policy,
        standing=judged,
        running=running,
        past=past,
        counted=kept(past, policy.keep),
        task=open_task(person, quiz),
        allowance=allowance,
        limit_seconds=int((full - at).total_seconds()) if full else None,
        cut_by_closing=full is not None and cut is not None and cut < full,
        lock=_lock(person, quiz, at) if running is None else None,
    )


def _lock(person: Person, quiz: Quiz, at: datetime) -> Lock | None:
    """Why the person can't start yet; an attempt in progress is not asked about."""
    assert quiz.activity_id is not None
    return locks_of(person, [quiz.activity_id], at).get(quiz.activity_id)


@dataclass(frozen=True, slots=True)
class PaperSlot:
    """One question as it is answered: what may be shown, and what was answered. Nothing of the key."""

    position: int
    stem: str
    type: str
    type_label: str
    template: str
    shown: dict[str, Any]
    response: dict[str, Any] | None
    flagged: bool
    saved_at: datetime | None
    max_mark: float

    @property
    def answered(self) -> bool:
        return self.response is not None


@dataclass(frozen=True, slots=True)
class PaperPage:
    """The paper in progress."""

    slots: Sequence[PaperSlot]
    sequence: int
    remaining: int | None

    @property
    def unanswered(self) -> list[int]:
        return [slot.position for slot in self.slots if not slot.answered]

    @property
    def flagged(self) -> list[int]:
        return [slot.position for slot in self.slots if slot.flagged]


def paper_page(attempt: Attempt, *, at: datetime) -> PaperPage:
    """The questions in their frozen order, with the answers so far and the server's remaining seconds."""
    views, types = slot_views(attempt), question_types()
    slots = []
    for view in views:
        kind = types.get(view.slot.type)
        slots.append(
            PaperSlot(
                position=view.slot.position,
                stem=view.version.stem,
                type=view.slot.type,
                type_label=str(kind.label) if kind else "",
                template=kind.answer_template() if kind else "quizzes/attempts/missing_type.html",
                shown=kind.present(view.version.definition, view.slot.option_order) if kind else {},
                response=view.response.answer,
                flagged=view.response.flagged,
                saved_at=view.response.saved_at,
                max_mark=view.slot.max_mark,
            )
        )
    sequence = max((view.response.sequence for view in views), default=0)
    return PaperPage(slots, sequence, remaining_seconds(attempt.deadline_at, at))


@dataclass(frozen=True, slots=True)
class ResultSlot:
    """One question after handing in. `definition` goes to the type's review template, which heeds `show_key`."""

    position: int
    slot_id: int
    stem: str
    type_label: str
    dimension: str
    template: str
    definition: dict[str, Any]
    order: list[str]
    shown: dict[str, Any]
    response: dict[str, Any] | None
    grade: Grade | None
    mark: float | None
    max_mark: float
    rationale: str = ""
    sources: Sequence[ItemSource] = field(default_factory=tuple)
    marked: Mark | None = None

    @property
    def verdict(self) -> str:
        """right, partly, wrong or waiting."""
        if self.mark is None:
            return "waiting"
        if self.mark >= self.max_mark:
            return "right"
        return "partly" if self.mark > 0 else "wrong"


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The result of one attempt, cut to what the viewer may see."""

    policy: Policy
    show_answers: bool
    slots: Sequence[ResultSlot]
    dimensions: Sequence[DimensionScore]
    waiting: int
    past: Sequence[PastAttempt]
    counted: PastAttempt | None
    standing: Standing | None
    weakest: DimensionScore | None

    def count(self, verdict: str) -> int:
        """How many questions have this verdict."""
        return sum(slot.verdict == verdict for slot in self.slots)


def result_page(viewer: Person, attempt: Attempt, *, at: datetime) -> ResultPage:
    """Score, breakdown and questions. Without leave to see answers the questions carry neither key nor verdict."""
    open_answers = can_see_answers(viewer, attempt)
    views = slot_views(attempt) if not attempt.is_open else []
    sources = sources_of(views) if open_answers else {}
    marks = marks_of(attempt) if open_answers else {}
    scores = [SlotMark(view.slot.mark, view.slot.max_mark, str(view.slot.dimension)) for view in views]
    dimensions = _in_order(by_dimension(scores))
    own = attempt.person_id == viewer.id
    past = past_attempts(attempt.person, attempt.quiz)
    allowance = allowance_for(attempt.quiz, attempt.person) if own else None
    judged = standing(
        attempt.quiz.policy,
        attempt.quiz.window,
        used=len(past),
        last_submitted_at=max((one.submitted_at for one in past if one.submitted_at), default=None),
        at=at,
        extra_attempts=allowance.extra_attempts if allowance else 0,
    )
    scored = [one for one in dimensions if one.score is not None and one.score < 1]
    return ResultPage(
        policy=attempt.policy,
        show_answers=open_answers,
        slots=[_result_slot(view, open_answers, sources, marks) for view in views],
        dimensions=dimensions,
        waiting=sum(view.slot.mark is None for view in views),
        past=past,
        counted=kept(past, attempt.policy.keep),
        standing=judged if own else None,
        weakest=min(scored, key=lambda one: one.score or 0.0) if len(dimensions) > 1 and scored else None,
    )


def _in_order(scores: Sequence[DimensionScore]) -> list[DimensionScore]:
    place = {one.value: number for number, one in enumerate(Dimension)}
    return sorted(scores, key=lambda one: place.get(one.dimension, len(place)))


def _result_slot(
    view: SlotView, open_answers: bool, sources: dict[int, list[ItemSource]], marks: dict[int, Mark]
) -> ResultSlot:
    slot, version = view.slot, view.version
    kind = question_types().get(slot.type)
    order = list(slot.option_order or [])
    shown = kind.present(version.definition, order) if kind else {}
    return ResultSlot(
        position=slot.position,
        slot_id=slot.id,
        stem=version.stem,
        type_label=str(kind.label) if kind else slot.type,
        dimension=str(slot.dimension),
        template=kind.review_template() if kind else "quizzes/attempts/missing_type.html",
        definition=dict(version.definition),
        order=order,
        shown=shown,
        response=view.response.answer,
        grade=_grade(view) if open_answers else None,
        mark=slot.mark if open_answers else None,
        max_mark=slot.max_mark,
        rationale=version.rationale if open_answers else "",
        sources=sources.get(version.item_id, ()),
        marked=marks.get(slot.id) if open_answers else None,
    )


def _grade(view: SlotView) -> Grade | None:
    if view.slot.detail is None:
        return None
    fraction = None if view.slot.mark is None else view.slot.mark / (view.slot.max_mark or 1)
    return Grade(fraction, dict(view.slot.detail))
