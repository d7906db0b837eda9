"""Who took both papers of a pair, with what score; within what a viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms.kernel.db import db
from lms.learning.enums import Dimension
from lms.learning.queries import progress_filter
from lms.people.models import Person, Team
from quizzes.attempts.enums import AttemptState
from quizzes.attempts.models import Attempt, Slot
from quizzes.gains.core import fingerprint
from quizzes.gains.models import QuizGain
from quizzes.papers.models import Quiz


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's two papers that are compared, as fractions, and the same by dimension where both have it."""

    person_id: int
    name: str
    account: str
    team: str
    pre_attempt_id: int
    post_attempt_id: int
    pre: float
    post: float
    pre_at: datetime
    post_at: datetime
    dimensions: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def gain(self) -> float:
        return self.post - self.pre


def pairs_of(viewer: Person, pre: Quiz, post: Quiz) -> list[Pair]:
    """Everybody within the viewer's sight who has both papers scored, by name. Two statements.

    Compared are the first 前测 that was handed in and scored, and the first 后测 that was begun after it was handed
    in: what was practised by taking a paper again is left out.
    """
    rows = db.session.execute(
        select(
            Attempt.id,
            Attempt.quiz_id,
            Attempt.person_id,
            Attempt.score,
            Attempt.started_at,
            Attempt.submitted_at,
            Person.name,
            Person.account,
            Team.name,
        )
        .join(Person, Person.id == Attempt.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(
            Attempt.quiz_id.in_([pre.id, post.id]),
            Attempt.state == AttemptState.SUBMITTED,
            Attempt.score.is_not(None),
            progress_filter(viewer, Attempt.person_id),
        )
        .order_by(Attempt.started_at, Attempt.id)
    ).all()
    first: dict[int, Any] = {}
    for row in rows:
        if row.quiz_id == pre.id:
            first.setdefault(row.person_id, row)
    after: dict[int, Any] = {}
    for row in rows:
        before = first.get(row.person_id)
        if row.quiz_id == post.id and before is not None and row.started_at >= before.submitted_at:
            after.setdefault(row.person_id, row)
    by_attempt = _dimension_scores([row.id for person in after for row in (first[person], after[person])])
    pairs = []
    for person, then in after.items():
        before = first[person]
        scores, later = by_attempt.get(before.id, {}), by_attempt.get(then.id, {})
        both = {name: (scores[name], later[name]) for name in scores if name in later}
        pairs.append(
            Pair(
                person_id=person,
                name=then.name,
                account=then.account,
                team=then[8] or "",
                pre_attempt_id=before.id,
                post_attempt_id=then.id,
                pre=before.score,
                post=then.score,
                pre_at=before.submitted_at,
                post_at=then.submitted_at,
                dimensions=both,
            )
        )
    return sorted(pairs, key=lambda pair: (pair.name, pair.person_id))


def _dimension_scores(attempt_ids: Sequence[int]) -> dict[int, dict[str, float]]:
    """Mark ÷ full mark by attempt and dimension, of attempts that are marked to the end."""
    query = (
        select(Slot.attempt_id, Slot.dimension, func.sum(Slot.mark) / func.sum(Slot.max_mark))
        .where(Slot.attempt_id.in_(attempt_ids), Slot.max_mark > 0)
        .group_by(Slot.attempt_id, Slot.dimension)
    )
    found: dict[int, dict[str, float]] = {}
    for attempt_id, dimension, score in db.session.execute(query):
        found.setdefault(attempt_id, {})[str(dimension)] = float(score or 0.0)
    return found


def by_dimension(pairs: Sequence[Pair]) -> dict[str, list[tuple[float, float]]]:
    """The pairs of scores of each dimension that both papers of somebody had, in the order A-K-S."""
    found = {
        one.value: [pair.dimensions[one.value] for pair in pairs if one.value in pair.dimensions] for one in Dimension
    }
    return {name: scores for name, scores in found.items() if scores}


def fingerprint_of(pairs: Sequence[Pair]) -> str:
    """Names the data that a gain is worked out from."""
    return fingerprint([(one.pre_attempt_id, one.post_attempt_id, one.pre, one.post) for one in pairs])


def stored_gain(viewer: Person, post: Quiz) -> QuizGain | None:
    """What was worked out for this viewer, perhaps from older data, with the job that was started last."""
    query = select(QuizGain).where(QuizGain.post_quiz_id == post.id, QuizGain.viewer_id == viewer.id)
    return db.session.scalars(query.options(joinedload(QuizGain.job))).one_or_none()
