# ruff: noqa: E501 - tables of Chinese sentences
"""From chat talk to rules; wordings that can be quoted."""

from __future__ import annotations

import pytest

from quizzes.drafting.answers import contradicts, shortened, usable_sentence
from quizzes.drafting.cleaning import sentences
from quizzes.drafting.questions import asked
from quizzes.drafting.sources import GroupSource


def cut(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("亲爱的，退款审核通过后48小时内原路退回哦~", ["退款审核通过后48小时内原路退回"]),
        ("抱歉呢亲，预售商品不支持货到付款的呢", ["预售商品不支持货到付款"]),
        ("发票是电子的呢", ["发票是电子的"]),
        ("您好，请稍等，正在为您查询#E-s57", []),
        ("[订单x]这个订单预计明天送达", []),
        ("审核时效[数字x]小时呢", []),
        ("这边帮您申请退款，您看可以吗？ 退款会原路退回的哈", ["退款会原路退回"]),
        ("感谢您对本店的支持，祝您生活愉快，再见！", []),
        ("请问还有其他可以帮到您的吗", []),
        ("好的哦 订单上不能修改的呢 只能原发票开具后换开呢", ["订单上不能修改", "只能原发票开具后换开"]),
        ("138****1234 是您的电话吗", []),
        ("您的快递已到站点，今天派送", []),
    ],
)
def test_only_what_holds_for_everybody_is_kept(typed: str, kept: list[str]) -> None:
    assert sentences(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "可以的",
        "您可以联系在线客服咨询",
        "请您耐心等待",
        "以实际收到的为准",
        "建议您重新下单",
        "这个是可以的哈",
        "如果降价的话",
        "具体时间不确定",
        "尝试申请看看",
    ],
)
def test_answers_that_fit_everything_are_no_rules(text: str) -> None:
    assert not usable_sentence(text)


def test_a_sentence_is_cut_only_where_nothing_is_lost() -> None:
    assert shortened("是的，电子发票可以在订单详情页下载") == "电子发票可以在订单详情页下载"
    long = "签收后七天内可以申请退货，但是商品需要保持完好，吊牌包装都齐全，不影响我们再次销售才行，洗过穿过剪过吊牌都不行的，配件也要寄回来"
    assert shortened(long) == ""


@pytest.mark.parametrize(
    ("question", "variants", "stem"),
    [
        ("你好 请问 支持货到付款吗", (), "支持货到付款吗？"),
        ("这个可以吗", ("预售商品能货到付款吗",), "预售商品能货到付款吗？"),
        ("我的快递怎么还没到", (), None),
        ("[订单x]能改地址吗", (), None),
        ("为什么", ("退货", "在吗"), None),
        ("那怎么办呢", (), None),
        ("今天能发货吗", (), None),
    ],
)
def test_a_stem_quotes_a_wording_that_needs_no_chat(question: str, variants: tuple[str, ...], stem: str | None) -> None:
    found = asked(GroupSource(1, question, variants, ()), cut)
    assert (found.text if found else None) == stem


def test_pointing_words_need_a_product() -> None:
    assert asked(GroupSource(1, "这款能机洗吗", (), ()), cut) is None
    found = asked(GroupSource(1, "这款能机洗吗", (), (), product="纯棉四件套"), cut)
    assert found is not None and found.needs_product


def test_contradictions_between_agents_are_seen() -> None:
    assert contradicts("订单完成后可以修改发票抬头", "订单完成后不可以修改发票抬头")
    assert not contradicts("订单完成后可以修改发票抬头", "发货后不可以修改收货地址")
