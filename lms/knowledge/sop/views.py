"""Pages of SOP entries and scripts: list, read, edit, variants, reviews, flags."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError, NotFound
from lms.knowledge.diffs import DiffLine, text_diff
from lms.knowledge.models import Product
from lms.knowledge.permissions import P
from lms.knowledge.sop.enums import Resolution, SopKind
from lms.knowledge.sop.exporters import headers, rows_for_sheet
from lms.knowledge.sop.forms import EntryForm, FlagForm, NewEntryForm, ResolveForm, SlotsForm, VariantForm
from lms.knowledge.sop.labels import EDITORS_STATES, KIND_COLOURS, KINDS, RESOLUTIONS, STATES
from lms.knowledge.sop.models import SopEntry, SopVersion
from lms.knowledge.sop.queries import (
    SopFilter,
    counts,
    entry_list,
    entry_with_all,
    last_reviews,
    possible_owner,
    product_with_sku,
    rows_of,
    slot_names,
)
from lms.knowledge.sop.rules import can_edit_entry, can_read_entry, can_review_entry, is_overdue
from lms.knowledge.sop.seasons import upcoming, version_in_force
from lms.knowledge.sop.services import (
    SopData,
    SopError,
    VersionData,
    add_version,
    archive_entry,
    create_entry,
    flag_wrong,
    name_slots,
    resolve_flags,
    restore_entry,
    review_entry,
    update_entry,
)
from lms.people.guards import current_person, requires
from lms.people.models import Person, Shop
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.web.markdown import render_markdown
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

bp = Blueprint("sop", __name__, url_prefix="/sop", template_folder="../templates", static_folder="../static")
PAGE_SIZE = 30
EXPORT_MAX = 10_000


def _today() -> date:
    return to_local(now()).date()


def _load(entry_id: int) -> SopEntry:
    entry = entry_with_all(entry_id)
    if entry is None:
        raise NotFound(_("找不到您要的内容，它可能已被删除，或者不在您的可见范围内。"))
    require_visible(can_read_entry(current_person(), entry))
    return entry


def _editable(entry_id: int) -> SopEntry:
    entry = _load(entry_id)
    require_visible(can_edit_entry(current_person(), entry))
    return entry


def _number(name: str) -> int | None:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _filter() -> SopFilter:
    state = request.args.get("state", "")
    return SopFilter(
        text=request.args.get("q", "").strip()[:100],
        shop_id=_number("shop"),
        product_id=_number("product"),
        kind=request.args.get("kind", "").strip()[:20],
        state=state if state in STATES else "",
    )


@bp.get("")
@requires(P.SOP_READ)
def index() -> str:
    viewer, wanted, today = current_person(), _filter(), _today()
    page = paginate(entry_list(viewer, wanted, day=today), page_number(), PAGE_SIZE)
    may_edit = P.SOP_EDIT in viewer.access.permissions
    return render_template(
        "lms/knowledge/sop/list.html",
        page=page,
        rows=rows_of(page.items, day=today),
        wanted=wanted,
        product=db.session.get(Product, wanted.product_id) if wanted.product_id and page.items else None,
        shops=shops_visible_to(viewer),
        counts=counts(viewer, day=today),
        states={name: label for name, label in STATES.items() if may_edit or name not in EDITORS_STATES},
        kinds=KINDS,
        colours=KIND_COLOURS,
        may_edit=may_edit,
        is_overdue=is_overdue,
        today=today,
        args={
            "q": wanted.text or None,
            "shop": wanted.shop_id,
            "product": wanted.product_id,
            "kind": wanted.kind or None,
            "state": wanted.state or None,
        },
    )


@bp.get("/export.xlsx")
@requires(P.SOP_EDIT)
def export() -> Response:
    found = db.session.execute(entry_list(current_person(), _filter(), day=_today()).limit(EXPORT_MAX))
    return xlsx_response(_("SOP与话术") + ".xlsx", headers(), rows_for_sheet([row[0] for row in found], day=_today()))


@bp.get("/<int:entry_id>")
@requires(P.SOP_READ)
def show(entry_id: int) -> str:
    entry, viewer, today = _load(entry_id), current_person(), _today()
    version = version_in_force(entry.versions, today)
    return render_template(
        "lms/knowledge/sop/show.html",
        entry=entry,
        version=version,
        body=render_markdown(version.body) if version else "",
        coming=upcoming(entry.versions, today),
        waiting=[flag for flag in entry.flags if flag.resolved_at is None],
        reviews=last_reviews(entry),
        slots=slot_names(entry.shop_id) if entry.slot else {},
        kinds=KINDS,
        colours=KIND_COLOURS,
        may_edit=can_edit_entry(viewer, entry),
        may_review=can_review_entry(viewer, entry),
        overdue=is_overdue(entry, today),
        flag_form=FlagForm(),
        resolve_form=ResolveForm(),
    )


@bp.get("/<int:entry_id>/history")
@requires(P.SOP_READ)
def history(entry_id: int) -> str:
    """All versions, each of the latest ten with what it changed against the one of its sort before it."""
    entry, today = _load(entry_id), _today()
    current = version_in_force(entry.versions, today)
    changes: list[tuple[SopVersion, list[DiffLine]]] = []
    for version in reversed(entry.versions):
        before = _before(entry, version)
        lines = text_diff(before.body, version.body) if before is not None and len(changes) < 10 else []
        changes.append((version, lines))
    return render_template(
        "lms/knowledge/sop/history.html",
        entry=entry,
        changes=changes,
        current=current,
        resolutions=RESOLUTIONS,
        may_edit=can_edit_entry(current_person(), entry),
    )


def _before(entry: SopEntry, version: SopVersion) -> SopVersion | None:
    """The everyday version that an everyday one replaced, or that a variant stands in for."""
    earlier = [one for one in entry.versions if one.number < version.number and one.valid_until is None]
    return earlier[-1] if earlier else None


@bp.route("/new", methods=["GET", "POST"])
@requires(P.SOP_EDIT)
def new() -> str | BaseResponse:
    actor = current_person()
    shops = shops_visible_to(actor)
    product = db.session.get(Product, _number("product") or 0)
    if product is not None:
        require_visible(can_see_shop(actor, product.shop_id))
    form = NewEntryForm(data=_start_values(actor, product, shops)).offer_shops(shops)
    shop = db.session.get(Shop, form.shop_id.data or 0) or (shops[0] if shops else None)
    form.offer(slot_names(shop.id) if shop else {})
    if form.validate_on_submit() and shop is not None:
        try:
            entry = create_entry(actor=actor, shop=shop, data=_data(form, shop.id), version=_everyday(form), at=now())
        except DomainError as error:
            _put_error(form, error)
        else:
            flash(_("条目已保存。"), "success")
            return redirect(url_for(".show", entry_id=entry.id))
    return render_template("lms/knowledge/sop/form.html", form=form, entry=None)


def _start_values(actor: Person, product: Product | None, shops: list[Shop]) -> dict[str, Any]:
    slot = _number("slot") or 0
    title = ""
    if product is not None and slot:
        title = _("%(product)s：%(slot)s", product=product.name[:60], slot=slot_names(product.shop_id).get(slot, ""))
    return {
        "shop_id": product.shop_id if product else (shops[0].id if shops else None),
        "sku": product.sku if product else "",
        "slot": slot,
        "title": title,
        "kind": SopKind.SOP.value,
        "owner": actor.account,
        "valid_from": _today(),
    }


@bp.route("/<int:entry_id>/edit", methods=["GET", "POST"])
@requires(P.SOP_EDIT)
def edit(entry_id: int) -> str | BaseResponse:
    entry, actor = _editable(entry_id), current_person()
    everyday = [one for one in entry.versions if one.valid_until is None]
    form = EntryForm(
        data={
            "title": entry.title,
            "kind": entry.kind.value,
            "sku": entry.product.sku if entry.product else "",
            "slot": entry.slot or 0,
            "owner": entry.owner.account if entry.owner else "",
            "body": everyday[-1].body if everyday else "",
            "valid_from": _today(),
            "seen": entry.versions[-1].number if entry.versions else 0,
        }
    ).offer(slot_names(entry.shop_id))
    if form.validate_on_submit():
        try:
            update_entry(actor=actor, entry=entry, data=_data(form, entry.shop_id), at=now())
            made = add_version(actor=actor, entry=entry, version=_everyday(form), seen_number=_seen(form), at=now())
            if made is not None and form.resolve.data:
                resolve_flags(actor=actor, entry=entry, resolution=Resolution.CHANGED, answer="", at=now())
        except DomainError as error:
            db.session.rollback()
            entry = _editable(entry_id)
            _put_error(form, error)
        else:
            flash(_("已存为新版本。") if made else _("已保存，答复内容没有变化。"), "success")
            return redirect(url_for(".show", entry_id=entry.id))
    return render_template("lms/knowledge/sop/form.html", form=form, entry=entry)


@bp.route("/<int:entry_id>/variant", methods=["GET", "POST"])
@requires(P.SOP_EDIT)
def variant(entry_id: int) -> str | BaseResponse:
    """An answer for some days, such as 双11; the everyday one comes back by itself."""
    entry, actor = _editable(entry_id), current_person()
    current = version_in_force(entry.versions, _today())
    form = VariantForm(
        data={
            "season": _("大促版"),
            "body": current.body if current else "",
            "seen": entry.versions[-1].number if entry.versions else 0,
        }
    )
    if form.validate_on_submit():
        data = VersionData(
            body=form.body.data or "",
            season=form.season.data or "",
            valid_from=form.valid_from.data or _today(),
            valid_until=form.valid_until.data,
        )
        try:
            add_version(actor=actor, entry=entry, version=data, seen_number=_seen(form), at=now())
        except DomainError as error:
            db.session.rollback()
            entry = _editable(entry_id)
            _put_error(form, error)
        else:
            flash(_("%(season)s已保存，到日期自动替换，结束后自动换回。", season=data.season), "success")
            return redirect(url_for(".show", entry_id=entry.id))
    return render_template("lms/knowledge/sop/variant.html", form=form, entry=entry)


def _data(form: EntryForm, shop_id: int) -> SopData:
    """What the form says, product and owner looked up. Raises SopError at the field."""
    sku, account = (form.sku.data or "").strip(), (form.owner.data or "").strip()
    product = product_with_sku(shop_id, sku) if sku else None
    if sku and product is None:
        raise SopError(_("这家店铺没有 SKU 为“%(sku)s”的商品。", sku=sku), where="sku")
    owner = possible_owner(shop_id, account)
    if owner is None:
        raise SopError(_("找不到这个账号，或者他不服务这家店铺。"), where="owner")
    return SopData(
        title=form.title.data or "", kind=form.sop_kind, product=product, slot=form.slot.data or None, owner=owner
    )


def _everyday(form: EntryForm) -> VersionData:
    return VersionData(body=form.body.data or "", valid_from=form.valid_from.data or _today())


def _seen(form: EntryForm | VariantForm) -> int | None:
    given = form.seen.data or ""
    return int(given) if str(given).isascii() and str(given).isdigit() else None


def _put_error(form: FlaskForm, error: DomainError) -> None:
    """Show what the service refused at the field it speaks of."""
    if error.status == 404:
        raise error
    if error.where and error.where in form:
        form[error.where].errors = [*form[error.where].errors, error.message]
    else:
        form.form_errors = [f"{error.message}{error.hint}"]


@bp.post("/<int:entry_id>/review")
@requires(P.SOP_READ)
def review(entry_id: int) -> BaseResponse:
    entry = _load(entry_id)
    review_entry(actor=current_person(), entry=entry, at=now())
    flash(_("已复核，下次复核 %(day)s。", day=entry.review_due.isoformat()), "success")
    return redirect(url_for(".show", entry_id=entry.id))


@bp.post("/<int:entry_id>/flag")
@requires(P.SOP_READ)
def flag(entry_id: int) -> BaseResponse:
    entry, form = _load(entry_id), FlagForm()
    if form.validate_on_submit():
        flag_wrong(actor=current_person(), entry=entry, note=form.note.data or "", at=now())
        flash(_("谢谢，负责人和培训师已收到。处理好之前，大家看到的页面都有提醒。"), "success")
    else:
        flash(_("没有提交：请写明哪里有误，最多 500 字。"), "warning")
    return redirect(url_for(".show", entry_id=entry.id))


@bp.post("/<int:entry_id>/resolve")
@requires(P.SOP_EDIT)
def resolve(entry_id: int) -> BaseResponse:
    entry, form = _editable(entry_id), ResolveForm()
    resolution = Resolution.CHANGED if form.resolution.data == Resolution.CHANGED else Resolution.KEPT
    answer = form.answer.data or "" if form.validate_on_submit() else ""
    resolve_flags(actor=current_person(), entry=entry, resolution=resolution, answer=answer, at=now())
    flash(_("反馈已处理，提醒已撤下。"), "success")
    return redirect(url_for(".show", entry_id=entry.id))


@bp.post("/<int:entry_id>/archive")
@requires(P.SOP_EDIT)
def archive(entry_id: int) -> BaseResponse:
    entry = archive_entry(actor=current_person(), entry=_editable(entry_id), at=now())
    flash(_("条目已归档，客服看不到了。"), "success")
    return redirect(url_for(".show", entry_id=entry.id))


@bp.post("/<int:entry_id>/restore")
@requires(P.SOP_EDIT)
def restore(entry_id: int) -> BaseResponse:
    entry = restore_entry(actor=current_person(), entry=_editable(entry_id), at=now())
    flash(_("条目已恢复，请先复核一遍。"), "success")
    return redirect(url_for(".show", entry_id=entry.id))


@bp.route("/slots/<int:shop_id>", methods=["GET", "POST"])
@requires(P.SOP_EDIT)
def slots(shop_id: int) -> str | BaseResponse:
    """What the six common questions of a shop's products are called."""
    shop = get_or_404(Shop, shop_id)
    require_visible(can_see_shop(current_person(), shop.id))
    form = SlotsForm(data={f"slot_{slot}": name for slot, name in slot_names(shop.id).items()})
    if form.validate_on_submit():
        name_slots(actor=current_person(), shop=shop, names=form.names)
        flash(_("六问的名称已保存。"), "success")
        return redirect(url_for(".index", shop=shop.id))
    return render_template("lms/knowledge/sop/slots.html", form=form, shop=shop)
