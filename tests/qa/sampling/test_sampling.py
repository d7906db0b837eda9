"""Plans, the queue and its reviewers: what is drawn, who gets which chat, and that nothing tells why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import scoped_session

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.hookspecs import CheckWish, hookimpl
from lms.kernel.plugins import plugins
from lms.people.models import Person, Shop
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import EntrySource, EntryState
from lms.qa.sampling.claims import (
    MOST_IN_HAND,
    NoAgentKnown,
    QueueError,
    claim_next,
    mend_agents,
    queue_by_hand,
    release,
    release_expired,
)
from lms.qa.sampling.models import PlanRun, QueueEntry, Reviewer, SamplingPlan
from lms.qa.sampling.queries import claimable, reviewed_shops, reviewer_line, week_report
from lms.qa.sampling.reading import read_signals
from lms.qa.sampling.rules import can_claim, is_reviewer
from lms.qa.sampling.services import (
    PlanData,
    PlanError,
    ReviewerError,
    add_reviewer,
    draw_week,
    new_hires,
    remove_reviewer,
    save_plan,
)
from lms.qa.sampling.tasks import fill_shop
from lms.qa.sampling.weeks import week_of
from lms.qa.sampling.wishes import fill_wishes
from lms.qa.scorecards.models import Criterion, ScorecardVersion
from tests.conftest import Cast, Counted
from tests.qa.making import MONDAY, make_chat, make_entry, make_scorecard

Count = Callable[[], AbstractContextManager[Counted]]
WEEK = week_of(MONDAY)
AFTER = MONDAY + timedelta(days=8)
ANGRY = (("customer", "我要退款，再不处理就投诉"), ("agent", "您好，今天给您退"))


@pytest.fixture
def version(session: scoped_session, cast: Cast) -> ScorecardVersion:
    for person in cast.people().values():
        person.created_at = MONDAY - timedelta(days=400)
    return make_scorecard(cast.shop)


def make_plan(cast: Cast, version: ScorecardVersion, **more: object) -> SamplingPlan:
    data = PlanData("每周抽检", version.scorecard, **{"new_hire_extra": 0, **more})  # type: ignore[arg-type]
    return save_plan(actor=cast.supervisor, shop=cast.shop, data=data, at=MONDAY, seed=5)


def entries(session: scoped_session) -> list[QueueEntry]:
    session.flush()
    return list(session.scalars(select(QueueEntry).order_by(QueueEntry.id)))


def per_agent(session: scoped_session) -> dict[str, int]:
    return dict(Counter(entry.agent.name for entry in entries(session)))


def test_a_draw_meets_the_quota_of_each_agent_and_only_adds(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    for n in range(12):
        make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(hours=n))
    for n in range(3):
        make_chat(cast.shop, cast.agent2, at=MONDAY + timedelta(hours=n))
    make_chat(cast.shop, cast.agent, at=MONDAY - timedelta(days=7))
    make_chat(cast.other_shop, cast.other_agent)
    plan = make_plan(cast, version)
    draw_week(actor=cast.supervisor, plan=plan, week=WEEK, at=AFTER)
    assert per_agent(session) == {"安小客": 5, "白小客": 3}
    first = {entry.conversation_id for entry in entries(session)}
    assert draw_week(actor=None, plan=plan, week=WEEK, at=AFTER) is None
    for n in range(5):
        make_chat(cast.shop, cast.agent2, at=MONDAY + timedelta(hours=n))
    draw_week(actor=None, plan=plan, week=WEEK, at=AFTER)
    assert per_agent(session) == {"安小客": 5, "白小客": 5}
    assert first < {entry.conversation_id for entry in entries(session)}
    runs = session.scalars(select(PlanRun).order_by(PlanRun.id)).all()
    assert [sum(n for row in run.report for n in row["added"].values()) for run in runs] == [8, 2]
    assert runs[0].settings["seed"] == 5


def test_the_same_seed_draws_the_same_chats(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    for n in range(30):
        make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(hours=n))
    plan = make_plan(cast, version, random_share=1.0)
    drawn = []
    for _ in range(2):
        draw_week(actor=cast.supervisor, plan=plan, week=WEEK, at=AFTER)
        drawn.append([entry.conversation_id for entry in entries(session)])
        for entry in entries(session):
            session.delete(entry)
        session.flush()
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 5


def test_risky_chats_are_read_once_and_drawn_first(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    for n in range(20):
        make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(hours=n))
    hot = {make_chat(cast.shop, cast.agent, lines=ANGRY).id for _ in range(2)}
    plan = make_plan(cast, version, per_agent=4, random_share=0.5)
    assert read_signals(plan=plan, week=WEEK) == 22
    assert read_signals(plan=plan, week=WEEK) == 0
    draw_week(actor=cast.supervisor, plan=plan, week=WEEK, at=AFTER)
    risky = [entry for entry in entries(session) if entry.source is EntrySource.RISK]
    by_chance = [entry for entry in entries(session) if entry.conversation_id in hot and entry not in risky]
    assert {entry.conversation_id for entry in (*risky, *by_chance)} == hot
    assert [(entry.signals, entry.risk) for entry in risky] == [(["refund", "anger"], 5.0)] * len(risky)


def test_a_running_week_is_drawn_as_it_goes(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    for n in range(12):
        make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(hours=n))
    plan = make_plan(cast, version, per_agent=7)
    so_far = []
    for day in range(8):
        fill_shop(shop_id=cast.shop.id, at=MONDAY + timedelta(days=day, hours=12))
        so_far.append(len(entries(session)))
    assert so_far == [1, 2, 3, 4, 5, 6, 7, 7]
    assert {entry.plan_id for entry in entries(session)} == {plan.id}


def test_new_hires_are_checked_more(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    cast.agent2.created_at = MONDAY - timedelta(days=3)
    for agent in (cast.agent, cast.agent2):
        for n in range(10):
            make_chat(cast.shop, agent, at=MONDAY + timedelta(hours=n))
    plan = make_plan(cast, version, per_agent=3, new_hire_days=30, new_hire_extra=4)
    draw_week(actor=cast.supervisor, plan=plan, week=WEEK, at=AFTER)
    assert per_agent(session) == {"安小客": 3, "白小客": 7}
    extra = [entry for entry in entries(session) if entry.source is EntrySource.NEW_HIRE]
    assert len(extra) == 4
    assert new_hires(plan, WEEK + timedelta(weeks=5)) == {}


def test_a_plan_of_a_team_draws_of_its_branch_only(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    make_chat(cast.shop, cast.agent)
    make_chat(cast.shop, cast.agent2)
    plan = make_plan(cast, version, team_id=cast.team_b.id)
    draw_week(actor=cast.supervisor, plan=plan, week=WEEK, at=AFTER)
    assert per_agent(session) == {"白小客": 1}
    assert [row.agent.name for row in week_report(cast.supervisor, plan, WEEK, {})] == ["白小客"]


def test_a_plan_takes_a_scorecard_of_its_own_shop(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    with pytest.raises(PlanError):
        make_plan(cast, make_scorecard(cast.other_shop))
    with pytest.raises(NotFound):
        save_plan(actor=cast.other_supervisor, shop=cast.shop, data=PlanData("x", version.scorecard), at=MONDAY)


# --- wishes --------------------------------------------------------------------------------------------------------


@contextmanager
def wishing(*wishes: CheckWish) -> Iterator[None]:
    class Plugin:
        @hookimpl
        def checks_wanted(self, shop_id: int, at: datetime) -> list[CheckWish]:
            return list(wishes)

    plugin = Plugin()
    plugins().manager.register(plugin, name="wishing")
    try:
        yield
    finally:
        plugins().manager.unregister(plugin)


def test_hook_checks_wanted_fills_the_queue(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    criterion = session.scalars(select(Criterion).where(Criterion.scorecard_id == version.scorecard_id)).first()
    inside = [make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(hours=n)) for n in range(3)]
    make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(days=3))
    make_chat(cast.shop, cast.agent2)
    make_entry(inside[0], cast.agent, version.scorecard)
    wish = CheckWish("loop:1", cast.agent.id, criterion.id, 5, MONDAY, MONDAY + timedelta(days=2))
    stranger = CheckWish("loop:2", cast.agent.id, 10_000, 5, MONDAY, AFTER)
    with wishing(wish, stranger):
        assert fill_wishes(shop_id=cast.shop.id, at=AFTER) == 2  # the third stands in the queue already
        assert fill_wishes(shop_id=cast.shop.id, at=AFTER) == 0
        for _ in range(9):
            make_chat(cast.shop, cast.agent)
        assert fill_wishes(shop_id=cast.shop.id, at=AFTER) == 3
    wished = [entry for entry in entries(session) if entry.wish == "loop:1"]
    assert {(entry.source, entry.agent_id, entry.plan_id) for entry in wished} == {
        (EntrySource.FOLLOW_UP, cast.agent.id, None)
    }
    assert len(wished) == 5


# --- the queue -----------------------------------------------------------------------------------------------------


def test_two_at_once_never_get_the_same(
    app: Flask, session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    for _ in range(7):
        make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    session.commit()
    shop_id, reviewers = cast.shop.id, (cast.evaluator.id, cast.admin.id)
    ready = Barrier(2)

    def work(person_id: int) -> list[int]:
        got = []
        with app.app_context():
            ready.wait(10)
            for _ in range(4):
                person, shop = db.session.get_one(Person, person_id), db.session.get_one(Shop, shop_id)
                entry = claim_next(actor=person, shop=shop, at=MONDAY)
                got += [entry.id] if entry else []
                db.session.commit()
            db.session.remove()
        return got

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, reviewers)
    assert len({*first, *second}) == len(first) + len(second) == 7
    session.expire_all()
    assert Counter(entry.reviewer_id for entry in entries(session)) == {
        reviewers[0]: len(first),
        reviewers[1]: len(second),
    }
    assert first
    assert second


def test_a_chat_that_is_taken_meanwhile_is_passed_over(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    made = [make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard) for _ in range(2)]
    first, second = sorted(made, key=lambda entry: entry.id)
    session.commit()
    lost = False

    def overtake(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Just before the claim of the first chat somebody else gets it."""
        nonlocal lost
        if not lost and statement.startswith("UPDATE queue_entry") and "claimed_at <=" not in statement:
            lost = True
            connection.exec_driver_sql(
                f"UPDATE queue_entry SET state = 'claimed', reviewer_id = {cast.admin.id}, "
                f"claimed_at = '2026-03-02 02:00:00' WHERE id = {first.id}"
            )

    event.listen(db.engine, "before_cursor_execute", overtake)
    try:
        mine = claim_next(actor=cast.evaluator, shop=cast.shop, at=MONDAY)
    finally:
        event.remove(db.engine, "before_cursor_execute", overtake)
    assert lost
    assert mine is second
    session.refresh(first)
    assert first.reviewer_id == cast.admin.id
    assert claim_next(actor=cast.evaluator, shop=cast.shop, at=MONDAY) is None


