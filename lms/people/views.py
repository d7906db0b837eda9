"""Pages of people: the list, one person, making and changing accounts."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.people.blueprint import bp
from lms.people.columns import people_headers
from lms.people.enums import BRANCH_ROLES, SHOP_ROLES, Role
from lms.people.exporters import people_rows
from lms.people.forms import NO_TEAM, EditPersonForm, PersonForm, attach
from lms.people.guards import current_person, requires
from lms.people.labels import role_label
from lms.people.models import Person, Team
from lms.people.permissions import P
from lms.people.queries import PeopleFilter, count_without_password, people_list, team_choices, team_paths
from lms.people.rules import can_see_person, has_permission, require_visible
from lms.people.services import (
    GrantWish,
    create_person,
    deactivate,
    give_one_time_password,
    reactivate,
    reset_password,
    update_person,
)
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response


@bp.get("/people")
@requires(P.PEOPLE_READ)
def index() -> str:
    viewer, wanted = current_person(), _filter()
    paths = team_paths()
    reach = viewer.access.team_ids
    manages = has_permission(viewer, P.PEOPLE_MANAGE)
    return render_template(
        "lms/people/list.html",
        page=paginate(people_list(viewer, wanted), page_number()),
        wanted=wanted,
        args=_filter_args(wanted),
        paths=paths,
        teams=[(team_id, path) for team_id, path in paths.items() if reach is None or team_id in reach],
        roles=[(role.value, role_label(role)) for role in Role],
        role_label=role_label,
        manages=manages,
        without_password=count_without_password() if manages else 0,
    )


@bp.get("/people/export")
@requires(P.PEOPLE_READ)
def export() -> Response:
    return xlsx_response(_("人员.xlsx"), people_headers(), people_rows(current_person(), _filter()))


@bp.get("/people/<int:person_id>")
@requires(P.PEOPLE_READ)
def show(person_id: int) -> str:
    return _person_page(_visible(person_id))


@bp.route("/people/new", methods=["GET", "POST"])
@requires(P.PEOPLE_MANAGE)
def create() -> Response | str:
    actor = current_person()
    form = PersonForm().offer(team_choices(actor, reach=None))
    if request.method == "GET":
        form.roles.data = [Role.AGENT.value]
        form.team_id.data = request.args.get("team", NO_TEAM, type=int)
    elif form.validate():
        try:
            person = create_person(
                actor=actor,
                account=form.account.data or "",
                name=form.name.data or "",
                team=_team(form.team_id.data),
                grants=_grants(form),
                at=now(),
            )
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            return _shown_once(person, give_one_time_password(person))
    return _form_page("lms/people/edit.html", form, person=None)


@bp.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@requires(P.PEOPLE_MANAGE)
def edit(person_id: int) -> Response | str:
    actor, person = current_person(), _visible(person_id)
    form = EditPersonForm().offer(team_choices(actor, reach=None))
    if request.method == "GET":
        form.name.data, form.team_id.data = person.name, person.team_id or NO_TEAM
        form.roles.data = [grant.role.value for grant in person.grants]
        form.scope_id.data = _scope(person) or NO_TEAM
    elif form.validate():
        try:
            update_person(
                actor=actor,
                person=person,
                name=form.name.data or "",
                team=_team(form.team_id.data),
                grants=_grants(form, person),
            )
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            flash(_("已保存“%(name)s”的资料。", name=person.name), "success")
            return redirect(url_for("people.show", person_id=person.id))
    return _form_page("lms/people/edit.html", form, person=person)


@bp.post("/people/<int:person_id>/deactivate")
@requires(P.PEOPLE_MANAGE)
def switch_off(person_id: int) -> Response:
    person = deactivate(actor=current_person(), person=_visible(person_id), at=now())
    flash(_("“%(name)s”已停用：不能再登录，学习记录都保留着。", name=person.name), "success")
    return redirect(url_for("people.show", person_id=person.id))


@bp.post("/people/<int:person_id>/reactivate")
@requires(P.PEOPLE_MANAGE)
def switch_on(person_id: int) -> Response:
    person = reactivate(actor=current_person(), person=_visible(person_id))
    flash(_("“%(name)s”已恢复，可以用原来的密码登录。", name=person.name), "success")
    return redirect(url_for("people.show", person_id=person.id))


@bp.post("/people/<int:person_id>/reset-password")
@requires(P.PEOPLE_MANAGE)
def new_password(person_id: int) -> Response:
    person = _visible(person_id)
    return _shown_once(person, reset_password(actor=current_person(), person=person))


def _visible(person_id: int) -> Person:
    person = get_or_404(Person, person_id)
    require_visible(can_see_person(current_person(), person))
    return person


def _team(team_id: int | None) -> Team | None:
    return get_or_404(Team, team_id) if team_id else None


def _scope(person: Person | None) -> int | None:
    """The branch that the form shows: the first one of the person's roles."""
    return next((grant.team_id for grant in person.grants if grant.team_id), None) if person else None


def _grants(form: PersonForm, person: Person | None = None) -> list[GrantWish]:
    """The ticked roles with the chosen branch. One field can't show several branches (an import may have given
    them), so while the field is left as it was, roles keep theirs.
    """
    scope = form.scope_id.data or None
    had: dict[Role, list[int | None]] = {}
    if person is not None and scope == _scope(person):
        for grant in person.grants:
            had.setdefault(grant.role, []).append(grant.team_id)
    wishes: list[GrantWish] = []
    for role in map(Role, form.roles.data or ()):
        branches = had.get(role) or [scope if role in BRANCH_ROLES | SHOP_ROLES else None]
        wishes += [GrantWish(role, team_id) for team_id in branches]
    return wishes


def _person_page(person: Person, **more: Any) -> str:
    viewer = current_person()
    return render_template(
        "lms/people/show.html",
        person=person,
        paths=team_paths(),
        role_label=role_label,
        manages=has_permission(viewer, P.PEOPLE_MANAGE),
        itself=viewer.id == person.id,
        **more,
    )


def _shown_once(person: Person, password: str) -> Response:
    """The person's page with the one-time password on it; no cache keeps it, and no address leads back to it."""
    response = make_response(_person_page(person, password=password))
    response.headers["Cache-Control"] = "no-store"
    return response


def _form_page(template: str, form: PersonForm, **context: Any) -> Response:
    return make_response(render_template(template, form=form, **context), 422 if form.errors else 200)


def _filter() -> PeopleFilter:
    role, state = request.args.get("role", ""), request.args.get("state", "active")
    return PeopleFilter(
        text=request.args.get("q", "").strip()[:100],
        team_id=request.args.get("team", type=int),
        role=Role(role) if role in list(Role) else None,
        state=state if state in ("active", "left", "all") else "active",
    )


def _filter_args(wanted: PeopleFilter) -> dict[str, Any]:
    args = {"q": wanted.text, "team": wanted.team_id, "role": wanted.role, "state": wanted.state}
    return {name: value for name, value in args.items() if value and value != "active"}
