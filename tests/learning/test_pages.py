"""Pages of learning: my tasks, records, the team, assigning, competencies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.kernel.clock import from_local, now, to_local
from lms.learning.cards import cards_for
from lms.learning.enums import AssignmentReason, AssignmentState, Verb
from lms.learning.models import Assignment, Competency
from lms.learning.services import write_record
from lms.people.enums import Role
from lms.web.sheets import read_sheet
from tests.factories import make_activity, make_assignment, make_competency, make_person, make_shop, make_team

MAX_BYTES = 60_000
MAX_STATEMENTS = 10


def score(person, activity, value, key=""):
    return write_record(
        actor=person,
        verb=Verb.PASSED,
        activity=activity,
        at=now(),
        idempotency_key=key or f"{person.id}-{activity.id}",
        score=value,
        success=True,
        completion=True,
    )


def visit(client, url, session, count_queries):
    session.commit()
    session.expunge_all()
    with count_queries() as counted:
        page = client.get(url)
    assert page.status_code == 200
    return page, counted.count


# --- every list at one and at three rows ---------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("viewer", "url", "statements"),
    [
        ("agent", "/learning/tasks", 7),
        ("agent", "/learning/records", 6),
        ("supervisor", "/learning/team", 7),
        ("supervisor", "/learning/team/export", 6),
        ("supervisor", "/learning/people/{agent}", 9),
        ("supervisor", "/learning/activities/{activity}", 7),
        ("supervisor", "/learning/assign", 4),
        ("supervisor", "/learning/assign?activity_id={activity}", 9),
        ("trainer", "/learning/competencies", 4),
    ],
)
def test_statements_do_not_grow_with_the_rows(cast, session, sign_in, count_queries, rows, viewer, url, statements):
    activities = [make_activity(f"活动{n}", shop=cast.shop) for n in range(rows)]
    for n in range(rows):
        member = make_person(f"组员{n}", Role.AGENT, Role.EVALUATOR, team=cast.team_a)
        for activity in activities:
            make_assignment(member, activity)
        make_assignment(cast.agent, activities[n], due_at=now() - timedelta(days=n))
        score(cast.agent, make_activity(f"活动{n}的练习", shop=cast.shop), 0.8)
        activities[n].competencies.append(make_competency(shop=cast.shop))
    url = url.format(agent=cast.agent.id, activity=activities[0].id)
    client = sign_in(cast.people()[viewer])
    page, count = visit(client, url, session, count_queries)
    if "export" not in url:
        assert "活动0" in page.text or "组员0" in page.text or "能力项" in page.text
    assert count == statements


@pytest.mark.parametrize("rows", [1, 3])
def test_cards_of_the_start_page_take_one_statement_each(cast, session, count_queries, rows):
    for n in range(rows):
        make_assignment(make_person(f"组员{n}", team=cast.team_a), make_activity(), due_at=now() - timedelta(days=1))
        make_assignment(cast.supervisor, make_activity())
    session.commit()
    assert cast.supervisor.access.permissions
    with count_queries() as counted:
        cards = cards_for(cast.supervisor, now())
    assert [card.context["total"] for card in cards] == [rows, rows]
    assert counted.count == 3  # and one asks what is locked


def test_a_big_matrix_stays_small(cast, session, sign_in, count_queries):
    """120 people × 30 tasks with long titles, all cells filled."""
    activities = [
        make_activity(f"{n} 大促前必修：退换货流程、运费险与价保规则全解（含偏远地区）", shop=cast.shop)
        for n in range(30)
    ]
    people = [make_person(f"客服专员小组成员{n:03d}", team=cast.team_a) for n in range(120)]
    at, due = now(), now() + timedelta(days=3)
    session.add_all(
        Assignment(person_id=p.id, activity_id=a.id, reason=AssignmentReason.CAMPAIGN, due_at=due, created_at=at)
        for p in people
        for a in activities
    )
    session.flush()
    for person in people[:30]:
        score(person, activities[-1], 0.85)
    client = sign_in(cast.supervisor)
    for url in (
        "/learning/team",
        "/learning/team?page=2&tasks=3",
        f"/learning/activities/{activities[0].id}",
        "/learning/assign",
    ):
        page, count = visit(client, url, session, count_queries)
        assert count <= MAX_STATEMENTS, url
        assert len(page.data) <= MAX_BYTES, (url, len(page.data))
    rows = read_sheet(client.get("/learning/team/export").get_data(), "t.xlsx")
    assert len(rows) == 1 + 120 + 5  # the others of the branch
    assert len(rows[0]) == 6 + 3 * 30


# --- my tasks and records ------------------------------------------------------------------------------------------


def test_my_tasks_show_what_is_late_and_what_is_done(cast, session, sign_in):
    make_assignment(cast.agent, make_activity("昨天该交的"), due_at=now() - timedelta(days=1)).note = "看完找我聊聊"
    make_assignment(cast.agent, make_activity("后天的课"))
    finished = make_activity("做完的课")
    make_assignment(cast.agent, finished)
    score(cast.agent, finished, 1.0)
    make_assignment(cast.agent2, make_activity("别人的课"))
    session.commit()
    page = sign_in(cast.agent).get("/learning/tasks").text
    assert page.index("昨天该交的") < page.index("后天的课") < page.index("已完成") < page.index("做完的课")
    assert page.count("已逾期") == 1
    assert "看完找我聊聊" in page
    assert "别人的课" not in page


def test_empty_pages_say_what_comes_next(cast, sign_in):
    assert "没有未完成的任务" in sign_in(cast.agent).get("/learning/tasks").text
    assert "还没有学习记录" in sign_in(cast.agent).get("/learning/records").text
    assert "团队里还没有培训任务" in sign_in(cast.lead).get("/learning/team").text
    assert "还没有可以布置的内容" in sign_in(cast.lead).get("/learning/assign").text
    assert "还没有能力项" in sign_in(cast.trainer).get("/learning/competencies").text


def test_activity_of_a_plugin_that_is_gone_stays_readable(cast, session, sign_in):
    activity = make_activity("旧插件的内容", kind="no-such-plugin")
    make_assignment(cast.agent, activity)
    score(cast.agent, activity, 0.5)
    make_assignment(cast.agent, activity)
    session.commit()
    for person, url in (
        (cast.agent, "/learning/tasks"),
        (cast.agent, "/learning/records"),
        (cast.agent, "/"),
        (cast.lead, "/learning/team"),
        (cast.lead, f"/learning/activities/{activity.id}"),
    ):
        page = sign_in(person).get(url)
        assert page.status_code == 200
        assert "旧插件的内容" in page.text


def test_peers_can_not_see_each_other_by_any_route(cast, session, sign_in):
    activity = make_activity("甲店的练习", shop=cast.shop)
    make_assignment(cast.agent2, activity)
    score(cast.agent2, activity, 0.4321)
    session.commit()
    client = sign_in(cast.agent)
    for url in (
        "/learning/team",
        "/learning/team/export",
        f"/learning/people/{cast.agent2.id}",
        f"/learning/activities/{activity.id}",
        f"/learning/assign?activity_id={activity.id}",
        f"/people/{cast.agent2.id}",
        "/people",
        "/people/export",
    ):
        assert client.get(url).status_code == 403, url
    for url in ("/", "/learning/tasks", "/learning/records"):
        page = client.get(url).text
        assert "白小客" not in page
        assert "43" not in re.sub(
            r'<input[^>]*csrf[^>]*>|hx-headers=\'[^\']*\'|\?v=\w+|[\w-]*\.(?:css|js|svg)\S*|d="[^"]*"', "", page
        )


# --- the team ------------------------------------------------------------------------------------------------------


def test_other_branches_and_shops_do_not_exist(cast, session, sign_in):
    foreign = make_activity("乙店内训", shop=cast.other_shop)
    make_assignment(cast.other_agent, foreign)
    session.commit()
    for viewer in (cast.lead, cast.supervisor, cast.trainer):
        client = sign_in(viewer)
        assert client.get(f"/learning/people/{cast.other_agent.id}").status_code == 404
        assert client.get(f"/learning/activities/{foreign.id}").status_code == 404
        assert client.get(f"/learning/assign?activity_id={foreign.id}").status_code == 404
        for url in ("/learning/team", f"/learning/team?task={foreign.id}", f"/learning/team?team={cast.other_team.id}"):
            page = client.get(url).text
            assert "乙店内训" not in page
            assert "乙客服" not in page
    assert sign_in(cast.lead).get(f"/learning/people/{cast.agent2.id}").status_code == 404


def test_a_shared_agents_other_client_is_hidden(cast, session, sign_in):
    """The agent works for both shops; 甲's trainer reads nothing of what 乙 trains."""
    both = make_person("双店客服", team=make_team(shops=[cast.shop, cast.other_shop]))
    for title, shop in (("甲店课程", cast.shop), ("乙店机密课程", cast.other_shop)):
        activity = make_activity(title, shop=shop)
        make_assignment(both, activity)
        score(both, make_activity(title + "记录", shop=shop), 0.5)
    session.commit()
    client = sign_in(cast.trainer)
    for url in (f"/learning/people/{both.id}", "/learning/team", "/"):
        page = client.get(url).text
        assert "乙店机密" not in page, url
    assert "甲店课程记录" in client.get(f"/learning/people/{both.id}").text
    cells = read_sheet(client.get("/learning/team/export").get_data(), "t.xlsx")
    assert "乙店机密" not in str(cells)
    assert "甲店课程" in str(cells)


