"""Pages of what lessons do. They show what a job has worked out; no statistics library is loaded here."""

from __future__ import annotations

from flask import Blueprint, render_template

from lms.coaching.effects import labels
from lms.coaching.effects.estimate import DEFAULT_DELAY_DAYS, LEAST_AGENTS, LEAST_CASES
from lms.coaching.effects.figures import LEAST_TO_SHOW, NAIVE_DAYS, Figures
from lms.coaching.effects.queries import cases_visible_to, criteria_named, effects_visible_to, visible_effect
from lms.coaching.permissions import C
from lms.people.guards import current_person, requires
from lms.web.paging import page_number, paginate

bp = Blueprint(
    "coaching_effects",
    __name__,
    url_prefix="/coaching/effects",
    template_folder="templates",
    static_folder="static",
)
bp.add_app_template_filter(labels.points, "effect_points")
bp.add_app_template_filter(labels.percent, "effect_percent")


@bp.get("/")
@requires(C.EFFECTS_READ)
def index() -> str:
    viewer = current_person()
    page = paginate(effects_visible_to(viewer), page_number(), size=20)
    return render_template(
        "lms/coaching/effects/index.html",
        page=page,
        rows=[(row, Figures.from_json(row.figures), labels.verdict(row), labels.whisker(row)) for row in page.items],
        least=LEAST_CASES,
        least_agents=LEAST_AGENTS,
        days=NAIVE_DAYS,
        delay=DEFAULT_DELAY_DAYS,
        may_set=C.RULES_EDIT in viewer.access.permissions,
        many_shops=len({row.shop_id for row in page.items}) > 1,
    )


@bp.get("/<int:effect_id>")
@requires(C.EFFECTS_READ)
def show(effect_id: int) -> str:
    viewer = current_person()
    row = visible_effect(viewer, effect_id)
    figures = Figures.from_json(row.figures)
    names = criteria_named(list(figures.criteria))
    sees_cases = C.LOOP_READ in viewer.access.permissions
    return render_template(
        "lms/coaching/effects/show.html",
        row=row,
        figures=figures,
        verdict=labels.verdict(row),
        whisker=labels.whisker(row),
        criteria=sorted(((names.get(key, "—"), n) for key, n in figures.criteria.items()), key=lambda one: -one[1]),
        cases=paginate(cases_visible_to(viewer, row), page_number(), size=25) if sees_cases else None,
        least=LEAST_CASES,
        least_agents=LEAST_AGENTS,
        least_to_show=LEAST_TO_SHOW,
        days=NAIVE_DAYS,
        reach=round(100 * labels.REACH),
    )
