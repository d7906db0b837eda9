# ruff: noqa: E501 - tables of Chinese sentences
"""The quality gate on twenty bad and twenty good items (each bad one is named with its reason)."""

from __future__ import annotations

from typing import Any

import pytest

from quizzes.bank.labels import GATE_REASONS
from quizzes.drafting.gate import REASONS, fault, repeats
from quizzes.drafting.sources import DraftItem
from quizzes.types.protocol import make_options

STEM = "顾客问：「退货要多久到账？」以下哪种回复正确？"


def single(*texts: str, stem: str = STEM, sources: tuple[tuple[int, int], ...] = ((1, 2),), **extra: Any) -> DraftItem:
    options = make_options(texts)
    definition = {"options": options, "key": options[0]["id"], **extra}
    return DraftItem("single", stem, definition, "", 1, sources, "knowledge", texts[0])


def item(kind: str, stem: str, definition: dict[str, Any], key: str = "") -> DraftItem:
    return DraftItem(kind, stem, definition, "", 1, ((1, 2),), "knowledge", key)


GOOD = [
    single("审核后48小时内原路退回", "审核后24小时内原路退回", "电子发票可以自行下载", "全店满59元包邮"),
    single("预售商品不支持货到付款", "预售商品支持货到付款", "运费由买家承担", "签收后可以开票"),
    single("运费由卖家承担", "运费由买家承担", "安装是免费的", "手机碎屏不保修"),
    single("签收后7天内可以退货", "签收后15天内可以退货", "签收后30天内可以退货", "不可以退货"),
    single("保修1年", "保修2年", "保修3年", "保修5年"),
    single("七天无理由退货", "十五天无理由退货", "不支持无理由退货", "只换不退"),
    single("保证金可以在后台申请退回", "保证金不可以退回", "年费三年一交", "店铺可以随时改名"),
    single("在订单详情页点击查看发票下载", "到门店自取纸质发票", "联系快递员补开发票", "发票随货寄出，不能下载"),
    single("质量问题免费上门取件", "质量问题需要自己寄回", "只换不修，运费自理", "联系厂家付费维修"),
    single("发货前可以修改地址", "发货后可以修改地址", "签收后可以修改地址", "拍下后三天内都能修改"),
    item("multiple", "关于发票，以下哪些说法正确？（多选）", {"options": (o := make_options(["订单完成后开票", "电子发票可以报销", "专票不需要资质"])), "keys": [o[0]["id"], o[1]["id"]]}),
    item("truefalse", "判断对错：电子发票跟纸质发票具有同等效力。", {"key": True}),
    item("truefalse", "顾客问：「支持货到付款吗？」客服回复：「预售商品支持货到付款」这样回复对吗？", {"key": False}),
    item("truefalse", "可以对顾客这样说吗：「E卡只能购买自营的商品」", {"key": True}),
    item("fill", "按本店客服的答复，把这句话补充完整。", {"text": "审核后____内到账", "blanks": [{"accepted": ["48小时"]}]}),
    item("fill", "填空：把本店的规定补充完整。", {"text": "满____包邮", "blanks": [{"accepted": ["59元"]}]}),
    item("fill", "顾客问：「能机洗吗？」把客服的回复补充完整。", {"text": "水温不超过____可以机洗", "blanks": [{"accepted": ["30度"]}]}),
    item("short", "顾客问：「退货运费谁出？」请写出你的回复。", {"model_answer": "质量问题运费由卖家承担。", "points": [{"id": "p1", "text": "说明谁承担", "mark": 2, "keywords": []}]}),
    item("short", "顾客咨询“速干笔”：「能换芯吗？」请写出你的回复。", {"model_answer": "可以单独更换笔芯。", "points": [{"id": "p1", "text": "能换", "mark": 1, "keywords": []}]}),
    single("加湿器滤芯一个月清洗一次", "加湿器滤芯一周更换一次", "加湿器滤芯三年清洗一次", "加湿器没有滤芯", stem="顾客在咨询商品“加湿器”时问：「这个滤芯多久洗一次？」以下哪种回复正确？"),
]  # fmt: skip
BAD = [
    ("duplicate_options", single("48小时内到账", "24小时内到账", "４８ 小时内到账", "72小时")),
    ("near_duplicate_options", single("审核后48小时内到账", "审核后48小时内就会到账的", "不能退款", "当天到账")),
    ("no_single_key", single("可以退货", "不能退", "换货", "维修", key="none")),
    ("no_single_key", single("审核后原路退回", "审核后原路退回到银行卡", "不退款", "退到优惠券")),
    ("longest_is_right", single("退款审核通过以后四十八小时之内会按照原支付方式退回到付款账户", "当天到账", "不退款", "退到余额")),
    ("absolute_promise", single("我们的商品是全网最低价", "比别家贵一些", "价格随时会变", "没有优惠")),
    ("absolute_promise", single("这款面霜百分百根治敏感", "可以日常护肤", "敏感肌要先试用", "不建议孕妇用")),
    ("absolute_cue", single("签收后可以退货", "任何情况都不能退货", "从不接受退货", "只能换货")),
    ("absolute_cue", single("签收后可以退货", "不能退货", "只能换货", "以上都不对")),
    ("one_order_only", single("[订单x]预计送达", "不会送达", "已经取消", "等待付款")),
    ("one_order_only", single("正在为您查询", "不能查询", "查询收费", "自己查询")),
    ("one_order_only", item("truefalse", "判断对错：您的订单已到站点，今天派送。", {"key": True})),
    ("one_order_only", item("fill", "把这句话补充完整。", {"text": "11月12日____送达", "blanks": [{"accepted": ["上午"]}]})),
    ("generic_option", single("审核后48小时到账", "请以页面信息为准", "满59元包邮", "支持货到付款")),
    ("generic_option", single("审核后48小时到账", "可以联系客服咨询", "满59元包邮", "支持货到付款")),
    ("unclear_stem", single("可以机洗", "不可以机洗", "只能干洗", "不能熨烫", stem="顾客问：「这个可以吗？」以下哪种回复正确？")),
    ("ungrounded", single("48小时到账", "24小时到账", "12小时到账", "6小时到账", sources=())),
    ("too_short", single("可以退货", "不可以退货", "换", "只能维修")),
    ("too_long", single("可以" * 45, "不可以" * 29, "只能换" * 29, "只维修" * 29)),
    ("invalid_definition", item("fill", "按本店客服的答复，把这句话补充完整。", {"text": "没有空", "blanks": [{"accepted": ["48小时"]}]})),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "bad"), BAD)
def test_a_bad_item_is_refused_for_its_reason(reason: str, bad: DraftItem) -> None:
    assert fault(bad) == reason


@pytest.mark.parametrize("good", GOOD)
def test_a_good_item_passes(good: DraftItem) -> None:
    assert fault(good) == ""


def test_a_key_that_nobody_said_is_ungrounded() -> None:
    said = ["亲，退款审核通过后48小时内原路退回哦"]
    assert fault(single("审核后48小时退回", "审核后24小时退回", "不退款", "换货处理"), said) == ""
    assert fault(single("审核后36小时退回", "审核后24小时退回", "不退款", "换货处理"), said) == "ungrounded"


def test_the_same_item_twice_in_a_batch_is_noticed() -> None:
    assert repeats(GOOD[0], GOOD[1:10]) is False
    other = single(
        "审核后48小时内原路退回", "不退款", "换货", "维修", stem="有顾客来问：「退款多久？」你应该怎样回复？"
    )
    assert repeats(other, GOOD[:10]) is True


def test_every_reason_has_a_label_on_screen() -> None:
    assert {reason: str(GATE_REASONS[reason]) for reason in REASONS} == REASONS
