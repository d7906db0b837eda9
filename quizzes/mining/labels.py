"""What the states of mining are called on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from quizzes.mining.enums import GroupState, Stage

STAGES = {
    Stage.PRESALE: _l("售前"),
    Stage.INSALE: _l("售中"),
    Stage.AFTERSALE: _l("售后"),
    Stage.UNKNOWN: _l("未分阶段"),
}
STATES = {
    GroupState.ACTIVE: _l("在列"),
    GroupState.HIDDEN: _l("已隐藏"),
    GroupState.RETIRED: _l("已不再出现"),
}
DIMENSIONS = {"attitude": _l("态度"), "knowledge": _l("知识"), "skill": _l("技能")}
