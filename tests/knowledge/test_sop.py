"""SOP entries: which version holds on a day, new versions, the six questions, reviews and wrong flags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.inbox.models import Notification
from lms.kernel.clock import now, to_local
from lms.kernel.hookspecs import hookimpl
from lms.kernel.plugins import plugins
from lms.knowledge.diffs import FieldChange, mapping_diff, text_diff
from lms.knowledge.models import Product
from lms.knowledge.sop.enums import Resolution
from lms.knowledge.sop.models import SopEntry
from lms.knowledge.sop.queries import (
    SopFilter,
    answers_of,
    counts,
    entries_visible_to,
    entry_list,
    overdue,
    slot_names,
)
from lms.knowledge.sop.rules import can_read_entry, is_overdue
from lms.knowledge.sop.seasons import upcoming, version_in_force
from lms.knowledge.sop.services import (
    SlotTaken,
    SopChanged,
    SopData,
    SopError,
    VersionData,
    add_version,
    archive_entry,
    create_entry,
    flag_wrong,
    name_slots,
    resolve_flags,
    restore_entry,
    review_entry,
)
from lms.knowledge.sop.tasks import remind_owners, turn_seasons
from lms.people.models import Person
from tests.conftest import Cast
from tests.factories import save

SignIn = Callable[[Person], FlaskClient]
NOV = datetime.fromisoformat("2026-11-01T02:00:00+00:00")


@dataclass(frozen=True)
class V:
    number: int
    valid_from: date
    valid_until: date | None = None


def day(number: int, month: int = 11) -> date:
    return date(2026, month, number)


FIRST = day(1)


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (day(31, 10), None),
        (day(1), 1),
        (day(9), 1),
        (day(10), 2),  # the peak variant starts
        (day(11), 4),  # a newer variant of one day within it
        (day(12), 2),
        (day(13), 2),  # its last day, although the everyday version was renewed meanwhile
        (day(14), 3),
    ],
)
def test_variant_replaces_the_everyday_version_on_its_days(on: date, number: int | None) -> None:
    versions = [V(1, day(1)), V(2, day(10), day(13)), V(3, day(12)), V(4, day(11), day(11))]
    found = version_in_force(versions, on)
    assert (found.number if found else None) == number
    assert [one.number for one in upcoming(versions, day(9))] == [2, 4, 3]


def test_diffs() -> None:
    lines = text_diff("甲\n乙\n丙\n丁\n戊\n己", "甲\n乙二\n丙\n丁\n戊\n己")
    assert [(one.kind, one.text) for one in lines] == [
        ("same", "甲"),
        ("removed", "乙"),
        ("added", "乙二"),
        ("same", "丙"),
        ("same", "丁"),
    ]
    assert text_diff("甲", "甲") == []
    assert mapping_diff({"规格": "12 支", "颜色": "黑"}, {"规格": "20 支", "材质": "铝"}) == [
        FieldChange("规格", "12 支", "20 支"),
        FieldChange("材质", "", "铝"),
        FieldChange("颜色", "黑", ""),
    ]


class Listening:
    """A plugin that notes which versions came into force."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []

    @hookimpl
    def sop_replaced(self, entry: Any, version: Any) -> None:
        self.heard.append((entry.id, version.number))


@pytest.fixture
def listening(app: object) -> Iterator[Listening]:
    plugin = Listening()
    plugins().manager.register(plugin, name="listening")
    yield plugin
    plugins().manager.unregister(name="listening")


@pytest.fixture
def product(cast: Cast) -> Product:
    made: Product = save(Product(shop_id=cast.shop.id, sku="P1", name="速干笔", facts={}))
    return made


def make_entry(
    cast: Cast, *, title: str = "多久发货", product: Product | None = None, slot: int | None = None, at: datetime = NOV
) -> SopEntry:
    return create_entry(
        actor=cast.trainer,
        shop=cast.shop,
        data=SopData(title=title, product=product, slot=slot, owner=cast.trainer),
        version=VersionData("48 小时内发出。", to_local(at).date()),
        at=at,
    )


def test_season_turns_once_on_the_day_and_back_after_it(
    cast: Cast, session: scoped_session, listening: Listening
) -> None:
    entry = make_entry(cast)
    peak = VersionData("预售付尾款后 5 天内发出。", day(10), day(12), "双11版")
    add_version(actor=cast.trainer, entry=entry, version=peak, at=NOV)
    assert (entry.in_force_number, listening.heard) == (1, [])
    for days in range(0, 15):
        for hour in (1, 20):
            turn_seasons(NOV.replace(hour=0) + timedelta(days=days, hours=hour))
    assert listening.heard == [(entry.id, 2), (entry.id, 1)]
    assert entry.in_force_number == 1


