"""Rules, cases, decisions and the board, each limited to what its viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from lms.coaching.enums import ActOn, CaseState
from lms.coaching.loop.deciding import Check, Given, RuleSettings
from lms.coaching.loop.models import CaseEvent, CaseFinding, FollowUpCheck, LoopRule, LoopRuleChange, RemedialCase
from lms.coaching.loop.rules import can_see_case
from lms.coaching.permissions import C
from lms.kernel.db import db
from lms.learning.models import Activity, ActivityCompetency
from lms.people.models import Person
from lms.people.queries import person_filter, shop_filter
from lms.people.rules import require_visible
from lms.qa.enums import FindingState, RootCause
from lms.qa.evaluations.models import EvaluationLine, Finding
from lms.qa.evaluations.queries import CountedLine, counted_lines, counted_value
from lms.qa.scorecards.models import Criterion, Scorecard

LOOK_BACK = 60
"""As many of the latest lines are looked at for a rule; the longest rule asks for the last 50."""


# --- what a rule needs ---------------------------------------------------------------------------------------------


def rule_for(shop_id: int, criterion_id: int) -> LoopRule | None:
    """The rule of the criterion, else the shop's; None: the defaults hold. One statement."""
    query = (
        select(LoopRule)
        .where(
            LoopRule.shop_id == shop_id,
            or_(LoopRule.criterion_id == criterion_id, LoopRule.criterion_id.is_(None)),
        )
        .order_by(LoopRule.criterion_id.is_(None))
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def check_of(line: CountedLine, act_on: ActOn) -> Check:
    """How a line counts: a fault of the person that stands; one that waits only where a rule acts at once."""
    if not line.failed:
        return Check(line.line_id, False)
    stands = (FindingState.CONFIRMED,) if act_on is ActOn.CONFIRMED else (FindingState.CONFIRMED, FindingState.WAITING)
    if line.root_cause != RootCause.PERSON or line.finding_state not in stands:
        return Check(line.line_id, None)
    return Check(line.line_id, True)


def checks_since_last_case(agent_id: int, criterion_id: int, act_on: ActOn) -> list[Check]:
    """An agent's checks on a criterion after the latest one that a case was opened for or judged by, oldest first.

    One statement.
    """
    opened = (
        select(Finding.line_id)
        .join(CaseFinding, CaseFinding.finding_id == Finding.id)
        .join(RemedialCase, RemedialCase.id == CaseFinding.case_id)
        .where(
            RemedialCase.agent_id == agent_id,
            RemedialCase.criterion_id == criterion_id,
            RemedialCase.state != CaseState.CANCELLED,
        )
    )
    judged = (
        select(FollowUpCheck.line_id)
        .join(RemedialCase, RemedialCase.id == FollowUpCheck.case_id)
        .where(RemedialCase.agent_id == agent_id, RemedialCase.criterion_id == criterion_id)
    )
    used = opened.union(judged).subquery()
    query = (
        counted_lines()
        .add_columns(EvaluationLine.id.in_(select(used.c.line_id)).label("used"))
        .where(
            EvaluationLine.agent_id == agent_id,
            EvaluationLine.criterion_id == criterion_id,
            counted_value().is_not(None),
        )
        .order_by(EvaluationLine.served_at.desc(), EvaluationLine.id.desc())
        .limit(LOOK_BACK)
    )
    found: list[Check] = []
    for *columns, is_used in db.session.execute(query):
        if is_used:
            break
        found.append(check_of(CountedLine(*columns), act_on))
    return found[::-1]


def help_given(agent_id: int, criterion_id: int) -> list[Given]:
    """What somebody was given for the same fault before, cancelled cases left out. One statement."""
    query = (
        select(RemedialCase.help, RemedialCase.lesson_id)
        .where(
            RemedialCase.agent_id == agent_id,
            RemedialCase.criterion_id == criterion_id,
            RemedialCase.state != CaseState.CANCELLED,
            RemedialCase.assigned_at.is_not(None),
        )
        .order_by(RemedialCase.opened_at)
    )
    return [Given(help_, lesson_id) for help_, lesson_id in db.session.execute(query)]


def teaching(competency_id: int | None, shop_id: int, kind: str) -> list[int]:
    """The ids of :func:`teaching_choices`."""
    return [ident for ident, _title in teaching_choices(competency_id, shop_id, kind)]


def teaching_choices(competency_id: int | None, shop_id: int, kind: str) -> list[tuple[int, str]]:
    """(id, title) of the activities of a kind for a competency: the shop's own first, then those about fewer things,
    then the newest. One statement.
    """
    if competency_id is None:
        return []
    breadth = (
        select(func.count())
        .select_from(ActivityCompetency)
        .where(ActivityCompetency.activity_id == Activity.id)
        .correlate(Activity)
        .scalar_subquery()
    )
    query = (
        select(Activity.id, Activity.title)
        .join(ActivityCompetency, ActivityCompetency.activity_id == Activity.id)
        .where(
            ActivityCompetency.competency_id == competency_id,
            Activity.kind == kind,
            Activity.archived_at.is_(None),
            or_(Activity.shop_id == shop_id, Activity.shop_id.is_(None)),
        )
        .order_by(Activity.shop_id.is_(None), breadth, Activity.id.desc())
    )
    return [(ident, title) for ident, title in db.session.execute(query)]


def latest_case(agent_id: int, criterion_id: int) -> RemedialCase | None:
    """The latest case of an agent and criterion that was not cancelled. One statement."""
    query = (
        select(RemedialCase)
        .where(
            RemedialCase.agent_id == agent_id,
            RemedialCase.criterion_id == criterion_id,
            RemedialCase.state != CaseState.CANCELLED,
        )
        .order_by(RemedialCase.opened_at.desc(), RemedialCase.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def cases_of_findings(finding_ids: Iterable[int]) -> list[RemedialCase]:
    """The cases that were opened for any of the findings."""
    query = (
        select(RemedialCase)
        .join(CaseFinding, CaseFinding.case_id == RemedialCase.id)
        .where(CaseFinding.finding_id.in_(list(finding_ids)))
        .distinct()
        .order_by(RemedialCase.id)
    )
    return list(db.session.scalars(query))


def follow_up_lines(case_id: int) -> list[CountedLine]:
    """The lines that a case is judged by, oldest first. One statement."""
    query = (
        counted_lines()
        .join(FollowUpCheck, FollowUpCheck.line_id == EvaluationLine.id)
        .where(FollowUpCheck.case_id == case_id)
        .order_by(EvaluationLine.served_at, EvaluationLine.id)
    )
    return [CountedLine(*row) for row in db.session.execute(query)]


def follow_up_checks(case_id: int) -> list[Check]:
    """The same as checks: what an arbiter overturned is kept, what is undecided or not the person's counts not yet."""
    return [check_of(line, ActOn.CONFIRMED) for line in follow_up_lines(case_id) if line.value is not None]


# --- what people see -----------------------------------------------------------------------------------------------


def case_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_see_case``."""
    own = and_(RemedialCase.agent_id == viewer.id, RemedialCase.state != CaseState.DELAYED)
    if C.LOOP_READ not in viewer.access.permissions:
        return own
    branch = and_(shop_filter(viewer, RemedialCase.shop_id), person_filter(viewer, RemedialCase.agent_id))
    return or_(own, and_(branch, RemedialCase.agent_id != viewer.id))


def visible_case(viewer: Person, case_id: int) -> RemedialCase:
    """The case with what its page shows. NotFound unless the viewer may see it."""
    found = db.session.get(
        RemedialCase,
        case_id,
        options=[
            joinedload(RemedialCase.agent).lazyload(Person.grants),
            joinedload(RemedialCase.opened_by).lazyload(Person.grants),
            joinedload(RemedialCase.criterion),
            joinedload(RemedialCase.lesson),
            joinedload(RemedialCase.quiz),
        ],
    )
    require_visible(found is not None and can_see_case(viewer, found))
    assert found is not None
    return found


def events_of(case_id: int) -> Sequence[CaseEvent]:
    """What happened to a case, in order."""
    query = (
        select(CaseEvent)
        .where(CaseEvent.case_id == case_id)
        .options(joinedload(CaseEvent.by).lazyload(Person.grants))
        .order_by(CaseEvent.at, CaseEvent.id)
    )
    return db.session.scalars(query).all()


def findings_of_case(case_id: int) -> Sequence[Finding]:
    """The findings that a case was opened for, oldest first."""
    query = (
        select(Finding)
        .join(CaseFinding, CaseFinding.finding_id == Finding.id)
        .where(CaseFinding.case_id == case_id)
        .options(joinedload(Finding.standing), joinedload(Finding.criterion))
        .order_by(Finding.served_at, Finding.id)
    )
    return db.session.scalars(query).all()


def rules_of(shop_id: int) -> Sequence[LoopRule]:
    """The rules of a shop, the one for everything else first."""
    query = (
        select(LoopRule)
        .where(LoopRule.shop_id == shop_id)
        .options(joinedload(LoopRule.criterion), joinedload(LoopRule.lesson), joinedload(LoopRule.quiz))
        .order_by(LoopRule.criterion_id.is_not(None), LoopRule.criterion_id)
    )
    return db.session.scalars(query).all()


def settings_for(shop_id: int, criterion_id: int) -> tuple[LoopRule | None, RuleSettings]:
    """The rule that decides, and its settings; the defaults where a shop has set none."""
    rule = rule_for(shop_id, criterion_id)
    return rule, RuleSettings.of(rule) if rule is not None else RuleSettings()


def criteria_of_shop(shop_id: int) -> Sequence[Criterion]:
    """The criteria in use that chats of a shop are scored by, by scorecard."""
    query = (
        select(Criterion)
        .join(Scorecard, Scorecard.id == Criterion.scorecard_id)
        .where(
            or_(Scorecard.shop_id == shop_id, Scorecard.shop_id.is_(None)),
            Scorecard.archived_at.is_(None),
            Criterion.retired_at.is_(None),
        )
        .options(joinedload(Criterion.scorecard), joinedload(Criterion.competency))
        .order_by(Criterion.scorecard_id, Criterion.id)
    )
    return db.session.scalars(query).all()


def changes_of(rule_id: int) -> Sequence[LoopRuleChange]:
    """Who set a rule to what, the newest first."""
    query = (
        select(LoopRuleChange)
        .where(LoopRuleChange.rule_id == rule_id)
        .options(joinedload(LoopRuleChange.by).lazyload(Person.grants))
        .order_by(LoopRuleChange.at.desc(), LoopRuleChange.id.desc())
        .limit(20)
    )
    return db.session.scalars(query).all()


def my_cases(agent_id: int) -> Sequence[RemedialCase]:
    """An agent's own cases as they may know them, the open ones first."""
    query = (
        select(RemedialCase)
        .where(RemedialCase.agent_id == agent_id, RemedialCase.state.notin_([CaseState.DELAYED, CaseState.CANCELLED]))
        .options(joinedload(RemedialCase.criterion), joinedload(RemedialCase.lesson), joinedload(RemedialCase.quiz))
        .order_by(RemedialCase.closed_at.is_not(None), RemedialCase.opened_at.desc())
        .limit(50)
    )
    return db.session.scalars(query).all()
