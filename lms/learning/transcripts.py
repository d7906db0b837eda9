"""学习档案: what a person has completed and how they stand; read from the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.kernel.db import db
from lms.kernel.hookspecs import TranscriptSection
from lms.kernel.plugins import plugins
from lms.learning.labels import DIMENSION_LABELS, kind_label
from lms.learning.models import Activity, Record
from lms.learning.queries import activity_filter, is_finished
from lms.people.models import Person

MOST = 500


@dataclass(frozen=True)
class CompletedActivity:
    """An activity that the person completed: when first, the best score (a fraction), which version was the last."""

    activity: Activity
    first_at: datetime
    best: float | None
    version: str
    times: int


def completed_activities(person: Person, viewer: Person) -> list[CompletedActivity]:
    """What ``person`` completed of what ``viewer`` may see, the newest first. Two statements."""
    mine = [
        Record.actor_id == person.id,
        is_finished(),
    ]
    summed = (
        select(
            Record.activity_id,
            func.min(Record.at).label("first_at"),
            func.max(Record.score).label("best"),
            func.count().label("times"),
            func.max(Record.id).label("last_id"),
        )
        .where(*mine)
        .group_by(Record.activity_id)
        .subquery()
    )
    query = (
        select(Activity, summed.c.first_at, summed.c.best, summed.c.times, Record.context)
        .join(summed, summed.c.activity_id == Activity.id)
        .join(Record, Record.id == summed.c.last_id)
        .where(activity_filter(viewer))
        .order_by(summed.c.first_at.desc(), Activity.id.desc())
        .limit(MOST)
    )
    return [
        CompletedActivity(activity, first_at, best, _version(context), times)
        for activity, first_at, best, times, context in db.session.execute(query)
    ]


def _version(context: dict[str, Any]) -> str:
    """The version that the plugin noted with the record, where it notes one."""
    number = context.get("version") or context.get("version_number")
    return str(number) if isinstance(number, int | str) else ""


def sections_of(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    """The plugins' parts, in order."""
    found = plugins().all("transcript_sections", person=person, viewer=viewer, at=at)
    return sorted(found, key=lambda section: section.order)


def transcript_headers() -> list[str]:
    return [_("学习活动"), _("种类"), _("维度"), _("版本"), _("最好得分"), _("首次完成"), _("完成次数")]


def transcript_rows(rows: list[CompletedActivity]) -> Iterator[list[Any]]:
    """A row an activity, scores in points out of 100."""
    for row in rows:
        yield [
            row.activity.title,
            str(kind_label(row.activity.kind)),
            str(DIMENSION_LABELS[row.activity.dimension]),
            row.version,
            "" if row.best is None else round(row.best * 100, 1),
            row.first_at,
            row.times,
        ]
