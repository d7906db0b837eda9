"""Pages for whoever looks after people: the matrix, one person's run, attendance, reminders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from courses.programmes.attendance import mark_attendance, remind, reschedule
from courses.programmes.definition import Definition
from courses.programmes.enums import Attended, Standing
from courses.programmes.exporters import matrix_headers, matrix_rows
from courses.programmes.labels import EVENTS, standing_choices
from courses.programmes.matrix import Wanted, all_rows, enrolled, leads_of, narrowed, ordered, page_of
from courses.programmes.models import Enrolment, Programme
from courses.programmes.permissions import PP
from courses.programmes.queries import (
    ActivityInfo,
    activities_named,
    attendance_of,
    definitions_of,
    events_of,
    following,
    tries_on,
)
from courses.programmes.rollcall import roll_of
from courses.programmes.rules import can_follow_programme, can_mark_attendance, can_see_enrolment
from courses.programmes.summaries import programmes_followed
from courses.programmes.views import bp, dimensions_of
from lms.kernel.clock import now, shift_date, to_local
from lms.kernel.db import db, get_or_404
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.queries import team_paths
from lms.people.rules import has_permission, require_visible
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

MOST_REMINDED = 500


@bp.get("/team")
@requires(PP.READ_TEAM)
def team() -> str:
    viewer, at = current_person(), now()
    return render_template(
        "courses/programmes/team.html",
        page=paginate(programmes_followed(viewer, at), page_number()),
        may_assign=has_permission(viewer, P.ASSIGNMENTS_EDIT),
        may_edit=has_permission(viewer, PP.EDIT),
    )


@bp.get("/team/<int:programme_id>")
@requires(PP.READ_TEAM)
def matrix(programme_id: int) -> str:
    viewer, at, wanted = current_person(), now(), _wanted()
    programme, definitions, infos = _load(viewer, programme_id)
    page, counts = page_of(viewer, programme, definitions, infos, wanted, page_number(), at)
    paths = team_paths()
    return render_template(
        "courses/programmes/matrix.html",
        programme=programme,
        page=page,
        counts=counts,
        days=_columns(programme, definitions),
        infos=infos,
        wanted=wanted,
        args=_args(wanted),
        paths=paths,
        teams=_teams(viewer, paths),
        choices=standing_choices(),
        may_assign=has_permission(viewer, P.ASSIGNMENTS_EDIT) and programme.activity.archived_at is None,
        at=at,
    )


@bp.get("/team/<int:programme_id>/export")
@requires(PP.READ_TEAM)
def export(programme_id: int) -> Response:
    viewer, at, wanted = current_person(), now(), _wanted()
    programme, definitions, infos = _load(viewer, programme_id)
    days = _columns(programme, definitions)
    rows: Iterator[Any] = matrix_rows(
        all_rows(viewer, programme, definitions, infos, wanted, at), len(days), infos, team_paths()
    )
    filename = _("%(title)s-%(at)s.xlsx", title=programme.title, at=to_local(at).strftime("%Y%m%d-%H%M"))
    return xlsx_response(filename, matrix_headers(days), rows)


@bp.post("/team/<int:programme_id>/remind")
@requires(PP.ATTENDANCE_EDIT)
def remind_all(programme_id: int) -> ResponseReturnValue:
    """Everybody whom the current filter shows as behind; at most once a working day each."""
    viewer, at, wanted = current_person(), now(), _wanted()
    programme, _definitions, _infos = _load(viewer, programme_id)
    standing = wanted.standing if wanted.standing in (Standing.STUCK, Standing.NOT_STARTED) else Standing.LATE
    query = ordered(narrowed(enrolled(viewer, programme, wanted, at), standing, at)).limit(MOST_REMINDED)
    told = remind(actor=viewer, enrolments=[row[0] for row in db.session.execute(query)], at=at)
    _say_reminded(told)
    return redirect(url_for("programmes.matrix", programme_id=programme_id, **_args(wanted)), 303)


@bp.get("/team/<int:programme_id>/attendance")
@requires(PP.ATTENDANCE_EDIT)
def attendance(programme_id: int) -> str:
    """Today's roll: who is on which day, who has begun, who is late."""
    viewer, at, wanted = current_person(), now(), _wanted()
    programme, definitions, _infos = _load(viewer, programme_id)
    paths = team_paths()
    only = request.args.get("only", "")
    roll = roll_of(viewer, programme, definitions, wanted, at, only=only, number=page_number())
    return render_template(
        "courses/programmes/attendance.html",
        programme=programme,
        roll=roll,
        only=only,
        wanted=wanted,
        args=_args(wanted) | ({"only": only} if only else {}),
        paths=paths,
        teams=_teams(viewer, paths),
        today=shift_date(at),
        at=at,
    )


