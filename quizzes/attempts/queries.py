"""Reading attempts: the examinee's own, those of a branch, and what one page of questions needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.conversations.enums import Side
from lms.conversations.models import Message
from lms.kernel.db import db
from lms.learning.enums import AssignmentState
from lms.learning.models import Assignment
from lms.people.models import Person, Team
from lms.people.queries import assignable_filter, person_filter, shop_filter
from lms.people.rules import has_permission
from quizzes.attempts.enums import AttemptState
from quizzes.attempts.models import Attempt, Mark, Response, Slot
from quizzes.attempts.scoring import facility
from quizzes.bank.models import ItemSource, ItemVersion
from quizzes.papers.enums import QuizState
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Past
from quizzes.permissions import Q


@dataclass(frozen=True, slots=True)
class PastAttempt(Past):
    """An attempt as the policies and the pre-page see it."""

    attempt_id: int = 0
    started_at: datetime | None = None
    duration_seconds: int | None = None
    deadline_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot with all that a page of questions shows; `version` holds the key, so templates get `shown` instead."""

    slot: Slot
    version: ItemVersion
    response: Response


_PERSON = joinedload(Attempt.person).lazyload(Person.grants)
"""Whose attempt it is; the roles are not wanted, and would cost a statement."""


def is_assigned(person: Person, quiz: Quiz) -> bool:
    """Whether the person has the quiz as a task, open or done; a cancelled one does not count."""
    query = select(Assignment.id).where(
        Assignment.person_id == person.id,
        Assignment.activity_id == quiz.activity_id,
        Assignment.state != AssignmentState.CANCELLED,
    )
    return quiz.activity_id is not None and db.session.scalar(query.limit(1)) is not None


def open_task(person: Person, quiz: Quiz) -> Assignment | None:
    """The open training task that asks for this quiz."""
    query = select(Assignment).where(
        Assignment.person_id == person.id,
        Assignment.activity_id == quiz.activity_id,
        Assignment.state == AssignmentState.OPEN,
    )
    return db.session.scalars(query.limit(1)).one_or_none()


def open_attempt(person: Person, quiz: Quiz) -> Attempt | None:
    """The attempt in progress; there is never more than one."""
    query = select(Attempt).where(
        Attempt.person_id == person.id, Attempt.quiz_id == quiz.id, Attempt.state == AttemptState.OPEN
    )
    return db.session.scalars(query).one_or_none()


def past_attempts(person: Person, quiz: Quiz) -> list[PastAttempt]:
    """All attempts of the person at the quiz in order, the one in progress too (without `submitted_at`)."""
    query = (
        select(
            Attempt.number,
            Attempt.score,
            Attempt.passed,
            Attempt.submitted_at,
            Attempt.id,
            Attempt.started_at,
            Attempt.duration_seconds,
            Attempt.deadline_at,
        )
        .where(Attempt.person_id == person.id, Attempt.quiz_id == quiz.id)
        .order_by(Attempt.number)
    )
    return [PastAttempt(*row) for row in db.session.execute(query)]


def seen_item_ids(person: Person, quiz: Quiz) -> set[int]:
    """Items that the person had in earlier attempts at this quiz."""
    query = (
        select(ItemVersion.item_id)
        .join(Slot, Slot.item_version_id == ItemVersion.id)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Attempt.person_id == person.id, Attempt.quiz_id == quiz.id)
        .distinct()
    )
    return set(db.session.scalars(query))


def attempt_with_people(attempt_id: int) -> Attempt | None:
    """An attempt with its quiz, activity and person, in one statement."""
    query = select(Attempt).where(Attempt.id == attempt_id)
    query = query.options(joinedload(Attempt.quiz).joinedload(Quiz.activity), _PERSON)
    return db.session.scalars(query).one_or_none()


def slot_views(attempt: Attempt) -> list[SlotView]:
    """The paper in order, in one statement."""
    query = (
        select(Slot, ItemVersion, Response)
        .join(ItemVersion, ItemVersion.id == Slot.item_version_id)
        .join(Response, Response.slot_id == Slot.id)
        .where(Slot.attempt_id == attempt.id)
        .order_by(Slot.position)
    )
    return [SlotView(*row) for row in db.session.execute(query)]


