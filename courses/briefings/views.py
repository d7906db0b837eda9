"""Pages of weekly briefings."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from courses.briefings.permissions import B
from courses.briefings.queries import briefing_for_authors, briefing_for_reading, briefings_for
from courses.briefings.rules import can_edit_briefing
from courses.briefings.services import (
    BriefingError,
    BriefingThere,
    draft_briefing,
    edit_briefing,
    publish_briefing,
    week_of,
)
from lms.kernel.clock import now, to_local
from lms.kernel.db import get_or_404
from lms.people.guards import current_person, requires
from lms.people.models import Shop
from lms.people.queries import shops_visible_to
from lms.web.markdown import render_markdown
from lms.web.paging import page_number, paginate

bp = Blueprint("briefings", __name__, url_prefix="/briefings", template_folder="templates")


class DraftForm(FlaskForm):
    """Which week of which shop."""

    shop_id = SelectField(_l("店铺"), coerce=int)
    day = DateField(_l("哪一周"), validators=[InputRequired(_l("请选这一周里的任意一天。"))])


class BriefingForm(FlaskForm):
    """The text; ``base`` is when it was last saved."""

    title = StringField(_l("标题"), validators=[DataRequired(_l("请填写标题。")), Length(max=200)])
    body = TextAreaField(_l("正文"), validators=[DataRequired(_l("请填写正文。")), Length(max=20_000)])
    base = HiddenField()


@bp.get("/")
@requires(B.BRIEFINGS_READ)
def index() -> str:
    person = current_person()
    may_write = B.BRIEFINGS_EDIT in person.access.permissions
    form = _draft_form() if may_write else None
    if form is not None:
        form.day.data = week_of(to_local(now()).date())
    return render_template(
        "courses/briefings/index.html",
        page=paginate(briefings_for(person), page_number()),
        form=form,
    )


@bp.post("/draft")
@requires(B.BRIEFINGS_EDIT)
def draft() -> ResponseReturnValue:
    form = _draft_form()
    if not form.validate():
        flash(_("请选店铺和日期。"), "danger")
        return redirect(url_for(".index"), 303)
    shop = get_or_404(Shop, form.shop_id.data)
    try:
        briefing = draft_briefing(actor=current_person(), shop=shop, monday=form.day.data, at=now())
    except BriefingThere as there:
        flash(there.message, "info")
        return redirect(url_for(".edit", briefing_id=there.briefing_id), 303)
    flash(_("已根据这一周的变化起草，改好再发布。"), "success")
    return redirect(url_for(".edit", briefing_id=briefing.id), 303)


@bp.get("/<int:briefing_id>")
@requires(B.BRIEFINGS_READ)
def show(briefing_id: int) -> str:
    briefing = briefing_for_reading(current_person(), briefing_id)
    return render_template(
        "courses/briefings/show.html",
        briefing=briefing,
        body=render_markdown(briefing.body),
        may_edit=can_edit_briefing(current_person(), briefing),
    )


@bp.route("/<int:briefing_id>/edit", methods=["GET", "POST"])
@requires(B.BRIEFINGS_EDIT)
def edit(briefing_id: int) -> ResponseReturnValue:
    briefing = briefing_for_authors(current_person(), briefing_id)
    form = BriefingForm(obj=briefing)
    if request.method == "GET":
        form.base.data = briefing.updated_at.isoformat()
    if form.validate_on_submit():
        try:
            edit_briefing(
                actor=current_person(),
                briefing=briefing,
                title=form.title.data or "",
                body=form.body.data or "",
                base=_moment(form.base.data or ""),
                at=now(),
            )
        except BriefingError as error:
            form.form_errors.append(str(error))
        else:
            if request.form.get("then") == "publish":
                told = publish_briefing(actor=current_person(), briefing=briefing, at=now())
                flash(
                    _("已发布，通知了 %(n)s 人。", n=told) if told else _("已保存，大家看到的就是新内容。"), "success"
                )
                return redirect(url_for(".show", briefing_id=briefing_id), 303)
            flash(_("已保存。"), "success")
            return redirect(url_for(".edit", briefing_id=briefing_id), 303)
    return render_template("courses/briefings/edit.html", form=form, briefing=briefing)


def _draft_form() -> DraftForm:
    form = DraftForm()
    form.shop_id.choices = [(shop.id, shop.name) for shop in shops_visible_to(current_person())]
    return form


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min
