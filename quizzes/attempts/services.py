"""Taking a quiz: start, save each answer, hand in. All clocks are the server's."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.learning.locks import require_unlocked
from lms.people.models import Person
from lms.people.rules import require_visible
from quizzes.attempts.clocks import deadline, is_overdue, remaining_seconds
from quizzes.attempts.closing import close_by_clock, close_by_examinee, rows_hit
from quizzes.attempts.drawn import drawn_from
from quizzes.attempts.enums import AttemptState
from quizzes.attempts.labels import refusal_text
from quizzes.attempts.models import Attempt, Response, Slot, Step
from quizzes.attempts.queries import is_assigned, open_attempt, past_attempts, seen_item_ids
from quizzes.attempts.rules import can_answer, can_take
from quizzes.bank.models import ItemVersion
from quizzes.bank.queries import question_type
from quizzes.papers.drawing import Candidate, NotEnoughItems, draw
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Policy, standing
from quizzes.papers.queries import allowance_for, candidates_of, versions_of

MAX_SEQUENCE = 2**31 - 1


class StartRefused(Conflict):
    """An attempt can't be started now; the message says why and when it can."""


class AttemptClosed(Conflict):
    """The attempt takes no more answers: handed in, or its time ran out more than the grace period ago."""


class BadSave(DomainError):
    """A save without a usable sequence number."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The receipt of a save. `stale`: a newer answer was there already and stands; the step is kept all the same."""

    sequence: int
    saved_at: datetime
    stale: bool
    answered: bool
    remaining: int | None


def start_attempt(*, actor: Person, quiz: Quiz, at: datetime, seed: int | None = None) -> Attempt:
    """Draw a paper and start its clock; returns the attempt in progress if there is one.

    Freezes item versions, option order, cut score and policy. Two calls at once give one attempt: the database holds
    one open attempt a person and quiz, and the loser of the race gets the winner's. Raises NotFound for whom the quiz
    does not exist, ActivityLocked where something must come first (an attempt in progress may be finished all the
    same), StartRefused (no attempts left, cooldown, window, or a pool that gives no paper).
    """
    require_visible(can_take(actor, quiz, is_assigned=is_assigned(actor, quiz)))
    running = open_attempt(actor, quiz)
    if running is not None:
        if not is_overdue(running.deadline_at, at):
            return running
        close_by_clock(attempt=running, at=at)
    assert quiz.activity_id is not None
    require_unlocked(actor, quiz.activity_id, at)
    past = past_attempts(actor, quiz)
    allowance = allowance_for(quiz, actor)
    judged = standing(
        quiz.policy,
        quiz.window,
        used=len(past),
        last_submitted_at=max((one.submitted_at for one in past if one.submitted_at), default=None),
        at=at,
        extra_attempts=allowance.extra_attempts if allowance else 0,
    )
    if judged.refusal is not None:
        raise StartRefused(refusal_text(judged))
    seed = secrets.randbelow(2**31) if seed is None else seed
    paper = _draw(actor, quiz, seed)
    attempt = Attempt(
        quiz_id=quiz.id,
        person_id=actor.id,
        number=max((one.number for one in past), default=0) + 1,
        started_at=at,
        deadline_at=deadline(
            at,
            limit_seconds=quiz.time_limit_seconds,
            closes_at=quiz.closes_at,
            extra_percent=allowance.extra_percent if allowance else 0,
        ),
        seed=seed,
        cut_score=quiz.cut_score,
        policy_json=quiz.policy.as_json(),
    )
    _add_slots(attempt, paper, quiz.policy, seed)
    try:
        # Nothing is read in here before the first write: SQLite can't turn a reading transaction into a writing one
        # when somebody else has written meanwhile.
        with db.session.begin_nested():
            db.session.add(attempt)
            db.session.flush()
    except IntegrityError:
        winner = open_attempt(actor, quiz)
        if winner is None:
            raise StartRefused(_("另一个窗口刚刚交了卷，请刷新页面再试。")) from None
        return winner
    return attempt


def _draw(actor: Person, quiz: Quiz, seed: int) -> tuple[Candidate, ...]:
    candidates = candidates_of(quiz)
    seen = seen_item_ids(actor, quiz)
    try:
        paper = _first_that_gives_a_paper(drawn_from(actor, quiz, candidates), quiz, seed, seen)
    except NotEnoughItems as error:
        raise StartRefused(
            _(
                "这个测验暂时抽不出完整的试卷（需要 %(wanted)s 题，现有 %(found)s 题）。",
                wanted=error.wanted,
                found=error.found,
            ),
            hint=_("请联系培训师补充试题，您的作答次数没有扣除。"),
        ) from error
    if quiz.shuffle_items:
        return paper
    place = {candidate.item_id: number for number, candidate in enumerate(candidates)}
    return tuple(sorted(paper, key=lambda candidate: place[candidate.item_id]))


