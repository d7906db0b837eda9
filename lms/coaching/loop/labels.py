"""Words and colours of the loop on screen; reasons as sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.coaching.enums import ActOn, CaseState, Help, RuleKind, Why
from lms.coaching.loop.deciding import RuleSettings
from lms.coaching.loop.models import LoopDecision, RemedialCase
from lms.kernel.clock import to_local

STATES = {
    CaseState.DELAYED: (_l("等待布置"), "secondary"),
    CaseState.TRAINING: (_l("培训中"), "blue"),
    CaseState.PAUSED: (_l("申诉暂停"), "orange"),
    CaseState.FOLLOWING: (_l("复检中"), "purple"),
    CaseState.FIXED: (_l("看来改好了"), "green"),
    CaseState.RELAPSED: (_l("问题复发"), "red"),
    CaseState.UNCLEAR: (_l("还不能下结论"), "secondary"),
    CaseState.CANCELLED: (_l("已取消"), "secondary"),
}
HELPS = {
    Help.LESSON: _l("课时与测验"),
    Help.PRACTICE: _l("搭档演练"),
    Help.SOP_CHECK: _l("对照 SOP 逐条过"),
    Help.LIGHTER_LOAD: _l("减少接待量"),
}
KINDS = {RuleKind.IN_A_ROW: _l("连续几次不合格"), RuleKind.OF_LAST: _l("最近几次里有几次不合格")}
ACTS = {
    ActOn.CONFIRMED: _l("问题成立之后（客服确认、过了申诉期或申诉被驳回）"),
    ActOn.SUBMITTED: _l("质检提交之后马上（申诉期间暂停）"),
}


def rule_sentence(rule: RuleSettings) -> str:
    """A rule as one reads it aloud."""
    if not rule.active:
        return _("不自动布置补训。")
    if rule.kind is RuleKind.IN_A_ROW:
        when = _("同一评分项连续 %(fails)s 次不合格", fails=rule.fails)
    else:
        when = _("同一评分项最近 %(last)s 次里有 %(fails)s 次不合格", last=rule.last, fails=rule.fails)
    then = _(
        "就布置对应的课时和测验，%(due)s 天内完成；%(cooldown)s 天内不重复布置。",
        due=rule.due_days,
        cooldown=rule.cooldown_days,
    )
    after = _("学完后 %(days)s 天内复检 %(checks)s 通。", days=rule.follow_up_days, checks=rule.follow_up_checks)
    if rule.delay_days:
        after += _("随机一半人最多晚 %(days)s 天布置，用来衡量课程的真实效果。", days=rule.delay_days)
    return f"{when}，{then}{after}"


def why_sentence(decision: LoopDecision) -> str:
    """Why a rule decided so, with the figures that it saw."""
    figures = decision.figures
    seen = {"fails": figures.get("fails", 0), "checks": figures.get("checks", 0), "needed": figures.get("needed", 0)}
    sentences: dict[Why, str] = {
        Why.RULE_MET: (
            _("%(checks)s 次里有 %(fails)s 次不合格，达到规则的 %(needed)s 次。", **seen)
            if figures.get("rule") == "of_last"
            else _("连续 %(fails)s 次不合格，达到规则的 %(needed)s 次。", **seen)
        ),
        Why.BY_HAND: _("由管理者手动布置。"),
        Why.RELAPSE: _("复检 %(checks)s 通里有 %(fails)s 通不合格，问题复发。", **seen),
        Why.RULE_NOT_MET: _("目前 %(fails)s 次不合格，规则要求 %(needed)s 次。", **seen),
        Why.NOT_PERSON: _("原因不在个人，已归入改进清单或偶发问题。"),
        Why.COOLDOWN: _("还在冷却期，%(until)s 之前不重复布置。", until=_day(figures.get("until"))),
        Why.CASE_OPEN: _("这一项已经有进行中的补训。"),
        Why.NO_RULE: _("没有适用的规则。"),
        Why.RULE_OFF: _("这一项的规则已关闭。"),
        Why.NO_LESSON: _("这一项的能力项还没有课时，已通知培训师。"),
        Why.LEFT: _("这位客服已离职。"),
        Why.OVERTURNED: _("申诉成立，问题已撤销。"),
    }
    sentence = sentences[decision.why]
    if figures.get("used_up"):
        sentence += _("同一节课已经补过两次，改用其他帮助方式。")
    return sentence


def _day(moment: Any) -> str:
    return to_local(datetime.fromisoformat(moment)).strftime("%Y-%m-%d") if isinstance(moment, str) else "—"


def verdict_sentence(case: RemedialCase) -> str:
    """What the follow-up checks say: never "fixed", always with its interval and n."""
    if case.checks == 0 or case.low is None or case.high is None:
        return _("还没有复检结果。")
    shown = {
        "low": round(100 * case.low),
        "high": round(100 * case.high),
        "passes": case.passes,
        "checks": case.checks,
    }
    if case.state is CaseState.FIXED:
        return _("看来改好了：合格率在 %(low)s–%(high)s%% 之间（%(checks)s 通里 %(passes)s 通合格）。", **shown)
    if case.state is CaseState.RELAPSED:
        return _("问题复发：%(checks)s 通里只有 %(passes)s 通合格（合格率在 %(low)s–%(high)s%% 之间）。", **shown)
    if case.state is CaseState.UNCLEAR:
        return _("还不能下结论：%(checks)s 通里 %(passes)s 通合格（合格率在 %(low)s–%(high)s%% 之间）。", **shown)
    return _("到目前为止 %(checks)s 通里 %(passes)s 通合格（合格率在 %(low)s–%(high)s%% 之间）。", **shown)


TEMPLATE_HELPERS = {
    "states": STATES,
    "helps": HELPS,
    "why_sentence": why_sentence,
    "verdict_sentence": verdict_sentence,
    "rule_sentence": rule_sentence,
    "evaluation_url": lambda evaluation_id: f"/qa/evaluations/{evaluation_id}",
}
