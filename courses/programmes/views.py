"""Pages for whoever goes through a programme: where one stands, today's steps, what is locked and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from courses.programmes.definition import from_json
from courses.programmes.enums import EnrolmentState
from courses.programmes.labels import ATTENDED, DAY_STATES, STANDINGS, STEP_STATES, block_text
from courses.programmes.locking import later_because, points, waits_because
from courses.programmes.models import Enrolment, Programme
from courses.programmes.permissions import PP
from courses.programmes.queries import (
    Following,
    activities_named,
    followings_of,
    programme_of_activity,
    version_of,
)
from courses.programmes.rules import can_manage_programme, can_read_programme
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.learning.labels import TEMPLATE_HELPERS
from lms.learning.queries import DimensionProgress
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible

bp = Blueprint("programmes", __name__, url_prefix="/programmes", template_folder="templates", static_folder="static")
SHOWN = (EnrolmentState.ACTIVE, EnrolmentState.FINISHED)


@bp.context_processor
def helpers() -> dict[str, Any]:
    return TEMPLATE_HELPERS | {
        "attended": ATTENDED,
        "block_text": block_text,
        "day_states": DAY_STATES,
        "later_because": later_because,
        "points": points,
        "standings": STANDINGS,
        "step_states": STEP_STATES,
        "waits_because": waits_because,
    }


@bp.get("/")
@requires(PP.READ_OWN)
def index() -> str:
    """The programme that the person is in; with several, the one given last."""
    return _page(None)


@bp.get("/mine/<int:enrolment_id>")
@requires(PP.READ_OWN)
def mine(enrolment_id: int) -> str:
    return _page(enrolment_id)


@bp.get("/of-activity/<int:activity_id>")
@requires(PP.READ_OWN)
def of_activity(activity_id: int) -> ResponseReturnValue:
    """Where a task leads to: one's own run; without one, what the programme consists of."""
    person, programme = current_person(), programme_of_activity(activity_id)
    own = db.session.scalar(
        select(Enrolment.id)
        .where(Enrolment.programme_id == programme.id, Enrolment.person_id == person.id, Enrolment.state.in_(SHOWN))
        .order_by(Enrolment.id.desc())
        .limit(1)
    )
    if own is not None:
        return redirect(url_for("programmes.mine", enrolment_id=own))
    require_visible(can_read_programme(person, programme) or can_manage_programme(person, programme))
    return redirect(url_for("programmes.about", programme_id=programme.id))


@bp.get("/<int:programme_id>")
@requires(PP.READ_OWN)
def about(programme_id: int) -> str:
    """What a programme consists of, for whoever wants to know before it is given."""
    person, programme = current_person(), get_or_404(Programme, programme_id)
    require_visible(can_read_programme(person, programme) or can_manage_programme(person, programme))
    number = programme.published_number
    definition = from_json(version_of(programme, number).definition if number else programme.draft)
    return render_template(
        "courses/programmes/about.html",
        programme=programme,
        definition=definition,
        infos=activities_named(definition.activity_ids()),
        may_edit=can_manage_programme(person, programme),
    )


def _page(enrolment_id: int | None) -> str:
    person, at = current_person(), now()
    runs = followings_of(person.id, at, states=SHOWN)
    shown = runs[0] if runs and enrolment_id is None else None
    if enrolment_id is not None:
        shown = next((run for run in runs if run.enrolment.id == enrolment_id), None)
        require_visible(shown is not None)
    return render_template(
        "courses/programmes/mine.html",
        runs=runs,
        shown=shown,
        dimensions=dimensions_of(shown) if shown else [],
        at=at,
    )


def dimensions_of(shown: Following) -> list[DimensionProgress]:
    """The three bars over the whole programme."""
    return [DimensionProgress(*row) for row in shown.dimensions]
