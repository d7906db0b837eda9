"""Pages of the line of time: one's own, and that of a person of one's branch."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import lazyload

from lms.coaching.permissions import C
from lms.coaching.timeline.gathering import LANES, by_day, gather
from lms.coaching.timeline.plotting import draw, path_of
from lms.coaching.timeline.rules import can_see_timeline
from lms.kernel.clock import now, to_local
from lms.kernel.db import db
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.web.paging import Page, page_number

bp = Blueprint(
    "coaching_timeline", __name__, url_prefix="/coaching/timeline", template_folder="templates", static_folder="static"
)
RANGES = (30, 90, 365)
PER_PAGE = 30
LANE_LABELS = {
    "learning": _l("学习"),
    "qa": _l("质检"),
    "coaching": _l("辅导"),
    "certificate": _l("证书"),
}


@bp.get("/me")
@requires(C.COACHING_READ_OWN)
def me() -> str:
    return _page(current_person())


@bp.get("/<int:person_id>")
@requires(C.COACHING_READ_OWN)
def person(person_id: int) -> str:
    shown = db.session.get(Person, person_id, options=[lazyload(Person.grants)])
    require_visible(shown is not None and can_see_timeline(current_person(), shown))
    assert shown is not None
    return _page(shown)


def _page(shown: Person) -> str:
    viewer, at = current_person(), now()
    days = request.args.get("days", 90, type=int)
    days = days if days in RANGES else 90
    lane = request.args.get("lane", "")
    lane = lane if lane in LANES else ""
    until = at + timedelta(minutes=1)
    since = _day_start(until - timedelta(days=days - 1))
    events = gather(shown, viewer, since, until)
    listed = [event for event in events if not lane or event.lane == lane]
    number = min(page_number(), max(1, -(-len(listed) // PER_PAGE)))
    page = Page(listed[(number - 1) * PER_PAGE : number * PER_PAGE], number, PER_PAGE, len(listed))
    scores = [event.figure for event in events if event.lane == "qa" and event.figure is not None]
    chart = draw(events, since, until)
    own = viewer.id == shown.id
    context: dict[str, Any] = {
        "shown": shown,
        "own": own,
        "endpoint": "coaching_timeline.me" if own else "coaching_timeline.person",
        "kept": {"days": days, "lane": lane} | ({} if own else {"person_id": shown.id}),
        "days": days,
        "ranges": RANGES,
        "lane": lane,
        "lanes": LANE_LABELS,
        "counts": {name: sum(event.lane == name for event in events) for name in LANES},
        "chart": chart,
        "line": path_of(chart.scores),
        "mean": sum(scores) / len(scores) if scores else None,
        "score_count": len(scores),
        "page": page,
        "by_day": by_day(page.items),
        "may_coach": not own and C.COACHING_EDIT in viewer.access.permissions and shown.active,
    }
    return render_template("lms/coaching/timeline/timeline.html", **context)


def _day_start(at: datetime) -> datetime:
    """Midnight of a day in Shanghai."""
    return to_local(at).replace(hour=0, minute=0, second=0, microsecond=0)
