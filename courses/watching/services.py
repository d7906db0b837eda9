"""Taking what players claim, and completing the lesson once enough was watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite, nan
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import latest_task
from courses.lessons.services import complete_lesson
from courses.watching.coverage import LONGEST_VIDEO, Beat, Claim, Span, Watched, admit, coverage
from courses.watching.models import WatchBeat, WatchState
from courses.watching.queries import beats_of, known_seqs, newest_state, seconds_first_told, starts_over
from courses.watching.sessions import PlayerSession
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.learning.enums import Verb
from lms.learning.models import Assignment, Record
from lms.learning.services import write_record
from lms.people.models import Person

MOST_CLAIMS = 240
"""Stretches in one request: an hour without network. A player that has more sends them bit by bit."""
LARGEST_SEQ = 2**31 - 1
STEPS = (0.25, 0.5, 0.75)
COVER = 0.9


class ClaimsRefused(DomainError):
    """Not the shape of what a player sends."""


@dataclass(frozen=True)
class Progress:
    """How far somebody is with a video: its length, the parts seen, the share that counts, where playing stopped."""

    seconds: float | None
    seen: tuple[Span, ...]
    share: float
    position: float
    completed: Record | None = None

    @property
    def percent(self) -> int:
        """The share as shown: rounded down, so that 90 % is never shown before it is reached."""
        return int(100 * self.share + 1e-6)


@dataclass(frozen=True)
class Told:
    """What a player sent: its stretches by number, where it stands, and the length of the video as it sees it."""

    claims: Mapping[int, Claim]
    position: float
    seconds: float


NOTHING = Progress(None, (), 0.0, 0.0)


def read_told(sent: Any) -> Told:
    """What a player sent as JSON. Single stretches that make no sense are dropped later; a wrong shape is refused."""
    if not isinstance(sent, dict) or not isinstance(sent.get("beats"), list):
        raise ClaimsRefused(_("播放器发来的内容读不懂，请刷新页面。"))
    if len(sent["beats"]) > MOST_CLAIMS:
        raise ClaimsRefused(_("一次发来的观看记录太多，请刷新页面。"))
    claims: dict[int, Claim] = {}
    for beat in sent["beats"]:
        if not isinstance(beat, dict):
            raise ClaimsRefused(_("播放器发来的内容读不懂，请刷新页面。"))
        seq = beat.get("seq")
        if isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq <= LARGEST_SEQ:
            figures = (_figure(beat.get(name)) for name in ("from", "to", "wall", "ago"))
            claims.setdefault(seq, Claim(*figures))
    return Told(claims, _figure(sent.get("position")), _figure(sent.get("seconds")))


def watch(
    *,
    actor: Person,
    lesson: Lesson,
    version: LessonVersion,
    ref: str,
    seconds: float | None,
    cover: float,
    player: PlayerSession,
    told: Told,
    at: datetime,
) -> Progress:
    """Add what a player tells, and complete the lesson when ``cover`` of the video was watched.

    seconds: the length that the file itself tells; where it tells none, the first player's word holds for everybody.
    Stretches told before and those that can't be are left out without a word, so that a player may always try again.
    """
    with db.session.begin_nested():  # from here on nobody else writes this person's state, on SQLite as well
        task = latest_task(actor, lesson.activity_id)
        state = _state_for(actor, lesson, ref, seconds or seconds_first_told(ref) or _told_length(told), task, at)
    if state is None:
        return NOTHING
    before = coverage(state.watched, state.seconds)
    new = _admitted(actor, player, told, state, at)
    if new:
        _store(new, state, version, player, at)
        watched = state.watched.plus(new.values())
        state.seen, state.spent = [list(s) for s in watched.seen], [list(s) for s in watched.spent]
    if isfinite(told.position) and told.position >= 0:
        state.position = min(told.position, state.seconds)
    state.updated_at = at
    db.session.flush()
    _write_steps(actor, lesson, version, state, before, at)
    return _progress(actor, lesson, version, state, cover, task, at)


def standing(
    *,
    actor: Person,
    lesson: Lesson,
    version: LessonVersion,
    ref: str,
    cover: float,
    completed: Record | None,
    task: Assignment | None,
    at: datetime,
) -> Progress:
    """How far the actor is, for a page that is opened. One statement.

    A new version with the same video is completed at once by whoever watched it in the old one.
    """
    state = newest_state(actor.id, lesson.id, ref)
    if state is None or starts_over(state, task):
        return NOTHING if completed is None else Progress(None, (), 0.0, 0.0, completed)
    if completed is not None:
        return _shown(state, completed)
    return _progress(actor, lesson, version, state, cover, task, at)


def rebuilt(state: WatchState) -> Watched:
    """The state made anew from its beats; the same as what it holds."""
    return Watched().plus(beats_of(state))


def _told_length(told: Told) -> float | None:
    return told.seconds if 0 < told.seconds <= LONGEST_VIDEO else None


def _state_for(
    actor: Person, lesson: Lesson, ref: str, seconds: float | None, task: Assignment | None, at: datetime
) -> WatchState | None:
    """The state of the round, made when it begins; None as long as nobody knows how long the video is."""
    before = newest_state(actor.id, lesson.id, ref, lock=True)
    if before is not None and not starts_over(before, task):
        return before
    if seconds is None:
        return None
    state = WatchState(
        person_id=actor.id,
        lesson_id=lesson.id,
        ref=ref,
        round=before.round + 1 if before else 1,
        seconds=seconds,
        seen=[],
        spent=[],
        position=0.0,
        not_before=before.completed_at if before else None,
        updated_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(state)
    except IntegrityError:  # the same person's other tab was first
        return newest_state(actor.id, lesson.id, ref, lock=True)
    return state


def _admitted(actor: Person, player: PlayerSession, told: Told, state: WatchState, at: datetime) -> dict[int, Beat]:
    known = known_seqs(actor.id, player.name, told.claims) if told.claims else set()
    floor = max(player.since, state.not_before or player.since)
    found = {}
    for seq, claim in told.claims.items():
        if seq not in known:
            beat = admit(claim, handed_out=floor.timestamp(), at=at.timestamp(), duration=state.seconds)
            if beat is not None:
                found[seq] = beat
    return found


def _store(
    beats: Mapping[int, Beat], state: WatchState, version: LessonVersion, player: PlayerSession, at: datetime
) -> None:
    db.session.add_all(
        WatchBeat(
            person_id=state.person_id,
            lesson_id=state.lesson_id,
            version_number=version.number,
            ref=state.ref,
            round=state.round,
            session=player.name,
            seq=seq,
            start_second=beat.start,
            end_second=beat.end,
            began_at=min(at, datetime.fromtimestamp(beat.began, UTC)),
            ended_at=min(at, datetime.fromtimestamp(beat.ended, UTC)),
            at=at,
        )
        for seq, beat in beats.items()
    )


def _write_steps(
    actor: Person, lesson: Lesson, version: LessonVersion, state: WatchState, before: float, at: datetime
) -> None:
    share = coverage(state.watched, state.seconds)
    for step in STEPS:
        if before < step <= share:
            write_record(
                actor=actor,
                verb=Verb.PROGRESSED,
                activity=lesson.activity,
                at=at,
                idempotency_key=f"watch:{state.id}:{step:.0%}",
                context={"lesson": lesson.id, "version": version.number, "coverage": step},
            )


def _progress(
    actor: Person,
    lesson: Lesson,
    version: LessonVersion,
    state: WatchState,
    cover: float,
    task: Assignment | None,
    at: datetime,
) -> Progress:
    """What the state amounts to; completes the lesson when that is enough."""
    share = coverage(state.watched, state.seconds)
    if share < cover:
        return _shown(state, None)
    context = {"coverage": round(share, 3)}
    record = complete_lesson(person=actor, lesson=lesson, version=version, at=at, task=task, context=context)
    if state.completed_at is None:
        state.completed_at = at
        db.session.flush()
    return _shown(state, record)


def _shown(state: WatchState, completed: Record | None) -> Progress:
    share = coverage(state.watched, state.seconds)
    return Progress(state.seconds, state.watched.seen, share, state.position, completed)


def _figure(value: Any) -> float:
    """A number as sent; NaN for anything else."""
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else nan
    except OverflowError:
        return nan
