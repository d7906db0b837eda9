"""Words for the screen."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.qa.enums import EvaluationState, FindingState, RootCause

CAUSES = {
    RootCause.PERSON: _l("个人"),
    RootCause.PROCESS: _l("流程"),
    RootCause.PRODUCT: _l("商品"),
    RootCause.RARE: _l("偶发"),
}
CAUSE_NOTES = (
    _l("没看清客户的问题"),
    _l("不熟悉规则"),
    _l("不熟悉商品"),
    _l("没有查订单"),
    _l("话术生硬"),
    _l("忘了跟进"),
    _l("规则没有写明"),
    _l("后台查不到"),
    _l("交接漏了信息"),
    _l("详情页没写清楚"),
    _l("批次质量问题"),
)
STATES = {
    EvaluationState.OPEN: _l("待客服确认"),
    EvaluationState.DISPUTED: _l("申诉中"),
    EvaluationState.SETTLED: _l("已定"),
}
STATE_COLOURS = {
    EvaluationState.OPEN: "orange",
    EvaluationState.DISPUTED: "purple",
    EvaluationState.SETTLED: "secondary",
}
FINDING_STATES = {
    FindingState.WAITING: _l("待确认"),
    FindingState.DISPUTED: _l("申诉中"),
    FindingState.CONFIRMED: _l("已确认"),
    FindingState.OVERTURNED: _l("申诉成立"),
}
FINDING_COLOURS = {
    FindingState.WAITING: "orange",
    FindingState.DISPUTED: "purple",
    FindingState.CONFIRMED: "secondary",
    FindingState.OVERTURNED: "green",
}


def time_left(until: datetime, at: datetime) -> str:
    """How long somebody still has, in words: days and hours, hours, or minutes."""
    minutes = max(0, int((until - at).total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return _("%(days)s 天 %(hours)s 小时", days=days, hours=hours)
    return _("%(hours)s 小时", hours=hours) if hours else _("%(minutes)s 分钟", minutes=minutes)
