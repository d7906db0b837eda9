"""Words for the screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lms.qa.enums import ImprovementState, RootCause

CAUSES = {RootCause.PROCESS: _l("流程"), RootCause.PRODUCT: _l("商品")}
CAUSE_COLOURS = {RootCause.PROCESS: "indigo", RootCause.PRODUCT: "teal"}
STATES = {
    ImprovementState.OPEN: _l("待处理"),
    ImprovementState.DOING: _l("改进中"),
    ImprovementState.DONE: _l("已改好"),
    ImprovementState.DECLINED: _l("不改"),
}
STATE_COLOURS = {
    ImprovementState.OPEN: "orange",
    ImprovementState.DOING: "blue",
    ImprovementState.DONE: "green",
    ImprovementState.DECLINED: "secondary",
}
