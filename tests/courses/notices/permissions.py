"""What each role gets on the routes of notices, cases and briefings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import scoped_session

from courses.briefings.models import Briefing
from courses.briefings.services import draft_briefing, publish_briefing
from courses.cases.services import CaseText, create_case, publish_case
from courses.notices.services import NoticeText, create_notice, publish_notice
from lms.kernel.clock import now, to_local
from tests.conftest import Cast

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CHECK = "问：甲店新规从哪天起？\n+ 12 月 1 日\n- 12 月 12 日\n\n问：甲店旧单怎么办？\n+ 按下单时的规则\n- 一律按新规"


def _row(anonymous: int, agent: int, lead: int, supervisor: int, evaluator: int, trainer: int, admin: int) -> dict:
    names = ("anonymous", "agent", "lead", "supervisor", "evaluator", "trainer", "admin")
    return dict(zip(names, (anonymous, agent, lead, supervisor, evaluator, trainer, admin), strict=True))


EVERYBODY = _row(302, 200, 200, 200, 200, 200, 200)
SENT_ON = _row(302, 302, 302, 302, 302, 302, 302)
DONE = _row(302, 303, 303, 303, 303, 303, 303)
TRAINERS = _row(302, 403, 403, 403, 403, 200, 200)
TRAINERS_DONE = _row(302, 403, 403, 403, 403, 303, 303)
FOLLOWERS = _row(302, 403, 200, 200, 403, 200, 200)
CASE_AUTHORS = _row(302, 403, 403, 200, 200, 200, 200)
CASE_AUTHORS_DONE = _row(302, 403, 403, 303, 303, 303, 303)
BRIEFERS = _row(302, 403, 403, 200, 403, 200, 200)
BRIEFERS_DONE = _row(302, 403, 403, 303, 403, 303, 303)

EXPECTED: dict[str, dict[str, int]] = {
    "notices.index": EVERYBODY,
    "notices.show": EVERYBODY,
    "notices.confirm": DONE,
    "notices.of_activity": SENT_ON,
    "notices.manage": FOLLOWERS,
    "notices.new": TRAINERS,
    "notices.new [POST]": TRAINERS_DONE,
    "notices.edit": TRAINERS,
    "notices.edit [POST]": TRAINERS_DONE,
    "notices.publish": TRAINERS_DONE,
    "notices.close": TRAINERS_DONE,
    "notices.follow": FOLLOWERS,
    "notices.export": FOLLOWERS,
    "notices.nudge": _row(302, 403, 303, 303, 403, 303, 303),
    "cases.index": EVERYBODY,
    "cases.show": EVERYBODY,
    "cases.read": DONE,
    "cases.of_activity": SENT_ON,
    "cases.again": CASE_AUTHORS_DONE,
    "cases.new": CASE_AUTHORS,
    "cases.new [POST]": CASE_AUTHORS_DONE,
    "cases.edit": CASE_AUTHORS,
    "cases.edit [POST]": CASE_AUTHORS_DONE,
    "cases.archive": CASE_AUTHORS_DONE,
    "briefings.index": EVERYBODY,
    "briefings.show": EVERYBODY,
    "briefings.draft": BRIEFERS_DONE,
    "briefings.edit": BRIEFERS,
    "briefings.edit [POST]": BRIEFERS_DONE,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    text = NoticeText("甲店揽收新规", "甲店从下周起当天揽收。", CHECK, date(2026, 12, 1))
    notice = create_notice(actor=cast.trainer, text=text, shop_id=cast.shop.id, at=AT)
    publish_notice(actor=cast.trainer, notice=notice, teams=[cast.team], at=now())
    case = create_case(
        actor=cast.supervisor,
        text=CaseText(
            "甲店两百个包裹", "想让买家快点安心", "没核对就退了款", "没有核对收货数量", "两千元", "先核对再退款"
        ),
        shop_id=cast.shop.id,
        at=AT,
    )
    publish_case(actor=cast.supervisor, case=case, at=AT)
    session.execute(delete(Briefing))
    briefing = draft_briefing(actor=cast.trainer, shop=cast.shop, monday=to_local(now()).date(), at=now())
    briefing.body = "甲店这周的变化。"
    publish_briefing(actor=cast.trainer, briefing=briefing, at=now())
    session.flush()
    here, this = {"notice_id": notice.id}, {"case_id": case.id}
    written = {"title": "甲店新通知", "body": "甲店照新规做。", "check_text": CHECK, "shop_id": str(cast.shop.id)}
    told = {
        "title": "甲店案例",
        "events": "经过",
        "failed_check": "核对",
        "new_rule": "先核对",
        "motive": "",
        "loss": "",
    }
    told |= {"shop_id": str(cast.shop.id), "quiz_activity_id": "", "criterion_id": ""}
    right = _right_answers()
    return {
        "notices.show": {"args": here},
        "notices.confirm": {"args": here, "data": right},
        "notices.of_activity": {"args": {"activity_id": notice.activity_id}},
        "notices.new [POST]": {"data": written},
        "notices.edit": {"args": here},
        "notices.edit [POST]": {"args": here, "data": written | {"base": "1"}},
        "notices.publish": {"args": here, "data": {"teams": str(cast.team.id)}},
        "notices.close": {"args": here},
        "notices.follow": {"args": here},
        "notices.export": {"args": here},
        "notices.nudge": {"args": here},
        "cases.show": {"args": this},
        "cases.read": {"args": this},
        "cases.of_activity": {"args": {"activity_id": case.activity_id}},
        "cases.again": {"args": this, "data": {"happened_on": "2026-11-03", "note": "又没核对"}},
        "cases.new [POST]": {"data": told},
        "cases.edit": {"args": this},
        "cases.edit [POST]": {"args": this, "data": told},
        "cases.archive": {"args": this},
        "briefings.show": {"args": {"briefing_id": briefing.id}},
        "briefings.draft": {"data": {"shop_id": str(cast.shop.id), "day": to_local(now()).date().isoformat()}},
        "briefings.edit": {"args": {"briefing_id": briefing.id}},
        "briefings.edit [POST]": {
            "args": {"briefing_id": briefing.id},
            "data": {"title": "甲店简报", "body": "甲店", "base": briefing.updated_at.isoformat()},
        },
    }


def _right_answers() -> dict[str, str]:
    from courses.notices.questions import code_of, read_questions

    return {f"q{i}": code_of(q.stem, q.right) for i, q in enumerate(read_questions(CHECK).questions)}
