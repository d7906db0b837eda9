"""The files of a lesson, for its readers: those that the version in their hands shows, and no others."""

from __future__ import annotations

from flask import Response, request

from courses.lessons.queries import lesson_for_reading
from courses.lessons.services import version_in_hand
from courses.lessons.views import bp
from courses.permissions import C
from courses.types import lesson_type
from lms.kernel.clock import now
from lms.learning.locks import require_unlocked
from lms.media.queries import media_by_ref
from lms.media.serving import send_media
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible


@bp.get("/<int:lesson_id>/media/<ref>")
@bp.get("/<int:lesson_id>/media/<ref>/<part>")
@requires(C.LESSONS_READ)
def media(lesson_id: int, ref: str, part: str | None = None) -> Response:
    """A file of a lesson that the person may read and that is open to them. ``v`` names an older version in hand."""
    person = current_person()
    lesson, published = lesson_for_reading(person, lesson_id)
    require_unlocked(person, lesson.activity_id, now())
    number = request.args.get("v", "")
    version = version_in_hand(
        actor=person,
        lesson=lesson,
        published=published,
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0,
    )
    require_visible(ref in lesson_type(lesson.type).media_refs(version.body, version.settings or {}))
    found = media_by_ref(lesson.shop_id, [ref]).get(ref)
    require_visible(found is not None)
    assert found is not None
    return send_media(found, part=part, download="download" in request.args)
