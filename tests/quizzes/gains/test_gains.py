"""The gain between 前测 and 后测: the figures, whose papers count, who sees them, and when they are worked out anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.kernel.jobs import Job, run_pending_inline
from lms.learning.enums import Dimension
from lms.people.enums import Role
from lms.people.models import Person
from lms.web.sheets import read_sheet
from quizzes.attempts.services import save_answer, start_attempt, submit_attempt
from quizzes.gains.core import Gain, gain, means
from quizzes.gains.labels import interval_text, points
from quizzes.gains.models import QuizGain
from quizzes.gains.queries import pairs_of
from quizzes.papers.models import Quiz
from quizzes.papers.services import create_post_test, publish_quiz
from tests.conftest import Cast
from tests.factories import make_person
from tests.quizzes.papers.factories import KEYS, make_items, make_quiz

SignIn = Callable[[Person], FlaskClient]
T0 = datetime.fromisoformat("2026-03-02T02:00:00+00:00")

# Five people. Differences .2 .1 .1 .4 0: mean .16, squares of what is left .0016 .0036 .0036 .0576 .0256 = .092,
# s² = .092 / 4 = .023, s/√5 = .067823, t(.975, 4) = 2.776445, half the interval = .188307.
FIVE = [(0.5, 0.7), (0.6, 0.7), (0.7, 0.8), (0.4, 0.8), (0.8, 0.8)]


def test_gain_of_five_people_worked_out_by_hand() -> None:
    found = gain(FIVE)
    assert (found.n, found.mean_pre, found.mean_post) == (5, pytest.approx(0.6), pytest.approx(0.76))
    assert found.mean_gain == pytest.approx(0.16)
    assert (found.low, found.high) == (pytest.approx(-0.028307, abs=1e-5), pytest.approx(0.348307, abs=1e-5))


def test_gain_is_that_of_the_paired_t_test() -> None:
    from scipy.stats import ttest_rel

    interval = ttest_rel([post for _pre, post in FIVE], [pre for pre, _post in FIVE]).confidence_interval(0.95)
    found = gain(FIVE)
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_no_interval_under_five_people_and_none_to_doubt_when_all_gain_the_same() -> None:
    assert gain(FIVE[:4]) == means(FIVE[:4])
    assert gain([]) == Gain(0, None, None, None)
    same = gain([(0.5, 0.75)] * 6)
    assert (same.low, same.high) == (pytest.approx(0.25), pytest.approx(0.25))


def test_words_on_screen() -> None:
    assert [points(one) for one in (0.125, -0.02, 0.0, -0.0001, None)] == ["+12.5", "-2.0", "0.0", "0.0", "—"]
    assert interval_text(means(FIVE)) == ""


@pytest.fixture
def pair(cast: Cast) -> tuple[Quiz, Quiz]:
    items = [*make_items(4, shop=cast.shop), *make_items(4, shop=cast.shop, dimension=Dimension.SKILL)]
    blueprint = {"knowledge": 2, "skill": 2}
    pre = make_quiz(
        cast.trainer, items, shop=cast.shop, title="甲店前测", draw_count=4, blueprint=blueprint, open_practice=True
    )
    post = create_post_test(actor=cast.trainer, pre=pre, at=T0)
    post.open_practice = True
    return pre, publish_quiz(actor=cast.trainer, quiz=post, at=T0)


def sit(person: Person, quiz: Quiz, right: int, at: datetime) -> None:
    """Take the quiz and get so many questions right, those of skill first."""
    attempt = start_attempt(actor=person, quiz=quiz, at=at, seed=1)
    slots = sorted(attempt.slots, key=lambda slot: slot.dimension != Dimension.SKILL)
    for sequence, slot in enumerate(slots[:right], 1):
        save_answer(
            actor=person,
            attempt=attempt,
            position=slot.position,
            answer=KEYS["single"],
            sequence=sequence,
            client="t",
            at=at,
        )
    submit_attempt(actor=person, attempt=attempt, at=at + timedelta(minutes=5))


def hours(number: int) -> datetime:
    return T0 + timedelta(hours=number)


def test_first_pre_test_and_the_first_post_test_after_it_are_compared(cast: Cast, pair: tuple[Quiz, Quiz]) -> None:
    pre, post = pair
    sit(cast.agent, post, 4, hours(0))  # before the 前测: does not count
    sit(cast.agent, pre, 1, hours(1))
    sit(cast.agent, pre, 4, hours(2))
    sit(cast.agent, post, 3, hours(3))
    sit(cast.agent, post, 4, hours(4))
    sit(cast.agent2, pre, 2, hours(1))  # never took the other
    (one,) = pairs_of(cast.trainer, pre, post)
    assert (one.name, one.pre, one.post, one.gain) == ("安小客", 0.25, 0.75, 0.5)
    assert one.dimensions == {"skill": (0.5, 1.0), "knowledge": (0.0, 0.5)}


def test_each_viewer_compares_their_own_people(cast: Cast, pair: tuple[Quiz, Quiz]) -> None:
    pre, post = pair
    for person in (cast.agent, cast.agent2):
        sit(person, pre, 1, hours(1))
        sit(person, post, 2, hours(2))
    assert [one.name for one in pairs_of(cast.lead, pre, post)] == ["安小客"]
    assert [one.name for one in pairs_of(cast.supervisor, pre, post)] == ["安小客", "白小客"]
    assert [one.name for one in pairs_of(cast.other_trainer, pre, post)] == []


def test_page_shows_means_at_once_and_the_interval_when_the_job_is_done(
    cast: Cast, session: scoped_session, pair: tuple[Quiz, Quiz], sign_in: SignIn, count_queries: Any
) -> None:
    pre, post = pair
    people = [make_person(f"学员{n}", Role.AGENT, team=cast.team_a) for n in range(5)]
    for number, person in enumerate(people):
        sit(person, pre, number % 3, hours(1))
        sit(person, post, 3, hours(2))
    session.commit()
    client = sign_in(cast.lead)
    page = client.get(f"/gains/{pre.id}").get_data(as_text=True)
    assert "正在重新计算区间" in page and "95% 区间" not in page and "学员4" in page
    run_pending_inline()
    page = client.get(f"/gains/{pre.id}").get_data(as_text=True)
    assert "95% 区间" in page and "含练习效应与自然变化" in page
    assert session.query(Job).count() == 1
    with count_queries() as q:
        client.get(f"/gains/{post.id}")
    assert q.count <= 10

    late = make_person("后来的人", Role.AGENT, team=cast.team_a)
    sit(late, pre, 4, hours(3))
    sit(late, post, 0, hours(4))
    session.commit()
    assert "正在重新计算区间" in client.get(f"/gains/{pre.id}").get_data(as_text=True)
    run_pending_inline()
    row = session.get(QuizGain, (post.id, cast.lead.id))
    assert row is not None and row.result["all"]["n"] == 6 and row.fingerprint == row.wanted


def test_few_people_get_no_interval_but_are_listed_and_exported(
    cast: Cast, session: scoped_session, pair: tuple[Quiz, Quiz], sign_in: SignIn
) -> None:
    pre, post = pair
    sit(cast.agent, pre, 2, hours(1))
    sit(cast.agent, post, 3, hours(2))
    session.commit()
    client = sign_in(cast.trainer)
    page = client.get(f"/gains/{pre.id}").get_data(as_text=True)
    assert "人数不足 5 人，不显示区间" in page and "+25.0" in page
    assert session.query(Job).count() == 0
    rows = read_sheet(client.get(f"/gains/{pre.id}/export.xlsx").data, "x.xlsx")
    assert [row[0] for row in rows] == ["姓名", "安小客"] and rows[1][-1] == 0.25


def test_quiz_without_a_partner_has_no_such_page(cast: Cast, sign_in: SignIn) -> None:
    alone = make_quiz(cast.trainer, make_items(1, shop=cast.shop), shop=cast.shop)
    assert sign_in(cast.trainer).get(f"/gains/{alone.id}").status_code == 404
    assert now() > T0
