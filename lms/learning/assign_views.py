"""Giving work: choose the activity, then people and teams, a due time and a reason."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.learning.blueprint import bp
from lms.learning.enums import AssignmentReason
from lms.learning.forms import AssignForm
from lms.learning.labels import activity_kinds
from lms.learning.models import Activity
from lms.learning.queries import assignable_activities, assignable_people, people_with_open
from lms.learning.rules import can_see_activity
from lms.learning.services import assign, branch_members
from lms.people.forms import attach
from lms.people.guards import current_person, requires
from lms.people.models import Person, Team
from lms.people.permissions import P
from lms.people.queries import team_choices
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate

PEOPLE_SHOWN = 60


@bp.route("/assign", methods=["GET", "POST"], endpoint="assign")
@requires(P.ASSIGNMENTS_EDIT)
def assign_page() -> Response | str:
    """The form for ``?activity_id=``, or the choice of an activity. ``?person_id=`` ticks a person beforehand."""
    actor, activity_id = current_person(), request.values.get("activity_id", type=int)
    if activity_id is None:
        return _choice_page(actor)
    activity = get_or_404(Activity, activity_id)
    require_visible(can_see_activity(actor, activity))
    form, people, total = _form(actor, activity)
    if request.method == "GET":
        form.suggest_due(now())
        form.people.data = request.args.getlist("person_id", type=int)
        form.teams.data = []
    elif form.validate():
        try:
            if response := _assign(actor, activity, form):
                return response
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=str(error))
    page = render_template(
        "lms/learning/assign.html",
        activity=activity,
        form=form,
        people=people,
        total=total,
        has_open=people_with_open(activity.id, [person.id for person in people]),
        paths=dict(form.teams.choices or ()),
        text=request.args.get("q", ""),
        team_id=request.args.get("team", type=int),
    )
    return make_response(page, 422 if form.errors else 200)


def _assign(actor: Person, activity: Activity, form: AssignForm) -> Response | None:
    teams = db.session.scalars(select(Team).where(Team.id.in_(form.teams.data or ()))).all()
    chosen = db.session.scalars(select(Person).where(Person.id.in_(form.people.data or ()))).all()
    people = list({p.id: p for p in (*branch_members(actor=actor, activity=activity, teams=teams), *chosen)}.values())
    if not people:
        attach(form, where="", message=_("还没有选人：请勾选团队或个人。"))
        return None
    made = assign(
        actor=actor,
        activity=activity,
        people=people,
        due_at=form.due(),
        reason=AssignmentReason(form.reason.data),
        at=now(),
        note=(form.note.data or "").strip(),
    )
    already = len(people) - len(made)
    if made:
        flash(_("已把“%(title)s”布置给 %(n)s 人。", title=activity.title, n=len(made)), "success")
    if already:
        flash(_("%(n)s 人手上已有这项未完成的任务，没有重复布置。", n=already), "info")
    return redirect(url_for("learning.task", activity_id=activity.id))


def _form(actor: Person, activity: Activity) -> tuple[AssignForm, list[Person], int]:
    """The form with the people of the current search. A posted choice may name anybody within reach, shown or not."""
    served, branches = actor.access.served_team_ids, actor.access.team_ids
    reach = None if served is None or branches is None else served | branches
    found = paginate(
        assignable_people(
            actor, activity, text=request.args.get("q", "").strip()[:100], team_id=request.args.get("team", type=int)
        ),
        1,
        PEOPLE_SHOWN,
    )
    people: list[Person] = list(found.items)
    wanted = {int(value) for value in request.values.getlist("people") if value.isascii() and value.isdigit()}
    wanted |= set(request.args.getlist("person_id", type=int))
    if missing := wanted - {person.id for person in people}:
        query = assignable_people(actor, activity).where(Person.id.in_(missing))
        people = [*db.session.scalars(query), *people]
    choices = [(person.id, person.name) for person in people]
    return AssignForm().offer(team_choices(actor, reach=reach), choices), people, found.total


def _choice_page(actor: Person) -> str:
    text, kind = request.args.get("q", "").strip()[:100], request.args.get("kind", "")
    return render_template(
        "lms/learning/assign_choose.html",
        page=paginate(assignable_activities(actor, text=text, kind=kind), page_number()),
        kinds=activity_kinds(),
        text=text,
        kind=kind,
        person_id=request.args.get("person_id", type=int),
    )
