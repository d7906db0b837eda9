"""Who gets what from the routes of people."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.kernel.jobs import Job
from lms.people.enums import IMPORT_JOB, Role
from tests.factories import make_person, make_shop, make_team, save

ADMIN_GET = {
    "anonymous": 302,
    "agent": 403,
    "lead": 403,
    "supervisor": 403,
    "evaluator": 403,
    "trainer": 403,
    "admin": 200,
}
ADMIN_POST = {**ADMIN_GET, "admin": 302}
OTHER = {"other": 403}
BRANCH = {
    "anonymous": 302,
    "agent": 403,
    "lead": 200,
    "supervisor": 200,
    "evaluator": 403,
    "trainer": 403,
    "admin": 200,
}
ALL = {"agent": 200, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
LEAVE = dict.fromkeys(ALL, 302)

EXPECTED: dict[str, dict[str, int]] = {
    "people.sign_in": {"anonymous": 200, **LEAVE},
    "people.sign_in [POST]": {"anonymous": 422, **LEAVE},
    "people.sign_out": {"anonymous": 302, **LEAVE},
    "people.password": {"anonymous": 302, **ALL},
    "people.password [POST]": {"anonymous": 302, **dict.fromkeys(ALL, 422)},
    "people.index": BRANCH,
    "people.export": BRANCH,
    "people.show": {**BRANCH, **OTHER},
    "people.create": ADMIN_GET,
    "people.create [POST]": ADMIN_GET,
    "people.edit": {**ADMIN_GET, **OTHER},
    "people.edit [POST]": {**ADMIN_POST, **OTHER},
    "people.switch_off": {**ADMIN_POST, **OTHER},
    "people.switch_on": {**ADMIN_POST, **OTHER},
    "people.new_password": {**ADMIN_GET, **OTHER},
    "people.upload": ADMIN_GET,
    "people.upload [POST]": {**ADMIN_GET, "admin": 422},
    "people.apply": {**ADMIN_GET, "admin": 400},
    "people.import_report": {**ADMIN_GET, "other": 403},
    "people.template": ADMIN_GET,
    "people.passwords": ADMIN_POST,
    "people.teams": ADMIN_GET,
    "people.create_team_page": ADMIN_GET,
    "people.create_team_page [POST]": ADMIN_POST,
    "people.edit_team": {**ADMIN_GET, **OTHER},
    "people.edit_team [POST]": {**ADMIN_POST, **OTHER},
    "people.remove_team": {**ADMIN_POST, **OTHER},
    "people.create_shop_page": ADMIN_GET,
    "people.create_shop_page [POST]": ADMIN_POST,
    "people.edit_shop": {**ADMIN_GET, **OTHER},
    "people.edit_shop [POST]": {**ADMIN_POST, **OTHER},
}


def build(cast: Any, session: scoped_session) -> dict[str, dict[str, Any]]:
    person = make_person("丁小客", Role.AGENT, team=cast.team_a)
    leaver = make_person("走小客", Role.AGENT, team=cast.team_a, active=False)
    team, shop = make_team(parent=cast.team), make_shop()
    person_args, team_args, shop_args = {"person_id": person.id}, {"team_id": team.id}, {"shop_id": shop.id}
    filled = {"name": "改名小客", "team_id": str(cast.team_a.id), "scope_id": "0", "roles": ["agent"]}
    job = save(Job(name=IMPORT_JOB, arguments={"name": "名单.xlsx"}, created_by_id=cast.admin.id))
    return {
        "people.import_report": {"args": {"job_id": job.id}},
        "people.show": {"args": person_args},
        "people.create [POST]": {"data": {**filled, "account": f"fresh{person.id}"}},
        "people.edit": {"args": person_args},
        "people.edit [POST]": {"args": person_args, "data": filled},
        "people.switch_off": {"args": person_args},
        "people.switch_on": {"args": {"person_id": leaver.id}},
        "people.new_password": {"args": person_args},
        "people.create_team_page [POST]": {"data": {"name": f"新组{team.id}", "parent_id": str(cast.team.id)}},
        "people.edit_team": {"args": team_args},
        "people.edit_team [POST]": {"args": team_args, "data": {"name": f"改组{team.id}", "parent_id": "0"}},
        "people.remove_team": {"args": team_args},
        "people.create_shop_page [POST]": {"data": {"name": f"新店{shop.id}"}},
        "people.edit_shop": {"args": shop_args},
        "people.edit_shop [POST]": {"args": shop_args, "data": {"name": f"改店{shop.id}"}},
    }
