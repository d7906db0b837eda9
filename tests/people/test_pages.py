"""Pages of people, teams and shops."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lms.kernel.db import db
from lms.people.columns import people_headers
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant, Shop, Team
from lms.people.passwords import verify_password
from lms.web.sheets import read_sheet
from tests.factories import PASSWORD, make_person, make_shop, make_team


def reload(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def names_in(page):
    return re.findall(r'<a href="/people/\d+">([^<]+)</a>', page.text)


def fill(person, **changes):
    data = {
        "name": person.name,
        "team_id": str(person.team_id or 0),
        "scope_id": "0",
        "roles": [grant.role.value for grant in person.grants],
    }
    return {**data, **changes}


# --- the list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [1, 3])
@pytest.mark.parametrize(("viewer", "statements"), [("admin", 6), ("supervisor", 6)])
def test_list_takes_the_same_statements_at_any_length(cast, session, sign_in, count_queries, extra, viewer, statements):
    for n in range(extra):
        make_person(f"新人{n}", Role.AGENT, Role.LEAD, team=cast.team_a)
    session.commit()
    client = sign_in(cast.people()[viewer])
    session.expunge_all()
    with count_queries() as counted:
        page = client.get("/people")
    assert len([name for name in names_in(page) if name.startswith("新人")]) == extra
    assert counted.count == statements


def test_people_of_the_branch_only(cast, sign_in):
    assert set(names_in(sign_in(cast.lead).get("/people"))) == {"安小客", "李组长"}
    seen = set(names_in(sign_in(cast.supervisor).get("/people")))
    assert seen == {"安小客", "白小客", "李组长", "苏主管", "唐培训", "伊质检"}
    assert len(names_in(sign_in(cast.admin).get("/people"))) == 12


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=小客", {"安小客", "白小客"}),
        ("q=AGENT2", {"白小客"}),
        ("q=%25", set()),
        ("q=_", {"乙客服", "乙组长", "乙主管", "乙培训", "乙质检"}),
        ("role=lead", {"李组长", "乙组长"}),
        ("role=nonsense&q=组长", {"李组长", "乙组长"}),
        ("team=2", {"安小客", "李组长"}),
        ("team=1&role=agent", {"安小客", "白小客"}),
        ("team=999", set()),
        ("state=left", {"走了"}),
        ("state=all&q=走", {"走了"}),
    ],
)
def test_filters(cast, session, sign_in, query, names):
    make_person("走了", team=cast.team_a, active=False)
    session.commit()
    assert (cast.team.id, cast.team_a.id) == (1, 2)
    assert set(names_in(sign_in(cast.admin).get(f"/people?{query}"))) == names


def test_a_filter_can_not_widen_the_branch(cast, sign_in):
    client = sign_in(cast.lead)
    for query in (f"team={cast.other_team.id}", f"team={cast.team.id}", "role=supervisor", "q=乙", "state=all&q=白"):
        assert set(names_in(client.get(f"/people?{query}"))) <= {"安小客", "李组长"}, query


def test_paging(cast, session, sign_in):
    for n in range(30):
        make_person(f"员工{n:02d}", team=cast.other_team)
    session.commit()
    client = sign_in(cast.admin)
    query = f"/people?team={cast.other_team.id}"
    first, second = names_in(client.get(query)), names_in(client.get(query + "&page=2"))
    assert (len(first), len(second), set(first) & set(second)) == (25, 10, set())
    assert names_in(client.get(query + "&page=99999999999999")) in (first, second)


def test_export_has_the_filter_of_the_screen_and_inert_cells(cast, session, sign_in):
    make_person("=cmd|'/C calc'!A0", team=cast.team_a, account="formula")
    session.commit()
    rows = read_sheet(sign_in(cast.lead).get("/people/export?role=agent").get_data(), "p.xlsx")
    assert rows[0] == [*people_headers()]
    assert {row[0] for row in rows[1:]} == {"agent", "formula"}
    assert "=cmd|'/C calc'!A0" in {row[1] for row in rows[1:]}  # as text: see tests of lms.web.sheets


def test_names_are_escaped(cast, session, sign_in):
    make_person("<script>alert(1)</script>", team=cast.team_a)
    session.commit()
    assert "<script>alert(1)" not in sign_in(cast.admin).get("/people").text


# --- one person ----------------------------------------------------------------------------------------------------


def test_people_outside_the_branch_do_not_exist(cast, sign_in):
    client = sign_in(cast.lead)
    assert client.get(f"/people/{cast.agent.id}").status_code == 200
    for stranger in (cast.agent2, cast.supervisor, cast.other_agent, cast.admin):
        assert client.get(f"/people/{stranger.id}").status_code == 404
    assert client.get("/people/99999").status_code == 404


def test_supervisors_only_read(cast, sign_in):
    client = sign_in(cast.supervisor)
    assert "编辑资料" not in client.get(f"/people/{cast.agent.id}").text
    for action in ("edit", "deactivate", "reactivate", "reset-password"):
        assert client.post(f"/people/{cast.agent.id}/{action}", data=fill(cast.agent)).status_code == 403
    assert reload(cast.agent).active


def test_create_shows_the_password_once(cast, sign_in, app):
    client = sign_in(cast.admin)
    data = {
        "account": "ZhangWei",
        "name": "张伟",
        "team_id": str(cast.team_a.id),
        "scope_id": "0",
        "roles": ["agent", "lead"],
    }
    answer = client.post("/people/new", data=data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    word = re.search(r"<code[^>]*>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</code>", answer.text)[1]
    person = db.session.scalars(select(Person).where(Person.account == "zhangwei")).one()
    assert {grant.role for grant in person.grants} == {Role.AGENT, Role.LEAD}
    assert verify_password(person.password_hash, word)
    assert word not in client.get(f"/people/{person.id}").text
    entering = app.test_client()
    assert entering.post("/sign-in", data={"account": "zhangwei", "password": word}).location == "/password"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"account": "agent"}, "已经有人用了"),
        ({"account": "AGENT "}, "已经有人用了"),
        ({"account": ""}, "请填写账号"),
        ({"account": "a b"}, "账号只能用"),
        ({"name": "  "}, "请填写姓名"),
        ({"name": "=1+1"}, "当成公式"),
        ({"team_id": "99999"}, "团队"),
        ({"team_id": "x"}, "团队"),
        ({"roles": ["boss"]}, "角色"),
        ({"team_id": "0", "roles": ["supervisor"]}, "要有负责的团队"),
    ],
)
def test_bad_forms_say_why_and_make_nobody(cast, sign_in, session, changes, told):
    data = {"account": "fresh", "name": "新人", "team_id": str(cast.team_a.id), "scope_id": "0", "roles": ["agent"]}
    answer = sign_in(cast.admin).post("/people/new", data={**data, **changes})
    assert answer.status_code == 422
    assert told in answer.text
    assert session.query(Person).filter_by(account="fresh").count() == 0


def test_edit_roles_and_branch(cast, sign_in):
    client, url = sign_in(cast.admin), f"/people/{cast.agent.id}/edit"
    data = fill(cast.agent, name="安大客", roles=["lead", "trainer", "agent"], scope_id=str(cast.team_b.id))
    assert client.post(url, data=data).status_code == 302
    person = reload(cast.agent)
    assert person.name == "安大客"
    assert {(grant.role, grant.team_id) for grant in person.grants} == {
        (Role.LEAD, cast.team_b.id),
        (Role.TRAINER, cast.team_b.id),
        (Role.AGENT, None),
    }
    assert sign_in(person).get(f"/people/{cast.agent2.id}").status_code == 200
    client.post(url, data=fill(person, scope_id="0", roles=["agent"]))
    assert sign_in(cast.agent).get("/people").status_code == 403


def test_edit_keeps_branches_that_the_form_can_not_show(cast, sign_in, session):
    cast.lead.grants.append(RoleGrant(role=Role.LEAD, team_id=cast.team_b.id))
    cast.lead.grants.append(RoleGrant(role=Role.SUPERVISOR, team_id=cast.other_team.id))
    session.commit()
    before = {(grant.role, grant.team_id) for grant in cast.lead.grants}
    data = fill(cast.lead, name="李大组长", scope_id=str(cast.team_b.id))
    assert sign_in(cast.admin).post(f"/people/{cast.lead.id}/edit", data=data).status_code == 302
    assert {(grant.role, grant.team_id) for grant in reload(cast.lead).grants} == before


def test_a_lead_may_lose_role_and_team_at_once(cast, sign_in):
    data = fill(cast.lead, team_id="0", roles=["agent"])
    assert sign_in(cast.admin).post(f"/people/{cast.lead.id}/edit", data=data).status_code == 302
    assert reload(cast.lead).team_id is None


def test_one_administrator_always_stays(cast, sign_in):
    client = sign_in(cast.admin)
    answer = client.post(f"/people/{cast.admin.id}/edit", data=fill(cast.admin, roles=["agent"]))
    assert answer.status_code == 422
    assert "至少要留一位在职的管理员" in answer.text
    assert client.post(f"/people/{cast.admin.id}/deactivate").status_code == 400
    assert [grant.role for grant in reload(cast.admin).grants] == [Role.ADMIN]


def test_an_administrator_who_left_does_not_count(cast, sign_in, session):
    make_person("前管理员", Role.ADMIN, active=False)
    session.commit()
    assert sign_in(cast.admin).post(f"/people/{cast.admin.id}/edit", data=fill(cast.admin, roles=[])).status_code == 422


def test_leaver_is_out_at_once_and_tasks_stay(cast, sign_in):
    theirs, admin = sign_in(cast.agent), sign_in(cast.admin)
    admin.post(f"/people/{cast.agent.id}/deactivate")
    assert theirs.get("/learning/tasks").status_code == 302
    admin.post(f"/people/{cast.agent.id}/reactivate")
    assert theirs.get("/learning/tasks").status_code == 302  # the old session stays ended
    assert sign_in(cast.agent).get("/learning/tasks").status_code == 200


def test_reset_ends_sessions_and_the_old_password(cast, sign_in, app):
    theirs = sign_in(cast.agent)
    answer = sign_in(cast.admin).post(f"/people/{cast.agent.id}/reset-password")
    word = re.search(r"<code[^>]*>([a-z2-9-]{14})</code>", answer.text)[1]
    assert theirs.get("/learning/tasks").status_code == 302
    entering = app.test_client()
    assert entering.post("/sign-in", data={"account": "agent", "password": PASSWORD}).status_code == 401
    assert entering.post("/sign-in", data={"account": "agent", "password": word}).location == "/password"


def test_reset_lifts_the_wait_of_a_throttled_account(cast, sign_in, app):
    entering = app.test_client()
    for _ in range(6):
        entering.post("/sign-in", data={"account": "agent", "password": "wrong"})
    answer = sign_in(cast.admin).post(f"/people/{cast.agent.id}/reset-password")
    word = re.search(r"<code[^>]*>([a-z2-9-]{14})</code>", answer.text)[1]
    assert entering.post("/sign-in", data={"account": "agent", "password": word}).status_code == 302


# --- teams and shops -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [1, 3])
def test_tree_takes_the_same_statements_at_any_size(cast, session, sign_in, count_queries, extra):
    for n in range(extra):
        make_team(f"分组{n}", parent=cast.team_b, shops=[make_shop(f"分店{n}")])
    session.commit()
    client = sign_in(cast.admin)
    session.expunge_all()
    with count_queries() as counted:
        page = client.get("/teams")
    assert page.text.count("分组") >= extra
    assert counted.count == 5


def edit_team(client, team, **changes):
    data = {"name": team.name, "parent_id": str(team.parent_id or 0), "shops": [str(shop.id) for shop in team.shops]}
    return client.post(f"/teams/{team.id}", data={**data, **changes})


def test_moving_a_branch_moves_the_paths_below(cast, sign_in, session):
    deep = make_team("甲A组一班", parent=cast.team_a)
    session.commit()
    assert edit_team(sign_in(cast.admin), cast.team_a, parent_id=str(cast.team_b.id)).status_code == 302
    session.expire_all()
    assert cast.team_a.path == f"{cast.team_b.path}{cast.team_a.id}/"
    assert deep.path == f"{cast.team_a.path}{deep.id}/"
    edit_team(sign_in(cast.admin), cast.team_a, parent_id="0")
    session.expire_all()
    assert (cast.team_a.path, deep.path) == (f"/{cast.team_a.id}/", f"/{cast.team_a.id}/{deep.id}/")


def test_no_cycles(cast, sign_in, session):
    client = sign_in(cast.admin)
    for parent in (cast.team, cast.team_a):
        assert edit_team(client, cast.team, parent_id=str(parent.id)).status_code == 422
    session.expire_all()
    assert cast.team.path == f"/{cast.team.id}/"


def test_renaming_and_moving_at_once(cast, sign_in, session):
    """The old name may be taken where the team goes, and the new one where it comes from."""
    make_team("甲A组", parent=cast.other_team)
    session.commit()
    answer = edit_team(sign_in(cast.admin), cast.team_a, name="甲B组", parent_id=str(cast.other_team.id))
    assert answer.status_code == 302
    assert (reload(cast.team_a).name, cast.team_a.parent_id) == ("甲B组", cast.other_team.id)


@pytest.mark.parametrize(
    ("name", "told"),
    [("甲B组", "已经有“甲B组”"), ("", "请填写团队名称"), ("甲/乙", "不能有"), ("=1", "当成公式"), ("长" * 41, "40")],
)
def test_bad_team_names(cast, sign_in, name, told):
    answer = edit_team(sign_in(cast.admin), cast.team_a, name=name)
    assert answer.status_code == 422
    assert told in answer.text
    assert reload(cast.team_a).name == "甲A组"


def test_teams_go_six_deep_and_no_deeper(cast, sign_in, session):
    team = cast.team_a
    for n in range(3, 7):
        team = make_team(f"{n}级", parent=team)
    session.commit()
    client = sign_in(cast.admin)
    assert client.post("/teams/new", data={"name": "7级", "parent_id": str(team.id)}).status_code == 422
    assert edit_team(client, cast.team, parent_id=str(cast.other_team.id)).status_code == 422


def test_only_empty_teams_can_be_deleted(cast, sign_in, session):
    empty, scope = make_team("空组"), make_team("有人管的空组")
    cast.lead.grants.append(RoleGrant(role=Role.SUPERVISOR, team_id=scope.id))
    session.commit()
    client = sign_in(cast.admin)
    assert client.post(f"/teams/{empty.id}/delete").status_code == 302
    for team in (cast.team, cast.team_a, scope):
        assert client.post(f"/teams/{team.id}/delete").status_code == 400
    session.expire_all()
    assert {team.name for team in session.scalars(select(Team))} == {
        "甲客服部",
        "甲A组",
        "甲B组",
        "乙客服部",
        "有人管的空组",
    }


def test_shops_of_a_team_decide_what_its_people_see(cast, sign_in, session):
    client = sign_in(cast.admin)
    assert client.post("/shops/new", data={"name": "丙店"}).status_code == 302
    shop = session.scalars(select(Shop).where(Shop.name == "丙店")).one()
    edit_team(client, cast.team_a, shops=[str(shop.id)])
    session.expire_all()
    assert {grant.id for grant in cast.team_a.shops} == {shop.id}
    assert client.post("/shops/new", data={"name": "丙店"}).status_code == 422
    assert client.post(f"/shops/{shop.id}", data={"name": "甲店"}).status_code == 422
    assert client.post(f"/shops/{shop.id}", data={"name": "丁店"}).status_code == 302
    assert reload(shop).name == "丁店"


def test_forms_need_the_token_when_csrf_is_on(cast):
    from lms.app import create_app

    guarded = create_app({"TESTING": True, "WTF_CSRF_ENABLED": True, "RATELIMIT_ENABLED": False})
    client = guarded.test_client()
    assert client.post("/sign-in", data={"account": "admin", "password": PASSWORD}).status_code == 400
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)[1]
    good = {"account": "admin", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=good).status_code == 302
    for url in (f"/people/{cast.agent.id}/deactivate", "/sign-out", "/people/passwords", "/shops/new"):
        assert client.post(url).status_code == 400, url
