"""岗位 and 培训计划 in the spreadsheet of people: one step for new hires, a real round trip, errors by row."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.learning.models import Activity, Assignment
from lms.people.columns import header_names, people_headers
from lms.people.enums import Role
from lms.people.exporters import people_rows
from lms.people.importers import apply_import, plan_import
from lms.people.models import Person
from lms.people.queries import PeopleFilter
from lms.people.sheets import read_people
from lms.posts.models import PostChange
from lms.posts.queries import posts_of
from lms.posts.services import create_post
from lms.web.sheets import read_sheet, write_xlsx
from tests.courses.programmes.conftest import build_week
from tests.factories import make_activity, make_competency, make_shop

FURTHER = {"posts": ("岗位", "职位"), "programmes": ("培训计划",)}
HEAD = ("账号", "姓名", "团队", "角色", "岗位", "培训计划")


def sheet(*lines, head=HEAD):
    return read_people([head, *lines], header_names())


def person(account):
    return db.session.scalars(select(Person).where(Person.account == account)).one()


def posts(account):
    ident = person(account).id
    return [post.name for post in posts_of([ident])[ident]]


def tasks(account):
    query = select(Activity.title).join(Assignment).where(Assignment.person_id == person(account).id)
    return set(db.session.scalars(query))


@pytest.fixture
def ready(cast):
    """Two posts, each with a lesson, and a programme."""
    for name in ("售前", "VIP"):
        competency = make_competency(f"{name}能力")
        lesson = make_activity(f"{name}课")
        lesson.competencies.append(competency)
        create_post(actor=cast.admin, name=name, description="", shop_id=None, competencies=[competency], at=now())
    return build_week(cast.admin, None, title="新客服入职周")


def test_new_hires_get_role_team_post_and_programme_in_one_step(cast, ready):
    lines = [
        ["li", "李雷", "售前部", "客服", "vip，售前", "新客服入职周"],
        ["han", "韩梅梅", "售前部", "客服", "售前", ""],
    ]
    plan = plan_import(actor=cast.admin, sheet=sheet(*lines))
    shown = {str(change.label): (change.old, change.new) for change in plan.rows[0].changes}
    assert (shown["岗位"], shown["培训计划"]) == (("", "VIP、售前"), ("", "新客服入职周"))
    done = apply_import(actor=cast.admin, sheet=sheet(*lines), at=now())
    assert (len(done.created), done.errors) == (2, [])
    assert (posts("li"), posts("han")) == (["VIP", "售前"], ["售前"])
    assert {"VIP课", "售前课", "新客服入职周"} <= tasks("li")
    assert tasks("han") == {"售前课"}


def test_export_edit_import_changes_only_the_edits(cast, ready):
    apply_import(actor=cast.admin, sheet=sheet(["li", "李雷", "", "客服", "售前", "新客服入职周"]), at=now())
    changes = db.session.scalar(select(func.count()).select_from(PostChange))

    def exported():
        target = io.BytesIO()
        write_xlsx(target, people_headers(), list(people_rows(cast.admin, PeopleFilter(state="all"))))
        return [list(row) for row in read_sheet(target.getvalue(), "人员.xlsx")]

    lines = exported()
    again = apply_import(actor=cast.admin, sheet=read_people(lines, header_names()), at=now())
    assert (again.created, again.updated, again.errors) == ([], [], [])
    assert db.session.scalar(select(func.count()).select_from(PostChange)) == changes
    post_column = list(people_headers()).index("岗位")
    row = next(row for row in lines if row[0] == "li")
    row[post_column] = "VIP"
    plan = plan_import(actor=cast.admin, sheet=read_people(lines, header_names()))
    changed = [row for row in plan.rows if row.kind == "changed"]
    assert [(row.row.account, [(c.old, c.new) for c in row.changes]) for row in changed] == [("li", [("售前", "VIP")])]
    apply_import(actor=cast.admin, sheet=read_people(lines, header_names()), at=now())
    assert posts("li") == ["VIP"]
    assert {"VIP课", "售前课", "新客服入职周"} <= tasks("li")  # nothing is taken back by an import


def test_a_wrong_name_is_an_error_of_its_row_that_names_the_possible_ones(cast, ready):
    lines = [
        ["a1", "甲一", "", "", "售中", ""],
        ["a2", "甲二", "", "", "", "入职月"],
        ["a3", "甲三", "", "", "售前", ""],
    ]
    done = apply_import(actor=cast.admin, sheet=sheet(*lines), at=now())
    assert [(e.line, e.column) for e in done.errors] == [(2, "岗位"), (3, "培训计划")]
    assert "售前、VIP" in done.errors[0].reason
    assert "“新客服入职周”" in done.errors[1].reason
    assert [p.account for p in done.created] == ["a3"]


def test_a_post_of_a_shop_that_the_person_does_not_serve(cast, ready):
    shop = make_shop("丙店")
    create_post(actor=cast.admin, name="丙店夜班", description="", shop_id=shop.id, competencies=[], at=now())
    lines = [["a0", "甲零", "新部", "", "售前", "新客服入职周"], ["a1", "甲一", "", "", "丙店夜班", ""]]
    done = apply_import(actor=cast.admin, sheet=sheet(*lines), at=now())
    assert ([(e.line, e.column) for e in done.errors], done.created, done.undone) == ([(3, "岗位")], [], True)
    assert db.session.scalar(select(func.count()).where(Person.account.in_(["a0", "a1"]))) == 0  # nothing of the file
    assert db.session.scalar(select(func.count(Assignment.id))) == 0


def test_a_sheet_from_before_posts_still_says_roles_under_岗位():
    def roles(*cells, head=("账号", "姓名", "岗位")):
        lines = [head, *([f"p{n}", "某人", *cell] for n, cell in enumerate(cells))]
        return [(row.roles and [w.role for w in row.roles], row.further) for row in read_people(lines, FURTHER).rows]

    assert roles(["组长、客服"], ["质检"]) == [([Role.LEAD, Role.AGENT], {}), ([Role.EVALUATOR], {})]
    assert roles(["质检"]) == [(None, {"posts": "质检"})]
    assert roles(["客服"], ["售前"])[1] == (None, {"posts": "售前"})
    both = roles(["客服", "质检"], head=("账号", "姓名", "角色", "岗位"))
    assert both == [([Role.AGENT], {"posts": "质检"})]
