"""题库: the list, an item's page, writing and editing by hand, sheets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import DomainError, NotFound
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.web.paging import page_number, paginate
from lms.web.sheets import read_sheet, xlsx_response
from quizzes.bank import labels
from quizzes.bank.enums import ItemState, RejectReason
from quizzes.bank.exporters import header, rows_of
from quizzes.bank.forms import number, numbers, read_competencies, read_dimension, read_filter, read_item, read_reason
from quizzes.bank.grounds import confirm_item, possible_grounds, set_ground
from quizzes.bank.importers import import_rows
from quizzes.bank.models import Item
from quizzes.bank.queries import (
    competencies_for,
    count_stale,
    decisions_of,
    excerpts,
    item_list,
    item_with_all,
    product_choices,
    question_type,
    question_types,
    state_counts,
    versions_of,
    visible_among,
)
from quizzes.bank.rules import can_see_item
from quizzes.bank.services import add_item, edit_item, reject_items, restore_item, retire_item
from quizzes.permissions import Q

bp = Blueprint("bank", __name__, url_prefix="/bank", template_folder="templates", static_folder="static")
PAGE_SIZE = 25


def load_item(item_id: int) -> Item:
    """An item of a shop that the person serves; anything else does not exist."""
    item = item_with_all(item_id)
    if item is None:
        raise NotFound(_("找不到这道题，它可能已被删除，或者不在您的可见范围内。"))
    require_visible(can_see_item(current_person(), item))
    return item


def shown(item: Item) -> dict[str, Any]:
    """What a template needs to show an item whole, its key included. Types whose plugin is gone show as text."""
    one = question_types().get(item.type)
    version = item.current_version
    definition = version.definition if version else {}
    parts = one.present(definition, [o["id"] for o in definition.get("options") or []]) if one else {}
    return {"item": item, "version": version, "type": one, "definition": definition, "shown": parts}


@bp.app_context_processor
def bank_words() -> dict[str, Any]:
    return {"bank_labels": labels}


@bp.get("/")
@requires(Q.ITEMS_READ)
def index() -> str:
    actor = current_person()
    wanted = read_filter(request.args)
    return render_template(
        "quizzes/bank/list.html",
        page=paginate(item_list(actor, wanted), page_number(), PAGE_SIZE),
        wanted=wanted,
        counts=state_counts(actor),
        stale=count_stale(actor),
        products=product_choices(actor),
        shops=shops_visible_to(actor),
        types=question_types(),
        reasons=RejectReason,
        states=ItemState,
    )


@bp.get("/items/<int:item_id>")
@requires(Q.ITEMS_READ)
def show(item_id: int) -> str:
    item = load_item(item_id)
    return render_template(
        "quizzes/bank/item.html",
        **shown(item),
        versions=versions_of(item),
        decisions=decisions_of(item),
        excerpts=excerpts(item.sources),
    )


@bp.route("/new/<type_name>", methods=["GET", "POST"])
@requires(Q.ITEMS_EDIT)
def new(type_name: str) -> str | Response | tuple[str, int]:
    one = question_types().get(type_name)
    if one is None:
        raise NotFound(_("没有这种题型。"))
    actor = current_person()
    shops = shops_visible_to(actor)
    known = competencies_for(None)
    if request.method == "GET":
        return render_template("quizzes/bank/new.html", type=one, form=None, definition={}, shops=shops, error=None)
    form = read_item(request.form, one)
    shop_id = number(request.form.get("shop", ""))
    require_visible(can_see_shop(actor, shop_id))
    if shop_id is None and actor.access.shop_ids is not None:
        shop_id = shops[0].id if shops else None
    try:
        item = add_item(
            actor=actor,
            type=one.name,
            stem=form.stem,
            definition=form.definition,
            rationale=form.rationale,
            dimension=read_dimension(request.form.get("dimension", "")),
            competencies=read_competencies(request.form, known),
            shop_id=shop_id,
            at=now(),
        )
    except DomainError as error:
        context = {"type": one, "form": form, "definition": form.definition, "shops": shops, "error": error}
        return render_template("quizzes/bank/new.html", **context), 400
    flash(_("试题已保存，审过以后才能进试卷。"), "success")
    return redirect(url_for("review.show", item_id=item.id))


@bp.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
@requires(Q.ITEMS_EDIT)
def edit(item_id: int) -> str | Response | tuple[str, int]:
    item = load_item(item_id)
    one = question_type(item.type)
    grounds = possible_grounds(item.shop_id)
    if request.method == "GET":
        return render_template("quizzes/bank/edit.html", **shown(item), grounds=grounds, error=None)
    form = read_item(request.form, one)
    try:
        edit_item(
            actor=current_person(),
            item=item,
            stem=form.stem,
            definition=form.definition,
            rationale=form.rationale,
            version_id=form.version_id,
            at=now(),
        )
        if "sop_entry" in request.form:
            set_ground(item=item, entry=next((g for g in grounds if g.id == form.sop_entry_id), None))
    except DomainError as error:
        context = shown(item) | {"grounds": grounds, "definition": form.definition, "form": form, "error": error}
        return render_template("quizzes/bank/edit.html", **context), 400
    flash(_("已存为新版本，已经交的答卷不受影响。"), "success")
    return redirect(url_for("bank.show", item_id=item.id))


@bp.post("/items/<int:item_id>/retire")
@requires(Q.ITEMS_EDIT)
def retire(item_id: int) -> Response:
    item = load_item(item_id)
    retire_item(actor=current_person(), item=item, reason=request.form.get("reason", ""), at=now())
    flash(_("试题已停用，不会再被抽到。"), "success")
    return redirect(url_for("bank.show", item_id=item.id))


@bp.post("/items/<int:item_id>/confirm")
@requires(Q.ITEMS_EDIT)
def confirm(item_id: int) -> Response:
    """The ground of an item changed, and the item is right all the same."""
    item = load_item(item_id)
    confirm_item(actor=current_person(), item=item, at=now())
    flash(_("已复核，试题可以再被抽到。"), "success")
    return redirect(url_for("bank.show", item_id=item.id))


@bp.post("/items/<int:item_id>/restore")
@requires(Q.ITEMS_EDIT)
def restore(item_id: int) -> Response:
    item = load_item(item_id)
    restore_item(actor=current_person(), item=item, at=now())
    flash(_("试题已回到待审，审过以后才能进试卷。"), "success")
    return redirect(url_for("bank.show", item_id=item.id))


@bp.post("/reject")
@requires(Q.ITEMS_REVIEW)
def reject_many() -> Response:
    """Refuse the ticked drafts. There is no such thing for accepting: what nobody read is not drawn."""
    actor = current_person()
    found = visible_among(actor, numbers(request.form.getlist("item_ids"))[:200])
    reason = read_reason(request.form.get("reason", ""))
    count = reject_items(actor=actor, items=found, reason=reason, at=now())
    flash(_("退回了 %(n)s 道题。", n=count), "success" if count else "info")
    return redirect(url_for("bank.index", state="draft"))


@bp.get("/export")
@requires(Q.ITEMS_READ)
def export() -> Response:
    query = item_list(current_person(), read_filter(request.args)).order_by(None).order_by(Item.id)
    rows: list[Item] = list(db.session.scalars(query.options(selectinload(Item.competencies))))
    return xlsx_response(_("题库"), header(), rows_of(rows), sheet=_("题库"))


@bp.route("/import", methods=["GET", "POST"])
@requires(Q.ITEMS_EDIT)
def import_items() -> str | tuple[str, int]:
    actor = current_person()
    shops = shops_visible_to(actor)
    if request.method == "GET":
        return render_template("quizzes/bank/import.html", shops=shops, report=None, error=None)
    upload = request.files.get("file")
    shop_id = number(request.form.get("shop", ""))
    require_visible(can_see_shop(actor, shop_id))
    if shop_id is None and actor.access.shop_ids is not None:
        shop_id = shops[0].id if shops else None
    try:
        if upload is None or not upload.filename:
            raise DomainError(_("请选择要导入的文件。"))
        report = import_rows(read_sheet(upload.stream, upload.filename), actor=actor, shop_id=shop_id, at=now())
    except DomainError as error:
        return render_template("quizzes/bank/import.html", shops=shops, report=None, error=error), 400
    return render_template("quizzes/bank/import.html", shops=shops, report=report, error=None)
