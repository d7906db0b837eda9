"""Building programmes: drafts, publishing as the next version, and moving people to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from courses.lessons.queries import all_shop_ids
from courses.lessons.rules import can_write_for
from courses.programmes.definition import (
    LONGEST,
    MOST_STEPS,
    Day,
    Definition,
    Flaw,
    add_day,
    flaws,
    from_json,
    tidied,
    to_json,
)
from courses.programmes.enrolling import settle
from courses.programmes.enums import EnrolmentState, EventKind, ProgrammeState
from courses.programmes.labels import flaw_text
from courses.programmes.models import Enrolment, EnrolmentEvent, Programme, ProgrammeVersion
from courses.programmes.permissions import PP
from courses.programmes.queries import KIND, ActivityInfo, activities_named, version_of
from courses.programmes.rules import can_edit_programme, can_manage_programme
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError, Forbidden
from lms.learning.enums import Dimension
from lms.learning.models import Activity
from lms.learning.queries import progress_filter
from lms.people.models import Person
from lms.people.rules import require, require_visible


class ProgrammeError(DomainError):
    """A programme that can't be kept or published like this."""


class ProgrammeChanged(Conflict):
    """Somebody else has saved the draft meanwhile."""


def create_programme(
    *,
    actor: Person,
    title: str,
    shop_id: int | None,
    at: datetime,
    summary: str = "",
    source: Definition | None = None,
) -> Programme:
    """A new draft, empty with one day, or with the days of ``source`` (a template or another programme)."""
    require(PP.EDIT, of=actor)
    if not can_write_for(actor, shop_id, shop_ids=all_shop_ids()):
        require_visible(shop_id is None)
        raise Forbidden(_("只有服务全部店铺的培训师或管理员可以搭建全部店铺的计划。"), hint=_("请选自己的店铺。"))
    definition = source if source is not None else add_day(Definition(), _("第一天"))
    activity = Activity(
        kind=KIND, title=_title(title), dimension=Dimension.KNOWLEDGE, shop_id=shop_id, created_by_id=actor.id,
        created_at=at,
    )  # fmt: skip
    return insert_programme(activity=activity, summary=summary, definition=definition, at=at)


def insert_programme(
    *, activity: Activity, summary: str, definition: Definition, at: datetime, slug: str | None = None
) -> Programme:
    """The rows of a new draft. Checks the text, not the person: callers do that."""
    activity.archived_at = at
    db.session.add(activity)
    programme = Programme(
        activity=activity,
        shop_id=activity.shop_id,
        slug=slug,
        title=activity.title,
        summary=_one_line(summary)[:500],
        state=ProgrammeState.DRAFT,
        draft=to_json(definition),
        revision=0,
        created_by_id=activity.created_by_id,
        created_at=at,
        updated_at=at,
    )
    db.session.add(programme)
    db.session.flush()
    return programme


def save_draft(
    *,
    actor: Person,
    programme: Programme,
    title: str,
    summary: str,
    definition: Definition,
    base: int,
    at: datetime,
) -> Programme:
    """Keep what the trainer works on; people under way notice nothing.

    ``base`` is the revision that the trainer started from: ProgrammeChanged when somebody has saved another one since.
    """
    _require_editing(actor, programme)
    if base != programme.revision:
        raise ProgrammeChanged(
            _("别人刚保存了这份计划，您的修改没有保存。"), hint=_("请刷新页面，在最新内容上再改一次。")
        )
    if len(definition.days) > LONGEST:
        raise ProgrammeError(_("一份计划最多 %(n)s 天。", n=LONGEST))
    for number, day in enumerate(definition.days, 1):
        if len(day.steps) > MOST_STEPS:
            raise ProgrammeError(_("一天最多 %(n)s 个步骤。", n=MOST_STEPS), where=_("第 %(day)s 天", day=number))
    programme.title, programme.summary = _title(title), _one_line(summary)[:500]
    programme.draft, programme.updated_at = to_json(tidied(definition)), at
    programme.revision += 1
    if programme.state is not ProgrammeState.PUBLISHED:
        programme.activity.title = programme.title
    db.session.flush()
    return programme


@dataclass(frozen=True)
class Problem:
    """A flaw of the draft, in words."""

    flaw: Flaw
    text: str

    @property
    def blocks(self) -> bool:
        return self.flaw.blocks


def problems_of(programme: Programme) -> list[Problem]:
    """What keeps the draft from being published, and what the trainer should know. One statement."""
    definition = from_json(programme.draft)
    return problems_in(definition, programme.shop_id, activities_named(definition.activity_ids()))


def problems_in(definition: Definition, shop_id: int | None, infos: dict[int, ActivityInfo]) -> list[Problem]:
    """The same for a page that has the activities at hand."""

    def kind(ident: int) -> str:
        return infos[ident].kind if ident in infos else ""

    found = flaws(
        definition,
        usable=lambda ident: ident in infos and not infos[ident].archived,
        own_shop=lambda ident: infos[ident].shop_id in (None, shop_id),
        scored=lambda ident: {"quiz": True, "lesson": False}.get(kind(ident)),
        nested=lambda ident: kind(ident) == KIND,
    )
    return [Problem(flaw, flaw_text(flaw, infos)) for flaw in found]


def publish(*, actor: Person, programme: Programme, at: datetime) -> Programme:
    """Append the draft as the next version, for whoever is enrolled from now on. Raises ProgrammeError for flaws."""
    _require_editing(actor, programme)
    blocking = [problem.text for problem in problems_of(programme) if problem.blocks]
    if blocking:
        raise ProgrammeError(_("还不能发布：%(what)s", what=blocking[0]))
    return show(programme=programme, actor_id=actor.id, at=at)


