"""Lists of results: what they are narrowed to, their figures, and the rows of an export. Each limited to its viewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.functions import aggregate_strings

from lms.kernel.clock import from_local
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import branch_ids, shop_filter, team_paths
from lms.qa.enums import EvaluationState
from lms.qa.evaluations.models import (
    Evaluation,
    EvaluationLine,
    EvaluationStanding,
    Finding,
    FindingStanding,
    LineRuling,
)
from lms.qa.evaluations.queries import counted_failed, evaluation_filter, evaluations_visible_to
from lms.qa.scorecards.models import Criterion, Scorecard

MOST_EXPORTED = 50_000
MOST_TIMES = 100_000


@dataclass(frozen=True)
class EvaluationFilter:
    """What a list of results is narrowed to. ``criterion_id`` keeps those with a fault there, rulings counted in."""

    agent_id: int | None = None
    team_id: int | None = None
    criterion_id: int | None = None
    state: EvaluationState | None = None
    first_day: date | None = None
    last_day: date | None = None
    critical: bool = False


def _conditions(wanted: EvaluationFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.agent_id is not None:
        yield Evaluation.agent_id == wanted.agent_id
    if wanted.team_id is not None:
        members = select(Person.id).where(Person.team_id.in_(branch_ids(wanted.team_id)))
        yield Evaluation.agent_id.in_(members)
    if wanted.criterion_id is not None:
        failed = (
            select(EvaluationLine.evaluation_id)
            .outerjoin(LineRuling, LineRuling.line_id == EvaluationLine.id)
            .where(EvaluationLine.criterion_id == wanted.criterion_id, counted_failed())
        )
        yield Evaluation.id.in_(failed)
    if wanted.state is not None:
        yield EvaluationStanding.state == wanted.state
    if wanted.critical:
        yield EvaluationStanding.critical_failed.is_(True)
    if wanted.first_day is not None:
        yield Evaluation.submitted_at >= from_local(datetime.combine(wanted.first_day, time()))
    if wanted.last_day is not None:
        yield Evaluation.submitted_at < from_local(datetime.combine(wanted.last_day + timedelta(days=1), time()))


def evaluation_list(viewer: Person, wanted: EvaluationFilter) -> Any:
    """(evaluation, standing) as the viewer may see them, narrowed, the newest first."""
    return evaluations_visible_to(viewer).where(*_conditions(wanted))


@dataclass(frozen=True)
class Figures:
    """Of a list: how many results, their mean score as it counts now, and faults a result."""

    count: int
    mean: float | None
    faults: float | None
    critical: int


def figures(viewer: Person, wanted: EvaluationFilter) -> Figures:
    """The figures of the whole list, in one statement."""
    query = (
        select(
            func.count(),
            func.avg(EvaluationStanding.score),
            func.sum(EvaluationStanding.faults),
            func.sum(cast(EvaluationStanding.critical_failed, Integer)),
        )
        .select_from(Evaluation)
        .join(EvaluationStanding, EvaluationStanding.evaluation_id == Evaluation.id)
        .where(evaluation_filter(viewer), *_conditions(wanted))
    )
    count, mean, faults, critical = db.session.execute(query).one()
    return Figures(count, mean, float(faults) / count if count else None, critical or 0)


@dataclass(frozen=True)
class Choices:
    """What the filters of the list offer, as (id, name)."""

    agents: list[tuple[int, str]]
    teams: list[tuple[int, str]]
    criteria: list[tuple[int, str]]


def choices(viewer: Person) -> Choices:
    """People and teams with results that the viewer may see, and the criteria of their shops. Three statements."""
    seen = select(Evaluation.agent_id).where(evaluation_filter(viewer))
    people = db.session.execute(
        select(Person.id, Person.name, Person.team_id).where(Person.id.in_(seen)).order_by(Person.name)
    ).all()
    teams = {row.team_id for row in people}
    criteria = db.session.execute(
        select(Criterion.id, Criterion.name)
        .join(Scorecard, Scorecard.id == Criterion.scorecard_id)
        .where(shop_filter(viewer, Scorecard.shop_id), Criterion.retired_at.is_(None))
        .order_by(Scorecard.id, Criterion.id)
    )
    return Choices(
        [(row.id, row.name) for row in people],
        [(ident, path) for ident, path in team_paths().items() if ident in teams],
        [(row.id, row.name) for row in criteria],
    )


def faults_by_evaluation(evaluation_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the criteria that are faults now, by evaluation. One statement."""
    query = (
        select(EvaluationLine.evaluation_id, EvaluationLine.name)
        .outerjoin(LineRuling, LineRuling.line_id == EvaluationLine.id)
        .where(EvaluationLine.evaluation_id.in_(evaluation_ids), counted_failed())
        .order_by(EvaluationLine.evaluation_id, EvaluationLine.position)
    )
    found: dict[int, list[str]] = {}
    for ident, name in db.session.execute(query):
        found.setdefault(ident, []).append(name)
    return found


