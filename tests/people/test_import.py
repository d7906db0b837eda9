"""Import of people: the plan, the writing, the round trip, the pages and the command."""

from __future__ import annotations

import io
import json
import stat

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Forbidden
from lms.kernel.jobs import Job
from lms.kernel.storage import files
from lms.people.cli import people as people_command
from lms.people.enums import IMPORT_JOB, Role
from lms.people.exporters import people_rows
from lms.people.import_views import ROWS_IN_REQUEST
from lms.people.importers import apply_import, plan_import
from lms.people.models import Person, RoleGrant, Team
from lms.people.passwords import verify_password
from lms.people.queries import PeopleFilter, team_paths
from lms.people.services import hand_out_passwords
from lms.people.sheets import HEADERS, read_people
from lms.web.sheets import read_sheet, write_xlsx
from tests.factories import PASSWORD, make_person, save

EVERYBODY = PeopleFilter(state="all")


def sheet(*lines):
    return read_people([HEADERS, *lines])


def import_(actor, *lines):
    return apply_import(actor=actor, sheet=sheet(*lines), at=now())


def person(account):
    return db.session.scalars(select(Person).where(Person.account == account)).one()


def roles_of(account):
    return {(grant.role, grant.team_id) for grant in person(account).grants}


def test_new_people_with_new_teams(cast):
    done = import_(
        cast.admin,
        ["zhangwei", "张伟", "售后部/A组", "客服", ""],
        ["lina", "李娜", "售后部", "主管、客服", ""],
        ["zhao", "赵倩", "培训组", "培训师@售后部", ""],
        ["plain", "无部门", "", "", ""],
    )
    assert (len(done.created), done.errors) == (4, [])
    paths = team_paths()
    assert {"售后部", "售后部/A组", "培训组"} <= set(paths.values())
    assert done.new_teams == ["售后部", "售后部/A组", "培训组"]
    assert paths[person("zhangwei").team_id] == "售后部/A组"
    group = db.session.get(Team, person("zhangwei").team_id)
    assert group.path == f"/{group.parent_id}/{group.id}/"
    assert roles_of("lina") == {(Role.SUPERVISOR, None), (Role.AGENT, None)}
    assert roles_of("zhao") == {(Role.TRAINER, person("lina").team_id)}
    assert roles_of("plain") == {(Role.AGENT, None)}
    assert person("zhangwei").must_change_password


def test_nobody_can_sign_in_before_a_password_was_handed_out(cast, client):
    import_(cast.admin, ["zhangwei", "张伟", "", "", ""])
    db.session.commit()
    assert person("zhangwei").password_hash == ""
    for guess in ("", "zhangwei", "张伟"):
        assert client.post("/sign-in", data={"account": "zhangwei", "password": guess}).status_code != 302


def test_passwords_are_handed_out_once(cast):
    done = import_(cast.admin, ["zhangwei", "张伟", "", "", ""], ["lina", "李娜", "", "", ""])
    first = hand_out_passwords(actor=cast.admin, people=done.created)
    assert [given.account for given, _word in first] == ["zhangwei", "lina"]
    assert all(verify_password(given.password_hash, word) for given, word in first)
    assert hand_out_passwords(actor=cast.admin, people=done.created) == []


def test_reimport_changes_only_the_edits(cast, session):
    lines = [["zhangwei", "张伟", "售后部/A组", "客服", "在职"], ["lina", "李娜", "售后部", "组长", "在职"]]
    import_(cast.admin, *lines)
    again = import_(cast.admin, *lines)
    assert (again.created, again.updated, again.unchanged) == ([], [], 2)
    lines[0][1] = "张卫"
    third = import_(cast.admin, *lines)
    assert ([p.account for p in third.updated], third.unchanged) == (["zhangwei"], 1)
    assert person("zhangwei").name == "张卫"


