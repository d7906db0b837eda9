"""The sessions' part of ``lms demo``: some signed and rated, some wait for a signature, one is between two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.coaching.enums import CaseState, Help, SessionState
from lms.coaching.loop.models import RemedialCase
from lms.coaching.sessions.models import CoachingSession, CoachingTemplate
from lms.coaching.sessions.queries import evidence_choices, finding_ids_of_case
from lms.coaching.sessions.services import (
    PlanLine,
    agreed_of,
    hold_session,
    plan_session,
    rate_session,
    save_draft,
    sign_session,
    tick_item,
)
from lms.coaching.sessions.signing import digest
from lms.coaching.sessions.template_services import load_starter
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.people.models import Person

REVIEW, WEEKLY, CARE = "coaching:qa-review", "coaching:new-hire-weekly", "coaching:wellbeing"


@dataclass(frozen=True)
class Talk:
    """A session of the demo. ``days`` ago it was held (negative: it is planned); ``signed``: by none, coach or both."""

    coach: str
    agent: str
    template: str
    title: str
    days: int
    notes: tuple[str, ...] = ()
    plan: tuple[tuple[str, int], ...] = ()
    signed: str = "both"
    rating: int | None = None
    words: str = ""
    confidential: bool = False
    done: int = 0


TALKS = (
    Talk(
        "lead",
        "agent",
        REVIEW,
        "“催发货”会话复盘",
        24,
        (
            "看到客户催就急着回“尽快”，没先去查物流。",
            "读起来像在敷衍，客户等于没得到答案。",
            "“尽快”这类话说惯了，没有给具体时间。",
            "“我刚查了，包裹今晚 8 点从义乌发出，明天上午给您更新单号，您看可以吗？”",
            "物流页面打开慢，组长去问仓库要发货时间表。",
        ),
        (("回复发货问题前先查物流，说到具体几点", 7), ("每天收工前读一通满分会话", 14)),
        rating=5,
        words="把“尽快”换成具体时间，客户追问真的少了。",
        done=2,
    ),
    Talk(
        "lead",
        "agent",
        REVIEW,
        "结束会话前的确认",
        9,
        (
            "客户说“好的”就以为结束了。",
            "客户其实还想问能不能开票。",
            "着急接下一通，没有收尾的习惯。",
            "“发票我也帮您备注好了，还有别的要我一起办吗？”",
            "",
        ),
        (("每通结束前问一句还有没有别的", 7), ("周五和梦瑶互听三通", 5)),
        rating=4,
        done=1,
    ),
    Talk(
        "lead",
        "limengyao",
        WEEKLY,
        "第二周周谈",
        16,
        (
            "能独立处理改地址了，有一通客户专门道谢。",
            "钢笔墨囊的适配还要查表。",
            "有问题找浩浩，答得很快。",
            "墨囊适配表背下来，首次响应稳定在 15 秒内。",
        ),
        (("墨囊适配表默写一遍", 6),),
        rating=5,
        words="知道自己哪里还不行了。",
        done=1,
    ),
    Talk(
        "lead",
        "zhanghaoran",
        REVIEW,
        "沉默超过三分钟的会话",
        3,
        (
            "查库存的时候没想到要先说一声。",
            "客户以为没人了，连发三个问号。",
            "多窗口切来切去，忘了先应。",
            "“我去查一下库存，两分钟内回您。”",
            "",
        ),
        (("查询前先告诉客户要等多久", 7),),
        signed="coach",
    ),
    Talk(
        "supervisor",
        "agent2",
        REVIEW,
        "退款时效怎么说",
        4,
        (
            "以为规则是 24 小时，没有再看 SOP。",
            "",
            "规则更新后没看通知。",
            "“退款审核通过后，原路退回，一般 1–3 个工作日到账。”",
            "更新的规则请在群里标出来。",
        ),
        (("读一遍售后 SOP 的退款部分，做一次自测", 5),),
        signed="none",
    ),
    Talk(
        "lead",
        "agent",
        CARE,
        "最近的状态",
        6,
        (
            "晚班连着上了两周，睡不好。",
            "难缠的客户多，下班后还在想。",
            "下周换两天白班，接待上限先降到 5 个。",
            "下周五再聊一次。",
        ),
        (("排班调整后反馈一次", 7),),
        rating=5,
        words="谢谢您愿意听。",
        confidential=True,
    ),
    Talk("lead", "limengyao", WEEKLY, "第四周周谈", -2),
    Talk(
        "supervisor",
        "lead",
        CARE,
        "带组三个月",
        30,
        (
            "带人比自己接待累，但看到新人进步很开心。",
            "排班和临时顶班。",
            "每周留半天不接待，专门听录音。",
            "下个月初。",
        ),
        (("每周三下午不排接待", 14),),
        rating=4,
    ),
    Talk(
        "supervisor-b",
        "agent-b",
        REVIEW,
        "保质期怎么回答",
        12,
        (
            "看错了批次。",
            "客户担心买到临期的。",
            "没有核对批次就回复。",
            "“这批是 9 月生产的，保质期 10 个月，到您手上还有 8 个月以上。”",
            "",
        ),
        (("回答保质期前先看批次表", 7),),
        rating=4,
        done=1,
    ),
)


def run(context: Any) -> str:
    """Hold the sessions, newest last; and one for each case that waits for help other than a lesson, up to three."""
    load_starter(at=context.at)
    templates = {one.slug: one for one in db.session.scalars(select(CoachingTemplate)) if one.slug}
    made = [_talk(context, talk, templates[talk.template]) for talk in sorted(TALKS, key=lambda talk: -talk.days)]
    made += _for_cases(context, templates[REVIEW])
    waiting = sum(session.state is SessionState.HELD for session in made)
    return f"{len(made)} 次面谈，{waiting} 次等签字"


def _talk(context: Any, talk: Talk, template: CoachingTemplate) -> CoachingSession:
    coach, agent = context.person(talk.coach), context.person(talk.agent)
    when = context.days_ago(talk.days, hour=15)
    begun = min(when - timedelta(days=1), context.at)
    findings = [one for one in evidence_choices(coach, agent.id, when) if one.at < begun][:2]
    session = plan_session(
        actor=coach,
        agent=agent,
        template=template,
        title=talk.title,
        planned_at=when,
        at=begun,
        confidential=talk.confidential,
        evidence=findings if talk.template == REVIEW else [],
    )
    if talk.days < 0:
        return session
    day = to_local(when).date()
    plan = [PlanLine(text, day + timedelta(days=days)) for text, days in talk.plan]
    save_draft(actor=coach, session=session, rev=0, notes=talk.notes, plan=plan)
    hold_session(actor=coach, session=session, at=when + timedelta(minutes=35))
    if talk.signed in ("coach", "both"):
        _sign(coach, session, when, hours=1)
    if talk.signed == "both":
        _sign(agent, session, when, hours=20)
        for item in session.plan[: talk.done]:
            done_at = when + timedelta(days=4)
            tick_item(actor=agent, session=session, item_id=item.id, done=True, at=min(done_at, context.at))
    if talk.rating is not None:
        rate_session(actor=agent, session=session, rating=talk.rating, note=talk.words)
    return session


def _sign(person: Person, session: CoachingSession, when: Any, *, hours: int) -> None:
    sign_session(actor=person, session=session, seen=digest(agreed_of(session)), at=when + timedelta(hours=hours))


def _for_cases(context: Any, template: CoachingTemplate) -> list[CoachingSession]:
    """A planned session for what a lesson did not mend."""
    query = (
        select(RemedialCase)
        .where(RemedialCase.state == CaseState.TRAINING, RemedialCase.help != Help.LESSON)
        .order_by(RemedialCase.id)
        .limit(3)
    )
    made = []
    for case in db.session.scalars(query):
        coach = context.person("supervisor" if case.shop_id == context.shop("songguo").id else "supervisor-b")
        wanted = finding_ids_of_case(case.id)
        findings = [one for one in evidence_choices(coach, case.agent_id, context.at, wanted) if one.id in wanted]
        made.append(
            plan_session(
                actor=coach,
                agent=case.agent,
                template=template,
                title=_("补训之后：%(name)s", name=case.criterion.name),
                planned_at=context.days_ago(-1, hour=16),
                at=context.at,
                evidence=findings,
                case=case,
            )
        )
    return made


DEMO_STEPS = (DemoStep(92, "辅导面谈", run),)