def test_export_holds_what_the_screen_shows(cast, session, sign_in):
    at = now()
    activity = make_activity('=HYPERLINK("http://x","点我")', shop=cast.shop)
    make_assignment(cast.agent, activity, due_at=at - timedelta(days=1))
    make_assignment(cast.agent2, activity)
    score(cast.agent2, activity, 0.875)
    session.commit()
    client = sign_in(cast.supervisor)
    rows = read_sheet(client.get("/learning/team/export?state=overdue").get_data(), "t.xlsx")
    assert [row[0] for row in rows[1:]] == ["安小客"]
    assert rows[1][1:6] == ["agent", "甲客服部/甲A组", 0.0, 1.0, 0.0]
    assert rows[1][6:8] == ["已逾期", ""]
    assert rows[1][8] == to_local(at - timedelta(days=1)).replace(tzinfo=None, microsecond=0)
    rows = read_sheet(client.get(f"/learning/team/export?team={cast.team_b.id}").get_data(), "t.xlsx")
    assert [(row[0], row[6], row[7]) for row in rows[1:]] == [("白小客", "已完成", 87.5)]
    assert rows[0][6].startswith("=HYPERLINK")  # text, not a formula: it came back as it was


def test_managers_are_not_among_the_overdue(cast, session, sign_in):
    activity = make_activity("迟了的课", shop=cast.shop)
    for person in (cast.agent, cast.lead, cast.supervisor):
        make_assignment(person, activity, due_at=now() - timedelta(days=1))
    session.commit()
    client = sign_in(cast.supervisor)
    page = client.get("/learning/team?state=overdue").text
    assert "安小客" in page
    assert "李组长" not in page
    assert "苏主管" not in page.split("<table")[1]
    card = client.get("/").text
    assert "安小客" in card
    assert "李组长" not in card