@bp.get("/team/enrolments/<int:enrolment_id>")
@requires(PP.READ_TEAM)
def person(enrolment_id: int) -> str:
    viewer, at, enrolment = current_person(), now(), _enrolment(enrolment_id)
    shown = following(enrolment, at)
    gates = [day.gate.activity_id for day in shown.definition.days if day.gate]
    return render_template(
        "courses/programmes/person.html",
        shown=shown,
        enrolment=enrolment,
        member=enrolment.person,
        team=enrolment.person.team,
        dimensions=dimensions_of(shown),
        marks=attendance_of(enrolment),
        events=events_of(enrolment),
        event_labels=EVENTS,
        tries=tries_on(enrolment, gates),
        leads=leads_of([enrolment.person.team_id]).get(enrolment.person.team_id or 0, ()),
        may_mark=can_mark_attendance(viewer, enrolment),
        at=at,
    )


@bp.post("/team/enrolments/<int:enrolment_id>/attendance")
@requires(PP.ATTENDANCE_EDIT)
def mark(enrolment_id: int) -> ResponseReturnValue:
    actor, enrolment = current_person(), _enrolment(enrolment_id)
    status = request.form.get("status", "")
    if status in set(Attended):
        mark_attendance(
            actor=actor,
            enrolment=enrolment,
            day=request.form.get("day", 0, type=int),
            status=Attended(status),
            note=request.form.get("note", ""),
            at=now(),
        )
        flash(_("已登记%(name)s的考勤。", name=enrolment.person.name), "success")
    else:
        flash(_("请先选出勤、迟到、缺勤或请假。"), "warning")
    return _back(enrolment)


@bp.post("/team/enrolments/<int:enrolment_id>/remind")
@requires(PP.ATTENDANCE_EDIT)
def remind_one(enrolment_id: int) -> ResponseReturnValue:
    enrolment = _enrolment(enrolment_id)
    _say_reminded(remind(actor=current_person(), enrolments=[enrolment], at=now()))
    return _back(enrolment)


@bp.post("/team/enrolments/<int:enrolment_id>/start")
@requires(PP.ATTENDANCE_EDIT)
def start(enrolment_id: int) -> ResponseReturnValue:
    enrolment, wanted = _enrolment(enrolment_id), request.form.get("start", "")
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        flash(_("请选一个开始日期。"), "warning")
        return _back(enrolment)
    reschedule(actor=current_person(), enrolment=enrolment, start=day, at=now())
    flash(_("开始日期已改为 %(day)s。", day=enrolment.start_date.isoformat()), "success")
    return _back(enrolment)


def _back(enrolment: Enrolment) -> ResponseReturnValue:
    if request.form.get("back") == "attendance":
        page = request.form.get("page", type=int)
        target = url_for("programmes.attendance", programme_id=enrolment.programme_id, page=page)
    else:
        target = url_for("programmes.person", enrolment_id=enrolment.id)
    return redirect(target, 303)


def _say_reminded(told: int) -> None:
    if told:
        flash(_("已提醒 %(n)s 人。", n=told), "success")
    else:
        flash(_("没有需要提醒的人，或者今天已经提醒过了。"), "info")


def _load(viewer: Person, programme_id: int) -> tuple[Programme, dict[int, Definition], dict[int, ActivityInfo]]:
    programme = db.session.get(Programme, programme_id, options=[joinedload(Programme.activity)])
    require_visible(programme is not None and can_follow_programme(viewer, programme))
    assert programme is not None
    definitions = definitions_of(programme_id)
    ids = frozenset[int]().union(*(definition.activity_ids() for definition in definitions.values()))
    return programme, definitions, activities_named(ids)


def _enrolment(enrolment_id: int) -> Enrolment:
    enrolment = get_or_404(Enrolment, enrolment_id)
    require_visible(can_see_enrolment(current_person(), enrolment))
    return enrolment


def _columns(programme: Programme, definitions: dict[int, Definition]) -> list[str]:
    """The titles of the published version's days."""
    definition = definitions.get(programme.published_number or 0)
    return [day.title for day in definition.days] if definition else []


def _wanted() -> Wanted:
    standing = request.args.get("state", "")
    return Wanted(
        team_id=request.args.get("team", type=int),
        standing=Standing(standing) if standing in set(Standing) else None,
        text=request.args.get("q", "").strip()[:60],
        day=request.args.get("day", type=int),
    )


def _args(wanted: Wanted) -> dict[str, Any]:
    standing = wanted.standing.value if wanted.standing else None
    args = {"team": wanted.team_id, "state": standing, "q": wanted.text, "day": wanted.day}
    return {name: value for name, value in args.items() if value}


def _teams(viewer: Person, paths: dict[int, str]) -> list[tuple[int, str]]:
    served, branches = viewer.access.served_team_ids, viewer.access.team_ids
    if served is None or branches is None:
        return list(paths.items())
    return [(team_id, path) for team_id, path in paths.items() if team_id in served | branches]