def slot_view(attempt: Attempt, position: int) -> SlotView | None:
    """One place of the paper."""
    query = (
        select(Slot, ItemVersion, Response)
        .join(ItemVersion, ItemVersion.id == Slot.item_version_id)
        .join(Response, Response.slot_id == Slot.id)
        .where(Slot.attempt_id == attempt.id, Slot.position == position)
    )
    row = db.session.execute(query).one_or_none()
    return SlotView(*row) if row is not None else None


def last_sequence(attempt: Attempt) -> int:
    """The highest save number that stands; a window that opens the paper goes on from there."""
    query = select(func.max(Response.sequence)).join(Slot).where(Slot.attempt_id == attempt.id)
    return db.session.scalar(query) or 0


def sources_of(views: Sequence[SlotView], *, each: int = 3) -> dict[int, list[ItemSource]]:
    """The customers' words that the items came from: up to `each` quotes an item, by item id, in one statement.

    Sources name the agents' messages too; those stand in the rationale and are no customer's words.
    """
    ids = {view.version.item_id for view in views}
    found: dict[int, list[ItemSource]] = {}
    query = (
        select(ItemSource)
        .outerjoin(Message, Message.id == ItemSource.message_id)
        .where(ItemSource.item_id.in_(ids), or_(Message.id.is_(None), Message.side == Side.CUSTOMER))
        .order_by(ItemSource.id)
    )
    for source in db.session.scalars(query):
        known = found.setdefault(source.item_id, [])
        if source.quote and len(known) < each and all(other.quote != source.quote for other in known):
            known.append(source)
    return found


def marks_of(attempt: Attempt) -> dict[int, Mark]:
    """The mark that counts of each slot that a person marked, by slot id."""
    query = select(Mark).join(Slot).where(Slot.attempt_id == attempt.id).order_by(Mark.slot_id, Mark.revision)
    return {
        mark.slot_id: mark
        for mark in db.session.scalars(query.options(joinedload(Mark.marker).lazyload(Person.grants)))
    }


def takeable_filter(person: Person) -> ColumnElement[bool]:
    """Quizzes that exist for this person; the list side of ``rules.can_take``."""
    if not has_permission(person, Q.QUIZZES_TAKE):
        return false()
    mine = select(Assignment.activity_id).where(
        Assignment.person_id == person.id, Assignment.state != AssignmentState.CANCELLED
    )
    return and_(
        Quiz.activity_id.is_not(None),
        shop_filter(person, Quiz.shop_id),
        or_(Quiz.open_practice, Quiz.activity_id.in_(mine)),
    )


def takeable(person: Person) -> Select[tuple[Quiz, Assignment | None, int, float | None]]:
    """Open quizzes for this person: quiz, open task if any, attempts so far, best score. Tasks first, by due date."""
    own = and_(Attempt.quiz_id == Quiz.id, Attempt.person_id == person.id)
    used = select(func.count()).where(own).correlate(Quiz).scalar_subquery()
    best = select(func.max(Attempt.score)).where(own).correlate(Quiz).scalar_subquery()
    task = and_(
        Assignment.activity_id == Quiz.activity_id,
        Assignment.person_id == person.id,
        Assignment.state == AssignmentState.OPEN,
    )
    return (
        select(Quiz, Assignment, used.label("used"), best.label("best"))
        .outerjoin(Assignment, task)
        .where(Quiz.state == QuizState.OPEN, takeable_filter(person))
        .order_by(Assignment.id.is_(None), Assignment.due_at.is_(None), Assignment.due_at, Quiz.title, Quiz.id)
    )


