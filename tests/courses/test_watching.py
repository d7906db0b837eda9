"""What a player tells the server, and when that completes the lesson."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from courses.lessons.enums import ReachedBy
from courses.lessons.models import Lesson
from courses.lessons.publishing import publish
from courses.lessons.queries import latest_task
from courses.lessons.services import Draft, NotByReading, edit_lesson, open_lesson, record_reading
from courses.watching import sessions
from courses.watching.coverage import Claim
from courses.watching.models import WatchBeat, WatchState
from courses.watching.services import ClaimsRefused, Progress, Told, read_told, rebuilt, standing, watch
from courses.watching.sessions import PlayerSession, PlayerTooOld
from lms.kernel.db import db
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Record
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, newest
from tests.courses.panels.making import SECONDS, make_video
from tests.factories import make_assignment


@pytest.fixture
def video(cast: Cast, session: scoped_session) -> Lesson:
    lesson = make_video(cast.trainer, cast.shop)
    session.commit()
    return lesson


def tell(
    person: Person,
    lesson: Lesson,
    *claims: tuple[float, ...],
    after: float,
    tab: str = "a",
    first: int = 0,
    since: datetime = AT,
    seconds: float | None = SECONDS,
    told_seconds: float = SECONDS,
) -> Progress:
    """Claims (from, to, wall, ago) from a page that was opened at ``since``, ``after`` seconds later."""
    version = newest(lesson)
    return watch(
        actor=person,
        lesson=lesson,
        version=version,
        ref=version.settings["media"],
        seconds=seconds,
        cover=version.settings["cover"],
        player=PlayerSession(tab, since),
        told=Told({first + i: Claim(*claim) for i, claim in enumerate(claims)}, claims[-1][1], told_seconds),
        at=since + timedelta(seconds=after),
    )


def facts(person: Person) -> list[tuple[Verb, dict[str, Any]]]:
    rows = select(Record).where(Record.actor_id == person.id, Record.verb != Verb.OPENED).order_by(Record.id)
    return [(record.verb, record.context) for record in db.session.scalars(rows)]


def test_watching_it_through_completes_the_lesson_and_its_task(cast: Cast, video: Lesson) -> None:
    task = make_assignment(cast.agent, video.activity, at=AT)
    half = tell(cast.agent, video, (0, 4, 4), after=4.2)
    assert (half.percent, half.completed, half.seen) == (50, None, ((0, 4),))
    done = tell(cast.agent, video, (4, 8, 2), after=6.5, first=1)
    assert done.percent == 100 and done.completed is not None
    assert (done.completed.score, done.completed.context["coverage"]) == (None, 1.0)
    assert task.state is AssignmentState.DONE
    assert [(verb, context["coverage"]) for verb, context in facts(cast.agent)] == [
        (Verb.PROGRESSED, 0.25),
        (Verb.PROGRESSED, 0.5),
        (Verb.PROGRESSED, 0.75),
        (Verb.COMPLETED, 1.0),
    ]


def test_dragging_to_the_end_leaves_it_open(cast: Cast, video: Lesson) -> None:
    shown = tell(cast.agent, video, (0, 1, 1), (7, 8, 1), after=3)
    assert (shown.percent, shown.completed, shown.position) == (25, None, 8)


def test_a_forged_claim_of_everything_gets_the_time_that_passed(cast: Cast, video: Lesson) -> None:
    assert tell(cast.agent, video, (0, 8, 8), after=1).share <= (2 * 1 + 0.56) / SECONDS


def test_two_tabs_share_the_time_and_lose_nothing(cast: Cast, video: Lesson) -> None:
    tell(cast.agent, video, (0, 4, 2), after=2)
    both = tell(cast.agent, video, (4, 8, 2), after=2, tab="b")
    assert both.completed is None and both.share < 0.6
    assert tell(cast.agent, video, (0, 4, 2), after=6, first=1).completed is not None


def test_what_was_kept_offline_counts_when_it_comes(cast: Cast, video: Lesson) -> None:
    late = tell(cast.agent, video, (0, 4, 4, 3600), (4, 8, 4, 3596), after=3610)
    assert late.completed is not None


def test_telling_twice_is_telling_once(cast: Cast, video: Lesson) -> None:
    once = tell(cast.agent, video, (0, 3, 3), after=4)
    again = tell(cast.agent, video, (0, 3, 3), after=9)
    assert again == once
    assert list(db.session.scalars(select(func.count()).select_from(WatchBeat))) == [1]
    state = db.session.scalars(select(WatchState)).one()
    assert rebuilt(state) == state.watched


def test_somebody_elses_watching_is_their_own(cast: Cast, video: Lesson) -> None:
    tell(cast.agent, video, (0, 8, 8), after=9)
    assert tell(cast.agent2, video, (0, 1, 1), after=9, tab="x").percent == 12


def test_without_a_length_of_its_own_the_first_player_tells_it(cast: Cast, video: Lesson) -> None:
    assert tell(cast.agent, video, (0, 4, 4), after=5, seconds=None, told_seconds=0) == Progress(None, (), 0, 0)
    tell(cast.agent, video, (0, 4, 4), after=5, seconds=None, told_seconds=8)
    assert tell(cast.agent2, video, (0, 1, 1), after=5, tab="x", seconds=None, told_seconds=1).percent == 12


def test_a_task_after_the_completion_asks_for_watching_again(cast: Cast, video: Lesson) -> None:
    tell(cast.agent, video, (0, 8, 8), after=9)
    later = AT + timedelta(days=90)
    make_assignment(cast.agent, video.activity, at=later)
    assert look(cast.agent, video, later).percent == 0
    # What was played before the new task, told late, belongs to the old round.
    late = tell(cast.agent, video, (0, 8, 8, 90 * 86400), after=90 * 86400 + 30, tab="late")
    assert late.completed is None or late.completed.at > later
    again = tell(cast.agent, video, (0, 8, 8), after=10, tab="new", since=later)
    assert again.completed is not None and again.completed.at > later
    assert list(db.session.scalars(select(WatchState.round).order_by(WatchState.round))) == [1, 2]


def look(person: Person, lesson: Lesson, at: datetime) -> Progress:
    version = newest(lesson)
    opening = open_lesson(actor=person, lesson=lesson, version=version, at=at)
    return standing(
        actor=person,
        lesson=lesson,
        version=version,
        ref=version.settings["media"],
        cover=0.9,
        completed=opening.completed,
        task=latest_task(person, lesson.activity_id),
        at=at,
    )


def test_a_new_version_with_the_same_video_need_not_be_watched_again(cast: Cast, video: Lesson) -> None:
    tell(cast.agent, video, (0, 8, 8), after=9)
    tell(cast.agent2, video, (0, 4, 4), after=9, tab="x")
    first = newest(video)
    draft = Draft(video.activity.title, "## 要点\n\n改了一个错字。", minutes=6, settings=first.settings)
    edit_lesson(actor=cast.trainer, lesson=video, draft=draft, competencies=video.activity.competencies, base=1, at=AT)
    publish(actor=cast.trainer, lesson=video, at=AT)
    shown = look(cast.agent, video, AT + timedelta(days=1))
    assert shown.completed is not None and shown.completed.context["version"] == 2
    assert look(cast.agent2, video, AT + timedelta(days=1)).percent == 50


def test_reading_to_the_end_does_not_complete_a_video(cast: Cast, video: Lesson) -> None:
    with pytest.raises(NotByReading):
        record_reading(
            actor=cast.agent,
            lesson=video,
            version=newest(video),
            reached_by=ReachedBy.BUTTON,
            at=AT + timedelta(hours=1),
        )


# --- the token and the shape ---------------------------------------------------------------------------------------


def test_a_token_is_for_one_person_lesson_and_week(app: Any) -> None:
    token = sessions.issue(person_id=1, lesson_id=2, at=AT)
    assert sessions.read(token, person_id=1, lesson_id=2, at=AT + timedelta(days=1)).since == AT
    for changed in (
        {"person_id": 9},
        {"lesson_id": 9},
        {"at": AT + timedelta(days=8)},
        {"at": AT - timedelta(seconds=1)},
        {"token": token[:-2] + "xx"},
        {"token": ""},
    ):
        asked = {"token": token, "person_id": 1, "lesson_id": 2, "at": AT} | changed
        with pytest.raises(PlayerTooOld):
            sessions.read(asked.pop("token"), **asked)


@pytest.mark.parametrize("sent", [None, [], {}, {"beats": 3}, {"beats": [1]}, {"beats": [{}] * 500}])
def test_a_wrong_shape_is_refused(sent: Any) -> None:
    with pytest.raises(ClaimsRefused):
        read_told(sent)


def test_single_odd_stretches_do_no_harm() -> None:
    sent = json.loads('{"beats": [{"seq": -1}, {"seq": "x"}, {"seq": true}, {"seq": 1, "from": NaN, "to": 1e999}]}')
    assert list(read_told(sent).claims) == [1]


# --- pages ---------------------------------------------------------------------------------------------------------


def token_of(client: FlaskClient, lesson: Lesson) -> dict[str, Any]:
    html = client.get(f"/lessons/{lesson.id}").get_data(as_text=True)
    start = html.index("data-watch='") + len("data-watch='")
    return json.loads(html[start : html.index("'", start)].replace("&#34;", '"'))


def test_the_page_hands_out_a_player_and_takes_what_it_tells(
    cast: Cast, video: Lesson, sign_in: Callable[[Person], FlaskClient], time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    client = sign_in(cast.agent)
    player = token_of(client, video)
    assert (player["cover"], player["seconds"], player["percent"]) == (90, 8.0, 0)
    time_machine.move_to(AT + timedelta(seconds=5), tick=False)
    sent = {"session": player["session"], "version": 1, "position": 4, "seconds": 8}
    beats = [{"seq": 0, "from": 0, "to": 4, "wall": 4, "ago": 0.5}]
    answer = client.post(player["url"], json=sent | {"beats": beats})
    assert answer.get_json() == {"covered": [[0, 4]], "percent": 50, "completed": False, "seconds": 8.0}
    assert token_of(client, video)["position"] == 4
    # Somebody else's page, a page of last month, another shop.
    assert sign_in(cast.agent2).post(player["url"], json=sent | {"beats": beats}).status_code == 409
    assert sign_in(cast.other_agent).post(player["url"], json=sent | {"beats": beats}).status_code == 404
    time_machine.move_to(AT + timedelta(days=30), tick=False)
    assert sign_in(cast.agent).post(player["url"], json=sent | {"beats": beats}).status_code == 409


def test_the_button_of_reading_is_not_there_nor_taken(
    cast: Cast, video: Lesson, sign_in: Callable[[Person], FlaskClient]
) -> None:
    client = sign_in(cast.agent)
    assert "/finish" not in client.get(f"/lessons/{video.id}").get_data(as_text=True)
    assert client.post(f"/lessons/{video.id}/finish", data={"version": "1"}).status_code == 409