def test_blank_means_unchanged_and_nothing_means_none(cast):
    import_(cast.admin, ["zhangwei", "张伟", "售后部/A组", "客服", ""])
    import_(cast.admin, ["zhangwei", "", "", "", ""])
    assert person("zhangwei").team is not None
    import_(cast.admin, ["zhangwei", "", "无", "无", ""])
    assert (person("zhangwei").team, roles_of("zhangwei")) == (None, set())


def test_status_switches_off_and_on(cast):
    version = cast.agent.session_version
    import_(cast.admin, ["agent", "", "", "", "停用"])
    assert not cast.agent.active
    assert cast.agent.session_version > version
    import_(cast.admin, ["agent", "", "", "", "在职"])
    assert cast.agent.active


def test_bad_rows_are_left_out_whole_and_the_others_stand(cast, session):
    make_person("老张", account="old")
    done = import_(
        cast.admin,
        ["good", "好人", "新部", "客服", ""],
        ["bad", "坏人", "别的部", "老板", ""],
        ["nameless", "", "再一个部", "", ""],
        ["leader", "无部门组长", "", "组长", ""],
        ["old", "老张", "无", "主管", ""],
    )
    assert [p.account for p in done.created] == ["good"]
    assert [(e.line, e.column) for e in done.errors] == [(3, "角色"), (4, "姓名"), (5, "团队"), (6, "团队")]
    session.commit()
    assert session.scalar(select(func.count()).where(Person.account.in_(["bad", "nameless", "leader"]))) == 0
    assert {"别的部", "再一个部"} & set(team_paths().values()) == set()


def test_a_row_that_fails_while_writing_undoes_the_whole_file(cast, session):
    """The last administrator: the name would change before the roles are refused, and others were written before."""
    done = import_(
        cast.admin,
        ["early", "早来的", "早来的部", "客服", ""],
        ["bad", "坏人", "", "老板", ""],
        ["admin", "改了名", "新建的部", "客服", ""],
        ["agent", "也改名", "", "", ""],
    )
    session.commit()
    session.expire_all()
    assert (done.created, done.updated, done.new_teams, done.undone) == ([], [], [], True)
    assert [(error.line, error.column) for error in done.errors] == [(3, "角色"), (4, "")]
    assert "至少要留一位在职的管理员" in done.errors[-1].reason
    assert (person("admin").name, person("agent").name) == ("管理员", "安小客")
    assert roles_of("admin") == {(Role.ADMIN, None)}
    assert session.scalar(select(func.count()).where(Person.account == "early")) == 0
    assert {"早来的部", "新建的部"} & set(team_paths().values()) == set()


def test_many_new_people_take_few_statements(cast, count_queries):
    def taken(count):
        lines = [[f"p{count}-{n}", f"员工{n}", "甲客服部/甲A组", "客服、培训师", ""] for n in range(count)]
        with count_queries() as counted:
            assert len(import_(cast.admin, *lines).created) == count
        return sum(not statement.startswith("INSERT") for statement in counted.statements)

    taken(1)
    assert taken(60) == taken(2)  # nobody is asked for one by one; SQLite inserts row by row


def test_rollback_after_an_import_undoes_all_of_it(cast, session):
    import_(cast.admin, ["zhangwei", "张伟", "售后部/A组", "客服", ""])
    session.rollback()
    assert session.scalar(select(func.count()).where(Person.account == "zhangwei")) == 0
    assert "售后部" not in team_paths().values()


def test_export_and_import_again_change_nothing(cast, session):
    boss = make_person("多头管理", Role.LEAD, team=cast.team_a, account="boss")
    boss.grants.append(RoleGrant(role=Role.SUPERVISOR, team_id=cast.other_team.id))
    boss.grants.append(RoleGrant(role=Role.LEAD, team_id=cast.team_b.id))
    make_person("走了", team=cast.team_b, active=False, account="gone")
    session.commit()
    target = io.BytesIO()
    write_xlsx(target, HEADERS, people_rows(cast.admin, EVERYBODY))
    read = read_people(read_sheet(target.getvalue(), "people.xlsx"))
    assert read.errors == []
    plan = plan_import(actor=cast.admin, sheet=read)
    assert [(row.row.account, row.changes) for row in plan.rows if row.changes] == []
    assert plan.count("same") == session.scalar(select(func.count(Person.id)))


