"""Templates of sessions: what ships, a shop's own, a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.coaching.permissions import C
from lms.coaching.sessions.models import CoachingTemplate
from lms.coaching.sessions.rules import can_edit_template
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission, require_visible

SECTIONS_MOST = 12


class TemplateError(DomainError):
    """A template that can't be saved like this."""


@dataclass(frozen=True)
class SectionText:
    """A section of a template: its heading, and what to talk about there."""

    title: str
    hint: str = ""


STARTER: tuple[tuple[str, str, tuple[SectionText, ...]], ...] = (
    (
        "coaching:qa-review",
        "质检问题复盘",
        (
            SectionText("当时怎么想的", "先请客服自己说：看到客户这句话时，判断是什么，为什么这样回。"),
            SectionText("客户感受到了什么", "一起读一遍引用的消息，换到客户的位置说说感受。"),
            SectionText("问题出在哪里", "不了解规则、不熟商品、没看清问题，还是话术习惯？只对事，不评价人。"),
            SectionText("下次怎么说", "当场写出一句更好的回复，念一遍，确认说得出口。"),
            SectionText("需要什么帮助", "课程、话术、权限或排班上的支持，组长能做的写下来。"),
        ),
    ),
    (
        "coaching:new-hire-weekly",
        "新人周谈",
        (
            SectionText("这周学会了什么", "请新人举一通自己满意的会话。"),
            SectionText("哪里还拿不准", "商品、规则、后台操作，越具体越好。"),
            SectionText("带教和团队配合", "提问有没有人答，答得及不及时。"),
            SectionText("下周的目标", "一到两个，能看见、能检查。"),
        ),
    ),
    (
        "coaching:wellbeing",
        "状态关怀",
        (
            SectionText("最近怎么样", "先听，不急着给建议。谈到私事时，建议把这次面谈设为保密。"),
            SectionText("压力来自哪里", "接待量、难缠的客户、排班，还是别的？"),
            SectionText("可以调整什么", "排班、接待上限、轮岗、休息，写下能答应的和要再问的。"),
            SectionText("什么时候再聊", "约好下一次的时间。"),
        ),
    ),
)


def load_starter(*, at: datetime) -> int:
    """Make the templates that ship and are not there yet. Returns how many were made."""
    known = set(db.session.scalars(select(CoachingTemplate.slug).where(CoachingTemplate.slug.is_not(None))))
    made = [
        CoachingTemplate(slug=slug, title=title, sections=_as_json(sections), created_at=at)
        for slug, title, sections in STARTER
        if slug not in known
    ]
    db.session.add_all(made)
    db.session.flush()
    return len(made)


def _as_json(sections: Sequence[SectionText]) -> list[dict[str, str]]:
    return [
        {"title": each.title.strip()[:60], "hint": each.hint.strip()[:200]} for each in sections if each.title.strip()
    ]


def _checked(title: str, sections: Sequence[SectionText]) -> list[dict[str, str]]:
    if not title.strip():
        raise TemplateError(_("请填写模板名称。"), where="title")
    rows = _as_json(sections)
    if not rows:
        raise TemplateError(_("请至少写一个段落。"), where="sections")
    if len(rows) > SECTIONS_MOST:
        raise TemplateError(_("一个模板最多 %(most)s 个段落。", most=SECTIONS_MOST), where="sections")
    return rows


def create_template(
    *, actor: Person, shop_id: int, title: str, sections: Sequence[SectionText], at: datetime
) -> CoachingTemplate:
    """A template of one of the actor's shops."""
    require_visible(has_permission(actor, C.RULES_EDIT) and can_see_shop(actor, shop_id))
    made = CoachingTemplate(
        shop_id=shop_id,
        title=title.strip()[:100],
        sections=_checked(title, sections),
        created_by_id=actor.id,
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def change_template(*, actor: Person, template: CoachingTemplate, title: str, sections: Sequence[SectionText]) -> None:
    """Sessions that were planned with it keep their sections."""
    require_visible(can_edit_template(actor, template))
    template.sections = _checked(title, sections)
    template.title = title.strip()[:100]
    db.session.flush()


def archive_template(*, actor: Person, template: CoachingTemplate, at: datetime) -> None:
    """Not offered any more; a second time brings it back."""
    require_visible(can_edit_template(actor, template))
    template.archived_at = None if template.archived_at is not None else at
    db.session.flush()
