"""出题: from chosen questions to a batch, its progress, and what the quality gate refused."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask import redirect as go
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.kernel.jobs import Job
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.web.navigation import url_if
from lms.web.paging import page_number, paginate
from quizzes.bank.drafting import groups_to_draft, start_batch, top_groups
from quizzes.bank.forms import number, numbers
from quizzes.bank.models import DraftBatch
from quizzes.bank.queries import batch_counts, batches, question_types
from quizzes.bank.rules import can_see_batch
from quizzes.drafting import TYPES
from quizzes.permissions import Q

bp = Blueprint("drafting", __name__, url_prefix="/drafting", template_folder="templates")
PAGE_SIZE = 10
MOST_TOP = 200


@bp.get("/")
@requires(Q.ITEMS_DRAFT)
def index() -> str:
    return _page()


def _page(error: DomainError | None = None) -> str:
    actor = current_person()
    return render_template(
        "quizzes/bank/drafting.html",
        page=paginate(batches(actor), page_number(), PAGE_SIZE),
        types=[name for name in TYPES if name in question_types()],
        shops=shops_visible_to(actor),
        questions_url=url_if("mining.index"),
        error=error,
    )


@bp.post("/")
@requires(Q.ITEMS_DRAFT)
def create() -> Response | tuple[str, int]:
    """Draft for the groups ticked (group_ids), or for the hottest of a shop (top, shop)."""
    actor = current_person()
    ids = numbers(request.form.getlist("group_ids") + request.form.getlist("group_ids[]"))
    types = request.form.getlist("types") + request.form.getlist("types[]")
    if ids:
        groups = groups_to_draft(actor, ids)
    else:
        shop_id = number(request.form.get("shop", ""))
        require_visible(can_see_shop(actor, shop_id))
        groups = top_groups(actor, min(number(request.form.get("top", "")) or 0, MOST_TOP), shop_id)
        groups = [group for group in groups if group.shop_id == groups[0].shop_id]
    try:
        batch = start_batch(actor=actor, groups=groups, types=types or list(TYPES), at=now())
    except DomainError as error:
        return _page(error), 400
    return go(url_for("drafting.show", batch_id=batch.id))


@bp.get("/<int:batch_id>")
@requires(Q.ITEMS_DRAFT)
def show(batch_id: int) -> str:
    batch = get_or_404(DraftBatch, batch_id)
    require_visible(can_see_batch(current_person(), batch))
    return render_template(
        "quizzes/bank/batch.html",
        batch=batch,
        job=db.session.get(Job, batch.job_id) if batch.job_id else None,
        counts=batch_counts(batch),
    )
