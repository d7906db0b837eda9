"""Lists of cases, each limited to what its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from courses.cases.enums import CaseState
from courses.cases.models import CaseRecurrence, CaseStudy, CaseTeam
from courses.cases.permissions import K
from courses.cases.rules import can_edit_case, can_read_case
from lms.kernel.db import db
from lms.learning.models import Activity, Record
from lms.learning.queries import activity_filter
from lms.people.models import Person, Team
from lms.people.queries import shop_filter
from lms.people.rules import has_permission, require_visible
from lms.qa.enums import FindingState
from lms.qa.evaluations.models import Finding, FindingStanding
from lms.qa.scorecards.models import Criterion, Scorecard

KIND = "case"


def scope_filter(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.in_scope``."""
    seen = shop_filter(person, CaseStudy.shop_id)
    branches = person.access.team_ids
    if branches is None:
        return seen
    own = person.team.path if person.team else ""
    named = select(CaseTeam.team_id).where(CaseTeam.case_id == CaseStudy.id)
    inside = (
        named.join(Team, Team.id == CaseTeam.team_id)
        .where(or_(literal(own).startswith(Team.path), CaseTeam.team_id.in_(branches) if branches else false()))
        .exists()
    )
    return and_(seen, or_(~named.exists(), inside))


def editable(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_edit_case``."""
    if not has_permission(person, K.CASES_EDIT):
        return false()
    everywhere = person.access.shop_ids is None
    written = shop_filter(person, CaseStudy.shop_id)
    return and_(
        written if everywhere else and_(written, CaseStudy.shop_id.is_not(None)),
        or_(CaseStudy.created_by_id == person.id, scope_filter(person)),
    )


def readable(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_read_case``."""
    return or_(and_(CaseStudy.state == CaseState.PUBLISHED, scope_filter(person)), editable(person))


def cases_for(person: Person, *, text: str = "") -> Any:
    """(case, recurrences, whether this person has read it): drafts of one's own first, then the newest."""
    again = select(func.count()).where(CaseRecurrence.case_id == CaseStudy.id).correlate(CaseStudy).scalar_subquery()
    read = (
        select(func.count())
        .where(Record.actor_id == person.id, Record.activity_id == CaseStudy.activity_id, Record.completion.is_(True))
        .correlate(CaseStudy)
        .scalar_subquery()
    )
    query = (
        select(CaseStudy, again.label("recurrences"), read.label("read"))
        .where(readable(person))
        .options(joinedload(CaseStudy.shop), selectinload(CaseStudy.teams))
        .order_by(CaseStudy.published_at.is_not(None), CaseStudy.published_at.desc(), CaseStudy.id.desc())
    )
    if text:
        columns = (CaseStudy.title, CaseStudy.events, CaseStudy.failed_check, CaseStudy.new_rule)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    return query


def case_for_reading(person: Person, case_id: int) -> CaseStudy:
    """The case. NotFound unless the person may read it."""
    case = db.session.get(CaseStudy, case_id)
    require_visible(case is not None and can_read_case(person, case))
    assert case is not None
    return case


def case_for_authors(person: Person, case_id: int) -> CaseStudy:
    """The case. NotFound unless the person may write it."""
    case = db.session.get(CaseStudy, case_id)
    require_visible(case is not None and can_edit_case(person, case))
    assert case is not None
    return case


def case_of_activity(activity_id: int) -> CaseStudy | None:
    """The case that an activity stands for."""
    return db.session.scalars(select(CaseStudy).where(CaseStudy.activity_id == activity_id)).one_or_none()


def recurrences_of(case: CaseStudy) -> Sequence[CaseRecurrence]:
    """How often it happened again, the newest first."""
    query = (
        select(CaseRecurrence)
        .where(CaseRecurrence.case_id == case.id)
        .options(joinedload(CaseRecurrence.reported_by).lazyload(Person.grants))
        .order_by(CaseRecurrence.happened_on.desc(), CaseRecurrence.id.desc())
    )
    return db.session.scalars(query).all()


def quizzes_for(person: Person) -> list[tuple[int, str]]:
    """Quizzes that a case can lead to, newest first."""
    query = (
        select(Activity.id, Activity.title)
        .where(Activity.kind == "quiz", Activity.archived_at.is_(None), activity_filter(person))
        .order_by(Activity.id.desc())
        .limit(200)
    )
    return [(row.id, row.title) for row in db.session.execute(query)]


def criteria_for(person: Person) -> list[tuple[int, str]]:
    """Criteria in use that a case can belong to."""
    query = (
        select(Criterion.id, Criterion.name, Scorecard.title)
        .join(Scorecard, Scorecard.id == Criterion.scorecard_id)
        .where(shop_filter(person, Scorecard.shop_id), Scorecard.archived_at.is_(None), Criterion.retired_at.is_(None))
        .order_by(Scorecard.id, Criterion.id)
        .limit(200)
    )
    return [(ident, f"{name}（{title}）") for ident, name, title in db.session.execute(query)]


@dataclass(frozen=True)
class FoundAgain:
    """Confirmed findings on a case's criterion since it was published; of how many people. Nobody is named."""

    findings: int
    people: int


def found_again(case: CaseStudy) -> FoundAgain | None:
    """None while the case has no criterion or is not published. One statement."""
    if case.criterion_id is None or case.published_at is None:
        return None
    query = (
        select(func.count(), func.count(func.distinct(Finding.agent_id)))
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .where(
            Finding.criterion_id == case.criterion_id,
            Finding.served_at > case.published_at,
            FindingStanding.state == FindingState.CONFIRMED,
        )
    )
    if case.shop_id is not None:
        query = query.where(Finding.shop_id == case.shop_id)
    findings, people = db.session.execute(query).one()
    return FoundAgain(findings, people)


def has_read(person: Person, case: CaseStudy) -> Record | None:
    """The record that the person has read it."""
    return db.session.scalars(select(Record).where(Record.idempotency_key == read_key(person, case))).one_or_none()


def read_key(person: Person, case: CaseStudy) -> str:
    """The name of the fact that a person has read a case."""
    return f"case:{case.id}:p{person.id}:read"
