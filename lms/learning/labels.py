"""What verbs, states, reasons and kinds of activity are called on screen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.kernel.clock import to_local
from lms.kernel.hookspecs import ActivityKind
from lms.kernel.plugins import plugins
from lms.learning.enums import AssignmentReason, AssignmentState, Dimension, Verb
from lms.learning.models import Activity
from lms.people.models import Person

DIMENSION_LABELS = {Dimension.ATTITUDE: _l("态度"), Dimension.KNOWLEDGE: _l("知识"), Dimension.SKILL: _l("技能")}
REASON_LABELS = {
    AssignmentReason.ONBOARDING: _l("新人入职"),
    AssignmentReason.CAMPAIGN: _l("大促备战"),
    AssignmentReason.FINDING: _l("质检问题"),
    AssignmentReason.KPI_DIP: _l("指标下滑"),
    AssignmentReason.BY_HAND: _l("手动布置"),
    AssignmentReason.RECERTIFICATION: _l("再认证"),
}
VERB_LABELS = {
    Verb.OPENED: _l("打开"),
    Verb.PROGRESSED: _l("学习中"),
    Verb.ATTEMPTED: _l("作答"),
    Verb.COMPLETED: _l("学完"),
    Verb.PASSED: _l("通过"),
    Verb.FAILED: _l("未通过"),
}
VERB_COLOURS = {Verb.COMPLETED: "success", Verb.PASSED: "success", Verb.FAILED: "danger", Verb.ATTEMPTED: "info"}


def state_shown(state: AssignmentState, due_at: datetime | None, at: datetime) -> tuple[str, str]:
    """The word and the colour for a task's state at a moment."""
    if state is AssignmentState.DONE:
        return _("已完成"), "success"
    if state is AssignmentState.CANCELLED:
        return _("已取消"), "secondary"
    if due_at is not None and due_at < at:
        return _("已逾期"), "danger"
    return _("未完成"), "warning"


def due_words(due_at: datetime | None, at: datetime) -> str:
    """When a task is due, in words and on a clock in Shanghai: 今天 16:00 前, 已逾期 2 天.

    Overdue begins with the first moment after the time shown, as ``Assignment.is_overdue`` has it.
    """
    if due_at is None:
        return _("不限时间")
    if due_at < at:
        late = at - due_at
        if late.days:
            return _("已逾期 %(n)s 天", n=late.days)
        hours = late.seconds // 3600
        return _("已逾期 %(n)s 小时", n=hours) if hours else _("刚刚逾期")
    shown, today = to_local(due_at), to_local(at)
    clock = shown.strftime("%H:%M")
    days = (shown.date() - today.date()).days
    if days == 0:
        return _("今天 %(clock)s 前", clock=clock)
    if days == 1:
        return _("明天 %(clock)s 前", clock=clock)
    day = shown.strftime("%m-%d" if shown.year == today.year else "%Y-%m-%d")
    return _("%(day)s %(clock)s 前", day=day, clock=clock)


def activity_kinds() -> dict[str, ActivityKind]:
    """Every kind that a plugin offers, by name."""
    return {kind.kind: kind for kind in plugins().all("activity_kinds")}


def kind_label(kind: str) -> Any:
    """The kind's name on screen; of a plugin that is gone, the bare word."""
    known = activity_kinds().get(kind)
    return known.label if known else kind


def kind_icon(kind: str) -> str:
    """The kind's icon."""
    known = activity_kinds().get(kind)
    return known.icon if known else "puzzle"


def activity_url(kind: str, activity_id: int) -> str | None:
    """The page where a person does the activity; None when its plugin is gone."""
    known = activity_kinds().get(kind)
    return known.url(activity_id) if known else None


def urls_open_to(person: Person, activities: Iterable[Activity]) -> dict[int, str]:
    """The pages of the activities that ``person`` may open, by activity id. At most a statement a kind."""
    by_kind: dict[str, list[int]] = {}
    for activity in activities:
        by_kind.setdefault(activity.kind, []).append(activity.id)
    found: dict[int, str] = {}
    for name, ids in by_kind.items():
        kind = activity_kinds().get(name)
        if kind is not None:
            open_ids = ids if kind.open_to is None else kind.open_to(person, ids)
            found |= {activity_id: kind.url(activity_id) for activity_id in open_ids}
    return found


def record_url(kind: str, context: dict[str, Any]) -> str | None:
    """The page that a record of this kind leads to, such as the result of an attempt."""
    known = activity_kinds().get(kind)
    return known.record_url(context) if known and known.record_url else None


TEMPLATE_HELPERS: dict[str, Any] = {
    "activity_url": activity_url,
    "dimension_labels": DIMENSION_LABELS,
    "due_words": due_words,
    "kind_icon": kind_icon,
    "kind_label": kind_label,
    "reason_labels": REASON_LABELS,
    "record_url": record_url,
    "state_shown": state_shown,
    "verb_colours": VERB_COLOURS,
    "verb_labels": VERB_LABELS,
}
"""What the templates of this package are rendered with."""