def test_nobody_gets_their_own_chat(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    add_reviewer(actor=cast.supervisor, shop=cast.shop, person=cast.agent, weekly_quota=9, at=MONDAY)
    own = make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    assert claim_next(actor=cast.agent, shop=cast.shop, at=MONDAY) is None
    moved = make_entry(make_chat(cast.shop, cast.agent), cast.agent2, version.scorecard)  # it turned out to be agent's
    assert claim_next(actor=cast.agent, shop=cast.shop, at=MONDAY) is None
    other = make_entry(make_chat(cast.shop, cast.agent2), cast.agent2, version.scorecard)
    assert claim_next(actor=cast.agent, shop=cast.shop, at=MONDAY) is other
    assert own.state is moved.state is EntryState.WAITING


def test_quota_suspension_and_hands_full(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    for _ in range(9):
        make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    line = add_reviewer(actor=cast.supervisor, shop=cast.shop, person=cast.agent2, weekly_quota=2, at=MONDAY)
    taken = [claim_next(actor=cast.agent2, shop=cast.shop, at=MONDAY) for _ in range(2)]
    with pytest.raises(QueueError, match="领满"):
        claim_next(actor=cast.agent2, shop=cast.shop, at=MONDAY)
    for entry in taken:
        entry.state, entry.done_at = EntryState.DONE, MONDAY
    session.flush()
    with pytest.raises(QueueError, match="领满"):
        claim_next(actor=cast.agent2, shop=cast.shop, at=MONDAY + timedelta(days=6))
    assert claim_next(actor=cast.agent2, shop=cast.shop, at=MONDAY + timedelta(days=7)) is not None
    line.suspended_at, line.suspended_reason = MONDAY, "一致率过低"
    session.flush()
    with pytest.raises(QueueError, match="暂停"):
        claim_next(actor=cast.agent2, shop=cast.shop, at=MONDAY + timedelta(days=7))
    with pytest.raises(ReviewerError):
        remove_reviewer(actor=cast.supervisor, line=line, at=MONDAY)
    for _ in range(MOST_IN_HAND):
        assert claim_next(actor=cast.evaluator, shop=cast.shop, at=MONDAY) is not None
    with pytest.raises(QueueError, match="手上"):
        claim_next(actor=cast.evaluator, shop=cast.shop, at=MONDAY)


def test_who_is_no_reviewer_gets_nothing(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    for stranger in (cast.agent2, cast.lead, cast.supervisor, cast.other_evaluator):
        with pytest.raises(NotFound):
            claim_next(actor=stranger, shop=cast.shop, at=MONDAY)
    with pytest.raises(ReviewerError):
        add_reviewer(actor=cast.supervisor, shop=cast.shop, person=cast.other_agent, weekly_quota=None, at=MONDAY)


def test_a_chat_comes_back_when_released_or_not_scored_in_time(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    entry = claim_next(actor=cast.evaluator, shop=cast.shop, at=MONDAY)
    with pytest.raises(QueueError):
        release(actor=cast.admin, entry=entry, at=MONDAY)
    release(actor=cast.evaluator, entry=entry, at=MONDAY)
    assert (entry.state, entry.reviewer_id, entry.claimed_at) == (EntryState.WAITING, None, None)
    claim_next(actor=cast.evaluator, shop=cast.shop, at=MONDAY)
    assert release_expired(shop_id=cast.shop.id, at=MONDAY + timedelta(hours=23, minutes=59)) == 0
    assert claim_next(actor=cast.admin, shop=cast.shop, at=MONDAY + timedelta(hours=24)) is entry
    assert entry.reviewer_id == cast.admin.id


def test_waiting_entries_follow_what_becomes_known_of_the_agent(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    moved, lost = (make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard) for _ in range(2))
    session.get(ChatAgent, moved.conversation_id).person_id = cast.agent2.id
    session.delete(session.get(ChatAgent, lost.conversation_id))
    session.flush()
    assert mend_agents(shop_id=cast.shop.id) == 2
    session.refresh(moved)
    session.refresh(lost)
    assert (moved.agent_id, moved.state, lost.state) == (cast.agent2.id, EntryState.WAITING, EntryState.DROPPED)


def test_a_chat_is_queued_by_hand_once(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    chat, nameless = make_chat(cast.shop, cast.agent), make_chat(cast.shop, None)
    make = {"actor": cast.evaluator, "scorecard": version.scorecard, "at": MONDAY}
    made = queue_by_hand(conversation=chat, **make)
    assert (made.source, made.agent_id) == (EntrySource.BY_HAND, cast.agent.id)
    assert queue_by_hand(conversation=chat, **make) is made
    with pytest.raises(NoAgentKnown):
        queue_by_hand(conversation=nameless, **make)
    with pytest.raises(NotFound):
        queue_by_hand(conversation=chat, **make | {"actor": cast.other_evaluator})


def test_rules_and_lists_of_reviewers_agree(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    entry = make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    for person, suspended, removed in (
        (cast.agent, None, None),
        (cast.agent2, MONDAY, None),
        (cast.lead, None, MONDAY),
        (cast.evaluator, MONDAY, None),
    ):
        add_reviewer(actor=cast.supervisor, shop=cast.shop, person=person, weekly_quota=None, at=MONDAY)
        line = reviewer_line(person, cast.shop.id)
        line.suspended_at, line.removed_at = suspended, removed
    session.add(Reviewer(shop_id=cast.shop.id, person_id=cast.other_agent.id))  # no shop of theirs any more
    session.flush()
    may = []
    for name, person in cast.people().items():
        for shop in (cast.shop, cast.other_shop):
            rule = is_reviewer(person, shop.id, reviewer_line(person, shop.id))
            assert (shop in reviewed_shops(person)) == rule, (name, shop.name)
            may += [(name, shop.name)] if rule else []
        listed = session.scalars(select(QueueEntry).where(claimable(person))).all()
        assert (listed == [entry]) == can_claim(person, entry, reviewer_line(person, cast.shop.id)), name
    assert may == [("agent", "甲店"), ("admin", "甲店"), ("admin", "乙店"), ("other_evaluator", "乙店")]


def test_a_reviewer_cannot_tell_why_a_chat_is_in_the_queue(
    session: scoped_session, cast: Cast, version: ScorecardVersion, sign_in: Callable[[Person], FlaskClient]
) -> None:
    """The page of a chat in hand is the same for every source, but for numbers."""
    client = sign_in(cast.evaluator)
    shown = set()
    for source in EntrySource:
        wish = "loop:9" if source is EntrySource.FOLLOW_UP else None
        entry = make_entry(
            make_chat(cast.shop, cast.agent),
            cast.agent,
            version.scorecard,
            source=source,
            wish=wish,
            reviewer=cast.evaluator,
        )
        entry.risk, entry.signals = 9.0, ["refund", "anger"]
        session.commit()
        page = client.get("/qa/queue").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        shown.add(re.sub(r"\d+", "#", page.replace(token[1], "")))
        session.delete(entry)
        session.commit()
    assert len(shown) == 1
    page = shown.pop()
    assert "我手上的" in page
    assert cast.agent.name not in page


def test_the_pages_take_the_same_statements_however_long(
    session: scoped_session,
    cast: Cast,
    version: ScorecardVersion,
    sign_in: Callable[[Person], FlaskClient],
    count_queries: Count,
) -> None:
    plan = make_plan(cast, version)
    client = sign_in(cast.evaluator)
    urls = ("/qa/queue", "/qa/plans", f"/qa/plans/{plan.id}?week={WEEK}", "/qa/plans/reviewers")
    took = []
    for agent in (cast.agent, cast.agent2):
        for _ in range(2):
            make_entry(make_chat(cast.shop, agent), agent, version.scorecard, reviewer=cast.evaluator)
        make_chat(cast.shop, agent)
        add_reviewer(actor=cast.supervisor, shop=cast.shop, person=agent, weekly_quota=5, at=MONDAY)
        session.commit()
        client.get("/qa/queue")
        counts = []
        for url in urls:
            with count_queries() as counted:
                assert client.get(url).status_code == 200
            counts.append(counted.count)
        took.append(counts)
    assert took[0] == took[1]
    assert max(took[0]) <= 10


def test_a_supervisor_draws_from_the_page_and_sees_what_came_of_it(
    session: scoped_session, cast: Cast, version: ScorecardVersion, sign_in: Callable[[Person], FlaskClient]
) -> None:
    for n in range(7):
        make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(hours=n))
    client = sign_in(cast.supervisor)
    form = {"title": "每周抽检", "scorecard_id": version.scorecard_id, "team_id": 0, "per_agent": 5, "random_share": 60}
    form |= {"new_hire_days": 0, "new_hire_extra": 0}
    assert "请填 1–200 之间的整数" in client.post("/qa/plans/new", data=form | {"per_agent": 0}).get_data(as_text=True)
    assert client.post("/qa/plans/new", data=form).status_code == 302
    plan = session.scalars(select(SamplingPlan)).one()
    assert not plan.active
    page = client.post(f"/qa/plans/{plan.id}/draw", data={"week": str(WEEK)}, follow_redirects=True)
    assert "新增 5 通待评会话" in page.get_data(as_text=True)
    assert per_agent(session) == {"安小客": 5}


def test_new_chats_fill_the_queue_of_an_active_plan(
    session: scoped_session, cast: Cast, version: ScorecardVersion, sign_in: Callable[[Person], FlaskClient]
) -> None:
    from lms.conversations.services import begin_import, finish_import
    from lms.kernel.clock import now
    from lms.kernel.jobs import run_pending_inline

    make_plan(cast, version, per_agent=1)
    chat_import = begin_import(actor=cast.trainer, names=["a.csv"], shop_id=cast.shop.id, at=now())
    make_chat(cast.shop, cast.agent, at=now())
    finish_import(chat_import, at=now())
    session.commit()
    run_pending_inline()
    assert per_agent(session) == {"安小客": 1}