def fault_names() -> ColumnElement[str | None]:
    """What :func:`faults_by_evaluation` tells, as a column of a short list: the names one a line."""
    return (
        select(aggregate_strings(EvaluationLine.name, "\n"))
        .outerjoin(LineRuling, LineRuling.line_id == EvaluationLine.id)
        .where(EvaluationLine.evaluation_id == Evaluation.id, counted_failed())
        .correlate(Evaluation)
        .scalar_subquery()
    )


def exported(viewer: Person, wanted: EvaluationFilter) -> Iterator[tuple[Evaluation, EvaluationStanding, str]]:
    """(evaluation, standing, the faults' names) of the whole list, a thousand at a time."""
    query = evaluation_list(viewer, wanted).options(joinedload(Evaluation.shop))
    for start in range(0, MOST_EXPORTED, 1000):
        rows = db.session.execute(query.offset(start).limit(1000)).all()
        names = faults_by_evaluation([evaluation.id for evaluation, _standing in rows])
        for evaluation, standing in rows:
            yield evaluation, standing, "、".join(names.get(evaluation.id, ()))
        if len(rows) < 1000:
            return


# --- one's own -----------------------------------------------------------------------------------------------------


def own_results(person: Person) -> Any:
    """(evaluation, standing) of the person; what waits for an answer first, then the newest."""
    waits = and_(EvaluationStanding.state == EvaluationState.OPEN, EvaluationStanding.acknowledged_at.is_(None))
    return (
        select(Evaluation, EvaluationStanding)
        .join(EvaluationStanding, EvaluationStanding.evaluation_id == Evaluation.id)
        .where(Evaluation.agent_id == person.id)
        .options(joinedload(Evaluation.version))
        .order_by(waits.desc(), Evaluation.submitted_at.desc(), Evaluation.id.desc())
    )


def latest_praise(person_id: int, since: datetime, most: int = 5) -> list[Evaluation]:
    """The latest results of the person that praise something."""
    query = (
        select(Evaluation)
        .where(
            Evaluation.agent_id == person_id,
            Evaluation.submitted_at >= since,
            func.json_array_length(Evaluation.praise) > 0,
        )
        .order_by(Evaluation.submitted_at.desc())
        .limit(most)
    )
    return list(db.session.scalars(query))


def lines_shown(evaluation_id: int) -> list[EvaluationLine]:
    """An evaluation's lines with rulings, findings and their standings. One statement."""
    query = (
        select(EvaluationLine)
        .where(EvaluationLine.evaluation_id == evaluation_id)
        .options(
            joinedload(EvaluationLine.ruling),
            joinedload(EvaluationLine.finding).joinedload(Finding.standing),
        )
        .order_by(EvaluationLine.position)
    )
    return list(db.session.scalars(query))


# --- reviewers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewerFigures:
    """How one reviewer scores: chats, mean score as submitted, faults and praise a chat, median seconds a chat."""

    name: str
    chats: int
    mean: float | None
    faults: float
    praise: float
    seconds: int | None

    @property
    def praise_to_faults(self) -> float | None:
        """Praises for each fault; None without a fault."""
        return self.praise / self.faults if self.faults else None


def reviewer_figures(viewer: Person, since: datetime, until: datetime) -> list[ReviewerFigures]:
    """Everybody who scored chats that the viewer may see in [since, until), by name. Two statements."""
    within = (
        evaluation_filter(viewer),
        Evaluation.evaluator_id.is_not(None),
        Evaluation.submitted_at >= since,
        Evaluation.submitted_at < until,
    )
    faults = (
        select(Finding.evaluation_id, func.count().label("count"))
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .group_by(Finding.evaluation_id)
        .subquery()
    )
    query = (
        select(
            Evaluation.evaluator_id,
            Person.name,
            func.count(),
            func.avg(Evaluation.score),
            func.sum(func.coalesce(faults.c.count, 0)),
            func.sum(func.json_array_length(Evaluation.praise)),
        )
        .join(Person, Person.id == Evaluation.evaluator_id)
        .outerjoin(faults, faults.c.evaluation_id == Evaluation.id)
        .where(*within)
        .group_by(Evaluation.evaluator_id, Person.name)
        .order_by(Person.name)
    )
    times: dict[int, list[int]] = {}
    timed = select(Evaluation.evaluator_id, Evaluation.seconds).where(*within, Evaluation.seconds.is_not(None))
    for ident, seconds in db.session.execute(timed.limit(MOST_TIMES)):
        if ident is not None and seconds is not None:
            times.setdefault(ident, []).append(seconds)
    return [
        ReviewerFigures(
            name,
            count,
            mean,
            float(failed or 0) / count,
            float(praised or 0) / count,
            round(median(times[ident])) if ident in times else None,
        )
        for ident, name, count, mean, failed, praised in db.session.execute(query)
    ]
