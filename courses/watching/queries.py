"""What is kept of a person's watching."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from courses.watching.coverage import Beat
from courses.watching.models import WatchBeat, WatchState
from lms.kernel.db import db
from lms.learning.enums import AssignmentState
from lms.learning.models import Assignment


def newest_state(person_id: int, lesson_id: int, ref: str, *, lock: bool = False) -> WatchState | None:
    """The state of the last round, locked against another request of the same person if asked. One statement."""
    query = (
        select(WatchState)
        .where(WatchState.person_id == person_id, WatchState.lesson_id == lesson_id, WatchState.ref == ref)
        .order_by(WatchState.round.desc())
        .limit(1)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def starts_over(state: WatchState, task: Assignment | None) -> bool:
    """Whether the round is done and a task that was given afterwards asks for another one."""
    return (
        state.completed_at is not None
        and task is not None
        and task.state is AssignmentState.OPEN
        and task.created_at > state.completed_at
    )


def known_seqs(person_id: int, session: str, seqs: Collection[int]) -> set[int]:
    """Those of the stretches that were told before."""
    query = select(WatchBeat.seq).where(
        WatchBeat.person_id == person_id, WatchBeat.session == session, WatchBeat.seq.in_(seqs)
    )
    return set(db.session.scalars(query))


def beats_of(state: WatchState) -> list[Beat]:
    """All that the state was made of, in the order of arrival."""
    query = (
        select(WatchBeat)
        .where(
            WatchBeat.person_id == state.person_id,
            WatchBeat.lesson_id == state.lesson_id,
            WatchBeat.ref == state.ref,
            WatchBeat.round == state.round,
        )
        .order_by(WatchBeat.id)
    )
    return [
        Beat(row.start_second, row.end_second, row.began_at.timestamp(), row.ended_at.timestamp())
        for row in db.session.scalars(query)
    ]


def seconds_first_told(ref: str) -> float | None:
    """The length of a video as the first player told it that played it, for files that don't say it themselves."""
    return db.session.scalars(
        select(WatchState.seconds).where(WatchState.ref == ref).order_by(WatchState.id).limit(1)
    ).one_or_none()
