"""Pages of products: list, one product, create and edit, import and export of sheets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.knowledge.exporters import product_rows, template_headers
from lms.knowledge.facts import read_facts, show_facts
from lms.knowledge.forms import EditProductForm, ProductFileForm, ProductForm
from lms.knowledge.models import Product
from lms.knowledge.permissions import P
from lms.knowledge.queries import answered_slots, categories, products_visible_to
from lms.knowledge.services import PICTURES_MAX, add_picture, import_products, remove_picture, save_product
from lms.knowledge.sheets import read_products
from lms.knowledge.siblings import differences, siblings_of
from lms.knowledge.sop.models import SLOTS
from lms.knowledge.sop.queries import answers_of
from lms.knowledge.versions import changes_of
from lms.media.queries import media_by_ref
from lms.media.serving import send_media
from lms.people.guards import current_person, requires
from lms.people.models import Shop
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.web.paging import page_number, paginate
from lms.web.sheets import read_sheet, xlsx_response

bp = Blueprint("knowledge", __name__, url_prefix="/products", template_folder="templates", static_folder="static")

SHOWN_ERRORS = 200
EXPORT_MAX = 20_000


def _filters() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:100] for name in ("q", "category", "shop", "state")}


def _listed(filters: dict[str, str]) -> Any:
    return products_visible_to(
        current_person(),
        text=filters["q"],
        category=filters["category"],
        shop_id=int(filters["shop"]) if filters["shop"].isascii() and filters["shop"].isdigit() else None,
        active={"all": None, "off": False}.get(filters["state"], True),
    )


@bp.get("")
@requires(P.PRODUCTS_READ)
def index() -> str:
    filters = _filters()
    viewer = current_person()
    page = paginate(_listed(filters), page_number(), 50)
    return render_template(
        "lms/knowledge/list.html",
        page=page,
        answered=answered_slots([product.id for product, _shop in page.items]),
        slots=SLOTS,
        filters=filters,
        categories=categories(viewer),
        shops=shops_visible_to(viewer),
        may_edit=P.PRODUCTS_EDIT in viewer.access.permissions,
    )


@bp.get("/<int:product_id>")
@requires(P.PRODUCTS_READ)
def show(product_id: int) -> str:
    viewer = current_person()
    product = get_or_404(Product, product_id)
    require_visible(can_see_shop(viewer, product.shop_id))
    siblings = siblings_of(product)
    return render_template(
        "lms/knowledge/product.html",
        product=product,
        answers=answers_of(product, day=to_local(now()).date()),
        siblings=siblings,
        differences=differences([product.facts, *(one.facts for one in siblings)]) if siblings else [],
        may_edit=P.PRODUCTS_EDIT in viewer.access.permissions,
    )


@bp.get("/<int:product_id>/history")
@requires(P.PRODUCTS_READ)
def history(product_id: int) -> str:
    product = _load(product_id)
    return render_template("lms/knowledge/history.html", product=product, changes=changes_of(product))


@bp.get("/<int:product_id>/pictures/<ref>")
@requires(P.PRODUCTS_READ)
def picture(product_id: int, ref: str) -> Response:
    """A picture that the product shows now."""
    product = _load(product_id)
    found = media_by_ref(product.shop_id, [ref]).get(ref) if ref in (product.pictures or []) else None
    require_visible(found is not None)
    assert found is not None
    return send_media(found)


@bp.post("/<int:product_id>/pictures")
@requires(P.PRODUCTS_EDIT)
def upload_pictures(product_id: int) -> BaseResponse:
    product, added = _load(product_id), 0
    for upload in request.files.getlist("pictures")[:PICTURES_MAX]:
        if upload.filename:
            add_picture(
                actor=current_person(), product=product, stream=upload.stream, filename=upload.filename, at=now()
            )
            added += 1
    flash(_("已添加图片。") if added else _("请先选择图片。"), "success" if added else "warning")
    return redirect(url_for(".show", product_id=product.id) + "#pictures")


@bp.post("/<int:product_id>/pictures/<ref>/remove")
@requires(P.PRODUCTS_EDIT)
def drop_picture(product_id: int, ref: str) -> BaseResponse:
    product = remove_picture(actor=current_person(), product=_load(product_id), ref=ref, at=now())
    flash(_("图片已移除。"), "success")
    return redirect(url_for(".show", product_id=product.id) + "#pictures")


def _load(product_id: int) -> Product:
    product = get_or_404(Product, product_id)
    require_visible(can_see_shop(current_person(), product.shop_id))
    return product


@bp.route("/new", methods=["GET", "POST"])
@requires(P.PRODUCTS_EDIT)
def new() -> str | BaseResponse:
    form = ProductForm().offer(shops_visible_to(current_person()))
    if form.validate_on_submit():
        product = _save(form, None, get_or_404(Shop, form.shop_id.data))
        if product is not None:
            flash(_("已添加商品“%(name)s”。", name=product.name), "success")
            return redirect(url_for(".show", product_id=product.id))
    return render_template("lms/knowledge/form.html", form=form, product=None)


@bp.route("/<int:product_id>/edit", methods=["GET", "POST"])
@requires(P.PRODUCTS_EDIT)
def edit(product_id: int) -> str | BaseResponse:
    product = get_or_404(Product, product_id)
    require_visible(can_see_shop(current_person(), product.shop_id))
    form = EditProductForm(obj=product)
    if request.method == "GET":
        form.facts.data = show_facts(product.facts)
        form.contacts.data = show_facts(product.contacts or {})
    if form.validate_on_submit() and _save(form, product, product.shop) is not None:
        flash(_("已保存。"), "success")
        return redirect(url_for(".show", product_id=product.id))
    return render_template("lms/knowledge/form.html", form=form, product=product)


def _save(form: ProductForm, product: Product | None, shop: Shop) -> Product | None:
    """Save what the form says; None when the service refused, its reason at the field it speaks of."""
    try:
        return save_product(
            actor=current_person(),
            product=product,
            shop=shop,
            sku=form.sku.data or "",
            name=form.name.data or "",
            category=form.category.data or "",
            facts=read_facts(form.facts.data or "").facts,
            active=bool(form.active.data),
            contacts=read_facts(form.contacts.data or "").facts,
            at=now(),
        )
    except DomainError as error:
        if error.status == 404 or error.where not in form:
            raise
        form[error.where].errors = [*form[error.where].errors, error.message]
        return None


@bp.route("/import", methods=["GET", "POST"])
@requires(P.PRODUCTS_EDIT)
def import_sheet() -> str | BaseResponse:
    form = ProductFileForm().offer(shops_visible_to(current_person()))
    done = None
    if form.validate_on_submit():
        shop = get_or_404(Shop, form.shop_id.data)
        upload = form.file.data
        try:
            sheet = read_products(read_sheet(upload.read(), upload.filename or ""))
        except DomainError as error:
            form.file.errors = [*form.file.errors, f"{error.message}{error.hint}"]
        else:
            done = import_products(
                actor=current_person(), shop=shop, sheet=sheet, at=now(), dry_run=bool(form.dry_run.data)
            )
    return render_template("lms/knowledge/import.html", form=form, done=done, shown_errors=SHOWN_ERRORS)


@bp.get("/template.xlsx")
@requires(P.PRODUCTS_EDIT)
def template() -> Response:
    return xlsx_response(_("商品表模板") + ".xlsx", template_headers(), [])


@bp.get("/export.xlsx")
@requires(P.PRODUCTS_READ)
def export() -> Response:
    rows = db.session.execute(_listed(_filters()).limit(EXPORT_MAX))
    headers, cells = product_rows(product for product, _shop in rows)
    return xlsx_response(_("商品") + ".xlsx", headers, cells)