def _first_that_gives_a_paper(
    choices: Sequence[Sequence[Candidate]], quiz: Quiz, seed: int, seen: set[int]
) -> tuple[Candidate, ...]:
    for candidates in choices[:-1]:
        with suppress(NotEnoughItems):
            return draw(candidates, count=quiz.draw_count, blueprint=quiz.blueprint, seed=seed, seen=seen)
    return draw(choices[-1], count=quiz.draw_count, blueprint=quiz.blueprint, seed=seed, seen=seen)


def _add_slots(attempt: Attempt, paper: tuple[Candidate, ...], policy: Policy, seed: int) -> None:
    versions = versions_of([candidate.version_id for candidate in paper])
    rng = random.Random(f"options {seed}")  # noqa: S311  (a reproducible order, no secret)
    for position, candidate in enumerate(paper, start=1):
        version = versions[candidate.version_id]
        slot = Slot(
            position=position,
            item_version_id=version.id,
            dimension=candidate.dimension,
            type=candidate.type,
            option_order=_option_order(version, candidate.type, policy, rng),
            max_mark=policy.full_mark(candidate.type),
        )
        slot.response = Response()
        attempt.slots.append(slot)
    attempt.max_mark = round(sum(slot.max_mark for slot in attempt.slots), 4)


def _option_order(version: ItemVersion, kind: str, policy: Policy, rng: random.Random) -> list[str]:
    definition = version.definition if policy.shuffle_options else {**version.definition, "shuffle": False}
    return list(question_type(kind).arrange(definition, rng))


def save_answer(
    *,
    actor: Person,
    attempt: Attempt,
    position: int,
    answer: dict[str, Any] | None,
    sequence: int,
    client: str,
    at: datetime,
) -> Saved:
    """Keep an answer. `sequence` rises with every save that a browser makes in this attempt; `client` names the window.

    The same save sent again is acknowledged and changes nothing. A save with a lower sequence than the one that stands
    is kept as a step and does not overwrite it; with the same sequence from another window, the later arrival stands.
    Raises AttemptClosed, NotFound for a position that the paper does not have.
    """
    require_visible(can_answer(actor, attempt))
    if not 1 <= sequence <= MAX_SEQUENCE or not 1 <= len(client) <= 40:
        raise BadSave(_("这次保存的编号不对，请刷新页面。"))
    _hold_open(attempt, at)
    slot, response = _slot_of(attempt, position)
    known = db.session.scalars(
        select(Step).where(Step.slot_id == slot.id, Step.client == client, Step.sequence == sequence)
    ).one_or_none()
    if known is None:
        db.session.add(Step(slot_id=slot.id, client=client, sequence=sequence, answer=answer, at=at))
        stale = sequence < response.sequence
        if not stale:
            response.answer, response.sequence, response.saved_at = answer, sequence, at
        db.session.flush()
    else:
        stale = known.sequence < response.sequence
    return Saved(
        sequence=response.sequence,
        saved_at=response.saved_at or at,
        stale=stale,
        answered=response.answer is not None,
        remaining=remaining_seconds(attempt.deadline_at, at),
    )


def set_flag(*, actor: Person, attempt: Attempt, position: int, flagged: bool, at: datetime) -> None:
    """Mark a question to be looked at again, or take the mark away."""
    require_visible(can_answer(actor, attempt))
    _hold_open(attempt, at)
    _slot_of(attempt, position)[1].flagged = flagged
    db.session.flush()


def submit_attempt(*, actor: Person, attempt: Attempt, at: datetime) -> Attempt:
    """Close the attempt and grade every slot that grades itself.

    A second call returns the attempt unchanged. Slots that need a marker leave the total empty. When the time ran out
    more than the grace period ago the attempt is closed as of its deadline, with what was saved.
    """
    require_visible(can_answer(actor, attempt))
    if is_overdue(attempt.deadline_at, at):
        return close_by_clock(attempt=attempt, at=at)
    return close_by_examinee(attempt=attempt, at=at)


def _hold_open(attempt: Attempt, at: datetime) -> None:
    """Take the attempt's row for this transaction, so that a save and a hand-in never cross. Raises AttemptClosed."""
    held = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == AttemptState.OPEN)
        .values(seed=Attempt.seed)
        .execution_options(synchronize_session=False)
    )
    if rows_hit(held) == 0 or is_overdue(attempt.deadline_at, at):
        raise AttemptClosed(_("这份答卷已经交卷，不能再修改答案。"))


def _slot_of(attempt: Attempt, position: int) -> tuple[Slot, Response]:
    row = db.session.execute(
        select(Slot, Response)
        .join(Response, Response.slot_id == Slot.id)
        .where(Slot.attempt_id == attempt.id, Slot.position == position)
        .execution_options(populate_existing=True)
    ).one_or_none()
    require_visible(row is not None)
    assert row is not None
    return row[0], row[1]
