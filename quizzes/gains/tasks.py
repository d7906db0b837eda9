"""The background job that works out a gain."""

from __future__ import annotations

from typing import Any

from lms.kernel.clock import now
from lms.kernel.db import get_or_404, unit_of_work
from lms.kernel.jobs import JobHandle
from lms.people.models import Person
from quizzes.gains.services import compute_gain
from quizzes.papers.models import Quiz
from quizzes.papers.pairs import pair_of


def run_gain(job: JobHandle, *, post_quiz_id: int) -> dict[str, Any]:
    """Work out the gain for whoever looked at the page; run again it gives the same."""
    with unit_of_work():
        post, viewer = get_or_404(Quiz, post_quiz_id), get_or_404(Person, job.actor_id or 0)
        pair = pair_of(post)
        if pair is None:
            return {}
        return {"people": compute_gain(viewer=viewer, pre=pair.pre, post=pair.post, at=now()).result["all"]["n"]}
