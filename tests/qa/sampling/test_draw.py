"""The draw: quotas, shares, seeds, weeks and signals, all without a database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.conversations.enums import Side
from lms.kernel.clock import from_local
from lms.qa.checks.protocol import ChatText, Said
from lms.qa.enums import EntrySource
from lms.qa.sampling.draw import Candidate, Drawn, DrawSettings, draw, parts, pick
from lms.qa.sampling.signals import DEFAULT_WEIGHTS, risk_of, signals_in
from lms.qa.sampling.weeks import begun_share, due_of, week_bounds, week_of

WEEK = date(2026, 3, 2)
RANDOM, RISK, NEW_HIRE = EntrySource.RANDOM, EntrySource.RISK, EntrySource.NEW_HIRE


def counts(drawn: list[Drawn]) -> dict[EntrySource, int]:
    return dict(Counter(one.source for one in drawn))


def plain(n: int) -> list[Candidate]:
    return [Candidate(ident) for ident in range(1, n + 1)]


def test_the_parts_of_a_quota() -> None:
    assert parts(DrawSettings(5, 0.6)) == {RANDOM: 3, RISK: 2, NEW_HIRE: 0}
    assert parts(DrawSettings(5, 0.5, extra=3)) == {RANDOM: 3, RISK: 2, NEW_HIRE: 3}
    assert parts(DrawSettings(4, 0.0)) == {RANDOM: 0, RISK: 4, NEW_HIRE: 0}
    assert parts(DrawSettings(5, 0.6), share=2 / 7) == {RANDOM: 1, RISK: 1, NEW_HIRE: 0}  # two of five
    assert parts(DrawSettings(5, 0.6), share=0) == {RANDOM: 0, RISK: 0, NEW_HIRE: 0}


@given(
    chats=st.integers(0, 40),
    per_agent=st.integers(1, 20),
    share=st.integers(0, 10),
    extra=st.integers(0, 10),
    risky=st.sets(st.integers(1, 40)),
    day=st.integers(0, 7),
)
@settings(max_examples=60, deadline=None)
def test_the_quota_is_met_and_no_chat_is_drawn_twice(
    chats: int, per_agent: int, share: int, extra: int, risky: set[int], day: int
) -> None:
    said = DrawSettings(per_agent, share / 10, extra, seed=7)
    pool = [Candidate(n, float(n in risky)) for n in range(1, chats + 1)]
    drawn = draw(pool, said, week=WEEK)
    assert len(drawn) == min(chats, said.quota)
    assert len({one.chat_id for one in drawn}) == len(drawn)
    # Some first, by the share of the week; the rest later, from more chats: the same quota, and nothing taken back.
    early = draw(pool[: chats // 2], said, week=WEEK, share=day / 7)
    taken = {one.chat_id for one in early}
    rest = [one for one in pool if one.chat_id not in taken]
    late = draw(rest, said, week=WEEK, had=counts(early))
    assert len(early) + len(late) == min(chats, said.quota)
    assert draw([], said, week=WEEK, had=counts(early)) == []


def test_risk_goes_by_weight_and_what_shows_none_is_drawn_by_lot() -> None:
    pool = [Candidate(n, {4: 9.0, 7: 5.0, 9: 1.0}.get(n, 0.0), ("refund",) if n == 4 else ()) for n in range(1, 31)]
    drawn = draw(pool, DrawSettings(4, 0.5, seed=1), week=WEEK)
    by_risk = [one for one in drawn if one.source is RISK]
    at_random = {one.chat_id for one in drawn if one.source is RANDOM}
    assert [one.chat_id for one in by_risk] == [ident for ident in (4, 7, 9) if ident not in at_random][:2]
    assert counts(draw(plain(30), DrawSettings(4, 0.5), week=WEEK)) == {RANDOM: 4}


def test_the_draw_repeats_by_seed_and_changes_with_it() -> None:
    first, again = (draw(plain(200), DrawSettings(10, 1.0, seed=3), week=WEEK) for _ in range(2))
    assert first == again
    assert draw(list(reversed(plain(200))), DrawSettings(10, 1.0, seed=3), week=WEEK) == first
    assert draw(plain(200), DrawSettings(10, 1.0, seed=4), week=WEEK) != first
    assert draw(plain(200), DrawSettings(10, 1.0, seed=3), week=WEEK + timedelta(days=7)) != first


def test_the_draw_is_the_same_in_another_process() -> None:
    code = (
        "from lms.qa.sampling.draw import *; from datetime import date;"
        "print([d.chat_id for d in draw([Candidate(n) for n in range(1, 201)], DrawSettings(5, 1.0, seed=3),"
        " week=date(2026, 3, 2))])"
    )
    env = os.environ | {"PYTHONHASHSEED": "42"}
    shown = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    here = [one.chat_id for one in draw(plain(200), DrawSettings(5, 1.0, seed=3), week=WEEK)]
    assert shown.strip() == str(here)


def test_every_chat_has_the_same_chance() -> None:
    drawn: Counter[int] = Counter()
    for seed in range(400):
        drawn.update(one.chat_id for one in draw(plain(10), DrawSettings(2, 1.0, seed=seed), week=WEEK))
    assert sum(drawn.values()) == 800
    assert all(50 <= drawn[ident] <= 112 for ident in range(1, 11))  # 80 each; four standard deviations are 32


def test_picks_repeat_by_key() -> None:
    assert pick(range(100), 5, key="a") == pick(list(reversed(range(100))), 5, key="a") != pick(range(100), 5, key="b")
    assert len(pick([1, 2], 5, key="a")) == 2


@pytest.mark.parametrize(
    ("shown", "week"),
    [
        (datetime(2026, 3, 2, 3, 59), date(2026, 2, 23)),  # Monday before four: the night shift of Sunday
        (datetime(2026, 3, 2, 4, 0), date(2026, 3, 2)),
        (datetime(2026, 3, 8, 23, 59), date(2026, 3, 2)),
        (datetime(2026, 3, 9, 3, 59), date(2026, 3, 2)),
    ],
)
def test_a_week_begins_on_monday_at_four(shown: datetime, week: date) -> None:
    at = from_local(shown)
    assert week_of(at) == week
    since, until = week_bounds(week)
    assert since <= at < until
    assert since == datetime(week.year, week.month, week.day, tzinfo=UTC) - timedelta(hours=4)


def test_a_running_week_is_filled_day_by_day() -> None:
    at = from_local(datetime(2026, 3, 4, 12))  # Wednesday
    assert begun_share(WEEK, at) == 3 / 7
    assert begun_share(WEEK, at + timedelta(days=30)) == 1
    assert begun_share(WEEK + timedelta(days=7), at) == 0


def test_the_due_date_goes_by_the_time_alone() -> None:
    end = from_local(datetime(2026, 3, 9, 4))
    assert due_of(from_local(datetime(2026, 3, 4, 12))) == end
    assert due_of(from_local(datetime(2026, 3, 7, 12))) == end + timedelta(days=7)


def talk(*lines: tuple[str, str, int]) -> ChatText:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    return ChatText(
        tuple(
            Said(n, Side(side), text, start + timedelta(seconds=seconds))
            for n, (side, text, seconds) in enumerate(lines)
        )
    )


def test_signals_of_risk() -> None:
    calm = talk(("customer", "转人工", 0), ("agent", "您好", 5), ("customer", "几天到", 10), ("agent", "两天", 20))
    assert signals_in(calm) == []
    hot = talk(
        ("customer", "我要退款", 0),
        ("agent", "不知道呢", 400),
        ("customer", "什么态度，我要投诉", 420),
        ("agent", "给您转接专员", 425),
    )
    assert signals_in(hot) == ["wait", "forbidden", "refund", "transfer", "anger"]
    assert risk_of(signals_in(hot), DEFAULT_WEIGHTS) == 11.0
    assert risk_of(["refund", "anger"], {"refund": 2.5, "anger": -1}) == 2.5
    assert signals_in(talk(("customer", "退货", 0), ("agent", "随缘发", 3)), ["随缘发"]) == ["forbidden", "refund"]
