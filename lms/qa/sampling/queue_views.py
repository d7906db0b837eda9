"""The queue as a reviewer sees it: the next chat, those in hand, how many wait. Nothing tells why a chat is there."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now
from lms.kernel.db import get_or_404
from lms.people.guards import current_person, requires
from lms.people.models import Shop
from lms.people.rules import can_see_shop, require_visible
from lms.qa.permissions import Q
from lms.qa.sampling.claims import claim_next, release
from lms.qa.sampling.models import QueueEntry
from lms.qa.sampling.queries import on_the_list, queue_of, reviewed_shops

bp = Blueprint("qa_queue", __name__, url_prefix="/qa/queue", template_folder="templates")


@bp.get("")
@requires(Q.QUEUE_WORK)
def index() -> str:
    person = current_person()
    shops = reviewed_shops(person) or on_the_list(person)
    wanted = request.args.get("shop", "")
    shop = next((one for one in shops if not wanted or str(one.id) == wanted), None)
    require_visible(shop is not None or not wanted)
    queue = queue_of(person, shop, now()) if shop else None
    return render_template("lms/qa/sampling/queue.html", queue=queue, shops=shops)


@bp.post("/next")
@requires(Q.QUEUE_WORK)
def take() -> BaseResponse:
    """Claim the next chat and open it for scoring."""
    text = request.form.get("shop_id", "")
    shop = get_or_404(Shop, int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0)
    require_visible(can_see_shop(current_person(), shop.id))
    entry = claim_next(actor=current_person(), shop=shop, at=now())
    if entry is None:
        flash(_("待评的会话都评完了。"), "success")
        return redirect(url_for(".index", shop=shop.id))
    return redirect(url_for("qa_evaluations.score", entry_id=entry.id))


@bp.post("/<int:entry_id>/release")
@requires(Q.QUEUE_WORK)
def give_back(entry_id: int) -> BaseResponse:
    entry = get_or_404(QueueEntry, entry_id)
    require_visible(can_see_shop(current_person(), entry.shop_id) and entry.reviewer_id == current_person().id)
    release(actor=current_person(), entry=entry, at=now())
    flash(_("已退回待评列表。"), "success")
    return redirect(url_for(".index", shop=entry.shop_id))
