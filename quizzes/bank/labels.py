"""What states, types and reasons are called on screen."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from quizzes.bank.enums import Decision, ItemState, RejectReason

STATES: dict[ItemState, Any] = {
    ItemState.DRAFT: _l("待审"),
    ItemState.ACCEPTED: _l("已通过"),
    ItemState.REJECTED: _l("已退回"),
    ItemState.RETIRED: _l("已停用"),
}
STATE_COLOURS = {
    ItemState.DRAFT: "orange",
    ItemState.ACCEPTED: "green",
    ItemState.REJECTED: "red",
    ItemState.RETIRED: "secondary",
}
DECISIONS: dict[Decision, Any] = {
    Decision.ACCEPTED: _l("通过"),
    Decision.EDITED: _l("修改"),
    Decision.REJECTED: _l("退回"),
    Decision.RETIRED: _l("停用"),
    Decision.RESTORED: _l("恢复"),
    Decision.UNDONE: _l("撤销上一步"),
}
REJECT_REASONS: dict[RejectReason, Any] = {
    RejectReason.WRONG_KEY: _l("答案有误"),
    RejectReason.SEVERAL_RIGHT: _l("不止一个选项对"),
    RejectReason.UNCLEAR: _l("题意不清"),
    RejectReason.ONE_ORDER: _l("只适用于个别订单"),
    RejectReason.OUTDATED: _l("规则已过时"),
    RejectReason.TRIVIAL: _l("没有考察价值"),
    RejectReason.DUPLICATE: _l("与其他题重复"),
    RejectReason.OTHER: _l("其他原因"),
}
NOTES: dict[str, Any] = {"still_holds": _l("依据变更后复核，仍然成立")}
TYPES: dict[str, Any] = {
    "single": _l("单选"),
    "multiple": _l("多选"),
    "truefalse": _l("判断"),
    "fill": _l("填空"),
    "short": _l("简答"),
}
TYPE_COLOURS = {"single": "blue", "multiple": "indigo", "truefalse": "teal", "fill": "purple", "short": "azure"}
DIMENSIONS: dict[str, Any] = {"attitude": _l("态度"), "knowledge": _l("知识"), "skill": _l("技能")}
GATE_REASONS: dict[str, Any] = {
    "no_general_answer": _l("没有对所有顾客都成立的答复"),
    "unclear_stem": _l("题干离开聊天看不懂"),
    "answer_off_question": _l("答复没有正面回答问题"),
    "no_changed_fact": _l("答复里没有可以改动的事实"),
    "too_few_distractors": _l("凑不出足够的干扰项"),
    "too_few_facts": _l("事实太少，出不成多选"),
    "too_few_points": _l("得分点太少"),
    "nothing_to_blank": _l("没有适合挖空的事实"),
    "conflicting_answers": _l("客服之间说法不一"),
    "near_duplicate_draft": _l("与另一道题雷同"),
    "invalid_definition": _l("题目结构不完整"),
    "no_single_key": _l("正确答案不唯一"),
    "duplicate_options": _l("选项重复"),
    "near_duplicate_options": _l("选项几乎相同"),
    "longest_is_right": _l("正确答案明显偏长"),
    "absolute_promise": _l("绝对化用语或过度承诺"),
    "absolute_cue": _l("只有干扰项带绝对词"),
    "one_order_only": _l("只适用于某一个订单"),
    "generic_option": _l("选项放之四海皆准"),
    "ungrounded": _l("答案在原聊天里找不到依据"),
    "too_short": _l("内容太短"),
    "too_long": _l("内容太长"),
}
