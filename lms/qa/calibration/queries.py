"""Rounds, their scores, and what may be put into a round."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.kernel.db import db
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant
from lms.people.queries import serving_filter, shop_filter
from lms.people.rules import has_permission, require_visible
from lms.qa.calibration.models import Calibration, CalibrationChat, CalibrationRater, CalibrationScore
from lms.qa.calibration.results import Given, Results, Standing
from lms.qa.calibration.rules import can_see_calibration
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import CalibrationState
from lms.qa.evaluations.models import Evaluation, EvaluationLine
from lms.qa.permissions import Q
from lms.qa.sampling.models import Reviewer
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import Scorecard, ScorecardVersion

HALF_A_YEAR = timedelta(days=182)
RECENT = timedelta(days=60)
"""Chats and evaluations older than this are not drawn into a round."""


# --- rounds --------------------------------------------------------------------------------------------------------


def calibration_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_see_calibration``."""
    shop = shop_filter(viewer, Calibration.shop_id)
    if has_permission(viewer, Q.CALIBRATION_MANAGE):
        return shop
    return and_(
        shop, Calibration.id.in_(select(CalibrationRater.calibration_id).where(CalibrationRater.person_id == viewer.id))
    )


def calibrations_visible_to(viewer: Person) -> Any:
    """Rounds with their people, open ones first, then the newest."""
    return (
        select(Calibration)
        .where(calibration_filter(viewer))
        .options(
            joinedload(Calibration.shop),
            selectinload(Calibration.chats),
            selectinload(Calibration.raters).joinedload(CalibrationRater.person).lazyload(Person.grants),
        )
        .order_by(Calibration.state != CalibrationState.OPEN, Calibration.created_at.desc(), Calibration.id.desc())
    )


def visible_calibration(viewer: Person, calibration_id: int) -> Calibration:
    """The round with its chats and people. NotFound unless the viewer may see it."""
    found = db.session.get(
        Calibration,
        calibration_id,
        options=[
            joinedload(Calibration.shop),
            joinedload(Calibration.version),
            selectinload(Calibration.chats).joinedload(CalibrationChat.conversation),
            selectinload(Calibration.raters).joinedload(CalibrationRater.person).lazyload(Person.grants),
        ],
    )
    require_visible(found is not None and can_see_calibration(viewer, found))
    assert found is not None
    return found


def scored_chats(calibration_ids: Collection[int]) -> dict[int, set[int]]:
    """Which chats each rater (by id) has scored. One statement; it tells nothing of the scores."""
    query = (
        select(CalibrationScore.rater_id, CalibrationScore.chat_id)
        .join(CalibrationRater, CalibrationRater.id == CalibrationScore.rater_id)
        .where(CalibrationRater.calibration_id.in_(calibration_ids))
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for rater_id, chat_id in db.session.execute(query):
        found.setdefault(rater_id, set()).add(chat_id)
    return found


def given_in(calibrations: Sequence[Calibration]) -> dict[int, list[Given]]:
    """What everybody gave in the rounds, by round; in a regrade the live lines too, as they were scored."""
    found: dict[int, list[Given]] = {one.id: [] for one in calibrations}
    specs = {one.id: Definition.from_json(one.version.definition).by_id() for one in calibrations}
    scores = (
        select(
            CalibrationRater.calibration_id,
            CalibrationScore.chat_id,
            CalibrationRater.person_id,
            CalibrationScore.criterion_id,
            CalibrationScore.value,
            CalibrationScore.top,
            CalibrationScore.comment,
        )
        .join(CalibrationRater, CalibrationRater.id == CalibrationScore.rater_id)
        .where(CalibrationRater.calibration_id.in_(found))
        .order_by(CalibrationScore.id)
    )
    for calibration_id, chat_id, person_id, criterion_id, value, top, comment in db.session.execute(scores):
        spec = specs[calibration_id][criterion_id]
        kept = None if value is None else not spec.is_fault(value)
        given = Given(chat_id, person_id, criterion_id, value, top, kept, comment=comment)
        found[calibration_id].append(given)
    live = (
        select(
            CalibrationChat.calibration_id,
            CalibrationChat.id,
            Evaluation.evaluator_id,
            EvaluationLine.criterion_id,
            EvaluationLine.value,
            EvaluationLine.top,
            EvaluationLine.failed,
        )
        .join(Evaluation, Evaluation.id == CalibrationChat.evaluation_id)
        .join(EvaluationLine, EvaluationLine.evaluation_id == Evaluation.id)
        .where(CalibrationChat.calibration_id.in_(found), Evaluation.evaluator_id.is_not(None))
        .order_by(EvaluationLine.id)
    )
    for calibration_id, chat_id, evaluator_id, criterion_id, value, top, failed in db.session.execute(live):
        assert evaluator_id is not None
        kept = None if value is None else not failed
        found[calibration_id].append(Given(chat_id, evaluator_id, criterion_id, value, top, kept, live=True))
    return found


def closed_since(shop_id: int, since: datetime) -> list[Calibration]:
    """The rounds of a shop that were closed since then, the latest first."""
    query = (
        select(Calibration)
        .where(
            Calibration.shop_id == shop_id,
            Calibration.state == CalibrationState.CLOSED,
            Calibration.closed_at >= since,
        )
        .options(joinedload(Calibration.version))
        .order_by(Calibration.closed_at.desc(), Calibration.id.desc())
    )
    return list(db.session.scalars(query))


# --- where reviewers stand -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewerStanding:
    """A person's agreement with the others as of their latest round, and their line on the list of reviewers."""

    person: Person
    standing: Standing
    as_of: datetime
    reviewer: Reviewer | None


def standings_in(shop_id: int, at: datetime) -> list[ReviewerStanding]:
    """Where the people of the last half year's rounds stand, those who agree least first. Three statements."""
    latest: dict[int, tuple[Standing, datetime]] = {}
    query = (
        select(Calibration.results, Calibration.closed_at)
        .where(
            Calibration.shop_id == shop_id,
            Calibration.closed_at >= at - HALF_A_YEAR,
            Calibration.results.is_not(None),
        )
        .order_by(Calibration.closed_at.desc(), Calibration.id.desc())
    )
    for results, closed_at in db.session.execute(query):
        if results is None or closed_at is None:
            continue
        for person_id, standing in Results.from_json(results).standings.items():
            latest.setdefault(person_id, (standing, closed_at))
    if not latest:
        return []
    people = db.session.scalars(
        select(Person).where(Person.id.in_(latest), Person.active).options(selectinload(Person.grants))
    )
    lines = {
        line.person_id: line
        for line in db.session.scalars(
            select(Reviewer).where(Reviewer.shop_id == shop_id, Reviewer.person_id.in_(latest))
        )
    }
    found = [ReviewerStanding(person, *latest[person.id], lines.get(person.id)) for person in people]
    return sorted(found, key=lambda one: (one.standing.alpha is None, one.standing.alpha or 0.0, one.person.id))


# --- what goes into a round ----------------------------------------------------------------------------------------


def raters_for(shop_id: int) -> list[Person]:
    """People who evaluate in the shop: its evaluators and administrators, and those on its list of reviewers."""
    evaluators = and_(
        Person.grants.any(RoleGrant.role.in_((Role.EVALUATOR, Role.ADMIN))), serving_filter(shop_id, Person.id)
    )
    listed = select(Reviewer.person_id).where(Reviewer.shop_id == shop_id, Reviewer.removed_at.is_(None))
    query = (
        select(Person)
        .where(Person.active, or_(evaluators, Person.id.in_(listed)))
        .options(joinedload(Person.team))
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query).unique())


