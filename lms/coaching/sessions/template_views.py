"""Pages of templates: the list, the editor, a copy of what ships."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.coaching.permissions import C
from lms.coaching.sessions.blueprint import bp
from lms.coaching.sessions.forms import read_sections
from lms.coaching.sessions.models import CoachingTemplate
from lms.coaching.sessions.queries import templates_visible_to
from lms.coaching.sessions.rules import can_edit_template
from lms.coaching.sessions.template_services import (
    SECTIONS_MOST,
    SectionText,
    TemplateError,
    archive_template,
    change_template,
    create_template,
)
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible


@bp.get("/templates")
@requires(C.RULES_EDIT)
def templates() -> str:
    viewer = current_person()
    rows = templates_visible_to(viewer, archived=True)
    return render_template(
        "lms/coaching/sessions/templates.html",
        rows=[(row, can_edit_template(viewer, row)) for row in rows],
        shops={shop.id: shop.name for shop in shops_visible_to(viewer)},
    )


@bp.route("/templates/new", methods=["GET", "POST"])
@requires(C.RULES_EDIT)
def new_template() -> Response | tuple[str, int]:
    """A template of a shop; ``?copy=`` begins with the sections of another one."""
    actor = current_person()
    shops = shops_visible_to(actor)
    title, sections, trouble = "", [SectionText("")], ""
    copied = request.args.get("copy", type=int)
    if copied is not None:
        source = get_or_404(CoachingTemplate, copied)
        require_visible(can_see_shop(actor, source.shop_id))
        title, sections = source.title, _sections(source)
    if request.method == "POST":
        title, sections = request.form.get("title", ""), read_sections(request.form, SECTIONS_MOST)
        shop_id = request.form.get("shop_id", 0, type=int)
        try:
            create_template(actor=actor, shop_id=shop_id, title=title, sections=sections, at=now())
        except TemplateError as error:
            db.session.rollback()
            trouble = error.message
        else:
            flash(_("已新建模板“%(title)s”。", title=title.strip()), "success")
            return redirect(url_for(".templates"), 303)
    return _editor(None, title, sections, trouble, [(shop.id, shop.name) for shop in shops])


@bp.route("/templates/<int:template_id>", methods=["GET", "POST"])
@requires(C.RULES_EDIT)
def edit_template(template_id: int) -> Response | tuple[str, int]:
    actor, template = current_person(), _editable(template_id)
    title, sections, trouble = template.title, _sections(template), ""
    if request.method == "POST":
        title, sections = request.form.get("title", ""), read_sections(request.form, SECTIONS_MOST)
        try:
            change_template(actor=actor, template=template, title=title, sections=sections)
        except TemplateError as error:
            db.session.rollback()
            trouble = error.message
        else:
            flash(_("已保存，从下一次约面谈起生效。"), "success")
            return redirect(url_for(".templates"), 303)
    return _editor(template, title, sections, trouble, [])


@bp.post("/templates/<int:template_id>/archive")
@requires(C.RULES_EDIT)
def archive(template_id: int) -> Response:
    template = _editable(template_id)
    archive_template(actor=current_person(), template=template, at=now())
    flash(_("已停用模板。") if template.archived_at else _("已恢复模板。"), "success")
    return redirect(url_for(".templates"), 303)


def _editable(template_id: int) -> CoachingTemplate:
    template = get_or_404(CoachingTemplate, template_id)
    require_visible(can_edit_template(current_person(), template))
    return template


def _sections(template: CoachingTemplate) -> list[SectionText]:
    return [SectionText(each["title"], each.get("hint", "")) for each in template.sections]


def _editor(
    template: CoachingTemplate | None,
    title: str,
    sections: list[SectionText],
    trouble: str,
    shops: list[tuple[int, str]],
) -> tuple[str, int]:
    filled = [each for each in sections if each.title.strip() or each.hint.strip()]
    blank = max(1, min(2, SECTIONS_MOST - len(filled)))
    page = render_template(
        "lms/coaching/sessions/template_form.html",
        template=template,
        title=title,
        sections=(filled + [SectionText("")] * (1 if trouble else blank))[:SECTIONS_MOST],
        most=SECTIONS_MOST,
        trouble=trouble,
        shops=shops,
    )
    return page, 400 if trouble else 200