def test_day_turns_at_midnight_in_shanghai(cast: Cast, listening: Listening) -> None:
    entry = make_entry(cast)
    add_version(actor=cast.trainer, entry=entry, version=VersionData("大促。", day(10), day(12), "大促版"), at=NOV)
    turn_seasons(datetime.fromisoformat("2026-11-09T15:59:00+00:00"))
    assert listening.heard == []
    turn_seasons(datetime.fromisoformat("2026-11-09T16:00:00+00:00"))
    assert listening.heard == [(entry.id, 2)]


def test_edit_makes_a_version_that_holds_at_once_and_unchanged_text_none(cast: Cast, listening: Listening) -> None:
    entry = make_entry(cast)
    same = VersionData("48 小时内发出。\r\n", day(1))
    assert add_version(actor=cast.trainer, entry=entry, version=same, at=NOV) is None
    made = add_version(actor=cast.trainer, entry=entry, version=VersionData("24 小时内发出。", day(1)), at=NOV)
    assert made is not None and (made.number, made.season, listening.heard) == (2, "日常版", [(entry.id, 2)])
    with pytest.raises(SopChanged):
        add_version(actor=cast.trainer, entry=entry, version=VersionData("别的", day(1)), seen_number=1, at=NOV)
    for wrong, where in (
        (VersionData("  ", day(1)), "body"),
        (VersionData("大促", day(5), day(3)), "valid_until"),
        (VersionData("大促", day(1, 9), day(2, 9)), "valid_until"),
    ):
        with pytest.raises(SopError) as caught:
            add_version(actor=cast.trainer, entry=entry, version=wrong, at=NOV)
        assert caught.value.where == where


def test_six_questions_of_a_product(cast: Cast, session: scoped_session, product: Product) -> None:
    for slot in (1, 2, 4, 5):
        make_entry(cast, title=f"第 {slot} 问", product=product, slot=slot)
    make_entry(cast, title="别的", product=product)
    answers = answers_of(product, day=day(1))
    assert (answers.answered, [slot.name for slot in answers.missing]) == (4, ["使用", "优惠"])
    assert [entry.title for entry in answers.others] == ["别的"]
    with pytest.raises(SlotTaken, match="第 4 问"):
        make_entry(cast, product=product, slot=4)
    name_slots(actor=cast.trainer, shop=cast.shop, names={3: "怎么用", 6: "优惠"})
    assert slot_names(cast.shop.id) == dict(enumerate(["规格", "材质", "怎么用", "售后", "物流", "优惠"], 1))
    gone = answers.slots[3].entry
    assert gone is not None
    archive_entry(actor=cast.trainer, entry=gone, at=NOV)
    make_entry(cast, title="新的第 4 问", product=product, slot=4)
    with pytest.raises(SlotTaken):
        restore_entry(actor=cast.trainer, entry=gone, at=NOV)


def test_slot_needs_a_product_of_the_same_shop(cast: Cast) -> None:
    foreign: Product = save(Product(shop_id=cast.other_shop.id, sku="X", name="别家的", facts={}))
    for data in (SopData("问", slot=1), SopData("问", product=foreign)):
        with pytest.raises(SopError) as caught:
            create_entry(actor=cast.trainer, shop=cast.shop, data=data, version=VersionData("答", day(1)), at=NOV)
        assert caught.value.where == "sku"


def test_review_twice_a_month_and_owners_hear_of_it_once_a_week(cast: Cast, session: scoped_session) -> None:
    entry = make_entry(cast)
    assert entry.review_due == day(16)
    later = NOV + timedelta(days=15)
    assert (is_overdue(entry, day(16)), is_overdue(entry, day(17))) == (False, True)
    assert remind_owners(later) == 0
    assert [remind_owners(NOV + timedelta(days=16, hours=hours)) for hours in (0, 1, 25)] == [1, 0, 0]
    told = session.scalars(select(Notification)).one()
    assert (told.person_id, told.title) == (cast.trainer.id, "您有 1 条 SOP 该复核了")
    review = review_entry(actor=cast.trainer, entry=entry, at=NOV + timedelta(days=16))
    assert (review.number, entry.review_due) == (1, day(2, 12))