@pytest.mark.parametrize(
    "query", ["page=0", "page=-3", "page=x", "tasks=99", "tasks=x", "team=x", "state=<b>", "task=0"]
)
def test_nonsense_in_the_address_is_harmless(cast, session, sign_in, query):
    make_assignment(cast.agent, make_activity())
    session.commit()
    assert sign_in(cast.lead).get(f"/learning/team?{query}").status_code == 200


# --- assigning -----------------------------------------------------------------------------------------------------


def post(client, activity, **data):
    return client.post(f"/learning/assign?activity_id={activity.id}", data={"reason": "by_hand", **data})


def given(session, activity):
    return set(session.scalars(select(Assignment.person_id).where(Assignment.activity_id == activity.id)))


def test_assign_people_and_teams_with_due_time_reason_and_note(cast, session, sign_in):
    activity = make_activity("新课", shop=cast.shop)
    session.commit()
    due = (to_local(now()) + timedelta(days=3)).replace(second=0, microsecond=0, tzinfo=None)
    answer = post(
        sign_in(cast.supervisor),
        activity,
        teams=[str(cast.team_a.id)],
        people=[str(cast.agent.id), str(cast.agent2.id)],
        due_at=due.strftime("%Y-%m-%dT%H:%M"),
        reason="campaign",
        note="大促前学完",
    )
    assert answer.location == f"/learning/activities/{activity.id}"
    assert given(session, activity) == {cast.agent.id, cast.agent2.id, cast.lead.id}
    made = session.scalars(select(Assignment).where(Assignment.person_id == cast.agent.id)).one()
    assert (made.due_at, made.reason, made.note) == (from_local(due), AssignmentReason.CAMPAIGN, "大促前学完")


