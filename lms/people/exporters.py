"""People as rows of a sheet, in the form that the import reads back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import lazy_gettext as _l

from lms.kernel.db import db
from lms.people.columns import people_columns
from lms.people.importers import grants_text
from lms.people.models import Person
from lms.people.queries import PeopleFilter, people_list, team_paths
from lms.people.sheets import ACTIVE_WORDS, NOTHING

BATCH = 500
PASSWORD_HEADERS = (_l("账号"), _l("姓名"), _l("团队"), _l("一次性密码"))


def people_rows(viewer: Person, wanted: PeopleFilter) -> Iterator[tuple[str, ...]]:
    """账号, 姓名, 团队, 角色, 状态 and the plugins' columns of the people on the list. A person without team or role
    reads 无, so that reading the sheet back changes nothing.
    """
    paths = team_paths()
    columns = people_columns()
    people = db.session.scalars(people_list(viewer, wanted)).all()
    for start in range(0, len(people), BATCH):
        some = people[start : start + BATCH]
        shown = [column.shown(viewer, [person.id for person in some]) for column in columns]
        for person in some:
            team = paths.get(person.team_id or 0, "")
            roles = grants_text(person.grants, paths, team)
            own = (person.account, person.name, team or NOTHING, roles or NOTHING, ACTIVE_WORDS[person.active])
            yield (*own, *(texts.get(person.id, "") for texts in shown))


def template_rows() -> list[tuple[str, ...]]:
    """Example rows for the import's template; the plugins' columns are shown on the new agent's row."""
    further = tuple(column.example for column in people_columns())
    return [
        ("zhangwei", "张伟", "售前部/A组", "客服", "在职", *further),
        ("lina", "李娜", "售前部/A组", "组长、客服", "在职"),
        ("wangfang", "王芳", "售前部", "主管", "在职"),
        ("zhaoqian", "赵倩", "培训组", "培训师@售前部", "在职"),
    ]


def password_rows(handed_out: Iterable[tuple[Person, str]]) -> list[tuple[str, ...]]:
    """账号, 姓名, 团队, 一次性密码: the sheet that is handed over once and stored nowhere."""
    paths = team_paths()
    return [(person.account, person.name, paths.get(person.team_id or 0, ""), word) for person, word in handed_out]
