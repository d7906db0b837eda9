"""Pages of competencies."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.learning.blueprint import bp
from lms.learning.competency_services import (
    archive_competency,
    create_competency,
    may_write_for,
    restore_competency,
    update_competency,
)
from lms.learning.enums import Dimension
from lms.learning.forms import ALL_SHOPS, CompetencyForm, EditCompetencyForm
from lms.learning.models import Competency
from lms.learning.queries import competencies
from lms.people.forms import attach
from lms.people.guards import current_person, requires
from lms.people.permissions import P
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible


@bp.get("/competencies")
@requires(P.COMPETENCIES_EDIT)
def competency_list() -> str:
    viewer, archived = current_person(), request.args.get("archived") == "1"
    rows = db.session.execute(competencies(viewer, archived=archived)).all()
    return render_template(
        "lms/learning/competencies.html",
        by_dimension=[(dimension, [row for row in rows if row[0].dimension is dimension]) for dimension in Dimension],
        any_rows=bool(rows),
        archived=archived,
        shops={shop.id: shop.name for shop in shops_visible_to(viewer)},
        may_write_for=lambda shop_id: may_write_for(viewer, shop_id),
    )


@bp.route("/competencies/new", methods=["GET", "POST"])
@requires(P.COMPETENCIES_EDIT)
def competency_create() -> Response:
    actor = current_person()
    shops = [(shop.id, shop.name) for shop in shops_visible_to(actor)]
    form = CompetencyForm().offer(shops, everybody=may_write_for(actor, None))
    if request.method == "GET":
        dimension = request.args.get("dimension", "")
        form.dimension.data = dimension if dimension in list(Dimension) else Dimension.KNOWLEDGE.value
    elif form.validate():
        try:
            made = create_competency(
                actor=actor,
                code=form.code.data or "",
                name=form.name.data or "",
                description=form.description.data or "",
                dimension=Dimension(form.dimension.data),
                shop_id=None if form.shop_id.data == ALL_SHOPS else form.shop_id.data,
            )
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            flash(_("已新建能力项“%(name)s”。", name=made.name), "success")
            return redirect(url_for("learning.competency_list"))
    return _page(form, None)


@bp.route("/competencies/<int:competency_id>", methods=["GET", "POST"])
@requires(P.COMPETENCIES_EDIT)
def competency_edit(competency_id: int) -> Response:
    actor, competency = current_person(), _visible(competency_id)
    form = EditCompetencyForm(obj=competency)
    if request.method == "POST" and form.validate():
        try:
            update_competency(
                actor=actor,
                competency=competency,
                code=form.code.data or "",
                name=form.name.data or "",
                description=form.description.data or "",
                dimension=Dimension(form.dimension.data),
            )
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
        else:
            flash(_("已保存能力项“%(name)s”。", name=competency.name), "success")
            return redirect(url_for("learning.competency_list"))
    return _page(form, competency)


@bp.post("/competencies/<int:competency_id>/archive")
@requires(P.COMPETENCIES_EDIT)
def competency_archive(competency_id: int) -> Response:
    competency = archive_competency(actor=current_person(), competency=_visible(competency_id), at=now())
    flash(_("已归档“%(name)s”，以前的内容仍然引用它。", name=competency.name), "success")
    return redirect(url_for("learning.competency_list"))


@bp.post("/competencies/<int:competency_id>/restore")
@requires(P.COMPETENCIES_EDIT)
def competency_restore(competency_id: int) -> Response:
    competency = restore_competency(actor=current_person(), competency=_visible(competency_id))
    flash(_("已恢复“%(name)s”。", name=competency.name), "success")
    return redirect(url_for("learning.competency_list"))


def _visible(competency_id: int) -> Competency:
    competency = get_or_404(Competency, competency_id)
    require_visible(can_see_shop(current_person(), competency.shop_id))
    return competency


def _page(form: CompetencyForm, competency: Competency | None) -> Response:
    writable = competency is None or may_write_for(current_person(), competency.shop_id)
    page = render_template("lms/learning/competency_edit.html", form=form, competency=competency, writable=writable)
    return make_response(page, 422 if form.errors else 200)