def test_plan_shows_old_and_new_and_writes_nothing(cast, session):
    before = session.scalar(select(func.count(Person.id)))
    plan = plan_import(
        actor=cast.admin,
        sheet=sheet(["agent", "安小客", "甲客服部/甲B组", "组长", ""], ["fresh", "新人", "甲客服部/甲C组", "", ""]),
    )
    assert [(c.label, c.old, c.new) for c in plan.rows[0].changes] == [
        ("团队", "甲客服部/甲A组", "甲客服部/甲B组"),
        ("角色", "客服", "组长"),
    ]
    assert [row.kind for row in plan.rows] == ["changed", "new"]
    assert plan.new_teams == ["甲客服部/甲C组"]
    assert session.scalar(select(func.count(Person.id))) == before


@pytest.mark.parametrize("who", ["agent", "lead", "supervisor", "trainer", "evaluator"])
def test_only_administrators_import(cast, who):
    with pytest.raises(Forbidden):
        import_(cast.people()[who], ["zhangwei", "张伟", "", "", ""])


def test_plan_of_a_long_sheet_takes_few_statements(cast, count_queries):
    lines = [[f"user-{n}", f"员工{n}", "甲客服部/甲A组", "客服", ""] for n in range(900)]
    with count_queries() as counted:
        plan_import(actor=cast.admin, sheet=sheet(*lines))
    assert counted.count == 5  # the actor and the roles; accounts in two lots; teams


# --- pages ---------------------------------------------------------------------------------------------------------


def upload(client, content, name="people.csv"):
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/people/import", data=data, content_type="multipart/form-data")


def token_in(page):
    return page.text.split('name="token" value="')[1].split('"')[0]


CSV = "账号,姓名,团队,角色\nzhangwei,张伟,售后部/A组,客服\nlina,李娜,售后部,老板\n".encode()


def test_upload_preview_apply_and_passwords(cast, sign_in, session):
    client = sign_in(cast.admin)
    preview = upload(client, CSV, "名单.csv")
    assert preview.status_code == 200
    assert "zhangwei" in preview.text
    assert "不认识角色“老板”" in preview.text
    assert session.scalar(select(func.count()).where(Person.account == "zhangwei")) == 0
    done = client.post("/people/import/apply", data={"token": token_in(preview)})
    assert done.status_code == 200
    assert person("zhangwei").name == "张伟"
    assert files().keys() == []
    first = client.post("/people/passwords")
    assert first.headers["Cache-Control"] == "no-store"
    rows = read_sheet(first.get_data(), "p.xlsx")
    assert rows[0] == ["账号", "姓名", "团队", "一次性密码"]
    assert rows[1][:3] == ["zhangwei", "张伟", "售后部/A组"]
    assert client.post("/people/passwords").location == "/people"
    entering = client.application.test_client()
    answer = entering.post("/sign-in", data={"account": "zhangwei", "password": rows[1][3]})
    assert answer.location == "/password"


def long_csv(*further):
    lines = [f"long{n},员工{n},售后部,客服" for n in range(ROWS_IN_REQUEST + 1)]
    return "\n".join(["账号,姓名,团队,角色", *lines, *further]).encode()


def test_a_long_sheet_is_imported_by_a_job_with_a_page_of_its_own(cast, sign_in, session):
    client = sign_in(cast.admin)
    started = client.post("/people/import/apply", data={"token": token_in(upload(client, long_csv(), "名单.csv"))})
    assert started.status_code == 302
    page = client.get(started.location)
    assert "导入完成" in page.text and "名单.csv" in page.text and "下载初始密码" in page.text
    assert person(f"long{ROWS_IN_REQUEST}").name == f"员工{ROWS_IN_REQUEST}"
    assert files().keys() == []
    second = make_person("二号管理员", Role.ADMIN, account="admin2")
    session.commit()
    assert sign_in(second).get(started.location).status_code == 404
    assert client.post("/people/import/apply", data={"token": "x"}).status_code == 400


