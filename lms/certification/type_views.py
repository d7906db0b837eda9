"""Pages of the kinds of certificate: list, editor, and looking for what people have earned already."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from lms.certification.blueprint import bp
from lms.certification.forms import EditTypeForm, TypeForm, activity_words
from lms.certification.models import CertificateType
from lms.certification.permissions import P
from lms.certification.queries import choosable_activities, types_visible_to
from lms.certification.rendering import renderers
from lms.certification.type_services import (
    TypeDraft,
    TypeRefused,
    archive_type,
    may_write_type,
    restore_type,
    save_type,
    start_recheck,
)
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.learning.models import BY_CODE, Competency
from lms.people.guards import current_person, requires
from lms.people.queries import shop_filter, shops_visible_to
from lms.people.rules import can_see_shop, require_visible


@bp.get("/types")
@requires(P.CERTIFICATES_EDIT)
def types() -> str:
    viewer, archived = current_person(), request.args.get("state") == "archived"
    found = db.session.scalars(types_visible_to(viewer, archived=archived)).unique().all()
    return render_template(
        "lms/certification/types.html", types=found, archived=archived, may_write=may_write_type, viewer=viewer
    )


@bp.route("/types/new", methods=["GET", "POST"])
@requires(P.CERTIFICATES_EDIT)
def new_type() -> Response | str:
    form = _offer(TypeForm(), None)
    if request.method == "POST" and form.validate() and (saved := _save(form, None)):
        flash(_("已添加“%(title)s”。", title=saved.title), "success")
        return redirect(url_for(".types"))
    return _editor(form, None)


@bp.route("/types/<int:type_id>/edit", methods=["GET", "POST"])
@requires(P.CERTIFICATES_EDIT)
def edit_type(type_id: int) -> Response | str:
    kind = _writable(type_id)
    form: TypeForm = EditTypeForm()
    if request.method == "GET":
        form.show(kind)
    _offer(form, kind)
    if request.method == "POST" and form.validate() and _save(form, kind):
        flash(_("已保存。已经发出的证书不变。"), "success")
        return redirect(url_for(".types"))
    return _editor(form, kind)


@bp.post("/types/<int:type_id>/archive")
@requires(P.CERTIFICATES_EDIT)
def archive(type_id: int) -> Response:
    kind = archive_type(actor=current_person(), certificate_type=_visible(type_id), at=now())
    flash(_("“%(title)s”已停用，已发的证书到期前仍然有效。", title=kind.title), "success")
    return redirect(url_for(".types"))


@bp.post("/types/<int:type_id>/restore")
@requires(P.CERTIFICATES_EDIT)
def restore(type_id: int) -> Response:
    kind = restore_type(actor=current_person(), certificate_type=_visible(type_id))
    flash(_("“%(title)s”已恢复使用。", title=kind.title), "success")
    return redirect(url_for(".types"))


@bp.post("/types/<int:type_id>/recheck")
@requires(P.CERTIFICATES_EDIT)
def recheck(type_id: int) -> str:
    kind = _visible(type_id)
    job = start_recheck(actor=current_person(), certificate_type=kind)
    return render_template("lms/certification/recheck.html", kind=kind, job=job)


def _visible(type_id: int) -> CertificateType:
    kind = get_or_404(CertificateType, type_id)
    require_visible(can_see_shop(current_person(), kind.shop_id))
    return kind


def _writable(type_id: int) -> CertificateType:
    """A kind that the person may write; what belongs to all shops is there to be seen only."""
    kind = _visible(type_id)
    require_visible(may_write_type(current_person(), kind.shop_id))
    return kind


def _offer(form: TypeForm, kind: CertificateType | None) -> TypeForm:
    viewer = current_person()
    keep = [need.activity_id for need in kind.requirements] if kind else []
    keep += [kind.renewal_activity_id] if kind and kind.renewal_activity_id else []
    competencies = select(Competency).where(shop_filter(viewer, Competency.shop_id), Competency.archived_at.is_(None))
    return form.offer(
        shops=shops_visible_to(viewer),
        everywhere=may_write_type(viewer, None),
        activities=choosable_activities(viewer, keep),
        competencies=db.session.scalars(competencies.order_by(Competency.dimension, *BY_CODE)).all(),
        looks=list(renderers().values()),
    )


def _save(form: TypeForm, kind: CertificateType | None) -> CertificateType | None:
    """Save what the form says; None when the service refused, its reason at the field it speaks of."""
    draft = TypeDraft(
        code=form.code.data or "",
        title=form.title.data or "",
        needs=form.chosen_needs,
        competencies=form.chosen_competencies,
        validity_days=form.validity_days.data,
        renewal_activity_id=form.renewal.activity_id,
        renderer=form.renderer.data or "",
    )
    try:
        return save_type(
            actor=current_person(), certificate_type=kind, shop_id=form.chosen_shop_id, draft=draft, at=now()
        )
    except TypeRefused as error:
        if error.where not in form:
            raise
        target = form[error.where]
        if error.where == "needs":
            form.form_errors.append(error.message)
        else:
            target.errors = [*target.errors, error.message]
        return None


def _editor(form: TypeForm, kind: CertificateType | None) -> Response:
    page = render_template("lms/certification/type_form.html", form=form, kind=kind, activity_words=activity_words)
    return make_response(page, 422 if form.errors or form.form_errors else 200)
