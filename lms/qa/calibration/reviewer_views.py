"""How the people who evaluate agree with the others; those below the bar may lose the queue."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import get_or_404
from lms.people.guards import current_person, requires
from lms.people.models import Person, Shop
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.qa.calibration.blueprint import bp, chosen_shop
from lms.qa.calibration.queries import standings_in
from lms.qa.calibration.results import LEAST_LINES
from lms.qa.calibration.services import restore_reviewer, suspend_reviewer
from lms.qa.checks.settings import settings_of
from lms.qa.permissions import Q


@bp.get("/reviewers")
@requires(Q.CALIBRATION_MANAGE)
def reviewers() -> str:
    """How the people who evaluate agree with the others; those below the bar may lose the queue."""
    viewer = current_person()
    shops = shops_visible_to(viewer)
    shop = chosen_shop(shops)
    bar = settings_of(shop.id).agreement_bar if shop else 0.0
    rows = standings_in(shop.id, now()) if shop else []
    return render_template(
        "lms/qa/calibration/reviewers.html",
        shops=shops,
        shop=shop,
        rows=[(row, row.standing.is_below(bar)) for row in rows],
        bar=bar,
        least=LEAST_LINES,
        viewer=viewer,
    )


def _shop_and_person() -> tuple[Shop, Person]:
    def number(name: str) -> int:
        text = request.form.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    shop, person = get_or_404(Shop, number("shop")), get_or_404(Person, number("person"))
    require_visible(can_see_shop(current_person(), shop.id) and can_see_shop(person, shop.id))
    return shop, person


@bp.post("/reviewers/suspend")
@requires(Q.CALIBRATION_MANAGE)
def suspend() -> ResponseReturnValue:
    shop, person = _shop_and_person()
    suspend_reviewer(actor=current_person(), shop=shop, person=person, reason=request.form.get("reason", ""), at=now())
    flash(_("已暂停%(name)s的质检评分，手上的会话已退回待评列表。", name=person.name), "success")
    return redirect(url_for(".reviewers", shop=shop.id))


@bp.post("/reviewers/restore")
@requires(Q.CALIBRATION_MANAGE)
def restore() -> ResponseReturnValue:
    shop, person = _shop_and_person()
    restore_reviewer(actor=current_person(), shop=shop, person=person, at=now())
    flash(_("已恢复%(name)s的质检评分。", name=person.name), "success")
    return redirect(url_for(".reviewers", shop=shop.id))
