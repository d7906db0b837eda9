"""From chats to questions, groups and answers: worked examples, checked by hand."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.mining.asking import Asking, kind_of
from quizzes.mining.chats import ChatMessage, MinedChats
from quizzes.mining.core import cores
from quizzes.mining.debris import is_debris, strip_codes, strip_politeness
from quizzes.mining.miner import mine_chats, tidy_wording
from quizzes.mining.turns import asked_questions

_ids = count(1)


def chat(number: int, *lines: tuple[str, str], **product: str) -> list[ChatMessage]:
    sides = {"客": "customer", "服": "agent", "机": "robot", "系": "system"}
    return [ChatMessage(number, next(_ids), sides[side], text, **product) for side, text in lines]


def asked(*lines: tuple[str, str]) -> list[str]:
    return [question.text for question in asked_questions(chat(1, *lines))]


DEBRIS = (
    "你好|在吗？|亲|转人工|我要转人工|用户发起转人工|好的，谢谢|嗯|没有了 谢谢|OK|👌|123||[数字x]|[订单x] 您好|88"
    "|？？？|售前咨询组|未购买→售前咨询组|厨具类-收货后疑问解答|请选择咨询订单"
)


@pytest.mark.parametrize("text", DEBRIS.split("|"))
def test_debris(text: str) -> None:
    assert is_debris(strip_codes(text))


@pytest.mark.parametrize(
    "text", ["没收到货", "怎么退货", "好的，那什么时候发货", "在吗？可以改地址吗", "退货", "没有物流信息"]
)
def test_not_debris(text: str) -> None:
    assert not is_debris(text)


def test_codes_and_cards_go() -> None:
    assert strip_codes("怎么安装#E-s57 3f2a9c.jpg https://shop.example/p?id=1") == "怎么安装"
    assert strip_codes("咨询订单号:[订单x] 订单金额:[金额x] 下单时间:[日期x] 什么时候到") == "什么时候到"
    assert strip_codes("[订单编号:[订单x]，订单金额:[金额x]，下单时间:[日期x] [时间x]]").strip() == ""


def test_greetings_go_but_not_the_words_that_look_like_them() -> None:
    assert strip_politeness("您好，我想问一下什么时候发货") == "什么时候发货"
    assert strip_politeness("没收到货") == "没收到货"
    assert strip_politeness("好用吗") == "好用吗"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("什么时候发货", Asking.QUESTION),
        ("可以改地址吗", Asking.QUESTION),
        ("支不支持货到付款", Asking.QUESTION),
        ("一直没收到货", Asking.PROBLEM),
        ("物流一直不更新", Asking.PROBLEM),
        ("我要改地址", Asking.REQUEST),
        ("帮我开一下发票", Asking.REQUEST),
        ("我申请退款了", Asking.NOTHING),
        ("我是昨天买的", Asking.NOTHING),
        ("你帮我查了吗", Asking.NOTHING),
        ("这样是吧", Asking.NOTHING),
    ],
)
def test_what_asks(text: str, kind: Asking) -> None:
    assert kind_of(text) is kind


def test_messages_that_make_one_question_are_joined() -> None:
    assert asked(("客", "你好"), ("客", "收货电话填错了"), ("客", "怎么办")) == ["收货电话填错了，怎么办"]


def test_two_questions_in_one_turn_are_two() -> None:
    assert asked(("客", "什么时候发货？"), ("客", "可以开发票吗")) == ["什么时候发货？", "可以开发票吗"]
    assert asked(("客", "什么时候发货 可以开发票吗")) == ["什么时候发货", "可以开发票吗"]


def test_what_says_nothing_alone_is_not_a_question() -> None:
    assert asked(("客", "怎么办"), ("服", "您好"), ("客", "这个可以吗"), ("服", "可以"), ("客", "为什么")) == []


def test_the_asking_clause_is_taken_out_of_a_long_story() -> None:
    story = "我上周在你们家买了一口锅，家里人都说挺好看的，就是想问问这口锅的保修期是多久"
    assert asked(("客", story)) == ["就是想问问这口锅的保修期是多久"]


def test_what_robots_and_systems_say_asks_nothing() -> None:
    assert asked(("机", "请问您要咨询什么时候发货吗？"), ("系", "可以开发票吗")) == []


@pytest.mark.parametrize(
    "texts",
    [
        ("什么时候能到", "几天能送到", "多久能收到货", "我的快递啥时候到呀"),
        ("我要改地址", "能修改收货地址吗", "帮忙改下地址", "地址可以换吗"),
        ("一直没收到货", "还没有收到", "我没收到"),
    ],
)
def test_cores_that_are_one(texts: tuple[str, ...]) -> None:
    assert len(set(cores(list(texts)))) == 1


def test_cores_keep_line_with_their_texts() -> None:
    assert cores(["什么时候到", "", "怎么申请退款"])[1] == ""
    assert len(cores(["a", "b\nc", "退货"])) == 3


SHOP = [
    chat(
        1,
        ("客", "你好"),
        ("客", "什么时候发货"),
        ("服", "您好，当天下午四点前付款的订单当天发出，四点后的次日发出"),
        ("客", "好的"),
    ),
    chat(
        2,
        ("客", "啥时候能发货呀"),
        ("服", "稍等"),
        ("服", "四点前付款的订单当天发出，四点后的次日发出哦"),
        ("客", "什么时候发货呢"),
    ),
    chat(
        3,
        ("客", "多久发货"),
        ("服", "亲，四点前付款的当天发出，四点后次日发出呢"),
        ("客", "可以开专票吗"),
        ("服", "帮您查一下"),
    ),
    chat(4, ("客", "我的還沒收到貨"), ("服", "这边看到您的订单已经到站点了，正在派送")),
    chat(5, ("客", "能開專票嗎"), ("服", "可以开具增值税专用发票的，下单时在发票一栏上传资质即可")),
]


def mined() -> MinedChats:
    return mine_chats([message for lines in SHOP for message in lines])


def test_a_small_shop_by_hand() -> None:
    result = mined()
    assert (result.conversations, result.messages) == (5, sum(map(len, SHOP)))
    first, second = result.groups[:2]
    assert first.question in {"什么时候发货？", "啥时候能发货？", "多久发货？"}
    # Asked in three chats, once again in the second: heat counts chats.
    assert (first.count, len(first.questions), first.share) == (3, 4, 0.6)
    assert set(first.variants) == {"什么时候发货", "啥时候能发货呀", "什么时候发货呢", "多久发货"}
    assert first.stage == "insale" and first.dimension == "knowledge"
    # What three agents say counts three; "稍等" is no answer.
    assert first.answers[0].count == 3
    assert "四点" in first.answers[0].text and "稍等" not in first.answers[0].text
    # 繁體 and 简体 are one question; "帮您查一下" fits one order only.
    assert second.count == 2 and {"可以开专票吗", "能開專票嗎"} == set(second.variants)
    assert [answer.source[0] for answer in second.answers] == [5]
    third = next(group for group in result.groups if "收到" in group.question)
    assert third.answers == ()


def test_mining_twice_gives_the_same() -> None:
    assert mined() == mined()


def test_no_chats() -> None:
    assert mine_chats([]) == MinedChats(0, 0, 0, ())


def test_the_product_where_the_chats_tell() -> None:
    lines = [chat(n, ("客", "这个壶可以煮粥吗"), product_ref="SKU9", product_label="") for n in (11, 12, 13)]
    result = mine_chats([m for one in lines for m in one], products={"SKU9": "养生壶 1.5L"})
    assert (result.groups[0].product_ref, result.groups[0].product) == ("SKU9", "养生壶 1.5L")
    named = mine_chats(chat(14, ("客", "桂花茶包可以冷泡吗")), products={"桂花茶包": "桂花茶包"})
    assert named.groups[0].product == "桂花茶包"
    once = mine_chats(chat(15, ("客", "什么时候发货"), product_ref="SKU9"), products={"SKU9": "养生壶"})
    assert once.groups[0].product == ""


def test_anger_and_bargaining_are_not_knowledge() -> None:
    angry = mine_chats(chat(21, ("客", "我要投诉你们客服态度，一直没人处理退款")))
    assert angry.groups[0].dimension == "attitude"
    hard = mine_chats(chat(22, ("客", "两件可以便宜多少")))
    assert hard.groups[0].dimension == "skill"


def test_wordings_for_the_list() -> None:
    assert tidy_wording("什么时候发货呢,谢谢") == "什么时候发货？"
    assert tidy_wording("没有收到货!") == "没有收到货"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 4),
            st.sampled_from("客服机系"),
            st.text(alphabet="退货怎么吗发票时候何[]x好的，。 \n", max_size=25),
        ),
        max_size=25,
    )
)
def test_whatever_is_said_the_figures_hold(rows: list[tuple[int, str, str]]) -> None:
    rows.sort(key=lambda row: row[0])
    messages = [chat(number, (side, text))[0] for number, side, text in rows]
    result = mine_chats(messages)
    assert result.questions == sum(len(group.questions) for group in result.groups)
    places = {(message.conversation_id, message.message_id) for message in messages if message.side == "customer"}
    for group in result.groups:
        assert set(group.sources) <= places
        assert 1 <= group.count <= result.conversations
        assert group.question and group.variants
    heats = [group.count for group in result.groups]
    assert heats == sorted(heats, reverse=True)


def test_real_chats_have_no_giant_group_and_no_order_s_answers(shared_data: Path) -> None:
    messages = []
    for number, line in enumerate((shared_data / "jddc-chat" / "chat.tsv").read_text(encoding="utf-8").splitlines()):
        fields = line.split("\t")
        messages.append(ChatMessage(hash(fields[0]), number, "agent" if fields[2] == "1" else "customer", fields[6]))
    result = mine_chats(messages)
    assert result.questions > 1500
    assert result.groups[0].count < result.conversations * 0.1
    for group in result.groups[:50]:
        assert not is_debris(group.question)
        for answer in group.answers:
            assert "[订单x]" not in answer.text and "帮您查" not in answer.text
