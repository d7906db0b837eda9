"""``lms demo`` as a command of steps: only into an empty home, once, and resumed after a kill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from lms.demo import services
from lms.demo.context import DemoContext
from lms.demo.models import DemoAccount, DemoMark
from lms.demo.people import MEMBERS, PASSWORD, TEAMS
from lms.demo.queries import demo_accounts
from lms.demo.services import HomeNotEmpty, StepDone, fill_home, is_home_empty, steps
from lms.demo.team import make_products_step, make_team_step
from lms.kernel.clock import to_local
from lms.kernel.db import db, unit_of_work
from lms.kernel.hookspecs import DemoStep
from lms.knowledge.models import Product
from lms.people.models import Person, Shop, Team
from lms.people.passwords import hash_password
from lms.people.rules import can_see_shop
from lms.people.services import create_first_admin
from tests.conftest import Cast

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
TEAM = DemoStep(10, "人员与团队", make_team_step)
PRODUCTS = DemoStep(20, "商品", make_products_step)


def only(monkeypatch: pytest.MonkeyPatch, *chosen: DemoStep) -> None:
    monkeypatch.setattr(services, "steps", lambda: list(chosen))


def run(at: datetime = AT) -> list[str]:
    return [step.name for step in fill_home(at=at, tell=lambda step: None)]


def test_the_steps_come_in_order_and_the_chats_after_the_people(app: Flask) -> None:
    names = [step.name for step in steps()]
    assert names.index("人员与团队") < names.index("商品") < names.index("聊天记录")
    assert [step.order for step in steps()] == sorted(step.order for step in steps())


def test_a_home_with_people_is_refused_and_left_as_it_is(
    session: scoped_session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, TEAM)
    before = session.scalar(select(func.count(Person.id)))
    with pytest.raises(HomeNotEmpty, match="已经有数据"):
        run()
    assert session.scalar(select(func.count(Person.id))) == before
    assert session.scalar(select(func.count()).select_from(DemoMark)) == 0
    assert demo_accounts() == []


def test_a_home_whose_only_administrator_has_signed_in_is_not_empty(session: scoped_session) -> None:
    assert is_home_empty()
    made = create_first_admin(at=AT)
    assert made is not None
    assert is_home_empty()
    made[0].last_sign_in_at = AT
    session.flush()
    assert not is_home_empty()


def test_the_team_is_a_tree_of_two_clients_and_everybody_can_sign_in(
    app: Flask, session: scoped_session, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, TEAM)
    run()
    assert {shop.name for shop in session.scalars(select(Shop))} == {"松果文具旗舰店", "山月坊干果旗舰店"}
    assert session.scalar(select(func.count(Team.id))) == len(TEAMS) + 1
    people = list(session.scalars(select(Person)))
    assert len(people) == len(MEMBERS) + 1 >= 24
    shown = {account.account for account in demo_accounts()}
    assert {"admin", "trainer", "supervisor", "evaluator", "lead", "agent", "trainer-b", "agent-b"} <= shown
    for person in people:
        answer = app.test_client().post("/sign-in", data={"account": person.account, "password": PASSWORD})
        assert (person.account, answer.status_code) == (person.account, 302)


def test_the_two_clients_share_nothing(session: scoped_session, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, TEAM, PRODUCTS)
    run()
    context = DemoContext(AT)
    shops = {key: context.shop(key).id for key in ("songguo", "shanyue")}
    for member in MEMBERS:
        person = context.person(member.account)
        own = member.team.partition("/")[0]
        other = "shanyue" if own == "songguo" else "songguo"
        assert person.access.shop_ids == {shops[own]}, member.account
        assert not can_see_shop(person, shops[other])
        paths = session.scalars(select(Team.path).where(Team.id.in_(person.access.team_ids or ())))
        assert all(path.startswith(context.team(own).path) for path in paths)
    skus = {
        key: set(session.scalars(select(Product.sku).where(Product.shop_id == shop))) for key, shop in shops.items()
    }
    assert len(skus["songguo"]) >= 12 and len(skus["shanyue"]) >= 6
    assert not skus["songguo"] & skus["shanyue"]


def test_a_second_run_does_nothing(session: scoped_session, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, TEAM)
    assert run() == ["人员与团队"]
    assert run(AT + timedelta(days=3)) == []
    assert session.scalar(select(func.count(Person.id))) == len(MEMBERS) + 1


def test_a_run_that_was_killed_is_taken_up_where_it_stopped(
    session: scoped_session, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[datetime] = []

    def killed(context: DemoContext) -> str:
        db.session.add(Shop(name="半途而废"))
        db.session.flush()
        raise KeyboardInterrupt

    def well(context: DemoContext) -> str:
        times.append(context.at)
        return "好"

    only(monkeypatch, TEAM, DemoStep(30, "会断的", killed))
    with pytest.raises(KeyboardInterrupt):
        run()
    session.rollback()
    assert session.scalar(select(func.count(Shop.id))) == 2
    only(monkeypatch, TEAM, DemoStep(30, "会断的", well))
    told: list[StepDone] = []
    done = fill_home(at=AT + timedelta(hours=5), tell=told.append)
    assert [step.name for step in done] == [step.name for step in told] == ["会断的"]
    assert times == [AT]
    assert run() == []


def test_a_changed_password_takes_the_account_off_the_sign_in_page(
    app: Flask, session: scoped_session, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, TEAM)
    run()
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert PASSWORD in page and "trainer-b" in page
    with unit_of_work():
        person = DemoContext(AT).person("trainer-b")
        person.password_hash, person.session_version = hash_password("another good one"), person.session_version + 1
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert "trainer-b" not in page and "agent-b" in page
    with unit_of_work():
        for account in session.scalars(select(DemoAccount)):
            account.person.active = False
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert PASSWORD not in page


def test_a_home_that_is_no_demo_shows_no_accounts(app: Flask, cast: Cast) -> None:
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert PASSWORD not in page and "演示账号" not in page


def test_days_are_counted_on_the_clock_of_shanghai() -> None:
    late = DemoContext(datetime(2026, 3, 15, 16, 30, tzinfo=UTC))  # half past midnight in Shanghai, on the 16th
    assert to_local(late.days_ago(1, hour=9, minute=5)).isoformat() == "2026-03-15T09:05:00+08:00"
