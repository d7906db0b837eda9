"""The team matrix as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from lms.learning.labels import state_shown
from lms.learning.matrix import Cell, MatrixFilter, Task, all_cells
from lms.people.models import Person
from lms.people.queries import team_paths


def matrix_headers(tasks: Sequence[Task]) -> list[str]:
    """Four columns about the person, then three for each task."""
    headers = [_("姓名"), _("账号"), _("团队"), _("未完成"), _("已逾期"), _("已完成")]
    for task in tasks:
        headers += [
            _("%(title)s · 状态", title=task.title),
            _("%(title)s · 得分", title=task.title),
            _("%(title)s · 截止时间", title=task.title),
        ]
    return headers


def matrix_rows(viewer: Person, wanted: MatrixFilter, tasks: Sequence[Task], at: datetime) -> Iterator[list[Any]]:
    """A row a person on the filtered matrix. Scores are points out of 100; a person without the task has blanks."""
    paths = team_paths()
    for member, cells in all_cells(viewer, wanted, tasks, at):
        states = [cells[task.id].shown_state(at) for task in tasks if task.id in cells]
        row: list[Any] = [member.name, member.account, paths.get(member.team_id or 0, "")]
        row += [states.count("open"), states.count("overdue"), states.count("done")]
        for task in tasks:
            row += _cell(cells.get(task.id), at)
        yield row


def _cell(cell: Cell | None, at: datetime) -> list[Any]:
    if cell is None:
        return ["", "", ""]
    word, _colour = state_shown(cell.state, cell.due_at, at)
    return [word, "" if cell.score is None else round(cell.score * 100, 1), cell.due_at or ""]
