"""审题: one item a screen, its chat beside it, made for the keyboard; works by plain forms too."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import DomainError, NotFound
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible
from lms.web.navigation import url_if
from quizzes.bank.enums import RejectReason
from quizzes.bank.forms import number, read_competencies, read_dimension, read_item, read_reason
from quizzes.bank.models import DraftBatch, Item
from quizzes.bank.queries import (
    batch_counts,
    competencies_for,
    excerpts,
    last_decision,
    place_of,
    question_type,
    state_counts,
    suggest_competency,
)
from quizzes.bank.rules import can_see_batch
from quizzes.bank.services import accept_item, add_competency, edit_item, reject_item, undo
from quizzes.bank.views import load_item, shown
from quizzes.permissions import Q

bp = Blueprint("review", __name__, url_prefix="/review", template_folder="templates")


def _batch_id() -> int | None:
    return number(request.values.get("batch", ""))


def _wants_part() -> bool:
    return request.headers.get("HX-Request") == "true"


@bp.get("/")
@requires(Q.ITEMS_REVIEW)
def index() -> str | AnyResponse:
    """The first item that waits, or what came of the queue when none does."""
    actor, batch_id = current_person(), _batch_id()
    place = place_of(actor, batch_id, None)
    if place.first is not None:
        return redirect(url_for("review.show", item_id=place.first, batch=batch_id))
    return render_template("quizzes/bank/review_done.html", **_summary(batch_id))


def _summary(batch_id: int | None) -> dict[str, Any]:
    actor = current_person()
    batch = None
    if batch_id is not None:
        batch = db.session.get(DraftBatch, batch_id)
        if batch is None:
            raise NotFound(_("找不到这一批试题。"))
        require_visible(can_see_batch(actor, batch))
    return {
        "batch": batch,
        "batch_id": batch_id,
        "counts": batch_counts(batch) if batch else state_counts(actor),
        "last": last_decision(actor, batch_id),
        "papers_url": url_if("papers.new"),
    }


def _card(item: Item, *, error: DomainError | None = None) -> dict[str, Any]:
    actor, batch_id = current_person(), _batch_id()
    known = competencies_for(item.shop_id)
    return shown(item) | {
        "batch_id": batch_id,
        "place": place_of(actor, batch_id, item.id),
        "competencies": known,
        "suggested": suggest_competency(item, known),
        "excerpts": excerpts(item.sources),
        "reasons": list(RejectReason),
        "last": last_decision(actor, batch_id),
        "error": error,
    }


def _page(item: Item, *, error: DomainError | None = None) -> str | Response:
    context = _card(item, error=error)
    if not _wants_part():
        return render_template("quizzes/bank/review.html", **context)
    part = Response(render_template("quizzes/bank/review_card.html", **context))
    part.headers["HX-Push-Url"] = url_for("review.show", item_id=item.id, batch=_batch_id())
    return part


def _onward(item: Item) -> str | AnyResponse:
    """The next item that waits: behind this one, else from the start; else the summary."""
    batch_id = _batch_id()
    place = place_of(current_person(), batch_id, item.id)
    onward = place.after or place.first
    if onward is None:
        url = url_for("review.index", batch=batch_id)
        return Response(headers={"HX-Redirect": url}) if _wants_part() else redirect(url)
    if _wants_part():
        return _page(load_item(onward))
    return redirect(url_for("review.show", item_id=onward, batch=batch_id))


@bp.get("/<int:item_id>")
@requires(Q.ITEMS_REVIEW)
def show(item_id: int) -> str | Response:
    return _page(load_item(item_id))


@bp.post("/<int:item_id>/accept")
@requires(Q.ITEMS_REVIEW)
def accept(item_id: int) -> str | AnyResponse:
    item, actor = load_item(item_id), current_person()
    chosen = read_competencies(request.form, competencies_for(item.shop_id))
    try:
        if not chosen and request.form.get("new_competency", "").strip():
            dimension = read_dimension(request.form.get("dimension", ""))
            chosen = [add_competency(name=request.form["new_competency"], dimension=dimension, shop_id=item.shop_id)]
        accept_item(
            actor=actor,
            item=item,
            dimension=chosen[0].dimension if chosen else item.dimension,
            competencies=chosen,
            version_id=number(request.form.get("version", "")),
            at=now(),
        )
    except DomainError as error:
        return _page(item, error=error)
    return _onward(item)


@bp.post("/<int:item_id>/reject")
@requires(Q.ITEMS_REVIEW)
def reject(item_id: int) -> str | AnyResponse:
    item = load_item(item_id)
    try:
        reject_item(
            actor=current_person(),
            item=item,
            reason=read_reason(request.form.get("reason", "")),
            note=request.form.get("note", ""),
            version_id=number(request.form.get("version", "")),
            at=now(),
        )
    except DomainError as error:
        return _page(item, error=error)
    return _onward(item)


@bp.get("/<int:item_id>/edit")
@requires(Q.ITEMS_EDIT)
def edit(item_id: int) -> str:
    """The form in place of the item's text."""
    item = load_item(item_id)
    question_type(item.type)
    context = shown(item) | {"batch_id": _batch_id(), "error": None}
    return render_template("quizzes/bank/review_edit.html" if _wants_part() else "quizzes/bank/edit.html", **context)


@bp.post("/<int:item_id>/edit")
@requires(Q.ITEMS_EDIT)
def save(item_id: int) -> str | AnyResponse:
    item = load_item(item_id)
    form = read_item(request.form, question_type(item.type))
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
    except DomainError as error:
        context = shown(item) | {"definition": form.definition, "form": form, "batch_id": _batch_id(), "error": error}
        return render_template(
            "quizzes/bank/review_edit.html" if _wants_part() else "quizzes/bank/edit.html", **context
        )
    if _wants_part():
        return _page(item)
    return redirect(url_for("review.show", item_id=item.id, batch=_batch_id()))


@bp.post("/undo")
@requires(Q.ITEMS_REVIEW)
def take_back() -> str | AnyResponse:
    """Take back one's last decision of this queue and show that item again."""
    actor = current_person()
    decision = last_decision(actor, _batch_id())
    if decision is None:
        flash(_("没有可以撤销的操作。"), "info")
        url = url_for("review.index", batch=_batch_id())
        return Response(headers={"HX-Redirect": url}) if _wants_part() else redirect(url)
    item = undo(actor=actor, decision=decision, at=now())
    if _wants_part():
        return _page(load_item(item.id))
    return redirect(url_for("review.show", item_id=item.id, batch=_batch_id()))
