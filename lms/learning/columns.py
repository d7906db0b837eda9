"""The column 培训计划 of the spreadsheet of people: new hires get their programme with their account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.hookspecs import PeopleCell, PeopleColumn
from lms.learning.enums import AssignmentReason, AssignmentState
from lms.learning.models import Activity, Assignment
from lms.learning.queries import activity_filter
from lms.learning.services import assign
from lms.people.models import Person
from lms.people.queries import serving_filter

KIND = "programme"
BETWEEN = "；"
_SEPARATOR = re.compile(r"[;；|｜\n]+")
_ALSO = re.compile(r"[、,，]+")


def _shown(viewer: Person, person_ids: Sequence[int]) -> dict[int, str]:
    """Titles of the programmes that people have or have done."""
    query = (
        select(Assignment.person_id, Activity.title)
        .join(Activity, Assignment.activity_id == Activity.id)
        .where(
            Activity.kind == KIND,
            Assignment.person_id.in_(person_ids),
            Assignment.state != AssignmentState.CANCELLED,
            activity_filter(viewer),
        )
        .order_by(Assignment.id)
    )
    titles: dict[int, dict[str, None]] = {}
    for person_id, title in db.session.execute(query):
        titles.setdefault(person_id, {})[title] = None
    return {person_id: BETWEEN.join(found) for person_id, found in titles.items()}


def _read(actor: Person, texts: Sequence[str]) -> dict[str, PeopleCell]:
    """One statement for all cells."""
    query = (
        select(Activity)
        .where(Activity.kind == KIND, Activity.archived_at.is_(None), activity_filter(actor))
        .order_by(Activity.id)
    )
    by_title: dict[str, list[Activity]] = {}
    for activity in db.session.scalars(query):
        by_title.setdefault(activity.title, []).append(activity)
    return {text: _cell(text, by_title) for text in texts}


def _cell(text: str, by_title: dict[str, list[Activity]]) -> PeopleCell:
    """The value is, for each title, the programmes of that name; several shops may have one. "无" asks for none."""
    if text == "无":
        return PeopleCell((), "")
    titles: list[str] = []
    for part in _SEPARATOR.split(text):
        # A title may have a comma in it, so a part is divided at commas only when it isn't a title itself.
        words = [part] if part.strip() in by_title else _ALSO.split(part)
        for word in (word.strip() for word in words):
            if not word or word in titles:
                continue
            if word not in by_title:
                known = "、".join(f"“{title}”" for title in by_title) or _("（还没有已发布的培训计划）")
                problem = _("没有培训计划“%(word)s”，可以填：%(known)s。", word=word[:40], known=known)
                return PeopleCell(problem=problem)
            titles.append(word)
    return PeopleCell(tuple(tuple(by_title[title]) for title in titles), BETWEEN.join(titles))


def _after(shown: str, cell: PeopleCell) -> str:
    """The column only adds: what people have stays."""
    has = [title for title in shown.split(BETWEEN) if title]
    return BETWEEN.join([*has, *(title for title in cell.text.split(BETWEEN) if title and title not in has)])


def _apply(
    actor: Person, wishes: Sequence[tuple[Person, tuple[tuple[Activity, ...], ...]]], at: datetime
) -> dict[int, str]:
    """One call of :func:`assign` a programme, however many people. Who has or had it is left alone."""
    activities = {activity.id: activity for _p, titles in wishes for some in titles for activity in some}
    serving: dict[int, set[int]] = {}
    for activity in activities.values():
        if activity.shop_id is not None and activity.shop_id not in serving:
            servers = select(Person.id).where(serving_filter(activity.shop_id, Person.id))
            serving[activity.shop_id] = set(db.session.scalars(servers))
    had = select(Assignment.activity_id, Assignment.person_id).where(
        Assignment.activity_id.in_(activities), Assignment.state != AssignmentState.CANCELLED
    )
    taken = {(activity_id, person_id) for activity_id, person_id in db.session.execute(had)}
    wanted: dict[int, list[Person]] = {}
    problems: dict[int, str] = {}
    for person, titles in wishes:
        for some in titles:
            fitting = [a for a in some if a.shop_id is None or person.id in serving[a.shop_id]]
            if not person.active:
                problems[person.id] = _("账号已停用，不能布置培训计划。")
            elif not fitting:
                problems[person.id] = _(
                    "培训计划“%(title)s”属于%(name)s不服务的店铺。", title=some[0].title, name=person.name
                )
            elif (fitting[-1].id, person.id) not in taken:
                wanted.setdefault(fitting[-1].id, []).append(person)
    for activity_id, people in wanted.items():
        assign(
            actor=actor,
            activity=activities[activity_id],
            people=people,
            due_at=None,
            reason=AssignmentReason.ONBOARDING,
            at=at,
        )
    return problems


PROGRAMMES_COLUMN = PeopleColumn(
    name="programmes",
    label=_l("培训计划"),
    names=("培训计划", "培訓計劃", "计划", "programme", "program"),
    shown=_shown,
    read=_read,
    apply=_apply,
    after=_after,
    hint=_l("已发布的培训计划的名称，导入时就布置给本人；几个用分号隔开。只增加，不会取消已有的。"),
    example="新客服入职周",
)