def show(*, programme: Programme, actor_id: int | None, at: datetime) -> Programme:
    """The rows of :func:`publish`; callers have checked the person. The same draft again makes no version."""
    if not has_changes(programme) and programme.state is ProgrammeState.PUBLISHED:
        return programme
    if has_changes(programme):
        version = ProgrammeVersion(
            programme_id=programme.id,
            number=(programme.published_number or 0) + 1,
            title=programme.title,
            summary=programme.summary,
            definition=programme.draft,
            created_by_id=actor_id,
            created_at=at,
        )
        db.session.add(version)
        programme.published_number, programme.published_at = version.number, at
    programme.state, programme.updated_at = ProgrammeState.PUBLISHED, at
    activity = programme.activity
    activity.title, activity.archived_at = programme.title, None
    activity.dimension = _dimension(from_json(programme.draft))
    db.session.flush()
    return programme


def has_changes(programme: Programme) -> bool:
    """Whether the draft differs from the published version. One statement."""
    if programme.published_number is None:
        return True
    version = version_of(programme, programme.published_number)
    return (version.title, version.summary, version.definition) != (
        programme.title,
        programme.summary,
        programme.draft,
    )


def archive(*, actor: Person, programme: Programme, at: datetime) -> Programme:
    """Take it out of assigning; whoever is under way goes on. Publishing brings it back."""
    _require_editing(actor, programme)
    if programme.state is not ProgrammeState.ARCHIVED:
        programme.state, programme.activity.archived_at, programme.updated_at = ProgrammeState.ARCHIVED, at, at
        db.session.flush()
    return programme


@dataclass(frozen=True)
class Change:
    """What is different on a day between two versions: activities that came and went, other gate, other cut."""

    day: int
    title: str
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    gate: tuple[int | None, int | None] | None = None
    cut: tuple[float | None, float | None] | None = None
    is_new: bool = False
    is_gone: bool = False


def changes_between(old: Definition, new: Definition) -> list[Change]:
    """Day by day, days without a change left out. Pure."""
    found: list[Change] = []
    for number in range(1, max(len(old.days), len(new.days)) + 1):
        before = old.days[number - 1] if number <= len(old.days) else None
        after = new.days[number - 1] if number <= len(new.days) else None
        title = (after or before or Day("")).title
        had = [step.activity_id for step in before.steps] if before else []
        has = [step.activity_id for step in after.steps] if after else []
        gates = tuple(day.gate.activity_id if day and day.gate else None for day in (before, after))
        cuts = tuple(day.gate.cut if day and day.gate else None for day in (before, after))
        change = Change(
            number,
            title,
            added=tuple(ident for ident in has if ident not in had),
            removed=tuple(ident for ident in had if ident not in has),
            gate=(gates[0], gates[1]) if gates[0] != gates[1] else None,
            cut=(cuts[0], cuts[1]) if gates[0] == gates[1] and cuts[0] != cuts[1] else None,
            is_new=before is None,
            is_gone=after is None,
        )
        if change != Change(number, title):
            found.append(change)
    return found


def people_on_older(*, viewer: Person, programme: Programme) -> list[Enrolment]:
    """Whoever is under way in an older version, as far as the viewer looks after them."""
    query = (
        select(Enrolment)
        .join(Person, Enrolment.person_id == Person.id)
        .where(
            Enrolment.programme_id == programme.id,
            Enrolment.state == EnrolmentState.ACTIVE,
            Enrolment.version_number < (programme.published_number or 0),
            Person.active,
            progress_filter(viewer, Person.id),
        )
        .order_by(Enrolment.version_number, Person.name, Enrolment.id)
    )
    return list(db.session.scalars(query))


def move_to_newest(*, actor: Person, programme: Programme, enrolments: Sequence[Enrolment], at: datetime) -> int:
    """Let people go on in the published version: days they passed stay passed, new steps of the open day are given.

    Returns how many were moved.
    """
    require(PP.EDIT, of=actor)
    require_visible(can_manage_programme(actor, programme))
    reach = {enrolment.id for enrolment in people_on_older(viewer=actor, programme=programme)}
    number = programme.published_number
    moved = [enrolment for enrolment in enrolments if enrolment.id in reach]
    events: list[Any] = []
    for enrolment in moved:
        detail = {"from": enrolment.version_number, "to": number}
        events.append(
            EnrolmentEvent(enrolment_id=enrolment.id, kind=EventKind.MOVED, at=at, actor_id=actor.id, detail=detail)
        )
        enrolment.version_number = number or enrolment.version_number
    db.session.add_all(events)
    db.session.flush()
    settle(enrolments=moved, at=at, reopen=True)
    return len(moved)


def _require_editing(actor: Person, programme: Programme) -> None:
    require(PP.EDIT, of=actor)
    shops = all_shop_ids()
    require_visible(can_manage_programme(actor, programme))
    if not can_edit_programme(actor, programme, shop_ids=shops):
        raise Forbidden(
            _("这份计划属于全部店铺，只有服务全部店铺的培训师或管理员可以修改。"),
            hint=_("可以用它作模板，为自己的店铺新建一份再改。"),
        )


def _dimension(definition: Definition) -> Dimension:
    """The one that most of the activities belong to."""
    infos = activities_named({ident for day in definition.days for ident in day.activity_ids()})
    counted = Counter(info.dimension for info in infos.values())
    return max(Dimension, key=lambda dimension: counted[dimension])


def _title(text: str) -> str:
    title = _one_line(text)
    if not title:
        raise ProgrammeError(_("培训计划要有名称。"))
    return title[:200]


def _one_line(text: str) -> str:
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
