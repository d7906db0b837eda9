"""What states, events and flaws of programmes are called on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from courses.programmes.definition import Flaw
from courses.programmes.enums import Attended, EventKind, ProgrammeState, Standing
from courses.programmes.matrix import Block
from courses.programmes.progress import DayState, StepState
from courses.programmes.queries import ActivityInfo

PROGRAMME_STATES = {
    ProgrammeState.DRAFT: (_l("草稿"), "secondary"),
    ProgrammeState.PUBLISHED: (_l("已发布"), "success"),
    ProgrammeState.ARCHIVED: (_l("已归档"), "secondary"),
}
STANDINGS = {
    Standing.NOT_STARTED: (_l("未开始"), "secondary"),
    Standing.ON_TRACK: (_l("进行中"), "info"),
    Standing.LATE: (_l("落后"), "warning"),
    Standing.STUCK: (_l("卡住"), "danger"),
    Standing.FINISHED: (_l("已完成"), "success"),
    Standing.WITHDRAWN: (_l("已退出"), "secondary"),
}
DAY_STATES = {
    DayState.LOCKED: (_l("未开放"), "secondary", "lock"),
    DayState.OPEN: (_l("进行中"), "info", "player-play"),
    DayState.LATE: (_l("落后"), "warning", "alarm"),
    DayState.STUCK: (_l("卡住"), "danger", "hand-stop"),
    DayState.PASSED: (_l("已通过"), "success", "circle-check"),
}
STEP_STATES = {
    StepState.LOCKED: (_l("未开放"), "lock"),
    StepState.OPEN: (_l("待学"), "circle"),
    StepState.DONE: (_l("已完成"), "circle-check"),
    StepState.SKIPPED: (_l("免修"), "player-skip-forward"),
    StepState.GONE: (_l("已下架，不用做"), "archive"),
}
ATTENDED = {
    Attended.PRESENT: (_l("出勤"), "success"),
    Attended.LATE: (_l("迟到"), "warning"),
    Attended.ABSENT: (_l("缺勤"), "danger"),
    Attended.EXCUSED: (_l("请假"), "secondary"),
}
EVENTS = {
    EventKind.ENROLLED: _l("加入计划"),
    EventKind.OPENED: _l("开放"),
    EventKind.PASSED: _l("通过"),
    EventKind.MOVED: _l("换到新版本"),
    EventKind.RESCHEDULED: _l("改开始日期"),
    EventKind.FINISHED: _l("完成计划"),
    EventKind.WITHDRAWN: _l("退出计划"),
}


def flaw_text(flaw: Flaw, infos: Mapping[int, ActivityInfo]) -> str:
    """What is wrong, where, and what to do."""
    info = infos.get(flaw.activity_id) if flaw.activity_id is not None else None
    day, title = flaw.day, info.title if info else _("已删除的内容")
    texts = {
        "no_days": _("还没有任何一天，请先加一天。"),
        "no_title": _("第 %(day)s 天没有标题。", day=day),
        "empty_day": _("第 %(day)s 天还是空的，请加步骤或删掉这一天。", day=day),
        "no_gate": _("第 %(day)s 天没有关卡，做完步骤就开放下一天。", day=day),
        "gone": _("第 %(day)s 天的“%(title)s”还没有发布，或者已经归档。", day=day, title=title),
        "twice": _("第 %(day)s 天的“%(title)s”前面已经用过，请换一项。", day=day, title=title),
        "same_gate": _("第 %(day)s 天的“%(title)s”既是步骤又是关卡，请留一处。", day=day, title=title),
        "offsets": _("第 %(day)s 天排在前一天之前，请检查日期。", day=day),
        "foreign": _("第 %(day)s 天的“%(title)s”属于别的店铺，这份计划的人看不到它。", day=day, title=title),
        "no_cut": _("第 %(day)s 天的关卡“%(title)s”没有填合格线。", day=day, title=title),
        "needless_cut": _("第 %(day)s 天的关卡“%(title)s”没有分数，请清空合格线。", day=day, title=title),
        "nested": _("第 %(day)s 天的“%(title)s”本身是培训计划，不能放进来。", day=day, title=title),
        "cycle": _("第 %(day)s 天的“%(title)s”要先学的内容排在它后面，谁也做不了。", day=day, title=title),
    }
    return texts[flaw.what]


def block_text(block: Block, infos: Mapping[int, ActivityInfo]) -> str:
    """卡在哪里, in a few words."""
    info = infos.get(block.activity_id)
    title = info.title if info else _("已删除的内容")
    if block.what == "gate" and block.tries:
        return _("关卡“%(title)s”未过 %(n)s 次", title=title, n=block.tries)
    if block.what == "gate":
        return _("等过关卡“%(title)s”", title=title)
    if block.what == "remedial":
        return _("关卡未过，等补学“%(title)s”", title=title)
    if block.what == "gone":
        return _("关卡“%(title)s”已下架", title=title)
    if block.what == "signature":
        names = "、".join(block.leads) or _("组长")
        return _("等%(names)s签字：%(title)s", names=names, title=title)
    return _("没做完“%(title)s”", title=title)


def standing_choices() -> list[tuple[str, Any]]:
    """For the filter of the matrix, the urgent ones first."""
    order = (
        Standing.STUCK, Standing.LATE, Standing.NOT_STARTED, Standing.ON_TRACK, Standing.FINISHED, Standing.WITHDRAWN,
    )  # fmt: skip
    return [(standing.value, STANDINGS[standing][0]) for standing in order]
