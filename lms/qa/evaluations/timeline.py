"""Results of checked chats, as events of the line of time."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.hookspecs import TimelineEvent
from lms.people.models import Person
from lms.qa.enums import FindingState
from lms.qa.evaluations.models import Evaluation, EvaluationStanding, Finding, FindingStanding
from lms.qa.evaluations.queries import evaluation_filter
from lms.qa.scorecards.models import Criterion


def events_of(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """The person's results by the time of the chat, rulings counted in, with what was found. One statement."""
    query = (
        select(
            Evaluation.id,
            Evaluation.served_at,
            EvaluationStanding.score,
            EvaluationStanding.faults,
            Criterion.name,
            FindingStanding.state,
        )
        .join(EvaluationStanding, EvaluationStanding.evaluation_id == Evaluation.id)
        .outerjoin(Finding, Finding.evaluation_id == Evaluation.id)
        .outerjoin(FindingStanding, FindingStanding.finding_id == Finding.id)
        .outerjoin(Criterion, Criterion.id == Finding.criterion_id)
        .where(
            Evaluation.agent_id == person.id,
            Evaluation.served_at >= since,
            Evaluation.served_at < until,
            evaluation_filter(viewer),
        )
        .order_by(Evaluation.served_at, Evaluation.id, Finding.id)
    )
    results: dict[int, tuple[datetime, float | None, int]] = {}
    found: dict[int, list[str]] = {}
    for ident, served_at, score, faults, name, state in db.session.execute(query):
        results[ident] = (served_at, score, faults)
        if name is not None and state is not FindingState.OVERTURNED:
            found.setdefault(ident, []).append(name + (_("（申诉中）") if state is FindingState.DISPUTED else ""))
    return [
        TimelineEvent(
            at=served_at,
            lane="qa",
            title=_("质检 %(score)s 分", score=f"{round(score, 1):g}") if score is not None else _("质检：全部不适用"),
            detail=_("问题：%(names)s", names="、".join(found[ident])) if ident in found else "",
            url=f"/qa/evaluations/{ident}",
            icon="clipboard-check",
            figure=score,
            tone="bad" if faults else "good",
        )
        for ident, (served_at, score, faults) in results.items()
    ]
