"""Sheets to start from, as other tools export them: one for each layout."""

from __future__ import annotations

from typing import Any

from lms.qa.imports.sheets import CHATS, LINES

SAMPLES: dict[str, list[list[Any]]] = {
    LINES: [
        ["会话编号", "会话时间", "客服", "质检员", "质检时间", "质检项", "结果", "原因归类", "备注", "聊天原文"],
        ["A1001", "2026-03-02 10:12", "wangsiqi", "zhijian", "2026-03-03 09:30", "首次响应及时", "合格", "", "", ""],
        ["A1001", "2026-03-02 10:12", "wangsiqi", "zhijian", "2026-03-03 09:30", "拒绝时给出路", "不合格", "个人",
         "只说不行，没有给办法", "发出了改不了"],
        ["A1002", "2026-03-02 11:40", "lijing", "zhijian", "2026-03-03 09:41", "首次响应及时", "不适用", "", "", ""],
    ],
    CHATS: [
        ["会话编号", "会话时间", "客服", "质检员", "质检时间", "首次响应及时", "拒绝时给出路", "问题真正解决", "备注"],
        ["A1001", "2026-03-02 10:12", "wangsiqi", "zhijian", "2026-03-03 09:30", "合格", "不合格", 3, "没有给办法"],
        ["A1002", "2026-03-02 11:40", "lijing", "zhijian", "2026-03-03 09:41", "不适用", "合格", 2, ""],
    ],
}  # fmt: skip
