"""阅卷: marks that people give. Append-only; the newest mark of a slot counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.models import Person
from lms.people.queries import assignable_filter, person_filter, shop_filter
from lms.people.rules import require, require_visible
from quizzes.attempts.closing import retotal
from quizzes.attempts.enums import AttemptState
from quizzes.attempts.models import Attempt, Mark, Response, Slot
from quizzes.attempts.rules import can_mark
from quizzes.bank.models import ItemVersion
from quizzes.papers.models import Quiz
from quizzes.permissions import Q


class MarkRefused(DomainError):
    """A mark outside what the slot can bring, or on a slot that no person marks."""


def marked_by_people(slot: Slot) -> bool:
    """Whether the slot waits for a person or was marked by one."""
    return slot.mark is None or bool(slot.marks)


def markable(marker: Person) -> Select[tuple[Slot]]:
    """Slots within the marker's scope that wait for a mark; the list side of ``rules.can_mark``.

    One question after the other, so that all answers to it are judged by the same eye; within it, who handed in first.
    """
    reach = or_(person_filter(marker, Attempt.person_id), assignable_filter(marker, Attempt.person_id))
    return (
        select(Slot)
        .join(Slot.attempt)
        .join(Attempt.quiz)
        .where(
            Attempt.state == AttemptState.SUBMITTED,
            Slot.mark.is_(None),
            Attempt.person_id != marker.id,
            shop_filter(marker, Quiz.shop_id),
            reach,
        )
        .order_by(Attempt.quiz_id, Slot.item_version_id, Attempt.submitted_at, Slot.id)
    )


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question of a quiz with the number of answers that wait, and the first of them."""

    quiz: Quiz
    version: ItemVersion
    waiting: int
    since: datetime | None
    first_slot_id: int


def waiting_questions(marker: Person) -> list[WaitingQuestion]:
    """The marker's queue by question, what has waited longest first."""
    slots = markable(marker).order_by(None).with_only_columns(Slot.id).subquery()
    query = (
        select(Quiz, ItemVersion, func.count(), func.min(Attempt.submitted_at), func.min(Slot.id))
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(ItemVersion, ItemVersion.id == Slot.item_version_id)
        .where(Slot.id.in_(select(slots.c.id)))
        .group_by(Quiz.id, ItemVersion.id)
        .order_by(func.min(Attempt.submitted_at), Quiz.id, ItemVersion.id)
        .select_from(Slot)
    )
    return [WaitingQuestion(*row) for row in db.session.execute(query)]


def count_waiting(marker: Person) -> int:
    """How many answers wait for this marker."""
    query = markable(marker).order_by(None).with_only_columns(Slot.id)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def next_waiting(marker: Person, *, after: Slot) -> Slot | None:
    """What to mark after this one: another answer to the same question, else whatever comes first in the queue."""
    quiz_id = after.attempt.quiz_id
    same = and_(Attempt.quiz_id == quiz_id, Slot.item_version_id == after.item_version_id)
    query = (
        markable(marker).where(Slot.id != after.id).order_by(None).order_by(same.desc(), Attempt.submitted_at, Slot.id)
    )
    found: list[Any] = list(db.session.scalars(query.limit(1)))
    return found[0] if found else None


def slot_to_mark(marker: Person, slot_id: int) -> tuple[Slot, ItemVersion, Response]:
    """One slot with its item version and response. Raises NotFound outside the marker's scope."""
    query = (
        select(Slot, ItemVersion, Response)
        .join(ItemVersion, ItemVersion.id == Slot.item_version_id)
        .join(Response, Response.slot_id == Slot.id)
        .join(Slot.attempt)
        .where(Slot.id == slot_id)
        .options(
            contains_eager(Slot.attempt).options(joinedload(Attempt.quiz), joinedload(Attempt.person)),
            joinedload(Slot.marks).joinedload(Mark.marker),
        )
    )
    row = db.session.execute(query).unique().one_or_none()
    require_visible(row is not None and can_mark(marker, row[0].attempt))
    assert row is not None
    return row[0], row[1], row[2]


def scaled_points(points: Mapping[str, float], given: Mapping[str, float], max_mark: float) -> float:
    """The slot's mark from marks per key point: reached ÷ full of the key points, times the slot's full mark.

    `points` is what each key point can bring, `given` what the marker gave; more than a point can bring is cut.
    """
    full = sum(points.values())
    reached = sum(min(max(0.0, given.get(name, 0.0)), most) for name, most in points.items())
    return round(reached / full * max_mark, 4) if full else 0.0


def mark_slot(
    *,
    actor: Person,
    slot: Slot,
    mark: float,
    points: Mapping[str, float] | None = None,
    comment: str = "",
    at: datetime,
) -> Mark:
    """Give a slot its mark, or a further one that replaces it; every mark is kept.

    When no slot of the attempt waits any more the total is written, and a new result goes to the ledger. Raises
    NotFound outside the marker's scope (the own attempt too), MarkRefused for a mark outside 0…full or on a slot that
    the machine graded.
    """
    require(Q.ATTEMPTS_MARK, of=actor)
    require_visible(can_mark(actor, slot.attempt))
    if not marked_by_people(slot):
        raise MarkRefused(_("这道题由系统判分，不需要阅卷。"))
    if not 0 <= mark <= slot.max_mark:
        raise MarkRefused(_("得分要在 0 到 %(full)s 之间。", full=f"{slot.max_mark:g}"))
    # The attempt's row is held first: two markers of one paper take turns, and the last one writes the total.
    db.session.execute(select(Attempt.id).where(Attempt.id == slot.attempt_id).with_for_update())
    revision = db.session.scalar(select(func.coalesce(func.max(Mark.revision), 0)).where(Mark.slot_id == slot.id)) or 0
    row = Mark(
        slot_id=slot.id,
        revision=revision + 1,
        marker_id=actor.id,
        points=dict(points or {}),
        mark=mark,
        comment=comment.strip()[:2000],
        at=at,
    )
    db.session.add(row)
    slot.mark = mark
    db.session.flush()
    retotal(attempt=slot.attempt, at=at, because=row.id)
    return row
