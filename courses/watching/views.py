"""What a player tells while somebody watches."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from courses.lessons.places import place_for_reader
from courses.lessons.queries import lesson_for_reading
from courses.lessons.services import version_in_hand
from courses.lessons.views import bp
from courses.permissions import C
from courses.types.video import VideoLesson, cover_of, video_of
from courses.watching import sessions
from courses.watching.services import read_told
from courses.watching.services import watch as take
from lms.kernel.clock import now
from lms.learning.locks import require_unlocked
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible


@bp.post("/<int:lesson_id>/watch")
@requires(C.LESSONS_READ)
def watch(lesson_id: int) -> ResponseReturnValue:
    """JSON in: {session, version, position, seconds, beats: [{seq, from, to, wall, ago}]}; out: what counts now.

    Times in seconds. ``session`` is the token of the page; ``ago`` says how long ago the stretch ended, so that what
    was kept during a lack of network comes late and counts all the same.
    """
    person, at = current_person(), now()
    sent: Any = request.get_json(force=True, silent=True)
    told = read_told(sent)
    lesson, published = lesson_for_reading(person, lesson_id)
    require_visible(lesson.type == VideoLesson.name)
    require_unlocked(person, lesson.activity_id, at)
    player = sessions.read(str(sent.get("session", "")), person_id=person.id, lesson_id=lesson.id, at=at)
    number = sent.get("version")
    version = version_in_hand(
        actor=person, lesson=lesson, published=published, number=number if isinstance(number, int) else 0
    )
    place = place_for_reader(lesson, version)
    video = video_of(place)
    require_visible(video is not None)
    assert video is not None
    progress = take(
        actor=person,
        lesson=lesson,
        version=version,
        ref=video.ref,
        seconds=video.facts.get("seconds"),
        cover=cover_of(place.settings),
        player=player,
        told=told,
        at=at,
    )
    return jsonify(
        covered=progress.seen,
        percent=progress.percent,
        completed=progress.completed is not None,
        seconds=progress.seconds,
    )
