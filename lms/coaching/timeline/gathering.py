"""Collects the events of every plugin; those of the loop and of disputes are told here, where both can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from lms.coaching.enums import CaseState, Help
from lms.coaching.loop.labels import HELPS, verdict_sentence
from lms.coaching.loop.models import RemedialCase
from lms.coaching.loop.queries import case_filter
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.kernel.hookspecs import TimelineEvent
from lms.kernel.plugins import plugins
from lms.people.models import Person
from lms.qa.disputes.models import Dispute, DisputeDecision
from lms.qa.evaluations.models import Evaluation, Finding
from lms.qa.evaluations.queries import evaluation_filter
from lms.qa.scorecards.models import Criterion

LANES = ("learning", "qa", "coaching", "certificate")


def gather(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """Everything in [since, until) that the viewer may see, the newest first."""
    found = plugins().all("timeline_events", person=person, viewer=viewer, since=since, until=until)
    return sorted((event for event in found if since <= event.at < until), key=lambda event: event.at, reverse=True)


@dataclass(frozen=True)
class Day:
    """A day in Shanghai and what happened on it, the latest first."""

    day: date
    events: tuple[TimelineEvent, ...]


def by_day(events: Sequence[TimelineEvent]) -> list[Day]:
    """The events of :func:`gather` by day, in their order."""
    days: dict[date, list[TimelineEvent]] = {}
    for event in events:
        days.setdefault(to_local(event.at).date(), []).append(event)
    return [Day(day, tuple(some)) for day, some in days.items()]


# --- what the loop and disputes tell -------------------------------------------------------------------------------


def case_events(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """When remedial help was given, when it was done, and how it ended. One statement."""
    row = RemedialCase
    moments = (row.assigned_at, row.trained_at, row.closed_at)
    query = (
        select(row)
        .where(
            row.agent_id == person.id,
            case_filter(viewer),
            or_(*(and_(moment >= since, moment < until) for moment in moments)),
        )
        .options(joinedload(row.criterion))
        .order_by(row.opened_at)
    )
    events = []
    for case in db.session.scalars(query):
        url, name = f"/coaching/loop/cases/{case.id}", case.criterion.name
        if case.assigned_at is not None:
            help_ = str(HELPS[case.help])
            title = _("布置补训：%(name)s", name=name)
            again = _("第 %(n)s 次", n=case.number) + " · " if case.number > 1 else ""
            events.append(TimelineEvent(case.assigned_at, "coaching", title, again + help_, url, "repeat"))
        if case.trained_at is not None and case.help is not Help.LESSON:
            title = _("补训完成：%(name)s", name=name)
            events.append(TimelineEvent(case.trained_at, "coaching", title, str(HELPS[case.help]), url, "checks"))
        if case.closed_at is not None:
            cancelled = case.state is CaseState.CANCELLED
            title = _("补训取消：%(name)s", name=name) if cancelled else _("复检结论：%(name)s", name=name)
            tone = {CaseState.FIXED: "good", CaseState.RELAPSED: "bad"}.get(case.state, "")
            detail = "" if cancelled else verdict_sentence(case)
            events.append(TimelineEvent(case.closed_at, "coaching", title, detail, url, "target", None, tone))
    return events


def dispute_events(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """Disputes that the person filed, and what was decided. One statement."""
    query = (
        select(Dispute.filed_at, Finding.evaluation_id, Criterion.name, DisputeDecision.at, DisputeDecision.upheld)
        .join(Finding, Finding.id == Dispute.finding_id)
        .join(Evaluation, Evaluation.id == Finding.evaluation_id)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .outerjoin(DisputeDecision, DisputeDecision.dispute_id == Dispute.id)
        .where(
            Dispute.agent_id == person.id,
            evaluation_filter(viewer),
            or_(
                and_(Dispute.filed_at >= since, Dispute.filed_at < until),
                and_(DisputeDecision.at >= since, DisputeDecision.at < until),
            ),
        )
    )
    events = []
    for filed_at, evaluation_id, name, decided_at, upheld in db.session.execute(query):
        url = f"/qa/evaluations/{evaluation_id}"
        events.append(TimelineEvent(filed_at, "qa", _("提出申诉：%(name)s", name=name), "", url, "gavel"))
        if decided_at is not None:
            title = _("申诉成立：%(name)s", name=name) if upheld else _("申诉驳回：%(name)s", name=name)
            events.append(TimelineEvent(decided_at, "qa", title, "", url, "gavel", None, "good" if upheld else ""))
    return events
