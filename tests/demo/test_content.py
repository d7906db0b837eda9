"""The content files: enough of it, well formed, and at one with the product sheet."""

from __future__ import annotations

from collections import Counter

import pytest

from lms.demo.content.format import SHOPS, ContentError, Intent, chatter, intents, parse_intents, products
from lms.demo.people import ADMIN, MEMBERS, PASSWORD, TEAMS, agents_of
from lms.demo.voices import is_traditional
from lms.people.enums import Role
from lms.people.passwords import password_problem


def test_each_shop_has_the_promised_breadth() -> None:
    rich = [i for i in intents("songguo") if len(i.wordings) >= 6 and len(i.answers) >= 3]
    assert len(rich) >= 60
    assert len([i for i in intents("shanyue") if len(i.wordings) >= 5 and len(i.answers) >= 3]) >= 20
    assert len(products()["songguo"]) >= 12
    assert len(products()["shanyue"]) >= 6


@pytest.mark.parametrize("shop", SHOPS)
def test_intents_are_well_formed(shop: str) -> None:
    skus = {product.sku for product in products()[shop]}
    keys = Counter(intent.key for intent in intents(shop))
    assert [key for key, n in keys.items() if n > 1] == []
    for intent in intents(shop):
        assert intent.stage in ("presale", "insale", "aftersale"), intent.key
        assert intent.dimension in ("attitude", "knowledge", "skill"), intent.key
        assert set(intent.skus) <= skus, intent.key
        assert len(intent.wordings) >= 4 and len(intent.answers) >= 2 and intent.poor, intent.key
        assert all(all(asked) and reply for asked, reply in intent.follow_ups), intent.key


@pytest.mark.parametrize("shop", SHOPS)
def test_no_wording_belongs_to_two_intents_and_no_line_comes_twice(shop: str) -> None:
    wordings = Counter(w for intent in intents(shop) for w in intent.wordings)
    answers = Counter(a for intent in intents(shop) for a in intent.answers)
    assert [w for w, n in (wordings + answers).items() if n > 1] == []


@pytest.mark.parametrize("shop", SHOPS)
def test_every_intent_can_be_asked_by_a_buyer_who_writes_simplified(shop: str) -> None:
    assert [i.key for i in intents(shop) if all(is_traditional(w) for w in i.wordings)] == []


@pytest.mark.parametrize("shop", SHOPS)
def test_few_things_are_asked_often_and_most_seldom(shop: str) -> None:
    heats = sorted((intent.heat for intent in intents(shop)), reverse=True)
    assert sum(heats[: len(heats) // 5]) > 0.3 * sum(heats)
    assert heats[0] > 6 * heats[-1]


def test_chatter_has_every_section_that_chats_draw_from() -> None:
    wanted = {
        "greet", "ack", "thanks", "bye", "emote", "impatient", "smalltalk", "agent-open", "agent-wait", "agent-close",
        "agent-apology", "agent-emote", "robot-open", "robot-miss", "order-talk", "order-reply", "phone-talk",
        "phone-reply", "track-talk", "track-reply", "wechat-talk", "wechat-reply",
    }  # fmt: skip
    assert wanted <= set(chatter())
    assert all(chatter().values())


def test_a_line_that_fits_nothing_is_named() -> None:
    with pytest.raises(ContentError, match=r"a\.txt:2"):
        parse_intents("# k | presale | 1 | | skill | 标题\n没有记号", source="a.txt")
    with pytest.raises(ContentError, match="six fields"):
        parse_intents("# k | presale", source="a.txt")
    assert parse_intents("# k | presale | 3 | A,B | skill | 标题\n? 问\n= 答\n~ 差\n> 追问 / 再问 => 追答") == [
        Intent("k", "presale", 3, ("A", "B"), "skill", "标题", ("问",), ("答",), ("差",), ((("追问", "再问"), "追答"),))
    ]


def test_the_cast_has_every_role_and_a_password_that_each_may_have() -> None:
    everybody = (*MEMBERS, ADMIN)
    assert {role for member in everybody for role in member.roles} == set(Role)
    assert len(everybody) >= 24
    assert len({member.account for member in everybody}) == len({member.name for member in everybody}) == len(everybody)
    assert all(member.team in TEAMS for member in MEMBERS)
    assert [m.account for m in everybody if password_problem(PASSWORD, account=m.account, name=m.name)] == []
    assert {len(agents_of(shop)) for shop in SHOPS} == {12, 5}
