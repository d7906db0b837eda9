"""Pages of teams and shops."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.people.blueprint import bp
from lms.people.forms import NO_TEAM, ShopForm, TeamForm, attach
from lms.people.guards import current_person, requires
from lms.people.models import Shop, Team
from lms.people.permissions import P
from lms.people.queries import shops_visible_to, team_paths, team_tree
from lms.people.team_services import (
    create_shop,
    create_team,
    delete_team,
    move_team,
    rename_shop,
    set_team_shops,
)


@bp.get("/teams")
@requires(P.TEAMS_MANAGE)
def teams() -> str:
    tree = team_tree()
    served: dict[int, list[str]] = {}
    for row in tree:
        for shop in row.shops:
            served.setdefault(shop.id, []).append(row.team.name)
    shops = shops_visible_to(current_person())
    return render_template("lms/people/teams.html", tree=tree, shops=shops, served=served)


@bp.route("/teams/new", methods=["GET", "POST"])
@requires(P.TEAMS_MANAGE)
def create_team_page() -> Response:
    form = _team_form()
    if request.method == "GET":
        form.parent_id.data = request.args.get("parent", NO_TEAM, type=int)
    elif form.validate():
        try:
            actor = current_person()
            parent = get_or_404(Team, form.parent_id.data) if form.parent_id.data else None
            team = create_team(actor=actor, name=form.name.data or "", parent=parent, at=now())
            set_team_shops(actor=actor, team=team, shops=_shops(form))
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            flash(_("已新建团队“%(name)s”。", name=team.name), "success")
            return redirect(url_for("people.teams"))
    return _page("lms/people/team_edit.html", form, team=None)


@bp.route("/teams/<int:team_id>", methods=["GET", "POST"])
@requires(P.TEAMS_MANAGE)
def edit_team(team_id: int) -> Response:
    team = get_or_404(Team, team_id)
    form = _team_form(without=team)
    if request.method == "GET":
        form.name.data, form.parent_id.data = team.name, team.parent_id or NO_TEAM
        form.shops.data = [shop.id for shop in team.shops]
    elif form.validate():
        try:
            actor = current_person()
            parent = get_or_404(Team, form.parent_id.data) if form.parent_id.data else None
            move_team(actor=actor, team=team, parent=parent, name=form.name.data or "")
            set_team_shops(actor=actor, team=team, shops=_shops(form))
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            flash(_("已保存团队“%(name)s”。", name=team.name), "success")
            return redirect(url_for("people.teams"))
    return _page("lms/people/team_edit.html", form, team=team)


@bp.post("/teams/<int:team_id>/delete")
@requires(P.TEAMS_MANAGE)
def remove_team(team_id: int) -> Response:
    team = get_or_404(Team, team_id)
    delete_team(actor=current_person(), team=team)
    flash(_("已删除团队“%(name)s”。", name=team.name), "success")
    return redirect(url_for("people.teams"))


@bp.route("/shops/new", methods=["GET", "POST"])
@requires(P.TEAMS_MANAGE)
def create_shop_page() -> Response:
    form = ShopForm()
    if form.validate_on_submit():
        try:
            shop = create_shop(actor=current_person(), name=form.name.data or "", at=now())
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            flash(_("已新建店铺“%(name)s”。接着在团队里勾选谁服务它。", name=shop.name), "success")
            return redirect(url_for("people.teams"))
    return _page("lms/people/shop_edit.html", form, shop=None)


@bp.route("/shops/<int:shop_id>", methods=["GET", "POST"])
@requires(P.TEAMS_MANAGE)
def edit_shop(shop_id: int) -> Response:
    shop = get_or_404(Shop, shop_id)
    form = ShopForm(obj=shop)
    if form.validate_on_submit():
        try:
            rename_shop(actor=current_person(), shop=shop, name=form.name.data or "")
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            flash(_("已保存店铺“%(name)s”。", name=shop.name), "success")
            return redirect(url_for("people.teams"))
    return _page("lms/people/shop_edit.html", form, shop=shop)


def _team_form(*, without: Team | None = None) -> TeamForm:
    """The form with every team as a possible parent, but not the team itself and what lies below it."""
    inside = set(db.session.scalars(select(Team.id).where(Team.path.startswith(without.path)))) if without else set()
    parents = [(team_id, path) for team_id, path in team_paths().items() if team_id not in inside]
    return TeamForm().offer(parents, [(shop.id, shop.name) for shop in shops_visible_to(current_person())])


def _shops(form: TeamForm) -> list[Shop]:
    chosen = set(form.shops.data or ())
    return [shop for shop in shops_visible_to(current_person()) if shop.id in chosen]


def _page(template: str, form: TeamForm | ShopForm, **context: object) -> Response:
    return make_response(render_template(template, form=form, **context), 422 if form.errors else 200)
