"""The pages of programmes, walked as the people who use them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.programmes.authoring import publish, save_draft
from courses.programmes.definition import Day, Gate, Step, from_json, with_day
from courses.programmes.enums import ProgrammeState
from courses.programmes.models import Attendance, Enrolment, Programme
from lms.learning.enums import Dimension
from lms.people.enums import Role
from lms.people.models import Person
from lms.web.sheets import read_sheet
from tests.conftest import Cast, Counted
from tests.courses.conftest import write_lesson
from tests.courses.programmes.conftest import Week, build_week, clock, finish
from tests.factories import make_activity, make_person

SignIn = Callable[[Person], FlaskClient]


def text_of(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


@time_machine.travel(clock(2, 10), tick=False)
def test_a_lesson_of_day_two_by_its_address_is_refused_with_the_reason(
    session: scoped_session, cast: Cast, sign_in: SignIn
) -> None:
    lesson = write_lesson(cast.trainer, cast.shop, title="甲店第二天课", dimension=Dimension.SKILL)
    week = build_week(cast.trainer, cast.shop)
    definition = from_json(week.programme.draft)
    day = definition.days[1]
    kept = with_day(definition, 2, Day(day.title, steps=(Step(lesson.activity_id),), gate=day.gate))
    save_draft(
        actor=cast.trainer, programme=week.programme, title=week.programme.title, summary="", definition=kept,
        base=week.programme.revision, at=clock(2, 8),
    )  # fmt: skip
    publish(actor=cast.trainer, programme=week.programme, at=clock(2, 8))
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    session.commit()
    client = sign_in(cast.agent)
    answer = client.get(f"/lessons/{lesson.id}")
    assert answer.status_code == 403
    page = text_of(answer)
    assert "第 2 天的内容，通过第 1 天的关卡“甲店第一天小测”（80 分）后开放。" in page
    assert "看我的培训计划" in page
    assert client.post(f"/lessons/{lesson.id}/finish").status_code == 403
    assert sign_in(cast.agent2).get(f"/lessons/{lesson.id}").status_code == 200
    for activity, score in ((week.lesson, None), (week.checklist, None), (week.gate1, 0.9)):
        finish(cast.agent, activity, clock(2, 10), score)
    session.commit()
    assert client.get(f"/lessons/{lesson.id}").status_code == 200


@time_machine.travel(clock(2, 10), tick=False)
def test_an_agent_sees_the_day_its_steps_and_why_the_rest_is_locked(
    session: scoped_session, cast: Cast, week: Week, sign_in: SignIn,
    count_queries: Callable[..., AbstractContextManager[Counted]],
) -> None:  # fmt: skip
    client = sign_in(cast.agent)
    assert "还没有培训计划" in text_of(client.get("/programmes/"))
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    finish(cast.agent, week.lesson, clock(2, 9, 30))
    session.commit()
    with count_queries() as counted:
        page = text_of(client.get("/programmes/"))
    assert counted.count <= 10
    assert "第 1 天" in page
    assert "1 / 3" in page
    assert "第 2 天的内容，通过第 1 天的关卡“甲店第一天小测”（80 分）后开放。" in page
    with count_queries() as counted:
        start = text_of(client.get("/"))
    assert counted.count <= 10
    assert "第 1 天 / 2" in start
    assert start.index("甲店新人周") < start.index("今日任务</h2>")  # the programme before the list of everything
    assert "甲店跟岗清单" in start
    assert client.get(f"/programmes/mine/{enrolment.id}").status_code == 200
    assert sign_in(cast.agent2).get(f"/programmes/mine/{enrolment.id}").status_code == 404


@time_machine.travel(clock(4, 5), tick=False)
def test_the_matrix_says_who_is_stuck_and_where_and_exports_the_same(
    session: scoped_session, cast: Cast, week: Week, sign_in: SignIn, done_day_one: Callable[..., None],
    count_queries: Callable[..., AbstractContextManager[Counted]],
) -> None:  # fmt: skip
    people = [cast.agent, cast.agent2, *(make_person(f"甲新人{n}", team=cast.team_a) for n in range(3))]
    enrolments = week.give(cast.trainer, *people, at=clock(2, 9))
    done_day_one(week, cast.agent, 2)
    finish(cast.agent2, week.gate1, clock(2, 10), 0.3)
    finish(cast.agent2, week.gate1, clock(2, 11), 0.4)
    session.commit()
    client = sign_in(cast.supervisor)
    here = f"/programmes/team/{week.programme.id}"
    with count_queries() as counted:
        page = text_of(client.get(here))
    assert counted.count <= 10
    assert "关卡“甲店第一天小测”未过 2 次" in page
    assert "没做完“甲店规则入门”" in page
    stuck = text_of(client.get(f"{here}?state=stuck&q=白"))
    assert "白小客" in stuck
    assert "安小客" not in stuck
    rows = read_sheet(client.get(f"{here}/export?state=stuck").get_data(), "x.xlsx")
    assert len(rows) == 1 + 4
    line = next(row for row in rows if row[0] == "白小客")
    assert line[3:6] == ["卡住", 1, "关卡“甲店第一天小测”未过 2 次"]
    detail = text_of(client.get(f"/programmes/team/enrolments/{enrolments[1].id}"))
    assert "未过 2 次" in detail
    lead = sign_in(cast.lead)  # the lead of team A
    assert "白小客" not in text_of(lead.get(here))
    assert lead.get(f"/programmes/team/enrolments/{enrolments[1].id}").status_code == 404
    other = sign_in(cast.other_supervisor)
    assert other.get(here).status_code == 404
    assert other.get(f"/programmes/team/enrolments/{enrolments[0].id}").status_code == 404
    answer = client.post(f"{here}/remind?state=stuck", follow_redirects=True)
    assert "已提醒 4 人" in text_of(answer)


@time_machine.travel(clock(2, 10), tick=False)
def test_the_roll_lists_who_is_late_and_takes_marks(
    session: scoped_session, cast: Cast, week: Week, sign_in: SignIn
) -> None:
    early, late = week.give(cast.trainer, cast.agent, make_person("甲迟到的", team=cast.team_a), at=clock(2, 9))
    finish(cast.agent, week.lesson, clock(2, 9, 20))
    session.commit()
    client = sign_in(cast.lead)
    here = f"/programmes/team/{week.programme.id}/attendance"
    missed = text_of(client.get(f"{here}?only=missed"))
    assert "甲迟到的" in missed
    assert "安小客" not in missed
    client.post(
        f"/programmes/team/enrolments/{late.id}/attendance", data={"status": "excused", "day": "1", "note": "看病"}
    )
    session.refresh(late)
    assert late.marks == {"1": "excused"}
    assert [mark.status.value for mark in session.scalars(select(Attendance).order_by(Attendance.id))] == [
        "present",
        "excused",
    ]
    nonsense = client.post(f"/programmes/team/enrolments/{early.id}/attendance", data={"status": "x", "day": "zz"})
    assert nonsense.status_code == 303
    assert client.post(
        f"/programmes/team/enrolments/{early.id}/attendance", data={"status": "late", "day": "99"}
    ).status_code == 400  # fmt: skip
    assert client.post(f"/programmes/team/enrolments/{early.id}/start", data={"start": "2026-13-45"}).status_code == 303


@time_machine.travel(clock(2, 10), tick=False)
def test_a_trainer_builds_a_programme_from_nothing(session: scoped_session, cast: Cast, sign_in: SignIn) -> None:
    lesson = make_activity("甲店必修课", shop=cast.shop)
    quiz = make_activity("甲店过关测", kind="quiz", shop=cast.shop)
    foreign = make_activity("乙店的课", shop=cast.other_shop)
    session.commit()
    client = sign_in(cast.trainer)
    made = client.post("/programmes/manage/new", data={"title": "甲店三天班", "shop_id": cast.shop.id, "source": ""})
    programme = session.scalars(select(Programme)).one()
    here = f"/programmes/manage/{programme.id}"
    assert made.location.endswith(here)
    fields = {"title": "甲店三天班", "summary": "", "d1-title": "第一天", "d1-offset": "1", "d1-attendance": "1"}

    def send(**more: str) -> str:
        session.refresh(programme)
        data = {**fields, "base": str(programme.revision), **{k.replace("_", "-"): v for k, v in more.items()}}
        return text_of(client.post(here, data=data, follow_redirects=True))

    assert "第 1 天还是空的" in send(op="publish")
    page = send(op="pick:step:1")
    assert "甲店必修课" in page
    assert "乙店的课" not in page
    base = str(programme.revision)
    client.post(f"{here}/add", data={"day": "1", "activity": [str(lesson.id), str(foreign.id)], "base": base})
    session.refresh(programme)
    base = str(programme.revision)
    client.post(f"{here}/add", data={"day": "1", "slot": "gate", "activity": str(quiz.id), "base": base})
    session.refresh(programme)
    day = from_json(programme.draft).days[0]
    assert ([step.activity_id for step in day.steps], day.gate) == ([lesson.id], Gate(quiz.id, 0.8))
    assert "合格线请填 1–100 的分数" in send(d1_cut="八十", op="save")
    assert "开始时间请写成 09:30 这样" in send(d1_start="25:99", op="save")
    assert "别人刚保存了这份计划" in text_of(client.post(here, data={**fields, "base": "0"}, follow_redirects=True))
    assert "已发布第 1 版" in send(d1_cut="85", d1_start="09:30", op="publish")
    session.refresh(programme)
    assert programme.state is ProgrammeState.PUBLISHED
    day = from_json(programme.draft).days[0]
    assert (day.gate, day.start) == (Gate(quiz.id, 0.85), "09:30")
    assert programme.activity.archived_at is None
    assert sign_in(cast.other_trainer).get(here).status_code == 404


def test_a_programme_for_all_shops_is_a_template_for_the_trainer_of_one(
    session: scoped_session, cast: Cast, sign_in: SignIn
) -> None:
    everybodys = build_week(cast.admin, None, title="随附入职周").programme
    session.commit()
    client = sign_in(cast.trainer)
    assert client.get(f"/programmes/manage/{everybodys.id}").status_code == 302
    assert client.get(f"/programmes/manage/{everybodys.id}/pick").status_code == 403
    client.post(
        "/programmes/manage/new", data={"title": "甲店入职周", "shop_id": cast.shop.id, "source": everybodys.id}
    )
    copy = session.scalars(select(Programme).where(Programme.title == "甲店入职周")).one()
    assert copy.draft == everybodys.draft
    assert copy.shop_id == cast.shop.id


def test_moving_people_shows_what_changes(session: scoped_session, cast: Cast, week: Week, sign_in: SignIn) -> None:
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    definition = from_json(week.programme.draft)
    fewer = with_day(definition, 1, Day("第一天 认识岗位", gate=Gate(week.gate1.id, 0.9)))
    save_draft(
        actor=cast.trainer, programme=week.programme, title="甲店新人周", summary="", definition=fewer,
        base=week.programme.revision, at=clock(2, 9),
    )  # fmt: skip
    publish(actor=cast.trainer, programme=week.programme, at=clock(2, 9))
    session.commit()
    client = sign_in(cast.trainer)
    page = text_of(client.get(f"/programmes/manage/{week.programme.id}/moving"))
    assert "合格线：80 → 90 分" in page
    assert "甲店岗位认识" in page
    enrolment = session.scalars(select(Enrolment)).one()
    answer = client.post(
        f"/programmes/manage/{week.programme.id}/move", data={"enrolment": enrolment.id}, follow_redirects=True
    )
    assert "已把 1 人换到第 2 版" in text_of(answer)


@time_machine.travel(clock(2, 11), tick=False)
def test_the_lists_take_the_same_number_of_statements_at_any_length(
    session: scoped_session, cast: Cast, week: Week, sign_in: SignIn,
    count_queries: Callable[..., AbstractContextManager[Counted]],
) -> None:  # fmt: skip
    client = sign_in(cast.supervisor)
    client.get("/programmes/team")
    found: list[list[int]] = []
    for people in (1, 3):
        newcomers = [make_person(f"甲新{people}{n}", Role.AGENT, team=cast.team_a) for n in range(people)]
        week.give(cast.trainer, *newcomers, at=clock(2, 9))
        session.commit()
        found.append([])
        for path in ("team", f"team/{week.programme.id}", f"team/{week.programme.id}/attendance"):
            with count_queries() as counted:
                assert client.get(f"/programmes/{path}").status_code == 200
            found[-1].append(counted.count)
    assert found[0] == found[1]
    assert max(found[0]) <= 10
