"""Words for the screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lms.qa.enums import ImportState
from lms.qa.imports.sheets import CHATS, LINES

LAYOUTS = {LINES: _l("一行一项：每个质检项一行"), CHATS: _l("一行一通：每通会话一行，每个质检项一列")}
FIELDS = {
    "agent": _l("客服（账号或姓名）"),
    "chat": _l("会话编号"),
    "served_at": _l("会话时间"),
    "evaluator": _l("质检员"),
    "scored_at": _l("质检时间"),
    "criterion": _l("质检项"),
    "result": _l("结果或得分"),
    "full": _l("单项满分"),
    "comment": _l("备注"),
    "cause": _l("原因归类"),
    "quote": _l("聊天原文"),
}
STATES = {ImportState.MAPPING: _l("待导入"), ImportState.DONE: _l("已完成"), ImportState.FAILED: _l("没有完成")}
STATE_COLOURS = {ImportState.MAPPING: "orange", ImportState.DONE: "green", ImportState.FAILED: "red"}
