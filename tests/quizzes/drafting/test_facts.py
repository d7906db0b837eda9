"""Changing one fact so that the sentence is surely wrong."""

from __future__ import annotations

import pytest

from quizzes.drafting.facts import changes, quantities


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("审核通过后48小时内发货", ["审核通过后24小时内发货", "审核通过后12小时内发货"]),
        (
            "签收后7天内可以申请退货",
            ["签收后15天内可以申请退货", "签收后30天内可以申请退货", "签收后7天内不可以申请退货"],
        ),
        ("整机保修三年", ["整机保修五年", "整机保修八年"]),
        ("大概2-3天送达", ["大概4-6天送达"]),
        (
            "蒸一碗蛋大概要10分钟左右",
            [
                "蒸一碗蛋大概要30分钟左右",
                "蒸一碗蛋大概要45分钟左右",
                "蒸一碗蛋大概要3分钟左右",
                "蒸一碗蛋大概要1分钟左右",
            ],
        ),
        ("全店满99元包邮", ["全店满50元包邮", "全店满99元不包邮"]),
        ("运费由卖家承担", ["运费由买家承担"]),
        ("退货的运费需要您承担", ["退货的运费需要商家承担", "退货的运费不需要您承担"]),
        ("安装是免费的", ["安装是收费的"]),
        ("手机碎屏不支持保修", ["手机碎屏支持保修"]),
        ("商品到达站点后可以自提", ["商品到达站点前可以自提", "商品到达站点后不可以自提"]),
        ("订单完成后才能修改发票", ["订单完成前才能修改发票"]),
        ("预售商品不参加满减活动", ["预售商品参加满减活动"]),
        ("泡奶是保温45度", ["泡奶是保温65度", "泡奶是保温25度"]),
    ],
)
def test_one_fact_is_changed_into_a_contradiction(sentence: str, wrong: list[str]) -> None:
    texts = [change.text for change in changes(sentence)]
    assert [text for text in texts if text in wrong] == [text for text in wrong if text in texts] and texts
    assert set(texts) <= set(wrong)


@pytest.mark.parametrize(
    "sentence",
    [
        "如果您需要可以下单",  # a condition, not a rule
        "您可以联系客服处理",  # an invitation
        "下单时选择增票就可以",  # the second half says how, not whether
        "充电至少需要3小时",  # 5 hours is at least 3, too
        "尺寸是435mm×265mm×335mm",
        "能不能退要看检测结果",
        "一个订单只能用一张券",
        "料理机一般没有加热功能",  # another model may have it
    ],
)
def test_what_would_not_surely_be_wrong_is_left_alone(sentence: str) -> None:
    assert [change.text for change in changes(sentence)] == []


def test_a_deadline_is_never_widened_and_a_right_never_narrowed() -> None:
    """Who sends within 48 hours has sent within 72; who may return for 15 days may return for 7."""
    for hours in (12, 24, 48, 72):
        found = [change.new for change in changes(f"付款后{hours}小时内发货") if change.kind == "number"]
        assert found and all(int(new.removesuffix("小时")) < hours for new in found)
    for days in (7, 15, 30):
        found = [change.new for change in changes(f"签收后{days}天内支持退货") if change.kind == "number"]
        assert found and all(int(new.removesuffix("天")) > days for new in found)


def test_steps_models_and_articles_are_no_quantities() -> None:
    assert [m.group() for m in quantities("第3步选一个颜色，型号ZDQ-C18Q2，容量1.5升，保温12小时")] == [
        "1.5升",
        "12小时",
    ]
