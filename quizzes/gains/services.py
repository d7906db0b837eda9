"""Working out the gain of a pair: on the page without its interval, by a job with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from lms.kernel.db import db
from lms.kernel.jobs import Job, enqueue
from lms.people.models import Person
from quizzes.gains.core import LEAST_PEOPLE, Gain, gain, means
from quizzes.gains.models import QuizGain
from quizzes.gains.queries import Pair, by_dimension, fingerprint_of, pairs_of, stored_gain
from quizzes.papers.models import Quiz

JOB = "quizzes.gain"
WHOLE = "all"


@dataclass(frozen=True, slots=True)
class GainPage:
    """What the page shows: the people, the gain as a whole and by dimension, and the job that works out intervals."""

    pairs: Sequence[Pair]
    whole: Gain
    dimensions: Mapping[str, Gain]
    computed_at: datetime | None
    job: Job | None


def gain_page(*, viewer: Person, pre: Quiz, post: Quiz) -> GainPage:
    """The gain among the people whose progress ``viewer`` may see.

    Means are always those of now. Intervals come from the stored result when it was worked out from these very
    attempts; otherwise a job is started, once a state of the data.
    """
    pairs = pairs_of(viewer, pre, post)
    stored, name = stored_gain(viewer, post), fingerprint_of(pairs)
    if stored is not None and stored.fingerprint == name:
        known = {part: Gain(**numbers) for part, numbers in stored.result.items()}
        whole = known.pop(WHOLE)
        return GainPage(pairs, whole, known, stored.computed_at, None)
    parts = {part: means(scores) for part, scores in by_dimension(pairs).items()}
    job = _start(viewer, post, stored, name) if len(pairs) >= LEAST_PEOPLE else None
    return GainPage(pairs, means([(pair.pre, pair.post) for pair in pairs]), parts, None, job)


def _start(viewer: Person, post: Quiz, stored: QuizGain | None, name: str) -> Job | None:
    if stored is None:
        stored = QuizGain(post_quiz_id=post.id, viewer_id=viewer.id)
        db.session.add(stored)
    if stored.wanted != name or stored.job is None or stored.job.is_over:
        stored.wanted = name
        stored.job = enqueue(JOB, actor_id=viewer.id, post_quiz_id=post.id)
    db.session.flush()
    return stored.job


def compute_gain(*, viewer: Person, pre: Quiz, post: Quiz, at: datetime) -> QuizGain:
    """Work out the gain with its intervals and keep it for this viewer. Needs SciPy: for jobs, not for pages."""
    pairs = pairs_of(viewer, pre, post)
    stored = stored_gain(viewer, post)
    if stored is None:
        stored = QuizGain(post_quiz_id=post.id, viewer_id=viewer.id)
        db.session.add(stored)
    whole = gain([(pair.pre, pair.post) for pair in pairs])
    parts = {part: gain(scores) for part, scores in by_dimension(pairs).items()}
    stored.result = {WHOLE: asdict(whole)} | {part: asdict(one) for part, one in parts.items()}
    stored.fingerprint = stored.wanted = fingerprint_of(pairs)
    stored.computed_at = at
    db.session.flush()
    return stored