def versions_for(shop_id: int) -> list[ScorecardVersion]:
    """The scorecards in force that the shop uses."""
    query = (
        select(ScorecardVersion)
        .join(Scorecard, Scorecard.id == ScorecardVersion.scorecard_id)
        .where(
            ScorecardVersion.number == Scorecard.current_number,
            Scorecard.archived_at.is_(None),
            or_(Scorecard.shop_id == shop_id, Scorecard.shop_id.is_(None)),
        )
        .order_by(Scorecard.shop_id.is_(None), ScorecardVersion.title, ScorecardVersion.id)
    )
    return list(db.session.scalars(query))


def draw_chats(shop_id: int, *, count: int, seed: int, raters: Collection[int], at: datetime) -> list[int]:
    """``count`` chats of the last weeks, at random, that nobody has scored and no rater served. The same seed and
    chats give the same draw."""
    scored = select(Evaluation.id).where(Evaluation.conversation_id == ChatAgent.conversation_id)
    query = (
        select(ChatAgent.conversation_id)
        .where(
            ChatAgent.shop_id == shop_id,
            ChatAgent.served_at >= at - RECENT,
            ChatAgent.served_at <= at,
            ChatAgent.person_id.not_in(raters),
            ~scored.exists(),
        )
        .order_by(ChatAgent.conversation_id)
    )
    return _draw(list(db.session.scalars(query)), count, seed)


def _draw(idents: list[int], count: int, seed: int) -> list[int]:
    chance = random.Random(f"calibration/{seed}")  # noqa: S311  a lot, not a secret
    return sorted(chance.sample(idents, min(count, len(idents))))


def agents_of_chats(shop_id: int, conversation_ids: Collection[int]) -> dict[int, int]:
    """Who served which of the chats; chats of other shops and without an agent are left out."""
    query = select(ChatAgent.conversation_id, ChatAgent.person_id).where(
        ChatAgent.shop_id == shop_id, ChatAgent.conversation_id.in_(conversation_ids)
    )
    return {conversation_id: person_id for conversation_id, person_id in db.session.execute(query)}


def graded_people(shop_id: int, at: datetime) -> list[tuple[int, str, int]]:
    """(id, name, evaluations) of those whose results of the last weeks could be scored again. One statement."""
    query = (
        select(Person.id, Person.name, func.count())
        .join(Evaluation, Evaluation.evaluator_id == Person.id)
        .where(
            Evaluation.shop_id == shop_id,
            Evaluation.submitted_at >= at - RECENT,
            Evaluation.conversation_id.is_not(None),
        )
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )
    return [(ident, name, n) for ident, name, n in db.session.execute(query)]


def draw_evaluations(
    shop_id: int, evaluator_id: int, *, count: int, seed: int, raters: Collection[int], at: datetime
) -> list[Evaluation]:
    """``count`` evaluations of somebody, at random, all with the version that was used last."""
    wanted = (
        Evaluation.shop_id == shop_id,
        Evaluation.evaluator_id == evaluator_id,
        Evaluation.submitted_at >= at - RECENT,
        Evaluation.conversation_id.is_not(None),
        Evaluation.agent_id.not_in(raters),
    )
    latest = select(Evaluation.version_id).where(*wanted).order_by(Evaluation.submitted_at.desc()).limit(1)
    version_id = db.session.scalar(latest)
    idents = db.session.scalars(
        select(Evaluation.id).where(*wanted, Evaluation.version_id == version_id).order_by(Evaluation.id)
    )
    drawn = _draw(list(idents), count, seed)
    chosen = db.session.scalars(select(Evaluation).where(Evaluation.id.in_(drawn)).order_by(Evaluation.id))
    by_chat = {evaluation.conversation_id: evaluation for evaluation in chosen}
    return list(by_chat.values())
