"""Pages for whoever looks after a team: the matrix, one person, one task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.learning.blueprint import bp
from lms.learning.enums import AssignmentState
from lms.learning.exporters import matrix_headers, matrix_rows
from lms.learning.labels import urls_open_to
from lms.learning.matrix import (
    PEOPLE_PER_PAGE,
    STATES,
    TASK_CHOICES,
    TASKS_PER_PAGE,
    MatrixFilter,
    Member,
    columns_shown,
    matrix_cells,
    matrix_people,
    matrix_tasks,
    task_counts,
    task_people,
)
from lms.learning.models import Activity, Assignment
from lms.learning.queries import dimension_progress, of_visible_shops, records_of, tasks_of
from lms.learning.rules import can_cancel, can_see_activity, can_see_progress
from lms.learning.services import cancel_assignment
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.queries import team_paths
from lms.people.rules import can_assign_to, can_see_person, has_permission, require_visible
from lms.web.paging import Page, page_number, paginate
from lms.web.sheets import xlsx_response

OPEN_SHOWN = 50


@bp.get("/team")
@requires(P.PROGRESS_READ)
def matrix() -> str:
    viewer, wanted, at = current_person(), _filter(), now()
    tasks = matrix_tasks(viewer, wanted)
    columns = _slice(columns_shown(tasks, wanted), request.args.get("tasks", 1, type=int))
    people = _members(paginate(matrix_people(viewer, wanted, at), page_number(), PEOPLE_PER_PAGE))
    paths = team_paths()
    return render_template(
        "lms/learning/matrix.html",
        people=people,
        columns=columns,
        cells=matrix_cells([member.id for member in people.items], [task.id for task in columns.items]),
        choices=tasks[:TASK_CHOICES],
        wanted=wanted,
        args=_args(wanted),
        paths=paths,
        teams=_teams(viewer, paths),
        at=at,
    )


@bp.get("/team/export")
@requires(P.PROGRESS_READ)
def export() -> Response:
    viewer, wanted, at = current_person(), _filter(), now()
    tasks = columns_shown(matrix_tasks(viewer, wanted), wanted)
    filename = _("团队任务-%(at)s.xlsx", at=to_local(at).strftime("%Y%m%d-%H%M"))
    rows: Iterator[Any] = matrix_rows(viewer, wanted, tasks, at)
    return xlsx_response(filename, matrix_headers(tasks), rows)


@bp.get("/people/<int:person_id>")
@requires(P.PROGRESS_READ)
def person(person_id: int) -> str:
    viewer, shown = current_person(), get_or_404(Person, person_id)
    require_visible(can_see_progress(viewer, shown))
    waiting = of_visible_shops(tasks_of(shown.id, AssignmentState.OPEN), viewer).limit(OPEN_SHOWN)
    return render_template(
        "lms/learning/person.html",
        shown=shown,
        team=team_paths().get(shown.team_id or 0, ""),
        open_tasks=db.session.scalars(waiting).all(),
        dimensions=dimension_progress(shown.id),
        page=paginate(of_visible_shops(records_of(shown.id), viewer), page_number()),
        may_cancel=has_permission(viewer, P.ASSIGNMENTS_EDIT) and can_assign_to(viewer, shown),
        in_branch=can_see_person(viewer, shown),
        at=now(),
    )


@bp.get("/activities/<int:activity_id>")
@requires(P.PROGRESS_READ)
def task(activity_id: int) -> str:
    viewer, activity, wanted, at = current_person(), get_or_404(Activity, activity_id), _filter(), now()
    require_visible(can_see_activity(viewer, activity))
    paths = team_paths()
    return render_template(
        "lms/learning/task.html",
        activity=activity,
        page=paginate(task_people(viewer, activity, wanted, at), page_number()),
        counts=task_counts(viewer, activity, at),
        wanted=wanted,
        args=_args(wanted, task=False),
        paths=paths,
        teams=_teams(viewer, paths),
        may_assign=has_permission(viewer, P.ASSIGNMENTS_EDIT) and activity.archived_at is None,
        url=urls_open_to(viewer, [activity]).get(activity.id),
        at=at,
    )


@bp.post("/assignments/<int:assignment_id>/cancel")
@requires(P.ASSIGNMENTS_EDIT)
def cancel(assignment_id: int) -> Response:
    actor, assignment = current_person(), get_or_404(Assignment, assignment_id)
    require_visible(can_cancel(actor, assignment))
    cancel_assignment(actor=actor, assignment=assignment, at=now())
    if assignment.state is AssignmentState.DONE:
        flash(_("“%(title)s”已经完成，不能取消。", title=assignment.activity.title), "warning")
    else:
        flash(
            _("已取消%(name)s的任务“%(title)s”。", name=assignment.person.name, title=assignment.activity.title),
            "success",
        )
    if request.form.get("back") == "task":
        return redirect(url_for("learning.task", activity_id=assignment.activity_id))
    return redirect(url_for("learning.person", person_id=assignment.person_id))


def _filter() -> MatrixFilter:
    state = request.args.get("state", "")
    return MatrixFilter(
        team_id=request.args.get("team", type=int),
        activity_id=request.args.get("task", type=int),
        state=state if state in STATES else "",
    )


def _args(wanted: MatrixFilter, *, task: bool = True) -> dict[str, Any]:
    args = {"team": wanted.team_id, "task": wanted.activity_id if task else None, "state": wanted.state}
    return {name: value for name, value in args.items() if value}


def _teams(viewer: Person, paths: dict[int, str]) -> list[tuple[int, str]]:
    served, branches = viewer.access.served_team_ids, viewer.access.team_ids
    if served is None or branches is None:
        return list(paths.items())
    return [(team_id, path) for team_id, path in paths.items() if team_id in served | branches]


def _members(page: Page[Any]) -> Page[Member]:
    return Page([Member(*row) for row in page.items], page.number, page.size, page.total)


def _slice(tasks: Any, number: int) -> Page[Any]:
    pages = max(1, -(-len(tasks) // TASKS_PER_PAGE))
    number = min(max(1, number), pages)
    first = (number - 1) * TASKS_PER_PAGE
    return Page(tasks[first : first + TASKS_PER_PAGE], number, TASKS_PER_PAGE, len(tasks))