def test_a_long_sheet_that_can_t_be_written_says_so_and_writes_nothing(cast, sign_in, session):
    client = sign_in(cast.admin)
    content = long_csv("admin,管理员,,客服")
    started = client.post("/people/import/apply", data={"token": token_in(upload(client, content))})
    page = client.get(started.location).text
    assert "整份表都没有导入" in page and "至少要留一位在职的管理员" in page
    assert session.scalar(select(func.count()).where(Person.account == "long0")) == 0


def test_the_page_of_a_job_of_another_kind_or_still_waiting(cast, sign_in, session):
    waiting = save(Job(name=IMPORT_JOB, arguments={"name": "名单.csv"}, created_by_id=cast.admin.id))
    other = save(Job(name="conversations.import", arguments={}, created_by_id=cast.admin.id))
    session.commit()
    client = sign_in(cast.admin)
    assert "正在导入" in client.get(f"/people/import/{waiting.id}").text
    assert client.get(f"/people/import/{other.id}").status_code == 404


def test_one_time_passwords_are_nowhere_in_the_home(cast, sign_in, home):
    client = sign_in(cast.admin)
    client.post("/people/import/apply", data={"token": token_in(upload(client, CSV))})
    word = read_sheet(client.post("/people/passwords").get_data(), "p.xlsx")[1][3]
    for path in home.rglob("*"):
        assert not path.is_file() or word.encode() not in path.read_bytes(), path


def test_a_preview_can_be_applied_once_and_by_its_owner_only(cast, sign_in, session):
    second = make_person("二号管理员", Role.ADMIN, account="admin2")
    session.commit()
    client, other = sign_in(cast.admin), sign_in(second)
    token = token_in(upload(client, CSV))
    assert other.post("/people/import/apply", data={"token": token}).status_code == 400
    assert client.post("/people/import/apply", data={"token": token + "x"}).status_code == 400
    assert client.post("/people/import/apply", data={"token": token}).status_code == 200
    again = client.post("/people/import/apply", data={"token": token})
    assert again.status_code == 400
    assert "预览已失效" in again.text


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "a.csv", "空的"),
        (b"\x00\x01\x02" * 1000, "a.xlsx", "不是表格"),
        (b"PK\x03\x04" + b"rubbish" * 300, "a.xlsx", "打不开"),
        ("<html><table><tr><td>账号</td></tr></table>".encode(), "a.xls", "网页"),
        (b"\xff\xfe\xff\xfe\x81", "a.csv", "编码"),
    ],
)
def test_hostile_files_are_refused_on_the_page_and_leave_nothing(cast, sign_in, content, name, told):
    answer = upload(sign_in(cast.admin), content, name)
    assert answer.status_code == 422
    assert told in answer.text
    assert files().keys() == []


def test_a_huge_file_is_refused(cast, sign_in):
    answer = upload(sign_in(cast.admin), b"a,b\n" * (3 << 20))
    assert answer.status_code == 422
    assert "10 MB" in answer.text
    assert files().keys() == []


def test_a_second_upload_takes_the_place_of_the_first(cast, sign_in):
    client = sign_in(cast.admin)
    old = token_in(upload(client, CSV))
    upload(client, CSV)
    assert len(files().keys()) == 1
    assert client.post("/people/import/apply", data={"token": old}).status_code == 400


def test_names_are_escaped_in_the_preview(cast, sign_in):
    page = upload(sign_in(cast.admin), "账号,姓名\nx1,<img src=x onerror=alert(1)>\n".encode(), "<b>.csv").text
    assert "<img src=x" not in page
    assert "<b>.csv" not in page


