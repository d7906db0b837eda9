"""What each role gets on the routes of programmes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from courses.programmes.models import Enrolment
from lms.kernel.clock import now
from tests.conftest import Cast
from tests.courses.permissions import _row
from tests.courses.programmes.conftest import build_week
from tests.factories import make_activity, make_person

EVERYBODY = _row(302, 200, 200, 200, 200, 200, 200)
EVERYBODY_SENT_ON = _row(302, 302, 302, 302, 302, 302, 302)
TEAM = _row(302, 403, 200, 200, 403, 200, 200)
TEAM_DONE = _row(302, 403, 303, 303, 403, 303, 303)
TRAINERS = _row(302, 403, 403, 403, 403, 200, 200)
TRAINERS_SENT_ON = _row(302, 403, 403, 403, 403, 302, 302)
TRAINERS_DONE = _row(302, 403, 403, 403, 403, 303, 303)

EXPECTED: dict[str, dict[str, int]] = {
    "programmes.index": EVERYBODY,
    "programmes.mine": _row(302, 200, 404, 404, 404, 404, 404),
    "programmes.of_activity": EVERYBODY_SENT_ON,
    "programmes.about": EVERYBODY,
    "programmes.team": TEAM,
    "programmes.matrix": TEAM,
    "programmes.export": TEAM,
    "programmes.remind_all": TEAM_DONE,
    "programmes.attendance": TEAM,
    "programmes.person": TEAM,
    "programmes.mark": TEAM_DONE,
    "programmes.remind_one": TEAM_DONE,
    "programmes.start": TEAM_DONE,
    "programme_building.index": TRAINERS,
    "programme_building.new": TRAINERS,
    "programme_building.new [POST]": TRAINERS_DONE,
    "programme_building.edit": TRAINERS,
    "programme_building.save": TRAINERS_DONE,
    "programme_building.pick": TRAINERS,
    "programme_building.add": TRAINERS_DONE,
    "programme_building.put_away": TRAINERS_DONE,
    "programme_building.moving": TRAINERS,
    "programme_building.move": TRAINERS_DONE,
    "programme_building.of_activity": TRAINERS_SENT_ON,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    at = now()
    week = build_week(cast.trainer, cast.shop, at=at, title="甲店五天上手计划")
    newcomer = make_person("甲店新人小苗", team=cast.team_a)
    enrolment: Enrolment = week.give(cast.trainer, newcomer, at=at)[0]
    own: Enrolment = week.give(cast.trainer, cast.agent, at=at)[0]
    extra = make_activity("甲店进阶课", shop=cast.shop)
    programme, run = {"programme_id": week.programme.id}, {"enrolment_id": enrolment.id}
    activity = {"activity_id": week.programme.activity_id}
    base = str(week.programme.revision)
    fields = {"title": "甲店五天上手计划", "summary": "甲店的路", "base": base, "op": "day:add"}
    return {
        "programmes.mine": {"args": {"enrolment_id": own.id}},
        "programmes.of_activity": {"args": activity},
        "programmes.about": {"args": programme},
        "programmes.matrix": {"args": programme},
        "programmes.export": {"args": programme},
        "programmes.remind_all": {"args": programme},
        "programmes.attendance": {"args": programme},
        "programmes.person": {"args": run},
        "programmes.mark": {"args": run, "data": {"status": "present", "day": "1", "note": "甲店到岗"}},
        "programmes.remind_one": {"args": run},
        "programmes.start": {"args": run, "data": {"start": at.date().isoformat()}},
        "programme_building.new [POST]": {
            "data": {"title": "甲店新计划", "shop_id": str(cast.shop.id), "source": str(week.programme.id)}
        },
        "programme_building.edit": {"args": programme},
        "programme_building.save": {"args": programme, "data": fields},
        "programme_building.pick": {"args": programme},
        "programme_building.add": {
            "args": programme,
            "data": {"day": "2", "slot": "step", "activity": str(extra.id), "base": base},
        },
        "programme_building.put_away": {"args": programme},
        "programme_building.moving": {"args": programme},
        "programme_building.move": {"args": programme, "data": {"enrolment": str(enrolment.id)}},
        "programme_building.of_activity": {"args": activity},
    }
