"""Pages of the transcript: one's own, and that of a person whose progress one may see."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import lazyload
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.hookspecs import TranscriptSection
from lms.learning.blueprint import bp
from lms.learning.labels import TEMPLATE_HELPERS
from lms.learning.queries import dimension_progress, ledger_totals
from lms.learning.rules import can_see_progress
from lms.learning.transcripts import completed_activities, sections_of, transcript_headers, transcript_rows
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.rules import require_visible
from lms.web.sheets import xlsx_response


@bp.get("/transcript")
@requires(P.RECORDS_READ_OWN)
def transcript() -> str:
    return _page(current_person())


@bp.get("/transcript.xlsx")
@requires(P.RECORDS_READ_OWN)
def transcript_sheet() -> Response:
    return _sheet(current_person())


@bp.get("/people/<int:person_id>/transcript")
@requires(P.PROGRESS_READ)
def person_transcript(person_id: int) -> str:
    return _page(_visible(person_id))


@bp.get("/people/<int:person_id>/transcript.xlsx")
@requires(P.PROGRESS_READ)
def person_transcript_sheet(person_id: int) -> Response:
    return _sheet(_visible(person_id))


def _visible(person_id: int) -> Person:
    person = db.session.get(Person, person_id, options=[lazyload(Person.grants)])
    require_visible(person is not None and can_see_progress(current_person(), person))
    assert person is not None
    return person


def _page(person: Person) -> str:
    viewer, at = current_person(), now()
    return render_template(
        "lms/learning/transcript.html",
        shown=person,
        own=person.id == viewer.id,
        totals=ledger_totals(person.id),
        dimensions=dimension_progress(person.id),
        sections=[(each.title, _html(each)) for each in sections_of(person, viewer, at)],
        completed=completed_activities(person, viewer),
        at=at,
    )


def _html(section: TranscriptSection) -> Markup:
    html = render_template(section.template, **(TEMPLATE_HELPERS | section.context))
    return Markup(html)  # noqa: S704 - a template's own output


def _sheet(person: Person) -> Response:
    rows = completed_activities(person, current_person())
    filename = _("学习档案-%(name)s.xlsx", name=person.name)
    return xlsx_response(filename, transcript_headers(), transcript_rows(rows))
