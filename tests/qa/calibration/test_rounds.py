"""A round from its making to its results: who scores what, who sees what when, and what stays untouched."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.conversations.models import ChatView
from lms.inbox.models import Notification
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.jobs import run_pending_inline
from lms.people.enums import Role
from lms.people.models import Person
from lms.qa.calibration.models import Calibration, CalibrationScore
from lms.qa.calibration.queries import (
    calibrations_visible_to,
    draw_chats,
    draw_evaluations,
    raters_for,
    standings_in,
)
from lms.qa.calibration.results import Results
from lms.qa.calibration.rules import can_see_calibration
from lms.qa.calibration.services import (
    CalibrationError,
    RoundClosed,
    close,
    create_regrade,
    create_shared,
    restore_reviewer,
    score_chat,
    suspend_reviewer,
)
from lms.qa.enums import EntryState
from lms.qa.evaluations.models import Evaluation, EvaluationLine, EvaluationStanding
from lms.qa.evaluations.rules import can_score
from lms.qa.sampling.models import QueueEntry, Reviewer
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion
from tests.conftest import Cast
from tests.factories import make_person, save
from tests.qa.making import MONDAY, make_chat, make_entry, make_evaluation, make_scorecard

AT = MONDAY + timedelta(days=3)


def make_round(cast: Cast, chats: int = 2) -> tuple[Calibration, Person, ScorecardVersion]:
    """A shared round of the evaluator and a second one."""
    second = make_person("质检乙", Role.EVALUATOR, team=cast.team, account="second-evaluator")
    version = make_scorecard(cast.shop)
    made = create_shared(
        actor=cast.evaluator,
        shop=cast.shop,
        title="三月校准",
        version=version,
        conversation_ids=[make_chat(cast.shop, cast.agent).id for _ in range(chats)],
        raters=[cast.evaluator, second],
        at=AT,
    )
    return made, second, version


def answers(version: ScorecardVersion, *values: int | None) -> dict[int, int | None]:
    return dict(zip(Definition.from_json(version.definition).by_id(), values, strict=True))


def live_scores() -> list[Any]:
    """Everything that a live result consists of."""
    return [
        [tuple(row) for row in db.session.execute(select(table.__table__).order_by(key))]
        for table, key in (
            (Evaluation, Evaluation.id),
            (EvaluationLine, EvaluationLine.id),
            (EvaluationStanding, EvaluationStanding.evaluation_id),
        )
    ]


def test_a_round_is_scored_blind_and_compared_once_it_is_closed(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    calibration, second, version = make_round(cast)
    session.commit()
    told = session.scalars(select(Notification.person_id).where(Notification.kind == "qa")).all()
    assert set(told) == {cast.evaluator.id, second.id}
    one, two = (sign_in(person) for person in (cast.evaluator, second))
    first, last = calibration.chats
    page = f"/qa/calibration/{calibration.id}"
    form = {f"v-{ident}": "1" for ident in answers(version, 1, 1)}
    assert one.get(f"{page}/chats/{first.id}/score").status_code == 200
    assert session.scalars(select(ChatView.person_id)).all() == [cast.evaluator.id]
    assert one.post(f"{page}/chats/{first.id}/score", data={}).status_code == 400
    answer = one.post(f"{page}/chats/{first.id}/score", data=form)
    assert answer.headers["Location"] == f"{page}/chats/{last.id}/score"
    assert one.post(f"{page}/chats/{last.id}/score", data=form).headers["Location"] == page
    right = list(answers(version, 1, 1))[1]
    fault = form | {f"v-{right}": "0", f"comment-{right}": "答非所问"}
    two.post(f"{page}/chats/{first.id}/score", data=fault)
    # Open: neither the other rater, nor an administrator, nor the organiser sees a score.
    for client in (one, two, sign_in(cast.admin)):
        assert client.get(f"{page}/chats/{first.id}").status_code == 404
        assert "答非所问" not in client.get(page).get_data(as_text=True)
    assert one.post(f"{page}/close").status_code == 302
    run_pending_inline()
    shown = one.get(page).get_data(as_text=True)
    assert "Krippendorff" in shown and "1 项不一致" in shown
    side = one.get(f"{page}/chats/{first.id}").get_data(as_text=True)
    assert "答非所问" in side and "质检乙" in side
    # Nothing more is taken.
    assert two.post(f"{page}/chats/{last.id}/score", data=form).status_code == 302
    assert session.query(CalibrationScore).count() == 6
    results = Results.from_json(session.get_one(Calibration, calibration.id).results or {})
    # 准确 on the first chat: 1 and 0; 及时: 1 and 1; the last chat has one rater only.
    assert (results.whole.n, results.whole.share) == (2, 0.5)


def test_a_part_time_rater_sees_no_scores_even_afterwards(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    version, raters = make_scorecard(cast.shop), [cast.evaluator, cast.admin, cast.agent2]
    made = create_shared(
        actor=cast.evaluator,
        shop=cast.shop,
        title="三月校准",
        version=version,
        conversation_ids=[make_chat(cast.shop, cast.agent).id for _ in range(2)],
        raters=raters,
        at=AT,
    )
    for chat in made.chats:
        for place, rater in enumerate(raters):
            values = answers(version, 1, int(place == 0))
            score_chat(actor=rater, calibration=made, chat=chat, values=values, at=AT)
    close(actor=cast.evaluator, calibration=made, at=AT)
    session.commit()
    run_pending_inline()
    page = f"/qa/calibration/{made.id}"
    client = sign_in(cast.agent2)
    assert "谢谢您参加" in client.get(page).get_data(as_text=True)
    assert client.get(f"{page}/chats/{made.chats[0].id}").status_code == 403
    assert sign_in(cast.agent).get(page).status_code == 404
    shown = sign_in(cast.supervisor).get(page).get_data(as_text=True)
    assert "95% 区间" in shown and "全部相同" in shown and "+100%" in shown


def test_what_is_refused(session: scoped_session, cast: Cast) -> None:
    calibration, second, version = make_round(cast)
    (chat, _other), right = calibration.chats, answers(version, 1, 1)
    score_chat(actor=second, calibration=calibration, chat=chat, values=right, at=AT)
    with pytest.raises(CalibrationError, match="已经评过"):
        score_chat(actor=second, calibration=calibration, chat=chat, values=right, at=AT)
    with pytest.raises(CalibrationError, match="还有评分项"):
        score_chat(actor=cast.evaluator, calibration=calibration, chat=chat, values={}, at=AT)
    with pytest.raises(CalibrationError, match="超出"):
        score_chat(actor=cast.evaluator, calibration=calibration, chat=chat, values=answers(version, 1, 2), at=AT)
    with pytest.raises(NotFound):
        score_chat(actor=cast.agent2, calibration=calibration, chat=chat, values=right, at=AT)
    close(actor=cast.evaluator, calibration=calibration, at=AT)
    with pytest.raises(RoundClosed):
        score_chat(actor=cast.evaluator, calibration=calibration, chat=chat, values=right, at=AT)


def test_rounds_that_can_not_be_made(session: scoped_session, cast: Cast) -> None:
    version, chat = make_scorecard(cast.shop), make_chat(cast.shop, cast.agent)
    foreign = make_chat(cast.other_shop, cast.other_agent)
    second = make_person("质检乙", Role.EVALUATOR, team=cast.team)
    wanted: dict[str, Any] = {"actor": cast.evaluator, "shop": cast.shop, "title": "三月", "version": version, "at": AT}
    both = [cast.evaluator, second]
    for chats, raters, words in (
        ([foreign.id], both, "不在本店"),
        ([chat.id], [second], "至少选两位"),
        ([chat.id], [second, cast.agent], "自己接待"),
        ([], both, "没有选到"),
        ([chat.id], [second, cast.other_evaluator], "不服务"),
    ):
        with pytest.raises(CalibrationError, match=words):
            create_shared(conversation_ids=chats, raters=raters, **wanted)
    with pytest.raises(NotFound):
        create_shared(conversation_ids=[chat.id], raters=both, **(wanted | {"actor": cast.other_evaluator}))
    with pytest.raises(NotFound):
        create_shared(conversation_ids=[chat.id], raters=both, **(wanted | {"actor": cast.agent}))


def test_the_draw_repeats_by_seed_and_leaves_out_what_was_scored_or_is_ones_own(
    session: scoped_session, cast: Cast
) -> None:
    version = make_scorecard(cast.shop)
    make_evaluation(cast.evaluator, cast.agent, cast.shop, version)
    own = make_chat(cast.shop, cast.agent2)
    free = [make_chat(cast.shop, cast.agent).id for _ in range(8)]
    old = make_chat(cast.shop, cast.agent, at=AT - timedelta(days=90))
    raters = [cast.evaluator.id, cast.agent2.id]
    drawn = draw_chats(cast.shop.id, count=3, seed=7, raters=raters, at=AT)
    assert drawn == draw_chats(cast.shop.id, count=3, seed=7, raters=raters, at=AT)
    assert len(drawn) == 3 and set(drawn) <= set(free)
    everything = draw_chats(cast.shop.id, count=99, seed=7, raters=raters, at=AT)
    assert everything == free and own.id not in everything and old.id not in everything


def test_a_regrade_compares_with_the_live_scores_and_leaves_them_alone(session: scoped_session, cast: Cast) -> None:
    version = make_scorecard(cast.shop)
    for n in range(12):
        make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",) if n < 6 else ())
    second = make_person("质检乙", Role.EVALUATOR, team=cast.team)
    before = live_scores()
    drawn = draw_evaluations(cast.shop.id, cast.evaluator.id, count=12, seed=1, raters=[second.id], at=AT)
    made = create_regrade(
        actor=cast.supervisor, shop=cast.shop, title="复评", evaluations=drawn, raters=[second], at=AT
    )
    with pytest.raises(CalibrationError, match="原评分人"):
        create_regrade(
            actor=cast.supervisor, shop=cast.shop, title="复评", evaluations=drawn, raters=[cast.evaluator], at=AT
        )
    for place, chat in enumerate(made.chats):  # 及时 as before; 准确: every second one the other way round
        assert chat.evaluation is not None
        was = chat.evaluation.lines[1].value
        assert was is not None
        values = answers(version, 1, was if place % 2 else 1 - was)
        score_chat(actor=second, calibration=made, chat=chat, values=values, at=AT)
    close(actor=cast.supervisor, calibration=made, at=AT)
    session.commit()
    run_pending_inline()
    assert live_scores() == before
    results = Results.from_json(made.results or {})
    assert results.people == (cast.evaluator.id, second.id)
    # 准确: 6 faults of 12 live; 3 of each kind turned, so 6 again: κ = (1/2 − 1/2) ÷ 1/2 = 0.
    assert results.lines[1].kappa == pytest.approx(0)
    # The evaluator over 24 lines: 18 as before. 18 + 18 kept of 48 values and 12 faults:
    # α = 1 − (2·6/48) ÷ (2·36·12/(48·47)) = 1 − 0.25 ÷ 0.3830 = 0.347.
    standing = results.standings[cast.evaluator.id]
    assert list(results.standings) == [cast.evaluator.id]
    assert (standing.lines, standing.share) == (24, 0.75)
    assert standing.alpha == pytest.approx(1 - 0.25 / (2 * 36 * 12 / (48 * 47)))
    assert standing.is_below(0.6)
    (row,) = standings_in(cast.shop.id, AT + timedelta(days=1))
    assert (row.person, row.reviewer) == (cast.evaluator, None)
    assert standings_in(cast.shop.id, AT + timedelta(days=200)) == []


def test_whoever_is_suspended_loses_the_queue_until_it_is_given_back(session: scoped_session, cast: Cast) -> None:
    version = make_scorecard(cast.shop)
    entry = make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard, reviewer=cast.evaluator)
    with pytest.raises(CalibrationError, match="原因"):
        suspend_reviewer(actor=cast.supervisor, shop=cast.shop, person=cast.evaluator, reason=" ", at=AT)
    with pytest.raises(CalibrationError, match="自己"):
        suspend_reviewer(actor=cast.evaluator, shop=cast.shop, person=cast.evaluator, reason="x", at=AT)
    with pytest.raises(NotFound):
        suspend_reviewer(actor=cast.other_evaluator, shop=cast.shop, person=cast.evaluator, reason="x", at=AT)
    suspend_reviewer(actor=cast.supervisor, shop=cast.shop, person=cast.evaluator, reason="先一起评十通", at=AT)
    session.refresh(entry)
    line = session.scalars(select(Reviewer)).one()
    assert (entry.state, entry.reviewer_id) == (EntryState.WAITING, None)
    assert not can_score(cast.evaluator, entry, line)
    restore_reviewer(actor=cast.supervisor, shop=cast.shop, person=cast.evaluator, at=AT)
    assert can_score(cast.evaluator, session.get_one(QueueEntry, entry.id), line)


def test_raters_are_those_who_evaluate_in_the_shop(session: scoped_session, cast: Cast) -> None:
    save(Reviewer(shop_id=cast.shop.id, person_id=cast.agent2.id))
    assert {person.id for person in raters_for(cast.shop.id)} == {cast.evaluator.id, cast.admin.id, cast.agent2.id}


def test_the_list_and_the_rule_agree(session: scoped_session, cast: Cast) -> None:
    make_round(cast)
    for person in (cast.agent, cast.agent2, cast.lead, cast.supervisor, cast.evaluator, cast.trainer, cast.admin,
                   cast.other_evaluator, cast.other_agent):  # fmt: skip
        listed = set(session.scalars(calibrations_visible_to(person)).unique())
        assert listed == {one for one in session.query(Calibration) if can_see_calibration(person, one)}, person.name


def test_pages_ask_for_the_same_few_statements_however_long_they_are(
    session: scoped_session,
    cast: Cast,
    sign_in: Callable[[Person], FlaskClient],
    count_queries: Callable[[], AbstractContextManager[Any]],
) -> None:
    client, counts = sign_in(cast.supervisor), []
    second = make_person("质检乙", Role.EVALUATOR, team=cast.team)
    version, raters = make_scorecard(cast.shop), [cast.evaluator, second]
    for chats in (1, 4):
        made = create_shared(
            actor=cast.supervisor,
            shop=cast.shop,
            title="三月校准",
            version=version,
            conversation_ids=[make_chat(cast.shop, cast.agent).id for _ in range(chats)],
            raters=raters,
            at=now(),
        )
        for chat in made.chats:
            for rater in raters:
                score_chat(actor=rater, calibration=made, chat=chat, values=answers(version, 1, 0), at=now())
        close(actor=cast.supervisor, calibration=made, at=now())
        session.commit()
        run_pending_inline()
        row = []
        page = f"/qa/calibration/{made.id}"
        for url in ("/qa/calibration/", page, f"{page}/chats/{made.chats[0].id}", "/qa/calibration/reviewers",
                    "/qa/calibration/new", "/qa/calibration/regrade"):  # fmt: skip
            session.expire_all()
            with count_queries() as counted:
                assert client.get(url).status_code == 200, url
            row.append(counted.count)
        counts.append(row)
    assert counts[0] == counts[1]
