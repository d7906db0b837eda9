"""A person's attempts for their transcript, as far as the viewer may see them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lms.kernel.db import db
from lms.people.models import Person
from quizzes.attempts.enums import AttemptState
from quizzes.attempts.models import Attempt
from quizzes.attempts.queries import visible_results_filter

MOST = 60


def attempts_shown(person: Person, viewer: Person) -> list[Attempt]:
    """What was handed in, newest first. One statement."""
    query = (
        select(Attempt)
        .join(Attempt.quiz)
        .where(Attempt.person_id == person.id, Attempt.state == AttemptState.SUBMITTED, visible_results_filter(viewer))
        .options(contains_eager(Attempt.quiz))
        .order_by(Attempt.submitted_at.desc(), Attempt.id.desc())
        .limit(MOST)
    )
    return list(db.session.scalars(query))
