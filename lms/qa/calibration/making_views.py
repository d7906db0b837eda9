"""Making a round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel.clock import from_local, now, to_local
from lms.kernel.errors import DomainError
from lms.people.guards import current_person, requires
from lms.people.models import Person, Shop
from lms.people.queries import shops_visible_to
from lms.qa.calibration.blueprint import bp, chosen_shop
from lms.qa.calibration.forms import RegradeForm, RoundForm, SharedForm
from lms.qa.calibration.models import Calibration
from lms.qa.calibration.queries import draw_chats, draw_evaluations, graded_people, raters_for, versions_for
from lms.qa.calibration.services import create_regrade, create_shared
from lms.qa.evaluations.drafts import numbers_in
from lms.qa.permissions import Q
from lms.qa.scorecards.models import ScorecardVersion


@bp.route("/new", methods=["GET", "POST"])
@requires(Q.CALIBRATION_MANAGE)
def new() -> ResponseReturnValue:
    """A round in which several people score the same chats."""
    actor, at = current_person(), now()
    shops = shops_visible_to(actor)
    shop = chosen_shop(shops)
    versions = versions_for(shop.id) if shop else []
    form = SharedForm(**_defaults(at)).offer(versions)
    people = raters_for(shop.id) if shop else []
    problem = ""
    if shop is not None and form.validate_on_submit():
        raters = _chosen(people)
        version = next(one for one in versions if one.id == form.version_id.data)
        try:
            made = _make_shared(actor, shop, form, version, raters, at)
        except DomainError as error:
            problem = str(error)
        else:
            return redirect(url_for(".show", calibration_id=made.id))
    return _form_page("lms/qa/calibration/new.html", shops, shop, form, people, problem, versions=versions)


def _make_shared(
    actor: Person, shop: Shop, form: SharedForm, version: ScorecardVersion, raters: Sequence[Person], at: datetime
) -> Calibration:
    chats: Sequence[int] = numbers_in(form.chats.data or "")
    if not chats:
        idents = [person.id for person in raters]
        chats = draw_chats(shop.id, count=form.count.data or 1, seed=form.seed.data or 0, raters=idents, at=at)
    return create_shared(
        actor=actor,
        shop=shop,
        title=form.title.data or "",
        version=version,
        conversation_ids=chats,
        raters=raters,
        at=at,
        due_at=_due(form),
    )


@bp.route("/regrade", methods=["GET", "POST"])
@requires(Q.CALIBRATION_MANAGE)
def regrade() -> ResponseReturnValue:
    """A round in which others score again what one evaluator has scored."""
    actor, at = current_person(), now()
    shops = shops_visible_to(actor)
    shop = chosen_shop(shops)
    graded = graded_people(shop.id, at) if shop else []
    form = RegradeForm(**_defaults(at)).offer(graded)
    people = raters_for(shop.id) if shop else []
    problem = ""
    if shop is not None and form.validate_on_submit():
        raters = _chosen(people)
        try:
            drawn = draw_evaluations(
                shop.id,
                form.evaluator_id.data,
                count=form.count.data or 1,
                seed=form.seed.data or 0,
                raters=[person.id for person in raters],
                at=at,
            )
            made = create_regrade(
                actor=actor,
                shop=shop,
                title=form.title.data or "",
                evaluations=drawn,
                raters=raters,
                at=at,
                due_at=_due(form),
            )
        except DomainError as error:
            problem = str(error)
        else:
            return redirect(url_for(".show", calibration_id=made.id))
    return _form_page("lms/qa/calibration/regrade.html", shops, shop, form, people, problem, graded=graded)


def _defaults(at: datetime) -> dict[str, object]:
    day = to_local(at)
    return {"data": {"seed": int(day.strftime("%Y%m%d")), "count": 10, "title": _("%(month)s 月校准", month=day.month)}}


def _chosen(people: Sequence[Person]) -> list[Person]:
    wanted = set(request.form.getlist("raters"))
    return [person for person in people if str(person.id) in wanted]


def _due(form: RoundForm) -> datetime | None:
    day = form.due_on.data
    return from_local(datetime.combine(day, time(23, 59))) if day else None


def _form_page(
    template: str,
    shops: Sequence[Shop],
    shop: Shop | None,
    form: RoundForm,
    people: Sequence[Person],
    problem: str,
    **more: object,
) -> ResponseReturnValue:
    wanted = set(request.form.getlist("raters"))
    html = render_template(
        template, shops=shops, shop=shop, form=form, people=people, chosen=wanted, problem=problem, **more
    )
    return html, 400 if problem or form.errors else 200