def test_assigning_again_tells_how_many_had_it(cast, session, sign_in):
    activity = make_activity(shop=cast.shop)
    make_assignment(cast.agent, activity)
    session.commit()
    client = sign_in(cast.supervisor)
    post(client, activity, people=[str(cast.agent.id), str(cast.agent2.id)])
    page = client.get(f"/learning/activities/{activity.id}").text
    assert "布置给 1 人" in page
    assert "1 人手上已有" in page
    assert session.query(Assignment).count() == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "还没有选人"),
        ({"people": ["agent"], "due_at": "2020-01-01T00:00"}, "截止时间必须晚于现在"),
        ({"people": ["agent"], "due_at": "tomorrow"}, "截止时间"),
        ({"people": ["agent"], "reason": "because"}, "布置原因"),
        ({"people": ["agent"], "note": "长" * 501}, "给学员的话"),
        ({"people": ["other_agent"]}, "个人"),
        ({"teams": ["other_team"]}, "整个团队"),
        ({"people": ["agent2"]}, "个人"),
    ],
)
def test_bad_forms_assign_nothing(cast, session, sign_in, data, told):
    activity = make_activity(shop=cast.shop)
    session.commit()
    filled = {
        key: [str(getattr(cast, v).id) for v in value] if isinstance(value, list) else value
        for key, value in data.items()
    }
    answer = post(sign_in(cast.lead), activity, **filled)
    assert answer.status_code == 422
    assert told in answer.text
    assert given(session, activity) == set()


def test_people_beyond_the_shown_ones_can_be_found_and_chosen(cast, session, sign_in):
    activity = make_activity(shop=cast.shop)
    members = [make_person(f"组员{n:03d}", team=cast.team_a) for n in range(70)]
    session.commit()
    client = sign_in(cast.lead)
    first = client.get(f"/learning/assign?activity_id={activity.id}").text
    assert "组员069" not in first
    assert "共 72 人" in first
    assert "组员069" in client.get(f"/learning/assign?activity_id={activity.id}&q=069").text
    assert post(client, activity, people=[str(members[69].id)]).status_code == 302
    assert given(session, activity) == {members[69].id}


def test_archived_activities_are_not_given_out(cast, session, sign_in):
    activity = make_activity(shop=cast.shop)
    activity.archived_at = now()
    session.commit()
    answer = post(sign_in(cast.lead), activity, people=[str(cast.agent.id)])
    assert answer.status_code == 422
    assert "已归档" in answer.text


def test_cancel_from_the_page(cast, session, sign_in):
    task = make_assignment(cast.agent, make_activity(shop=cast.shop))
    session.commit()
    url = f"/learning/assignments/{task.id}/cancel"
    for stranger, status in (
        (cast.agent, 403),
        (cast.evaluator, 403),
        (cast.other_lead, 404),
        (cast.other_trainer, 404),
    ):
        assert sign_in(stranger).post(url).status_code == status
    assert sign_in(cast.lead).post(url).location == f"/learning/people/{cast.agent.id}"
    session.expire_all()
    assert task.state is AssignmentState.CANCELLED


# --- competencies --------------------------------------------------------------------------------------------------


def test_competencies_of_ones_shops(cast, session, sign_in):
    make_competency("共用能力项")
    own = make_competency("甲店能力项", shop=cast.shop)
    foreign = make_competency("乙店能力项", shop=cast.other_shop)
    session.commit()
    client = sign_in(cast.trainer)
    page = client.get("/learning/competencies").text
    assert ("共用能力项" in page, "甲店能力项" in page, "乙店能力项" in page) == (True, True, False)
    assert client.post(f"/learning/competencies/{own.id}/archive").status_code == 302
    for action in ("", "/archive", "/restore"):
        assert client.post(f"/learning/competencies/{foreign.id}{action}").status_code == 404
    assert "甲店能力项" not in client.get("/learning/competencies").text
    assert "甲店能力项" in client.get("/learning/competencies?archived=1").text


def test_only_administrators_write_what_all_shops_share(cast, session, sign_in):
    shared = make_competency("共用能力项")
    session.commit()
    data = {"code": "X1", "name": "改名", "dimension": "skill", "description": ""}
    assert sign_in(cast.trainer).post(f"/learning/competencies/{shared.id}", data=data).status_code == 422
    answer = sign_in(cast.trainer).post("/learning/competencies/new", data={**data, "shop_id": "0"})
    assert answer.status_code == 422
    assert sign_in(cast.admin).post(f"/learning/competencies/{shared.id}", data=data).status_code == 302
    session.expire_all()
    assert session.get(Competency, shared.id).name == "改名"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": "K"}, "已经用了"),
        ({"code": ""}, "请填写编号"),
        ({"dimension": "x"}, "维度"),
        ({"shop_id": "99"}, "店铺"),
    ],
)
def test_bad_competency_forms(cast, session, sign_in, changes, told):
    make_competency(shop=cast.shop).code = "K"
    make_shop()
    session.commit()
    data = {"code": "S1", "name": "安抚", "dimension": "skill", "shop_id": str(cast.shop.id), "description": ""}
    answer = sign_in(cast.trainer).post("/learning/competencies/new", data={**data, **changes})
    assert answer.status_code == 422
    assert told in answer.text
    assert session.query(Competency).count() == 1