def history(person: Person) -> Select[tuple[Attempt]]:
    """The person's own attempts, newest first."""
    return (
        select(Attempt)
        .join(Attempt.quiz)
        .where(Attempt.person_id == person.id, shop_filter(person, Quiz.shop_id))
        .options(contains_eager(Attempt.quiz))
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """What the results page shows; empty means any. `outcome` is passed, failed, waiting or open."""

    quiz_id: int | None = None
    team_id: int | None = None
    outcome: str = ""
    text: str = ""


def visible_results_filter(viewer: Person) -> ColumnElement[bool]:
    """Attempts whose result the viewer may see; the list side of ``rules.can_see_result``. Needs Quiz joined."""
    own = Attempt.person_id == viewer.id
    if not has_permission(viewer, Q.RESULTS_READ):
        return and_(shop_filter(viewer, Quiz.shop_id), own)
    reach = or_(own, person_filter(viewer, Attempt.person_id), assignable_filter(viewer, Attempt.person_id))
    return and_(shop_filter(viewer, Quiz.shop_id), reach)


def results(viewer: Person, wanted: ResultFilter) -> Select[tuple[Attempt]]:
    """Attempts within the viewer's scope, newest first, with quiz, person and team."""
    query = (
        select(Attempt)
        .join(Attempt.quiz)
        .join(Attempt.person)
        .outerjoin(Person.team)
        .where(visible_results_filter(viewer), *_wanted(wanted))
        .options(contains_eager(Attempt.quiz), contains_eager(Attempt.person).contains_eager(Person.team))
    )
    return query.order_by(Attempt.started_at.desc(), Attempt.id.desc())


def attempts_for_export(viewer: Person, wanted: ResultFilter, *, limit: int) -> list[Attempt]:
    """The filtered list as a whole, for a sheet."""
    return list(db.session.scalars(results(viewer, wanted).limit(limit)))


def _wanted(wanted: ResultFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.quiz_id is not None:
        conditions.append(Attempt.quiz_id == wanted.quiz_id)
    if wanted.team_id is not None:
        conditions.append(Team.path.contains(f"/{int(wanted.team_id)}/"))
    if wanted.text:
        conditions.append(Person.name.icontains(wanted.text, autoescape=True))
    submitted = Attempt.state == AttemptState.SUBMITTED
    outcomes = {
        "passed": Attempt.passed.is_(True),
        "failed": Attempt.passed.is_(False),
        "waiting": and_(submitted, Attempt.score.is_(None)),
        "open": Attempt.state == AttemptState.OPEN,
    }
    if wanted.outcome in outcomes:
        conditions.append(outcomes[wanted.outcome])
    return conditions


def quizzes_with_results(viewer: Person) -> list[tuple[int, str]]:
    """Quizzes for the filter of the results page: id and title."""
    query = select(Quiz.id, Quiz.title).where(shop_filter(viewer, Quiz.shop_id), Quiz.activity_id.is_not(None))
    return [(quiz_id, title) for quiz_id, title in db.session.execute(query.order_by(Quiz.title, Quiz.id).limit(500))]


def teams_with_results(viewer: Person) -> list[Team]:
    """Teams for the filter of the results page, in the order of the tree."""
    query = select(Team).order_by(Team.path)
    access = viewer.access
    if access.team_ids is not None and access.served_team_ids is not None:
        query = query.where(Team.id.in_(access.team_ids | access.served_team_ids))
    return list(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class ItemFacility:
    """One item version in a quiz: how often answered, and its mean mark ÷ full mark (None under 30 answers)."""

    version: ItemVersion
    type: str
    answers: int
    facility: float | None


LEAST_ANSWERS = 30


def item_facilities(viewer: Person, quiz: Quiz) -> list[ItemFacility]:
    """Facility of every item version that was marked within the viewer's scope, the hardest first, silent ones last."""
    query = (
        select(Slot.item_version_id, Slot.type, Slot.mark / Slot.max_mark)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.quiz_id == quiz.id, Slot.mark.is_not(None), Slot.max_mark > 0, visible_results_filter(viewer))
    )
    fractions: dict[int, list[float]] = {}
    types: dict[int, str] = {}
    for version_id, kind, fraction in db.session.execute(query):
        fractions.setdefault(version_id, []).append(float(fraction or 0.0))
        types[version_id] = kind
    versions = db.session.scalars(select(ItemVersion).where(ItemVersion.id.in_(fractions)))
    rows = [
        ItemFacility(
            version, types[version.id], len(fractions[version.id]), facility(fractions[version.id], least=LEAST_ANSWERS)
        )
        for version in versions
    ]
    return sorted(rows, key=lambda row: (row.facility is None, row.facility or 0.0, -row.answers, row.version.id))


def stored_answers(attempt: Attempt) -> dict[int, Any]:
    """Answers by position; for checks and the resume of another device."""
    query = select(Slot.position, Response.answer).join(Response, Response.slot_id == Slot.id)
    return {position: answer for position, answer in db.session.execute(query.where(Slot.attempt_id == attempt.id))}