def test_wrong_flag_warns_and_tells_owner_and_trainers_until_it_is_resolved(
    cast: Cast, session: scoped_session
) -> None:
    entry = make_entry(cast)
    entry.owner_id = cast.lead.id
    flag = flag_wrong(actor=cast.agent, entry=entry, note="仓库说是 72 小时", at=NOV)
    assert flag_wrong(actor=cast.agent, entry=entry, note="图也旧了", at=NOV) is flag
    assert flag.note == "仓库说是 72 小时\n图也旧了"
    told = session.scalars(select(Notification.person_id).where(Notification.kind == "sop_flagged")).all()
    assert sorted(told) == sorted([cast.lead.id, cast.trainer.id])
    assert counts(cast.agent, day=day(1)) == {"overdue": 0, "flagged": 1}
    done = resolve_flags(actor=cast.trainer, entry=entry, resolution=Resolution.CHANGED, answer="已改", at=NOV)
    assert (done, counts(cast.agent, day=day(1))["flagged"]) == (1, 0)
    thanked = session.scalars(select(Notification).where(Notification.kind == "sop_flag_resolved")).one()
    assert (thanked.person_id, thanked.body) == (cast.agent.id, "已改")


def test_rules_and_lists_agree(cast: Cast, session: scoped_session) -> None:
    mine, gone = make_entry(cast), make_entry(cast, title="旧的")
    archive_entry(actor=cast.trainer, entry=gone, at=NOV)
    other = create_entry(
        actor=cast.other_trainer,
        shop=cast.other_shop,
        data=SopData("乙店的"),
        version=VersionData("答", day(1)),
        at=NOV - timedelta(days=40),
    )
    entries = [mine, gone, other]
    for viewer in cast.people().values():
        seen = set(session.scalars(select(SopEntry.id).where(entries_visible_to(viewer))))
        assert seen == {entry.id for entry in entries if can_read_entry(viewer, entry)}
    late = set(session.scalars(select(SopEntry.id).where(overdue(day(1)))))
    assert late == {entry.id for entry in entries if is_overdue(entry, day(1))} == {other.id}


def test_list_filters(cast: Cast, session: scoped_session, product: Product) -> None:
    first = make_entry(cast, product=product)
    make_entry(cast, title="能开发票吗")
    flag_wrong(actor=cast.agent, entry=first, note="不对", at=NOV)

    def titles(wanted: SopFilter, on: date = FIRST) -> list[str]:
        return [row[0].title for row in session.execute(entry_list(cast.trainer, wanted, day=on))]

    assert titles(SopFilter()) == ["多久发货", "能开发票吗"]
    assert titles(SopFilter(text="48 小时")) == ["多久发货", "能开发票吗"]
    assert titles(SopFilter(text="发票")) == ["能开发票吗"]
    assert titles(SopFilter(state="flagged")) == ["多久发货"]
    assert titles(SopFilter(product_id=product.id)) == ["多久发货"]
    assert titles(SopFilter(state="overdue")) == []
    assert len(titles(SopFilter(state="overdue"), day(20))) == 2
    assert titles(SopFilter(kind="nonsense")) == []


def test_pages(cast: Cast, session: scoped_session, product: Product, sign_in: SignIn, count_queries: Any) -> None:
    trainer, agent = sign_in(cast.trainer), sign_in(cast.agent)
    form = {
        "shop_id": cast.shop.id,
        "title": "速干笔：规格",
        "kind": "sop",
        "sku": "P1",
        "slot": "1",
        "owner": "trainer",
        "body": "**一盒 12 支**",
        "valid_from": to_local(now()).date().isoformat(),
    }
    assert "没有 SKU 为“P9”" in trainer.post("/sop/new", data=form | {"sku": "P9"}).get_data(as_text=True)
    assert "找不到这个账号" in trainer.post("/sop/new", data=form | {"owner": "other_agent"}).get_data(as_text=True)
    where = trainer.post("/sop/new", data=form).location
    page = agent.get(where).get_data(as_text=True)
    assert "<strong>一盒 12 支</strong>" in page and "这条有误" in page and "加大促版" not in page
    assert agent.post(f"{where}/flag", data={"note": "现在是 10 支"}).status_code == 302
    assert "有人反馈这条有误" in sign_in(cast.agent2).get(where).get_data(as_text=True)
    answer = trainer.post(f"{where}/edit", data=form | {"body": "**一盒 10 支**", "seen": "1", "resolve": "y"})
    assert answer.status_code == 302
    page = agent.get(where).get_data(as_text=True)
    assert "一盒 10 支" in page and "有人反馈这条有误" not in page
    history = trainer.get(f"{where}/history").get_data(as_text=True)
    assert "diff-removed" in history and "现在是 10 支" in history
    stale = trainer.post(f"{where}/edit", data=form | {"seen": "1", "body": "旧窗口"})
    assert stale.status_code == 200 and "别人刚刚保存了新版本" in stale.get_data(as_text=True)
    for url in ("/sop", where, f"{where}/history", f"/products/{product.id}"):
        with count_queries() as q:
            assert trainer.get(url).status_code == 200
        assert q.count <= 10, (url, q.count)