def test_template_can_be_imported_as_it_is(cast, sign_in):
    template = sign_in(cast.admin).get("/people/import/template")
    read = read_people(read_sheet(template.get_data(), "template.xlsx"))
    assert (len(read.rows), read.errors) == (4, [])
    assert apply_import(actor=cast.admin, sheet=read, at=now()).errors == []


# --- the command ---------------------------------------------------------------------------------------------------


def run(*arguments):
    db.session.commit()
    return CliRunner().invoke(people_command, [str(argument) for argument in arguments])


def test_command_tells_in_json(cast, tmp_path):
    file = tmp_path / "people.csv"
    file.write_bytes(CSV.decode().encode("gb18030"))
    result = run("import", file, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1  # one row is bad
    assert (told["created"], told["updated"], told["unchanged"]) == (1, 0, 0)
    assert told["errors"] == [
        {"file": "people.csv", "line": 3, "column": "角色", "reason": told["errors"][0]["reason"]}
    ]
    assert verify_password(person("zhangwei").password_hash, told["passwords"][0]["password"])
    again = json.loads(run("import", file, "--json").stdout)
    assert (again["created"], again["unchanged"], again["passwords"]) == (0, 1, [])


def test_command_writes_passwords_to_a_file_of_its_own(cast, tmp_path):
    file, target = tmp_path / "people.csv", tmp_path / "words.xlsx"
    file.write_text("账号,姓名\nzhangwei,张伟\n", encoding="utf-8")
    result = run("import", file, "--passwords", target)
    assert result.exit_code == 0, result.output
    word = read_sheet(target, "words.xlsx")[1][3]
    assert verify_password(person("zhangwei").password_hash, word)
    assert word not in result.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert run("import", file, "--passwords", target).exit_code == 2


def test_dry_run_writes_nothing(cast, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("账号,姓名\nzhangwei,张伟\nagent,改名\n", encoding="utf-8")
    result = run("import", file, "--dry-run")
    assert "将新增 1 人，修改 1 人，不变 0 人" in result.output
    assert db.session.scalar(select(func.count()).where(Person.account == "zhangwei")) == 0
    assert json.loads(run("import", file, "--dry-run", "--json").stdout)["created"] == 1


def test_export_command_round_trip(cast, tmp_path):
    target = tmp_path / "all.xlsx"
    assert run("export", target).exit_code == 0
    told = json.loads(run("import", target, "--json").stdout)
    assert (told["created"], told["updated"], told["errors"]) == (0, 0, [])
    assert PASSWORD not in target.read_bytes().decode("latin-1")


def test_a_path_without_its_beginning_means_the_team_that_ends_so(cast):
    import_(
        cast.admin,
        ["first", "第一人", "总公司/售前部/一组", "客服", ""],
        ["second", "第二人", "总公司/售后部/一组", "客服", ""],
        ["third", "第三人", "总公司/售后部/二组", "客服", ""],
    )
    done = import_(
        cast.admin,
        ["aa", "甲一", "售前部/一组", "客服", ""],
        ["bb", "乙二", "二组", "组长、质检员@售后部", ""],
        ["cc", "丙三", "一组", "客服", ""],
        ["dd", "丁四", "二部/一组", "客服", ""],
    )
    assert [(error.line, error.column) for error in done.errors] == [(4, "团队")]
    assert "有几个团队叫“一组”，请从最上级写起：总公司/售前部/一组、总公司/售后部/一组。" in done.errors[0].reason
    assert done.new_teams == ["二部", "二部/一组"]
    paths = team_paths()
    found = {account: paths[person(account).team_id] for account in ("aa", "bb", "dd")}
    assert found == {"aa": "总公司/售前部/一组", "bb": "总公司/售后部/二组", "dd": "二部/一组"}
    assert {paths.get(team_id) for _role, team_id in roles_of("bb")} == {None, "总公司/售后部"}
