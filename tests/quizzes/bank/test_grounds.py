"""Items rest on SOP entries: a new version takes them out of the draws until somebody has looked at them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.inbox.models import Notification
from lms.kernel.clock import now, to_local
from lms.knowledge.sop.models import SopEntry
from lms.knowledge.sop.services import SopData, VersionData, add_version, create_entry
from lms.knowledge.sop.tasks import turn_seasons
from lms.people.models import Person
from quizzes.attempts.services import start_attempt, submit_attempt
from quizzes.bank.grounds import confirm_item, set_ground
from quizzes.bank.importers import import_rows
from quizzes.bank.models import Item
from quizzes.bank.services import InvalidItem, NotInReview
from quizzes.papers.queries import candidates_of
from tests.conftest import Cast
from tests.quizzes.papers.factories import make_item, make_quiz

SignIn = Callable[[Person], FlaskClient]
NOV = datetime.fromisoformat("2026-11-01T02:00:00+00:00")


@pytest.fixture
def entry(cast: Cast) -> SopEntry:
    return create_entry(
        actor=cast.trainer,
        shop=cast.shop,
        data=SopData("保质期多久", owner=cast.trainer),
        version=VersionData("180 天。", date(2026, 11, 1)),
        at=NOV,
    )


@pytest.fixture
def item(cast: Cast, entry: SopEntry) -> Item:
    made = make_item(shop=cast.shop)
    set_ground(item=made, entry=entry)
    return made


def test_edit_takes_its_items_out_of_the_draws_and_keeps_past_scores(
    cast: Cast, session: scoped_session, entry: SopEntry, item: Item
) -> None:
    other = make_item(shop=cast.shop)
    quiz = make_quiz(cast.trainer, [item, other], shop=cast.shop, draw_count=2, open_practice=True)
    attempt = submit_attempt(actor=cast.agent, attempt=start_attempt(actor=cast.agent, quiz=quiz, at=now()), at=now())
    before = (attempt.score, attempt.passed)
    add_version(actor=cast.trainer, entry=entry, version=VersionData("240 天。", date(2026, 11, 1)), at=NOV)
    assert (item.stale, other.stale, item.sop_version) == (True, False, 1)
    assert [one.item_id for one in candidates_of(quiz)] == [other.id]
    assert (attempt.score, attempt.passed) == before
    told = session.scalars(select(Notification).where(Notification.kind == "items_stale")).one()
    assert (told.person_id, told.title) == (cast.trainer.id, "“保质期多久”改了，1 道试题要复核")
    confirm_item(actor=cast.trainer, item=item, at=NOV)
    assert (item.stale, item.sop_version) == (False, 2)
    with pytest.raises(NotInReview):
        confirm_item(actor=cast.trainer, item=item, at=NOV)


def test_items_come_back_with_the_everyday_version_after_the_sale(cast: Cast, entry: SopEntry, item: Item) -> None:
    peak = VersionData("大促另算。", date(2026, 11, 10), date(2026, 11, 12), "大促版")
    add_version(actor=cast.trainer, entry=entry, version=peak, at=NOV)
    assert not item.stale
    turn_seasons(NOV + timedelta(days=9))
    assert item.stale
    turn_seasons(NOV + timedelta(days=12))
    assert not item.stale


def test_ground_must_be_of_the_shop_of_the_item(cast: Cast, entry: SopEntry) -> None:
    for other in (make_item(shop=cast.other_shop), make_item()):
        with pytest.raises(InvalidItem, match="另一家店铺"):
            set_ground(item=other, entry=entry)


def test_pages_list_what_is_stale_and_let_it_be_confirmed(
    cast: Cast, session: scoped_session, entry: SopEntry, item: Item, sign_in: SignIn
) -> None:
    client = sign_in(cast.trainer)
    assert "保质期多久" in client.get(f"/bank/items/{item.id}/edit").get_data(as_text=True)
    today = to_local(now()).date()
    add_version(actor=cast.trainer, entry=entry, version=VersionData("240 天。", today), at=now())
    turn_seasons(now())
    session.commit()
    assert "依据已变更" in client.get("/bank/?state=stale").get_data(as_text=True)
    assert "仍然成立，恢复抽题" in client.get(f"/bank/items/{item.id}").get_data(as_text=True)
    client.post(f"/bank/items/{item.id}/confirm")
    page = client.get(f"/bank/items/{item.id}").get_data(as_text=True)
    assert "仍然成立" in page and "恢复抽题" not in page.split("审题记录")[0].split("notice")[0]
    assert not session.get_one(Item, item.id).stale


def test_import_sets_the_ground_by_its_number(cast: Cast, session: scoped_session, entry: SopEntry) -> None:
    rows = [
        ["题型", "题干", "正确答案", "依据SOP"],
        ["判断", "保质期 180 天。", "对", str(entry.id)],
        ["判断", "二", "对", "999"],
    ]
    report = import_rows(rows, actor=cast.trainer, shop_id=cast.shop.id, at=NOV)
    assert report.added == 1 and "不是这家店铺的条目编号" in report.errors[0]["reason"]
    made = session.scalars(select(Item).where(Item.sop_entry_id == entry.id)).one()
    assert made.sop_version == 1
