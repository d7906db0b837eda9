"""Handing in: by the examinee or by the clock, once. Grades, adds up, writes the ledger, tells the plugins."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Result, select, update

from lms.kernel.db import db
from lms.kernel.plugins import hooks
from lms.learning.enums import Verb
from lms.learning.services import write_record
from quizzes.attempts.clocks import GRACE, is_overdue
from quizzes.attempts.enums import AttemptState, ClosedBy
from quizzes.attempts.models import Attempt, Response, Slot
from quizzes.attempts.queries import past_attempts
from quizzes.attempts.scoring import SlotMark, slot_mark, total
from quizzes.bank.models import ItemVersion
from quizzes.bank.queries import question_types
from quizzes.papers.policies import kept

log = logging.getLogger(__name__)


def close_by_examinee(*, attempt: Attempt, at: datetime) -> Attempt:
    """Hand in now. A second call returns the attempt unchanged."""
    return _close(attempt, ClosedBy.EXAMINEE, submitted_at=at, at=at)


def close_by_clock(*, attempt: Attempt, at: datetime) -> Attempt:
    """Hand in as of the deadline, if the attempt is open and overdue; otherwise nothing happens."""
    if not attempt.is_open or attempt.deadline_at is None or not is_overdue(attempt.deadline_at, at):
        return attempt
    return _close(attempt, ClosedBy.CLOCK, submitted_at=attempt.deadline_at, at=at)


def rows_hit(result: Result[Any]) -> int:
    """How many rows an UPDATE changed."""
    return cast(CursorResult[Any], result).rowcount


def close_overdue(*, at: datetime, limit: int = 500) -> int:
    """Hand in what nobody looks at any more; returns how many attempts were closed. Safe to run at any time."""
    overdue = (
        select(Attempt)
        .where(Attempt.state == AttemptState.OPEN, Attempt.deadline_at < at - GRACE)
        .order_by(Attempt.deadline_at)
        .limit(limit)
    )
    closed = 0
    for attempt in db.session.scalars(overdue).all():
        try:
            with db.session.begin_nested():
                close_by_clock(attempt=attempt, at=at)
            closed += 1
        except Exception:  # one broken attempt (a plugin's question type, say) must not keep the others open
            log.exception("attempt %s could not be closed", attempt.id)
    return closed


def _close(attempt: Attempt, closed_by: ClosedBy, *, submitted_at: datetime, at: datetime) -> Attempt:
    # One statement decides who hands in; whoever comes second finds no open row. It also keeps saves out meanwhile.
    won = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == AttemptState.OPEN)
        .values(state=AttemptState.SUBMITTED, submitted_at=submitted_at, closed_by=closed_by)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(attempt)
    if rows_hit(won) == 0:
        return attempt
    attempt.duration_seconds = max(0, int((submitted_at - attempt.started_at).total_seconds()))
    _grade(attempt)
    db.session.flush()
    _total(attempt)
    db.session.flush()
    _write_attempted(attempt)
    write_standing(attempt=attempt, at=submitted_at)
    hooks().attempt_submitted(attempt=attempt)
    return attempt


def _grade(attempt: Attempt) -> None:
    types = question_types()
    partial = attempt.policy.partial_credit
    rows = db.session.execute(
        select(Slot, Response, ItemVersion)
        .join(Response, Response.slot_id == Slot.id)
        .join(ItemVersion, ItemVersion.id == Slot.item_version_id)
        .where(Slot.attempt_id == attempt.id)
        .order_by(Slot.position)
        .execution_options(populate_existing=True)
    )
    for slot, response, version in rows:
        if slot.type not in types:  # its plugin is gone: the slot waits for a marker instead of losing its marks
            continue
        grade = types[slot.type].grade(version.definition, response.answer)
        slot.mark = slot_mark(grade.fraction, slot.max_mark, partial_credit=partial)
        slot.detail = dict(grade.detail)


def _total(attempt: Attempt) -> None:
    columns = select(Slot.mark, Slot.max_mark, Slot.dimension).where(Slot.attempt_id == attempt.id)
    marks = [SlotMark(mark, max_mark, str(dimension)) for mark, max_mark, dimension in db.session.execute(columns)]
    found = total(marks, cut_score=attempt.cut_score)
    attempt.mark, attempt.max_mark = (None if found.waiting else found.mark), found.max_mark
    attempt.score, attempt.passed = found.score, found.passed


def retotal(*, attempt: Attempt, at: datetime, because: int) -> None:
    """Add up again after the mark numbered `because`; the ledger gets a further row when the result is new."""
    before = (attempt.score, attempt.passed)
    _total(attempt)
    db.session.flush()
    if (attempt.score, attempt.passed) != before:
        write_standing(attempt=attempt, at=at, because=because)


def _write_attempted(attempt: Attempt) -> None:
    activity = attempt.quiz.activity
    assert activity is not None
    write_record(
        actor=attempt.person,
        verb=Verb.ATTEMPTED,
        activity=activity,
        at=attempt.submitted_at or attempt.started_at,
        idempotency_key=f"attempt:{attempt.id}:attempted",
        score=attempt.score,
        duration_seconds=attempt.duration_seconds,
        context=_context(attempt),
    )


def write_standing(*, attempt: Attempt, at: datetime, because: int = 0) -> None:
    """Tell the ledger what now counts: the attempt that the policy keeps, as passed or failed with its score.

    So the latest passed/failed row of a person and quiz is always the result that counts, whichever policy decides.
    While the deciding attempt waits for a marker nothing is written. The policy is the one frozen on `attempt`.
    """
    counted = kept(past_attempts(attempt.person, attempt.quiz), attempt.policy.keep)
    activity = attempt.quiz.activity
    if counted is None or activity is None:
        return
    write_record(
        actor=attempt.person,
        verb=Verb.PASSED if counted.passed else Verb.FAILED,
        activity=activity,
        at=at,
        idempotency_key=f"attempt:{attempt.id}:result:{because}",
        score=counted.score,
        success=counted.passed,
        completion=True,
        duration_seconds=counted.duration_seconds,
        context={**_context(attempt), "attempt_id": counted.attempt_id, "after_attempt_id": attempt.id},
    )


def _context(attempt: Attempt) -> dict[str, object]:
    return {
        "attempt_id": attempt.id,
        "quiz_id": attempt.quiz_id,
        "number": attempt.number,
        "cut_score": attempt.cut_score,
        "closed_by": str(attempt.closed_by),
    }
