"""Drafting, editing and publishing weekly briefings."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from courses.briefings.models import Briefing
from courses.briefings.permissions import B
from courses.briefings.queries import lessons_published, notices_published
from courses.briefings.rules import can_edit_briefing
from lms.inbox.services import notify
from lms.kernel.clock import from_local, to_local
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.hookspecs import BriefingSection
from lms.kernel.plugins import plugins
from lms.people.models import Person, Shop
from lms.people.queries import serving_filter
from lms.people.rules import can_see_shop, require, require_visible
from lms.web.markdown import as_markdown

WEEKS_BACK = 26


class BriefingError(DomainError):
    """A briefing that can't be kept like this."""


class BriefingThere(Conflict):
    """The week has its briefing already; ``briefing_id`` names it."""

    def __init__(self, briefing_id: int) -> None:
        super().__init__(_("这一周的简报已经有了。"), hint=_("请直接修改已有的那一份。"))
        self.briefing_id = briefing_id


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def draft_briefing(*, actor: Person, shop: Shop, monday: date, at: datetime) -> Briefing:
    """Draft the briefing of a week from what every plugin has to tell of it. BriefingThere when there is one."""
    require(B.BRIEFINGS_EDIT, of=actor)
    require_visible(can_see_shop(actor, shop.id))
    monday = week_of(monday)
    first = week_of(to_local(at).date())
    if not first - timedelta(weeks=WEEKS_BACK) <= monday <= first:
        raise BriefingError(_("只能写本周或最近 %(n)s 周的简报。", n=WEEKS_BACK))
    known = db.session.scalar(select(Briefing.id).where(Briefing.shop_id == shop.id, Briefing.monday == monday))
    if known is not None:
        raise BriefingThere(known)
    since = from_local(datetime(monday.year, monday.month, monday.day))
    briefing = Briefing(
        shop_id=shop.id,
        monday=monday,
        title=_("%(shop)s每周简报（%(day)s 起）", shop=shop.name, day=monday.isoformat())[:200],
        body=drafted_body(actor, shop, since, since + timedelta(days=7)),
        created_by_id=actor.id,
        created_at=at,
        updated_at=at,
    )
    db.session.add(briefing)
    db.session.flush()
    return briefing


def drafted_body(actor: Person, shop: Shop, since: datetime, until: datetime) -> str:
    """Markdown of all sections; says so where a week had nothing."""
    sections = sorted(
        plugins().all("briefing_sections", viewer=actor, shop_id=shop.id, since=since, until=until),
        key=lambda section: section.order,
    )
    parts = [f"## {section.title}\n\n" + "\n".join(section.lines) for section in sections if section.lines]
    return "\n\n".join(parts) + "\n" if parts else _("这一周没有需要告诉大家的变化。") + "\n"


def sections_of_courses(shop_id: int, since: datetime, until: datetime) -> list[BriefingSection]:
    """What the courses tell: notices, and lessons that are new or changed."""
    notices = [
        f"- **{as_markdown(version.title)}**"
        + (_("，%(day)s 起生效", day=version.effective_on.isoformat()) if version.effective_on else "")
        for _notice, version in notices_published(shop_id, since, until)
    ]
    new, changed = [], []
    for _lesson, version in lessons_published(shop_id, since, until):
        line = f"- 《{as_markdown(version.title)}》" + (f"：{as_markdown(version.summary)}" if version.summary else "")
        if version.number == 1:
            new.append(line)
        else:
            changed.append(_("%(line)s（更新到版本 %(n)s）", line=line, n=version.number))
    return [
        BriefingSection(10, _("规则变更"), tuple(notices)),
        BriefingSection(20, _("新课时"), tuple(new)),
        BriefingSection(30, _("有改动的课时"), tuple(changed)),
    ]


def edit_briefing(
    *, actor: Person, briefing: Briefing, title: str, body: str, base: datetime, at: datetime
) -> Briefing:
    """Change the text. BriefingError when it is empty or somebody saved since ``base``."""
    require_visible(can_edit_briefing(actor, briefing))
    if base != briefing.updated_at:
        raise BriefingError(_("别人刚改过这份简报，您的修改没有保存。"), hint=_("请复制您的文字，刷新后再改。"))
    title, body = " ".join(title.split()), body.replace("\r\n", "\n").strip()
    if not title or not body:
        raise BriefingError(_("简报要有标题和正文。"))
    briefing.title, briefing.body, briefing.updated_at = title[:200], body + "\n", at
    db.session.flush()
    return briefing


def publish_briefing(*, actor: Person, briefing: Briefing, at: datetime) -> int:
    """Show it to everybody who serves the shop and tell them, once. Returns how many were told now."""
    require_visible(can_edit_briefing(actor, briefing))
    briefing.published_at = briefing.published_at or at
    people = db.session.scalars(select(Person.id).where(Person.active, serving_filter(briefing.shop_id, Person.id)))
    return notify(
        people=[person_id for person_id in people if person_id != actor.id],
        kind="briefing",
        key=f"briefing:{briefing.id}",
        title=briefing.title,
        body=_("这一周的变化和少见的问题，花两分钟看看。"),
        url=f"/briefings/{briefing.id}",
        at=at,
    )
